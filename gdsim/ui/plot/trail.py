"""A line taken up point by point: thinned to what pixels show, where it lies over itself thinner.

What comes out depends on the points and not on the pieces they came in, so a line drawn as it grows
is the line drawn at once. Points are told apart by pixels; how a segment is drawn depends on those
before it only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from gdsim.engine.arrays import Array, Flags, Indices
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.polylines import with_corners

NONE, THIN, FULL = 0, 1, 2
"""How a segment is drawn: not at all, as a hair without casing, or as the line is."""

SAME = 0.75
"""Pixels: points in one square of that size are one."""
MARGIN = 12.0
"""Pixels around the plot area to which segments reach."""
FULL_CELL, THIN_CELL = 28.0, 14.0
"""Pixels a side of the squares that one full stroke, one hair takes for itself."""
SAMPLE, MOST_SAMPLES = 5.0, 40
"""Pixels along a segment from one look at the squares to the next, and how many looks at most."""
EARLY = 800.0
"""Pixels of way that grow thin only where it is the third, and are drawn: they hide little."""
RECENT = 1.6
"""A line does not give way to what it has just gone, for so many sides of a square."""
DETAILED = 1500
"""So many points are taken as they come, then every second for as many, every fourth, …"""
BEYOND = 1e9
"""Pixels that are no length for dashes to run on over."""
_NEVER = math.inf


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """Segments (n, 4) in pixels, what length the line has where each begins, and their levels."""

    segments: Array
    starts: Array
    levels: NDArray[np.int8]

    def of(self, level: int) -> tuple[Array, Array]:
        """The segments of one level, and where they begin."""
        chosen = self.levels == level
        if chosen.all():
            return self.segments, self.starts
        return self.segments[chosen], self.starts[chosen]

    def runs(self) -> Iterator[tuple[int, Array, Array]]:
        """Segments of one level that follow each other, with where they begin, as long as drawn."""
        if not len(self.levels):
            return
        others = np.flatnonzero(self.levels[1:] != self.levels[:-1]) + 1
        borders = [0, *others.tolist(), len(self.levels)]
        for first, last in pairwise(borders):
            level = int(self.levels[first])
            if level > NONE:
                yield level, self.segments[first:last], self.starts[first:last]

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Left, top, right and bottom of what is drawn of it."""
        seen = self.levels > NONE
        drawn = self.segments if seen.all() else self.segments[seen]
        if not len(drawn):
            return None
        ends = drawn.reshape(-1, 2)
        (left, top), (right, bottom) = ends.min(axis=0).tolist(), ends.max(axis=0).tolist()
        return left, top, right, bottom


def _full(count: int) -> NDArray[np.int8]:
    return np.full(count, FULL, dtype=np.int8)


_NOTHING = Strokes(np.empty((0, 4)), np.empty(0), _full(0))


