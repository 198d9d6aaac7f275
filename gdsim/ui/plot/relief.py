"""A landscape drawn piece by piece, none of which holds up a frame: heights, ground, contours."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import Any, Protocol

import contourpy
import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from gdsim.engine.arrays import Array
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.color_bar import Shades
from gdsim.ui.plot.marks import blank
from gdsim.ui.theme import Theme

LEVELS = 20
PIECE_SECONDS = 0.0012
"""What one piece of the work shall take about."""
QUANTILE_POINTS = 20_000
"""Heights that are enough to tell a quantile by."""
STRIP_PIXELS = 100_000
"""Device pixels that are painted at once."""
GROUND = 3.0
"""Pixels from one colour of the ground to the next, between which it is blended."""
_TRIAL = 160


class Heights(Protocol):
    """A loss over two coordinates: a problem of two parameters, or a plane through one of more."""

    @property
    def minima(self) -> tuple[tuple[float, ...], ...]: ...

    @property
    def is_whole(self) -> bool: ...

    @property
    def is_convex(self) -> bool: ...

    def loss(self, theta: Array, /) -> Array: ...

    def loss_at(self, theta: Array, /) -> float: ...


class Relief:
    """Surface and contours for one range and size, `spacing` pixels a height.

    `work` goes on for so many seconds; `pixmap` is whole when it has said that it is done.
    """

    def __init__(
        self,
        surface: Heights,
        projection: Projection,
        theme: Theme,
        resolution: float,
        spacing: float,
    ) -> None:
        self._surface, self._projection = surface, projection
        self._theme, self._resolution = theme, resolution
        p = projection
        # The ground is smooth: for it every so manieth height will do.
        self._every = every = max(1, round(GROUND / spacing))
        columns, rows = (
            every * max(math.ceil(size / (spacing * every)), 24) + 1 for size in (p.width, p.height)
        )
        self._xs, self._ys = np.linspace(0.0, p.width, columns), np.linspace(0.0, p.height, rows)
        self._least, self._most, self._all_finite = math.inf, -math.inf, True
        self.shades: Shades | None = None
        """What the colours stand for, once it is known."""
        self.pixmap = blank(p, resolution)
        self._pieces = self._all_pieces()

    def work(self, seconds: float = math.inf) -> bool:
        """Go on for about so long; True when nothing is left to do."""
        until = time.perf_counter() + seconds
        for done in self._pieces:
            if done or time.perf_counter() >= until:
                return done
        return True

    def _all_pieces(self) -> Iterator[bool]:
        self.pixmap.fill(self._theme.color("plot"))
        height = np.empty((len(self._ys), len(self._xs)))
        yield from self._find_losses(height)
        if not self._least < self._most:
            return
        low, high = yield from self._take_logarithms(height)
        yield from self._paint_ground(height, low, high)
        yield False
        line = QColor("#FFFFFF" if self._theme.is_dark else "#000000")
        line.setAlpha(105 if self._theme.is_dark else 95)
        # One device pixel, whatever the scale: a wider antialiased pen takes sixty times as long.
        pen = QPen(line, 1.0)
        pen.setCosmetic(True)
        known = height if self._all_finite else np.ma.masked_invalid(height)
        generator = contourpy.contour_generator(self._xs, self._ys, known)
        dx = float(self._xs[1])
        for level in levels(low, high).tolist():
            yield False
            path = contour(generator, level, dx, self._surface.is_convex)
            with QPainter(self.pixmap) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.strokePath(path, pen)

    def _find_losses(self, into: Array) -> Iterator[bool]:
        """J at all heights, NaN where it is not finite; in pieces of rows, or parts of a row."""
        p = self._projection
        x = p.left + self._xs * (p.right - p.left) / p.width
        y = p.top - self._ys * (p.top - p.bottom) / p.height
        flat, count = into.ravel(), 256
        at = 0
        while at < len(flat):
            began = time.perf_counter()
            places = np.arange(at, min(at + count, len(flat)))
            points = np.stack([x[places % len(x)], y[places // len(x)]])
            with np.errstate(all="ignore"):
                loss = self._surface.loss(points)
            self._note(loss)
            flat[places] = loss
            at += len(places)
            took = max(time.perf_counter() - began, 1e-7)
            count = int(min(max(count * PIECE_SECONDS / took, 64), 4 * count, 32_768))
            yield False

    def _note(self, loss: Array) -> None:
        """Keep the extremes; in place, what is not finite becomes NaN."""
        finite = np.isfinite(loss)
        if not finite.all():
            self._all_finite = False
            loss[~finite] = np.nan
            loss_seen = loss[finite]
        else:
            loss_seen = loss
        if len(loss_seen):
            self._least = min(self._least, float(loss_seen.min()))
            self._most = max(self._most, float(loss_seen.max()))

    def _take_logarithms(self, height: Array) -> Generator[bool, None, tuple[float, float]]:
        """J → log(J − J_min + c), in place; returns the least and the greatest of it.

        Evenly spaced levels of it are spaced logarithmically in J; c, a small quantile, keeps the
        bottom of a valley from taking all of them.
        """
        lows = [self._surface.loss_at(np.array(minimum)) for minimum in self._surface.minima]
        base = min([self._least, *lows])
        top = self._most - base
        yield False
        some = height.ravel()[:: max(1, height.size // QUANTILE_POINTS)] - base
        soft = max(float(np.nanquantile(some, 0.02)), 1e-4 * top)
        rows = max(1, 65_536 // height.shape[1])
        for first in range(0, len(height), rows):
            yield False
            part = height[first : first + rows]
            part += soft - base
            np.log(part, out=part)
        low, high = math.log(self._least + (soft - base)), math.log(self._most + (soft - base))
        self.shades = Shades(base, soft, low, high)
        return low, high

    def _paint_ground(self, height: Array, low: float, high: float) -> Iterator[bool]:
        p, palette = self._projection, palette_of(self._theme)
        index = np.clip((height[:: self._every, :: self._every] - low) / (high - low), 0.0, 1.0)
        index = np.nan_to_num(index, nan=1.0) * 255.0
        image = picture_of(palette[index.astype(np.uint8)])
        dx, dy = p.width / (image.width() - 1), p.height / (image.height() - 1)
        target = QRectF(-dx / 2, -dy / 2, p.width + dx, p.height + dy)
        strip = math.ceil(STRIP_PIXELS / self.pixmap.width()) / self._resolution
        for first in range(math.ceil(p.height / strip)):
            yield False
            with QPainter(self.pixmap) as painter:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.setClipRect(QRectF(0.0, first * strip, p.width + 1.0, strip))
                painter.drawImage(target, image)


def seconds_a_point(surface: Heights, p: Projection) -> float:
    """What one height takes about on this machine."""
    trial = np.stack([np.linspace(p.left, p.right, _TRIAL), np.linspace(p.bottom, p.top, _TRIAL)])
    began = time.perf_counter()
    with np.errstate(all="ignore"):
        surface.loss(trial)
    return (time.perf_counter() - began) / _TRIAL


def levels(low: float, high: float) -> Array:
    """The heights that contours are drawn at."""
    return np.asarray(low + (high - low) * (np.arange(LEVELS) + 0.5) / LEVELS)


def contour(generator: Any, level: float, spacing: float, convex: bool) -> QPainterPath:
    """The lines of one height, in pixels.

    One path of thin lines: drawn segment by segment they would show kinks of half a pixel.
    """
    lines = _true_pieces(generator.lines(level), spacing, convex)
    if not lines:
        return QPainterPath()
    points = np.concatenate(lines)
    connected = np.ones(len(points), dtype=np.int32)
    connected[np.cumsum([len(line) for line in lines]) - 1] = 0
    path: QPainterPath = pg.arrayToQPath(points[:, 0], points[:, 1], connect=connected)
    return path


def _true_pieces(lines: list[Array], spacing: float, convex: bool) -> list[Array]:
    """Without the islands that are none.

    Where a valley is narrower than the heights are apart, some meet it and some do not: that makes
    rings thinner than their spacing. Of a convex loss a level is one ring, or lines that end at the
    edges and no ring.
    """
    rings = [(_mean_width(line), line) for line in lines if (line[0] == line[-1]).all()]
    if not rings:
        return lines
    if not convex:
        slivers = {id(line) for width, line in rings if width < spacing}
        return [line for line in lines if id(line) not in slivers]
    if len(rings) < len(lines):
        return [line for line in lines if (line[0] != line[-1]).any()]
    return [max(lines, key=_area)]


def _area(ring: Array) -> float:
    x, y = (ring - ring[0]).T
    return 0.5 * abs(float(x[:-1] @ y[1:] - x[1:] @ y[:-1]))


def _mean_width(ring: Array) -> float:
    """Of a long ring what lies across, of a circle its radius."""
    around = float(np.hypot(*np.diff(ring, axis=0).T).sum())
    return 2.0 * _area(ring) / around if around > 0.0 else 0.0


@lru_cache(maxsize=8)
def palette_of(theme: Theme) -> NDArray[np.uint8]:
    """Cividis (Nuñez, Anderton & Renslow 2018), held back so that the lines upon it stand out."""
    table = pg.colormap.get("cividis").getLookupTable(0.0, 1.0, 256).astype(np.float64)
    ground = theme.color("plot")
    base = np.array([ground.red(), ground.green(), ground.blue()], dtype=np.float64)
    mixed = 0.5 * table[:, :3] + 0.5 * base
    return np.asarray(np.rint(mixed), dtype=np.uint8)


def picture_of(colors: NDArray[np.uint8]) -> QImage:
    """An image of colours (rows, columns, 3)."""
    rows, columns, _ = colors.shape
    data = np.ascontiguousarray(colors).tobytes()  # must outlive the image that only points to it
    image = QImage(data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)
