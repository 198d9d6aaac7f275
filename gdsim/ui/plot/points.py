"""Data points as they are drawn and edited."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QPixmap

from gdsim.engine.arrays import Array, Indices
from gdsim.ui.plot.canvas import Projection, Range
from gdsim.ui.plot.marks import blank, mix
from gdsim.ui.theme import Theme

EDITABLE = 200
"""Up to so many points can be dragged one by one."""
DRAWN = 2000
"""More points are drawn as a sample."""

MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
"""Arrow keys, and which way each goes."""


def moved(
    x: float, y: float, event: QKeyEvent, projection: Projection, *, labels: bool = False
) -> tuple[float, float]:
    """Where an arrow key puts a point: a fiftieth of the picture away, with Shift a tenth of that.

    `labels` are 1 upwards and 0 downwards.
    """
    dx, dy = MOVES[Qt.Key(event.key())]
    share = 1 / 500 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1 / 50
    if labels and dy:
        return x, float(dy > 0)
    across, up = projection.right - projection.left, projection.top - projection.bottom
    return x + dx * share * across, y + dy * share * up


class Points:
    """x, y (n,) with one point chosen, perhaps; edits keep two points and two different x."""

    def __init__(self) -> None:
        self.x: Array = np.empty(0)
        self.y: Array = np.empty(0)
        self.chosen: int | None = None
        self.extent: tuple[Range, Range] = (0.0, 0.0), (0.0, 0.0)
        """The least and the greatest x and y."""
        self._held: frozenset[int] = frozenset()
        self._drawn: Indices = np.empty(0, dtype=np.int64)
        self._pixmap = QPixmap()
        self._key: tuple[Projection, float, Theme, Array] | None = None

    def take(self, x: Array, y: Array, held: Indices | None = None) -> None:
        """Show other data, those `held` back hollow; a chosen point stays if their number does."""
        if len(x) != len(self.x):
            self.chosen = None
        self._held = frozenset() if held is None else frozenset(held.tolist())
        self._set(x, y)

    def _set(self, x: Array, y: Array) -> None:
        self.x, self.y = x, y
        self.extent = (float(x.min()), float(x.max())), (float(y.min()), float(y.max()))
        self._drawn = _sample(x, y)

    @property
    def editable(self) -> bool:
        return 0 < len(self.x) <= EDITABLE

    @property
    def drawn(self) -> Indices:
        """Which points are drawn: all, or a sample as dense where they are dense."""
        return self._drawn

    def near(self, at: QPointF, projection: Projection, within: float) -> int | None:
        """The nearest point to a pixel, if one lies within so many pixels."""
        if not len(self.x):
            return None
        distance = np.hypot(projection.x(self.x) - at.x(), projection.y(self.y) - at.y())
        nearest = int(np.argmin(distance))
        return nearest if distance[nearest] <= within else None

    def move(self, index: int, x: float, y: float) -> bool:
        """Put a point elsewhere; False where that would leave no two different x."""
        new_x, new_y = self.x.copy(), self.y.copy()
        new_x[index], new_y[index] = x, y
        return self._replace(new_x, new_y)

    def add(self, x: float, y: float) -> bool:
        """A further point, which is then the chosen one."""
        if not self.editable or len(self.x) >= EDITABLE:
            return False
        if not self._replace(np.append(self.x, x), np.append(self.y, y)):
            return False
        self.chosen = len(self.x) - 1
        return True

    def remove(self, index: int) -> bool:
        """Take a point away; False where too few would be left."""
        if not self._replace(np.delete(self.x, index), np.delete(self.y, index)):
            return False
        self.chosen = None
        return True

    def choose_next(self, way: int) -> None:
        """Choose the next point to the right (1) or left (−1)."""
        if not self.editable:
            return
        order = np.argsort(self.x, kind="stable")
        if self.chosen is None:
            self.chosen = int(order[0 if way > 0 else -1])
            return
        place = int(np.flatnonzero(order == self.chosen)[0])
        self.chosen = int(order[(place + way) % len(order)])

    def _replace(self, x: Array, y: Array) -> bool:
        if len(x) < 2 or float(x.min()) == float(x.max()):
            return False
        self._set(x, y)
        return True

    def paint(
        self, painter: QPainter, projection: Projection, resolution: float, theme: Theme
    ) -> None:
        """The points, from a pixmap that is drawn anew only when something about them changes."""
        key = projection, resolution, theme
        if self._key is None or self._key[:3] != key or self._key[3] is not self.y:
            self._draw(projection, resolution, theme)
            self._key = (*key, self.y)
        painter.drawPixmap(0, 0, self._pixmap)
        if self.chosen is not None and self.chosen < len(self.x):
            at = projection.point(float(self.x[self.chosen]), float(self.y[self.chosen]))
            pen = theme.color("accent")
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            radius = self.radius(theme) + 4.0
            painter.drawEllipse(at, radius, radius)
            painter.drawEllipse(at, radius + 1.0, radius + 1.0)

    def radius(self, theme: Theme) -> float:
        size = 0.42 * theme.marker_size
        return size if len(self.x) <= EDITABLE else 0.5 * size

    def _draw(self, projection: Projection, resolution: float, theme: Theme) -> None:
        self._pixmap = blank(projection, resolution)
        many = len(self.x) > EDITABLE
        color = mix(theme.color("text"), theme.color("plot"), 0.75)
        if many:
            color.setAlpha(110)
        radius = self.radius(theme)
        with QPainter(self._pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            seen = Qt.PenStyle.NoPen if many else theme.color("plot")
            ring = QPen(color, max(1.2, 0.4 * radius))
            for i in self._drawn.tolist():
                hollow = i in self._held
                painter.setPen(ring if hollow else seen)
                painter.setBrush(theme.color("plot") if hollow else color)
                at = projection.point(float(self.x[i]), float(self.y[i]))
                if -9 < at.x() < projection.width + 9 and -9 < at.y() < projection.height + 9:
                    painter.drawEllipse(at, radius, radius)


def _sample(x: Array, y: Array) -> Indices:
    """Indices of all points, or of `DRAWN` drawn at random together with the outermost ones."""
    if len(x) <= DRAWN:
        return np.arange(len(x))
    chosen = np.random.default_rng(0).integers(0, len(x), DRAWN)
    ends = [x.argmin(), x.argmax(), y.argmin(), y.argmax()]
    return np.unique(np.concatenate([chosen, ends]))
