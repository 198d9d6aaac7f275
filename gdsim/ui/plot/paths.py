"""All lines of a plot, painted together: decimated to what the pixels show, drawn as they grow.

The lines are kept in a pixmap. While they only grow, a frame draws what was added and blits; they
are drawn anew when the range, the size, the look or their past changes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from gdsim.engine.arrays import Array, Indices
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.polylines import clipped, cut, draw_segments, project
from gdsim.ui.plot.vector import draw_polyline, is_vector
from gdsim.ui.theme import Dash

SEGMENTS = 8000
"""Segments drawn at most for all lines together when they are drawn anew."""
GROWTH = 1600
"""Segments drawn at most in a frame for what was added."""
FEW = 6
"""Up to so many points are added one by one."""
UNSEEN = 3.0
"""Pixels that an addition may span and wait: the marker at the line's end covers them."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One polyline; `x`, `y` (n,) in values, not logarithms.

    `source` says whose past it is: as long as it is the same object, a line only grows, or is told
    less finely (`Trace.lineage`). `steps` (n,) ascend and number the points; None where x does so.
    `monotone` lines have ascending x. A casing of None is left out.
    """

    key: int
    x: Array | Indices
    y: Array
    source: object
    color: QColor
    width: float
    dash: Dash = ()
    casing: QColor | None = None
    monotone: bool = False
    steps: Indices | None = None

    def added_after(self, step: float) -> int:
        """The place of the first point beyond `step`."""
        return int(np.searchsorted(self._order, step, side="right"))

    @property
    def last_step(self) -> float:
        return float(self._order[-1]) if len(self._order) else -math.inf

    @property
    def _order(self) -> Array | Indices:
        return self.x if self.steps is None else self.steps

    def looks_like(self, other: Line) -> bool:
        return (self.key, self.color, self.width, self.dash, self.casing) == (
            other.key, other.color, other.width, other.dash, other.casing,
        )  # fmt: skip


@dataclass(slots=True)
class _Drawn:
    line: Line
    last: float
    """The step up to which it is drawn."""
    end: tuple[float, float] | None
    length: float


class Ink:
    """The drawn lines of one plot."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._key: object = None
        self._under: tuple[Line, ...] = ()
        self._drawn: list[_Drawn] = []

    def forget(self) -> None:
        """Draw everything anew next time."""
        self._key = None

    def paint(
        self,
        painter: QPainter,
        projection: Projection,
        resolution: float,
        lines: Sequence[Line],
        under: Sequence[Line] = (),
        *,
        log: bool = False,
    ) -> None:
        """Paint `lines` over `under` (those that do not grow); on a logarithmic y axis if `log`."""
        if is_vector(painter):
            for line in (*under, *lines):
                points = project(line.x, line.y, projection, log, line.monotone)
                look = line.color, line.width, line.dash, line.casing
                draw_polyline(painter, points, *look, projection.area)
            return
        key = projection, resolution, log
        if key != self._key or self._has_new_past(lines, under):
            self._draw_anew(projection, resolution, lines, under, log)
            self._key = key
        else:
            self._extend(projection, lines, log)
        painter.drawPixmap(0, 0, self._pixmap)

    def _has_new_past(self, lines: Sequence[Line], under: Sequence[Line]) -> bool:
        if len(lines) != len(self._drawn) or len(under) != len(self._under):
            return True
        for line, old in zip(under, self._under, strict=True):
            same = line.source is old.source and len(line.x) == len(old.x)
            if not (same and line.looks_like(old)):
                return True
        for line, drawn in zip(lines, self._drawn, strict=True):
            grown = line.source is drawn.line.source and line.last_step >= drawn.last
            if not (grown and line.looks_like(drawn.line)):
                return True
        return False

    def _draw_anew(
        self,
        projection: Projection,
        resolution: float,
        lines: Sequence[Line],
        under: Sequence[Line],
        log: bool,
    ) -> None:
        width = max(1, math.ceil(projection.width * resolution))
        height = max(1, math.ceil(projection.height * resolution))
        if (self._pixmap.width(), self._pixmap.height()) != (width, height):
            self._pixmap = QPixmap(width, height)
        self._pixmap.setDevicePixelRatio(resolution)
        self._pixmap.fill(Qt.GlobalColor.transparent)
        limit = SEGMENTS // max(1, len(lines) + len(under))
        with QPainter(self._pixmap) as painter:
            for line in under:
                _draw(painter, projection, _Drawn(line, -math.inf, None, 0.0), line, log, limit)
            self._drawn = [_Drawn(line, -math.inf, None, 0.0) for line in lines]
            for drawn in self._drawn:
                _draw(painter, projection, drawn, drawn.line, log, limit)
        self._under = tuple(under)

    def _extend(self, projection: Projection, lines: Sequence[Line], log: bool) -> None:
        due = [
            (line, drawn)
            for line, drawn in zip(lines, self._drawn, strict=True)
            if line.last_step > drawn.last and not _may_wait(projection, drawn, line)
        ]
        if not due:
            return
        limit = GROWTH // len(due)
        with QPainter(self._pixmap) as painter:
            for line, drawn in due:
                if len(line.x) - line.added_after(drawn.last) <= FEW:
                    _draw_few(painter, projection, drawn, line, log)
                else:
                    _draw(painter, projection, drawn, line, log, limit)


