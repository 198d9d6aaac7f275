"""The loss over two parameters as a picture: a surface in cividis, contours, a faint grid."""

from __future__ import annotations

import math
import time
from typing import Any, Protocol

import contourpy
import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from gdsim.engine.arrays import Array
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.theme import Theme

LEVELS = 20
PAUSE_MS = 100
"""Between two pictures while the range or the problem is being dragged."""

BUDGET_SECONDS = 0.02
"""What the heights of one picture may cost before it is computed more coarsely."""
_TRIAL = 160

Grid = tuple[list[float], list[float]]


class Heights(Protocol):
    """A loss over two coordinates: a problem of two parameters, or a plane through one of more."""

    @property
    def minima(self) -> tuple[tuple[float, ...], ...]: ...

    def loss(self, theta: Array, /) -> Array: ...

    def loss_at(self, theta: Array, /) -> float: ...


class Landscape(QObject):
    """The picture, rebuilt only where what it shows is another, at most every 100 ms.

    Until it is rebuilt, the old one is moved and stretched to where it belongs.
    """

    rebuild_due = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._made: tuple[Heights, Projection, Theme, float, bool] | None = None
        self._built_at = -math.inf
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._due)

    def paint(
        self,
        painter: QPainter,
        surface: Heights,
        projection: Projection,
        theme: Theme,
        resolution: float,
        grid: Grid,
    ) -> None:
        wanted = surface, projection, theme, resolution, bool(grid[0] or grid[1])
        if not self._is_made(*wanted):
            since = (time.monotonic() - self._built_at) * 1000.0
            if self._made is None or since >= PAUSE_MS or self._made[3] != resolution:
                self._pixmap = draw_landscape(surface, projection, theme, resolution, grid)
                self._made = wanted
                self._built_at = time.monotonic()
            elif not self._timer.isActive():
                self._timer.start(max(1, math.ceil(PAUSE_MS - since)))
        if self._made is None:
            return
        old = self._made[1]
        if old == projection:
            painter.drawPixmap(0, 0, self._pixmap)
            return
        corner, opposite = (
            projection.point(old.left, old.top),
            projection.point(old.right, old.bottom),
        )
        painter.drawPixmap(QRectF(corner, opposite), self._pixmap, QRectF(self._pixmap.rect()))

    def _is_made(
        self,
        surface: Heights,
        projection: Projection,
        theme: Theme,
        resolution: float,
        has_grid: bool,
    ) -> bool:
        return (
            self._made is not None
            and self._made[0] is surface
            and self._made[1:] == (projection, theme, resolution, has_grid)
        )

    @Slot()
    def _due(self) -> None:
        self.rebuild_due.emit()