class Trail:
    """What has been taken up of one line."""

    def __init__(
        self,
        projection: Projection,
        *,
        log: bool,
        monotone: bool,
        thins: bool,
        stairs: bool = False,
    ) -> None:
        self._p, self._log, self._monotone = projection, log, monotone
        self._stairs = stairs
        self._tread = np.empty((0, 2))
        """The last whole point (1, 2) before corners were put in."""
        self._area = projection.area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        inner = self._area.adjusted(1.0, 1.0, -1.0, -1.0)
        self._inside = inner.left(), inner.top(), inner.right(), inner.bottom()
        """Its left, top, right and bottom, a pixel further in."""
        self._cell = np.full((1, 2), np.nan)
        self._count = 0
        """Points that came into another square."""
        self._newest = np.empty((0, 2))
        self._last = np.empty((0, 2))
        """The last point (1, 2) that a segment ends at."""
        self._held = np.empty((0, 2))
        """A point behind it, of which it is not known yet whether it is a joint."""
        self._height_before = math.nan
        self._length = 0.0
        self._way = 0.0
        self._tail, self._ends_full = _NOTHING, True
        """The last segment that was drawn, as one that is full, and whether it was."""
        self._full, self._any = (
            _Squares(projection, size) if thins else None for size in (FULL_CELL, THIN_CELL)
        )

    def take(self, x: Array | Indices, y: Array) -> tuple[Strokes, Strokes, int]:
        """Go on with points (n,) in values: what is to be drawn for good, and upon it until the
        next call; how many points are done with.

        Those that are not are to be given again with what comes behind them.
        """
        if self._monotone:
            points, open_end, done = self._columns(x, y)
            if self._stairs:
                before, self._tread = self._tread, np.concatenate([self._tread, points])[-1:]
                points, open_end = with_corners(before, points), with_corners(self._tread, open_end)
            points = self._without_joints(points)
        else:
            points, open_end = self._cells(x, y)
            done = len(y)
        done_with = len(self._last) + len(points)
        line = np.concatenate([self._last, points, self._held, open_end])
        segments, starts, kept, lengths = self._segments(line)
        whole = max(done_with - 1, 0) if len(points) else 0
        if kept is not None:
            whole = int(np.count_nonzero(kept[:whole]))
        taken = segments[:whole]
        drawn = Strokes(taken, starts[:whole], self._levels(taken))
        if len(points):
            self._last = points[-1:]
            self._length = float(lengths[done_with - 1])
        if whole:
            self._tail = Strokes(taken[-1:], drawn.starts[-1:], _full(1))
            self._ends_full = bool(drawn.levels[-1] == FULL)
        if len(line) > done_with:
            return (
                drawn,
                Strokes(segments[whole:], starts[whole:], _full(len(segments) - whole)),
                done,
            )
        # Where it is now shall be seen.
        return drawn, _NOTHING if self._ends_full else self._tail, done

    # Points

    def _cells(self, x: Array | Indices, y: Array) -> tuple[Array, Array]:
        """The points that come into another square, and the newest where it is left out of them.

        A gap is one point that is no number.
        """
        points = np.empty((len(y), 2))
        with np.errstate(all="ignore"):
            points[:, 0], points[:, 1] = self._p.x(x), self._p.y(np.log10(y) if self._log else y)
            cells = np.floor((points / SAME).clip(-1e9, 1e9))
        finite = np.isfinite(points)
        if not finite.all():
            gaps = ~finite.all(axis=1)
            points[gaps], cells[gaps] = np.nan, 2e9
        before = np.concatenate([self._cell, cells[:-1]]) if len(cells) else cells
        if len(cells):
            self._cell = cells[-1:]
        points = points[(cells != before).any(axis=1)]
        numbers = np.arange(self._count, self._count + len(points))
        self._count += len(points)
        if self._count > DETAILED and len(points):
            strides = 1 << np.log2(numbers // DETAILED + 1).astype(np.int64)
            taken = (numbers % strides == 0) | np.isnan(points[:, 0])
            self._newest = points[-1:] if not taken[-1] else points[:0]
            points = points[taken]
        return points, self._newest

    def _columns(self, x: Array | Indices, y: Array) -> tuple[Array, Array, int]:
        """Of each whole column of pixels the extremes; those of the last, which may go on."""
        with np.errstate(all="ignore"):
            px = self._p.x(x)
            if not len(px):
                return np.empty((0, 2)), np.empty((0, 2)), 0
            done = int(np.searchsorted(np.floor(px), math.floor(float(px[-1]))))
            whole, rest = (
                self._extremes(px[part], y[part]) for part in (slice(done), slice(done, None))
            )
        return whole, rest, done

    def _extremes(self, px: Array, y: Array) -> Array:
        shown = (y > 0.0) & (y < math.inf) if self._log else np.isfinite(y)
        if not shown.all():
            px, y = px[shown], y[shown]
        if len(px) > 1:
            column = np.floor(px)
            others = np.flatnonzero(column[1:] != column[:-1]) + 1
            if len(others) + 1 < len(px):
                px, y = _ends_of_columns(px, y, others)
        points = np.empty((len(px), 2))
        points[:, 0], points[:, 1] = px, self._p.y(np.log10(y) if self._log else y)
        return points

    def _without_joints(self, points: Array) -> Array:
        """A level stretch needs its ends only; joints would show in dashes.

        The last point is held back, until it is known whether it is one.
        """
        if not len(points):
            return points
        line = np.concatenate([self._held, points])
        y = line[:, 1]
        level = y[1:] == y[:-1]
        joints = level.copy()
        if len(level):
            joints[0] &= self._height_before == y[0]
            joints[1:] &= level[:-1]
            self._height_before = float(y[-2])
        self._held = line[-1:]
        return np.asarray(line[:-1][~joints])

    # Segments

    def _segments(self, points: Array) -> tuple[Array, Array, Flags | None, Array]:
        """The segments (m, 4) between points (n, 2) that reach into the area, where they begin,
        which they are (None: all), and the line's length at each point (n,)."""
        steps = points[1:] - points[:-1]
        lengths = np.empty(max(len(points), 1))
        lengths[0] = self._length
        with np.errstate(all="ignore"):
            np.hypot(steps[:, 0], steps[:, 1], out=lengths[1:])
            # A gap has no length, and what is out of all measure shall not spoil the sum.
            lengths[1:][~(lengths[1:] < BEYOND)] = 0.0
        # From one to the next: sums in another order would end elsewhere.
        at = lengths.cumsum()
        if not len(steps):
            return np.empty((0, 4)), np.empty(0), None, at
        if self._is_inside(points):
            segments = np.empty((len(steps), 4))
            segments[:, :2] = points[:-1]
            np.add(points[:-1], steps, out=segments[:, 2:])
            return segments, at[:-1], None, at
        segments, kept, enter = _clipped(points, steps, self._area)
        return segments, at[:-1][kept] + enter * lengths[1:][kept], kept, at

    def _is_inside(self, points: Array) -> bool:
        """Whether all are well within the area; points that are no number are not."""
        left, top, right, bottom = self._inside
        low, high = points.min(axis=0), points.max(axis=0)
        return bool(low[0] > left and low[1] > top and high[0] < right and high[1] < bottom)

    def _levels(self, segments: Array) -> NDArray[np.int8]:
        """How each segment is drawn, one after the other: each takes its squares."""
        levels = _full(len(segments))
        full, any_ = self._full, self._any
        if full is None or any_ is None or not len(segments):
            return levels
        ways = segments[:, 2:] - segments[:, :2]
        lengths = np.hypot(ways[:, 0], ways[:, 1])
        counts = np.clip(np.ceil(lengths / SAMPLE), 1, MOST_SAMPLES).astype(np.int64)
        owners = np.repeat(np.arange(len(counts)), counts)
        ends = np.cumsum(counts)
        share = (np.arange(int(ends[-1])) - (ends - counts)[owners] + 0.5) / counts[owners]
        samples = segments[owners, :2] + share[:, None] * ways[owners]
        places, finer = full.places(samples), any_.places(samples)
        begin = 0
        for i, (count, length) in enumerate(zip(counts.tolist(), lengths.tolist(), strict=True)):
            end = begin + count
            twice = self._way < EARLY
            if full.are_taken(places[begin:end], self._way, length, twice=twice):
                gone = any_.are_taken(finer[begin:end], self._way, length)
                levels[i] = NONE if gone and not twice else THIN
            if levels[i] == FULL:
                full.take(places[begin:end], self._way, length)
            if levels[i] > NONE:
                any_.take(finer[begin:end], self._way, length)
            self._way += length
            begin = end
        return levels


def _ends_of_columns(px: Array, y: Array, others: Indices) -> tuple[Array, Array]:
    """Of columns that begin at 0 and at `others` the least and the greatest y, as they came."""
    first = np.concatenate([[0], others])
    last = np.concatenate([others, [len(px)]]) - 1
    low, high = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    rising = y[first] <= y[last]
    keep = np.ones(2 * len(first), dtype=bool)
    keep[1::2] = first != last
    out = np.empty((2, len(first), 2))
    out[0, :, 0], out[0, :, 1] = px[first], px[last]
    out[1, :, 0], out[1, :, 1] = np.where(rising, low, high), np.where(rising, high, low)
    return out[0].ravel()[keep], out[1].ravel()[keep]


class _Squares:
    """Which squares of the plot area a line has come through, after what way first and again."""

    def __init__(self, p: Projection, size: float) -> None:
        self._size = size
        self._columns = math.ceil((p.width + 2.0 * MARGIN) / size) + 2
        self._rows = math.ceil((p.height + 2.0 * MARGIN) / size) + 2
        self._first = [_NEVER] * (self._columns * self._rows)
        self._second = list(self._first)
        self._recent = RECENT * size

    def places(self, samples: Array) -> list[int]:
        """The squares of places (n, 2)."""
        cells = ((samples + MARGIN) / self._size).astype(np.int64)
        found = cells[:, 1] * self._columns + cells[:, 0]
        return list(np.clip(found, 0, len(self._first) - 1).tolist())

    def are_taken(
        self, places: list[int], way: float, length: float, *, twice: bool = False
    ) -> bool:
        """Whether a segment runs for the most part through squares that were taken before."""
        first, step = self._second if twice else self._first, length / len(places)
        until, missing = way - self._recent, 0.5 * len(places)
        for place in places:
            if first[place] >= until:
                missing -= 1.0
                if missing <= 0.0:
                    return False
            until += step
        return True

    def take(self, places: list[int], way: float, length: float) -> None:
        first, second, step = self._first, self._second, length / len(places)
        for place in places:
            before = first[place]
            if before == _NEVER:
                first[place] = way
            elif second[place] == _NEVER and before < way - self._recent:
                second[place] = way
            way += step


def _clipped(points: Array, steps: Array, area: QRectF) -> tuple[Array, Flags, Array]:
    """The ways (n, 2) from points cut at the area (Liang and Barsky 1984): (m, 4); which are kept,
    where they enter."""
    with np.errstate(all="ignore"):
        enter, leave = np.zeros(len(steps)), np.ones(len(steps))
        kept = np.isfinite(steps).all(axis=1)
        for axis, low, high in ((0, area.left(), area.right()), (1, area.top(), area.bottom())):
            x, d = points[:-1, axis], steps[:, axis]
            a, b = (low - x) / d, (high - x) / d
            moving = d != 0.0
            enter = np.where(moving, np.maximum(enter, np.minimum(a, b)), enter)
            leave = np.where(moving, np.minimum(leave, np.maximum(a, b)), leave)
            kept &= moving | ((x >= low) & (x <= high))
        kept &= enter < leave
        begin, way, a, b = points[:-1][kept], steps[kept], enter[kept], leave[kept]
        segments = np.empty((len(begin), 4))
        segments[:, :2] = begin + a[:, None] * way
        segments[:, 2:] = begin + b[:, None] * way
        return segments, kept, a