def _may_wait(projection: Projection, drawn: _Drawn, line: Line) -> bool:
    """Whether what was added is too little to be seen; most frames of a run at rest end here."""
    if drawn.end is None:
        return False
    across = projection.width / (projection.right - projection.left)
    if line.monotone:
        reached = (float(line.x[-1]) - projection.left) * across
        return reached - drawn.end[0] < UNSEEN
    down = projection.height / (projection.top - projection.bottom)
    added = line.added_after(drawn.last)
    x, y = line.x[added:], line.y[added:]
    left, right = (float(x.min()) - projection.left) * across, float(x.max())
    top, bottom = (projection.top - float(y.max())) * down, float(y.min())
    right, bottom = (right - projection.left) * across, (projection.top - bottom) * down
    end_x, end_y = drawn.end
    # Not where a value is not finite: comparisons with nan are false.
    return (
        abs(left - end_x) < UNSEEN
        and abs(right - end_x) < UNSEEN
        and abs(top - end_y) < UNSEEN
        and abs(bottom - end_y) < UNSEEN
    )


def _draw_few(
    painter: QPainter, projection: Projection, drawn: _Drawn, line: Line, log: bool
) -> None:
    """As `_draw`, for a handful of points, where arrays cost more than they save."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = _pen(line.color, line.width, bool(line.dash))
    casing = None if line.casing is None else _pen(line.casing, line.width + 2.4, False)
    dash = [part * line.width for part in line.dash]
    across = projection.width / (projection.right - projection.left)
    down = projection.height / (projection.top - projection.bottom)
    added = line.added_after(drawn.last)
    for x, y in zip(line.x[added:].tolist(), line.y[added:].tolist(), strict=True):
        if log:
            y = math.log10(y) if y > 0.0 else math.nan
        px, py = (x - projection.left) * across, (projection.top - y) * down
        if not (math.isfinite(px) and math.isfinite(py)):
            continue
        if drawn.end is None:
            drawn.end = px, py
            continue
        before = drawn.end
        length = math.hypot(px - before[0], py - before[1])
        if not line.monotone and length < 0.5:
            continue  # waits until there is something to be seen
        drawn.end = px, py
        inside = clipped(*before, px, py, projection.area.adjusted(-20.0, -20.0, 20.0, 20.0))
        if inside is not None:
            if casing is not None:
                painter.setPen(casing)
                painter.drawLine(QLineF(*inside))
            painter.setPen(pen)
            if not dash or length > 4000.0:
                painter.drawLine(QLineF(*inside))
            else:
                _draw_dashes(painter, before, drawn.end, length, dash, drawn.length)
        drawn.length += length
    drawn.line, drawn.last = line, line.last_step


def _draw_dashes(
    painter: QPainter,
    a: tuple[float, float],
    b: tuple[float, float],
    length: float,
    dash: Sequence[float],
    start: float,
) -> None:
    """One segment in dashes, `start` being the line's length at its beginning."""
    if length <= 0.0:
        return
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    place, at = 0, start % sum(dash)
    while at >= dash[place]:
        at -= dash[place]
        place = (place + 1) % len(dash)
    done = 0.0
    while done < length:
        end = min(done + dash[place] - at, length)
        if place % 2 == 0:
            painter.drawLine(
                QLineF(a[0] + done * ux, a[1] + done * uy, a[0] + end * ux, a[1] + end * uy)
            )
        done, at, place = end, 0.0, (place + 1) % len(dash)


def _draw(
    painter: QPainter, projection: Projection, drawn: _Drawn, line: Line, log: bool, limit: int
) -> None:
    """Draw what `line` has beyond what was drawn of it."""
    added = slice(line.added_after(drawn.last), len(line.x))
    points = project(line.x[added], line.y[added], projection, log, line.monotone)
    if len(points) > limit:
        # Every so many, and the last: real states all, evenly over the line.
        points = points[np.linspace(0, len(points) - 1, limit).astype(np.int64)]
    drawn.line, drawn.last = line, line.last_step
    if not len(points):
        return
    if drawn.end is not None:
        points = np.concatenate([np.array([drawn.end]), points])
    drawn.end = (float(points[-1, 0]), float(points[-1, 1]))
    if len(points) < 2:
        return
    solid, dashed, drawn.length = cut(
        points, [part * line.width for part in line.dash], drawn.length
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = projection.area
    if line.casing is not None:
        draw_segments(painter, solid, _pen(line.casing, line.width + 2.4, False), area)
    draw_segments(painter, dashed, _pen(line.color, line.width, bool(line.dash)), area)


def _pen(color: QColor, width: float, flat: bool) -> QPen:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if flat else Qt.PenCapStyle.RoundCap)
    return pen
