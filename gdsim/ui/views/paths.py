"""All lines of a plot, painted together: decimated to what the pixels show, drawn as they grow.

The lines are kept in a pixmap. While they only grow, a frame draws what was added and blits; they
are drawn anew when the range, the size, the look or their past changes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.history import Trace
from gdsim.ui.theme import Dash
from gdsim.ui.views.canvas import Projection

SEGMENTS = 8000
"""Segments drawn at most for all lines together when they are drawn anew."""
GROWTH = 1600
"""Segments drawn at most in a frame for what was added."""
FEW = 6
"""Up to so many points are added one by one."""
UNSEEN = 3.0
"""Pixels that an addition may span and wait: the marker at the line's end covers them."""
FAR = 4096.0
"""Pixels beyond the plot area at which lines are cut off."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One polyline; `x`, `y` (n,) in values, not logarithms.

    `source` is the memory that the values lie in: as long as it is the same, earlier points are the
    same. `monotone` lines have ascending x. A casing of None is left out.
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

    def looks_like(self, other: Line) -> bool:
        return (self.key, self.color, self.width, self.dash, self.casing) == (
            other.key, other.color, other.width, other.dash, other.casing,
        )  # fmt: skip


@dataclass(slots=True)
class _Drawn:
    line: Line
    count: int
    end: tuple[float, float] | None
    length: float


def memory(trace: Trace) -> object:
    """What the rows lie in: the same array as long as a history only grows."""
    return trace.rows if trace.rows.base is None else trace.rows.base


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
            grown = line.source is drawn.line.source and len(line.x) >= drawn.count
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
                _draw(painter, projection, _Drawn(line, 0, None, 0.0), line, log, limit)
            self._drawn = [_Drawn(line, 0, None, 0.0) for line in lines]
            for drawn in self._drawn:
                _draw(painter, projection, drawn, drawn.line, log, limit)
        self._under = tuple(under)

    def _extend(self, projection: Projection, lines: Sequence[Line], log: bool) -> None:
        if all(len(line.x) == drawn.count for line, drawn in zip(lines, self._drawn, strict=True)):
            return
        due = [
            (line, drawn)
            for line, drawn in zip(lines, self._drawn, strict=True)
            if len(line.x) > drawn.count and not _may_wait(projection, drawn, line)
        ]
        if not due:
            return
        limit = GROWTH // len(due)
        with QPainter(self._pixmap) as painter:
            for line, drawn in due:
                if len(line.x) - drawn.count <= FEW:
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
    x, y = line.x[drawn.count :], line.y[drawn.count :]
    left, right = (float(x.min()) - projection.left) * across, float(x.max())
    top, bottom = (projection.top - float(y.max())) * down, float(y.min())
    right, bottom = (right - projection.left) * across, (projection.top - bottom) * down
    end_x, end_y = drawn.end
    # Not where a value is not finite: comparisons with nan are false.
    still = (
        abs(left - end_x) < UNSEEN
        and abs(right - end_x) < UNSEEN
        and abs(top - end_y) < UNSEEN
        and abs(bottom - end_y) < UNSEEN
    )
    if still:
        drawn.line, drawn.count = line, len(line.x)
    return still


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
    for x, y in zip(line.x[drawn.count :].tolist(), line.y[drawn.count :].tolist(), strict=True):
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
    drawn.line, drawn.count = line, len(line.x)


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
    added = slice(drawn.count, len(line.x))
    points = project(line.x[added], line.y[added], projection, log, line.monotone)
    if len(points) > limit:
        # Every so many, and the last: real states all, evenly over the line.
        points = points[np.linspace(0, len(points) - 1, limit).astype(np.int64)]
    drawn.line, drawn.count = line, len(line.x)
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


def project(
    x: Array | Indices, y: Array, projection: Projection, log: bool, monotone: bool
) -> Array:
    """Pixels (n, 2) of a polyline, thinned to what they can show; non-finite points are left out.

    Thinning comes before the logarithm, which is the dear part.
    """
    with np.errstate(all="ignore"):
        px = projection.x(x)
        if monotone:
            px, y = columns(px, y)
            if len(y) > 2:
                # A level stretch needs its ends only; joints would show in dashes.
                keep = np.ones(len(y), dtype=bool)
                keep[1:-1] = (y[1:-1] != y[:-2]) | (y[1:-1] != y[2:])
                px, y = px[keep], y[keep]
            py = projection.y(np.log10(y) if log else y)
        else:
            py = projection.y(y)
        finite = np.isfinite(px) & np.isfinite(py)
        if not finite.all():
            px, py = px[finite], py[finite]
        if not monotone and len(px) > 2:
            # Of consecutive points within the same three quarters of a pixel one is enough.
            cells = np.floor(np.clip(np.stack([px, py]) / 0.75, -1e9, 1e9))
            keep = np.ones(len(px), dtype=bool)
            keep[1:-1] = (cells[:, 1:-1] != cells[:, :-2]).any(axis=0)
            px, py = px[keep], py[keep]
    return np.stack([px, py], axis=1)


def columns(px: Array, y: Array) -> tuple[Array, Array]:
    """Of the points in one column of pixels only the least and the greatest, in their order."""
    if len(px) < 4:
        return px, y
    finite = np.isfinite(px) & np.isfinite(y)
    if not finite.all():
        px, y = px[finite], y[finite]
    if len(px) < 4:
        return px, y
    column = np.floor(px)
    first = np.concatenate([[0], np.flatnonzero(np.diff(column)) + 1])
    if len(px) <= 2 * len(first):
        return px, y
    last = np.concatenate([first[1:], [len(px)]]) - 1
    low, high = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    rising = y[first] <= y[last]
    out_y = np.stack([np.where(rising, low, high), np.where(rising, high, low)], axis=1).ravel()
    out_x = np.stack([px[first], px[last]], axis=1).ravel()
    keep = np.ones(len(out_x), dtype=bool)
    keep[1::2] = first != last
    return out_x[keep], out_y[keep]


def cut(points: Array, dash: Sequence[float], start: float) -> tuple[Array, Array, float]:
    """Segments (n, 4) of a polyline (m, 2): whole, cut into dashes, and the length at its end.

    `start` is the length at the first point, so that a line drawn in parts keeps its pattern. A
    pen's own pattern cannot be used: it begins anew with every segment.
    """
    solid = np.concatenate([points[:-1], points[1:]], axis=1)
    if not dash:
        return solid, solid, 0.0
    lengths = np.hypot(solid[:, 2] - solid[:, 0], solid[:, 3] - solid[:, 1])
    at = start + np.concatenate([[0.0], np.cumsum(lengths)])
    end = float(at[-1])
    period = float(sum(dash))
    # Where dashes would be too many to be seen as such, the line is as good as solid.
    if (end - start) > 2000.0 * period or not math.isfinite(end):
        return solid, solid, end if math.isfinite(end) else 0.0
    offsets = np.concatenate([[0.0], np.cumsum(dash[:-1])])
    repeats = np.arange(math.floor(start / period), math.floor(end / period) + 1)
    borders = (repeats[:, None] * period + offsets).ravel()
    borders = borders[(borders > start) & (borders < end)]
    every = np.sort(np.concatenate([at, borders]))
    px, py = np.interp(every, at, points[:, 0]), np.interp(every, at, points[:, 1])
    middle = 0.5 * (every[1:] + every[:-1])
    drawn = np.searchsorted(offsets, np.mod(middle, period), side="right") % 2 == 1
    cuts = np.stack([px[:-1], py[:-1], px[1:], py[1:]], axis=1)
    return solid, cuts[drawn], end


def clip(segments: Array, area: QRectF) -> Array:
    """Segments (n, 4) cut at `area` (Liang and Barsky 1984); those outside are left out."""
    x0, y0, x1, y1 = segments.T
    dx, dy = x1 - x0, y1 - y0
    enter, leave = np.zeros(len(segments)), np.ones(len(segments))
    with np.errstate(all="ignore"):
        for step, gap in (
            (-dx, x0 - area.left()),
            (dx, area.right() - x0),
            (-dy, y0 - area.top()),
            (dy, area.bottom() - y0),
        ):
            at = gap / step
            enter = np.where(step < 0.0, np.maximum(enter, at), enter)
            leave = np.where(step > 0.0, np.minimum(leave, at), leave)
            leave = np.where((step == 0.0) & (gap < 0.0), -1.0, leave)
        kept = enter <= leave
        a, b = enter[kept], leave[kept]
        x0, y0, dx, dy = x0[kept], y0[kept], dx[kept], dy[kept]
        return np.stack([x0 + a * dx, y0 + a * dy, x0 + b * dx, y0 + b * dy], axis=1)


_segments = PrimitiveArray(QLineF, 4)


def draw_segments(painter: QPainter, segments: Array, pen: QPen, area: QRectF) -> None:
    """Draw segments (n, 4) one by one: a wide antialiased path of thousands would take seconds."""
    if not len(segments):
        return
    wide = area.adjusted(-FAR, -FAR, FAR, FAR)
    low, high = float(segments.min()), float(segments.max())
    if low < -FAR or high > FAR + max(area.width(), area.height()):
        segments = clip(segments, wide)
    if not len(segments):
        return
    painter.setPen(pen)
    _segments.resize(len(segments))
    memory = cast("Array", _segments.ndarray())
    memory[:] = segments
    cast("Any", painter).drawLines(*_segments.drawargs())


def clipped(
    x0: float, y0: float, x1: float, y1: float, area: QRectF
) -> tuple[float, float, float, float] | None:
    """As `clip`, for one segment."""
    dx, dy = x1 - x0, y1 - y0
    enter, leave = 0.0, 1.0
    for step, gap in (
        (-dx, x0 - area.left()),
        (dx, area.right() - x0),
        (-dy, y0 - area.top()),
        (dy, area.bottom() - y0),
    ):
        if step < 0.0:
            enter = max(enter, gap / step)
        elif step > 0.0:
            leave = min(leave, gap / step)
        elif gap < 0.0:
            return None
    if not enter <= leave:
        return None
    return x0 + enter * dx, y0 + enter * dy, x0 + leave * dx, y0 + leave * dy


def clipped_segment(a: QPointF, b: QPointF, area: QRectF) -> tuple[QPointF, QPointF] | None:
    """The part of one segment that lies within `area`."""
    inside = clipped(a.x(), a.y(), b.x(), b.y(), area)
    if inside is None or not all(map(math.isfinite, inside)):
        return None
    return QPointF(inside[0], inside[1]), QPointF(inside[2], inside[3])