def draw_landscape(
    surface: Heights, projection: Projection, theme: Theme, resolution: float, grid: Grid
) -> QPixmap:
    """Surface, contours and grid lines (at the pixels in `grid`) for one range and size."""
    p = projection
    pixmap = QPixmap(
        max(1, math.ceil(p.width * resolution)), max(1, math.ceil(p.height * resolution))
    )
    pixmap.setDevicePixelRatio(resolution)
    pixmap.fill(theme.color("plot"))
    coarse = _coarseness(surface, p)
    columns, rows = (int(min(max(size / coarse, 30), 240)) for size in (p.width, p.height))
    xs, ys = np.linspace(0.0, p.width, columns), np.linspace(0.0, p.height, rows)
    height = heights(surface, p, xs, ys)
    low, high = float(np.nanmin(height)), float(np.nanmax(height))
    if not low < high:
        return pixmap
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        dx, dy = p.width / (columns - 1), p.height / (rows - 1)
        target = QRectF(-dx / 2, -dy / 2, p.width + dx, p.height + dy)
        image = _image((height - low) / (high - low), _palette(theme))
        painter.drawImage(target, image)
        line = QColor("#FFFFFF" if theme.is_dark else "#000000")
        line.setAlpha(26)
        painter.setPen(QPen(line, 1.0))
        for x in grid[0]:
            painter.drawLine(round(x), 0, round(x), math.ceil(p.height))
        for y in grid[1]:
            painter.drawLine(0, round(y), math.ceil(p.width), round(y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line.setAlpha(105 if theme.is_dark else 95)
        levels = low + (high - low) * (np.arange(LEVELS) + 0.5) / LEVELS
        painter.strokePath(contours(xs, ys, height, levels), QPen(line, 1.0))
    return pixmap


def _coarseness(surface: Heights, p: Projection) -> float:
    """Pixels from one computed height to the next: 3, or more where heights are dear."""
    xs = np.linspace(p.left, p.right, _TRIAL)
    trial = np.stack([xs, np.linspace(p.bottom, p.top, _TRIAL)])
    began = time.perf_counter()
    with np.errstate(all="ignore"):
        surface.loss(trial)
    cost = (time.perf_counter() - began) / _TRIAL * p.width * p.height / 9.0
    return 3.0 * min(max(1.0, math.sqrt(cost / BUDGET_SECONDS)), 5.0)


def heights(surface: Heights, p: Projection, xs: Array, ys: Array) -> Array:
    """log(J − J_min + c) at pixels (rows, columns); NaN where J is not finite.

    Evenly spaced levels of it are spaced logarithmically in J; c, a small quantile, keeps the
    bottom of a valley from taking all of them.
    """
    x = p.left + xs * (p.right - p.left) / p.width
    y = p.top - ys * (p.top - p.bottom) / p.height
    points = np.stack([column.ravel() for column in np.meshgrid(x, y)])
    with np.errstate(all="ignore"):
        loss = surface.loss(points).reshape(len(ys), len(xs))
    loss = np.where(np.isfinite(loss), loss, np.nan)
    if np.isnan(loss).all():
        return np.zeros_like(loss)
    lows = [surface.loss_at(np.array(minimum)) for minimum in surface.minima]
    base = min([float(np.nanmin(loss)), *lows])
    above = loss - base
    top = float(np.nanmax(above))
    if top <= 0.0:
        return np.zeros_like(loss)
    soft = max(float(np.nanquantile(above, 0.02)), 1e-4 * top)
    return np.asarray(np.log(above + soft))


def contours(xs: Array, ys: Array, height: Array, levels: Array) -> QPainterPath:
    """The lines of equal height, in pixels.

    One path of thin lines: drawn segment by segment they would show kinks of half a pixel.
    """
    generator = contourpy.contour_generator(xs, ys, np.ma.masked_invalid(height))
    lines: list[Any] = [line for level in levels for line in generator.lines(float(level))]
    if not lines:
        return QPainterPath()
    points = np.concatenate(lines)
    connected = np.ones(len(points), dtype=np.int32)
    connected[np.cumsum([len(line) for line in lines]) - 1] = 0
    path: QPainterPath = pg.arrayToQPath(points[:, 0], points[:, 1], connect=connected)
    return path


def _palette(theme: Theme) -> NDArray[np.uint8]:
    """Cividis (Nuñez, Anderton & Renslow 2018), held back so that the lines upon it stand out."""
    table = pg.colormap.get("cividis").getLookupTable(0.0, 1.0, 256).astype(np.float64)
    ground = theme.color("plot")
    base = np.array([ground.red(), ground.green(), ground.blue()], dtype=np.float64)
    mixed = 0.5 * table[:, :3] + 0.5 * base
    return np.asarray(np.rint(mixed), dtype=np.uint8)


def _image(height: Array, palette: NDArray[np.uint8]) -> QImage:
    """An image (rows, columns) of heights in 0 … 1; the ground's darkest colour where NaN."""
    index = np.nan_to_num(np.clip(height, 0.0, 1.0), nan=1.0) * 255.0
    return picture_of(palette[index.astype(np.uint8)])


def picture_of(colors: NDArray[np.uint8]) -> QImage:
    """An image of colours (rows, columns, 3)."""
    rows, columns, _ = colors.shape
    data = np.ascontiguousarray(colors).tobytes()  # must outlive the image that only points to it
    image = QImage(data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)
