"""Polylines as arrays of pixels: thinned to what can be seen, cut into dashes, clipped, drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from gdsim.engine.arrays import Array, Indices
from gdsim.ui.plot.canvas import Projection

FAR = 4096.0
"""Pixels beyond the plot area at which lines are cut off."""


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


def with_corners(before: Array, points: Array) -> Array:
    """The points (n, 2) behind `before` (0 or 1, 2), level from each to below the next."""
    line = np.concatenate([before, points])
    corners = np.stack([line[1:, 0], line[:-1, 1]], axis=1)
    alternating = np.stack([corners, line[1:]], axis=1).reshape(-1, 2)
    return alternating if len(before) else np.concatenate([line[:1], alternating])


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


def dashes(segments: Array, starts: Array, dash: Sequence[float]) -> Array:
    """Segments (n, 4) cut into dashes, `starts` (n,) being the line's length where each begins.

    A pen's own pattern cannot be used: it begins anew with every segment.
    """
    ways = segments[:, 2:] - segments[:, :2]
    lengths = np.hypot(ways[:, 0], ways[:, 1])
    period = float(sum(dash))
    first = np.floor(starts / period)
    counts = (np.floor((starts + lengths) / period) - first).astype(np.int64) + 1
    owners = np.arange(len(counts)).repeat(counts)
    begins = (counts.cumsum() - counts).repeat(counts)
    origin = (first[owners] + (np.arange(len(owners)) - begins)) * period - starts[owners]
    whole = lengths[owners]
    cuts = []
    offset = 0.0
    for place, part in enumerate(dash):
        if place % 2 == 0:
            low = np.minimum(np.maximum(origin + offset, 0.0), whole)
            high = np.minimum(np.maximum(origin + offset + part, 0.0), whole)
            seen = high > low
            of, long = owners[seen], whole[seen]
            base, way = segments[of, :2], ways[of]
            drawn = np.empty((len(of), 4))
            drawn[:, :2] = base + (low[seen] / long)[:, None] * way
            drawn[:, 2:] = base + (high[seen] / long)[:, None] * way
            cuts.append(drawn)
        offset += part
    return cuts[0] if len(cuts) == 1 else np.concatenate(cuts)


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
    draw_all(painter, segments, pen)


def draw_all(painter: QPainter, segments: Array, pen: QPen) -> None:
    """Draw segments (n, 4) that are near the plot area."""
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
