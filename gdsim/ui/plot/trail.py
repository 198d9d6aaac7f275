"""A line taken up point by point: thinned to what pixels show, where it lies over itself thinner.

What comes out depends on the points and not on the pieces they came in, so a line drawn as it grows
is the line drawn at once. Points are told apart by pixels; segments are put together to blocks that
are drawn in one go, and whether a segment is drawn depends on the blocks before it only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
BLOCK = 16
"""Segments that are drawn in one go."""
DETAILED = 1500
"""So many points are taken as they come, then every second for as many, every fourth, …"""
_NEVER = math.inf


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Segments (n, 4) in pixels, what length the line has where each begins, and their levels."""

    segments: Array
    starts: Array
    levels: NDArray[np.int8]

    def joined(self, other: Block) -> Block:
        """This one and what comes behind it."""
        if not len(self.segments):
            return other
        parts = ((self.segments, other.segments), (self.starts, other.starts))
        segments, starts = (np.concatenate(part) for part in parts)
        return Block(segments, starts, np.concatenate([self.levels, other.levels]))

    @classmethod
    def of_all(cls, blocks: Sequence[Block]) -> Block:
        """One behind the other."""
        segments, starts, levels = zip(
            *((one.segments, one.starts, one.levels) for one in blocks), strict=True
        )
        return cls(np.concatenate(segments), np.concatenate(starts), np.concatenate(levels))

    def part(self, first: int, last: int | None) -> Block:
        """Some of it, as a copy."""
        chosen = slice(first, last)
        return Block(
            self.segments[chosen].copy(), self.starts[chosen].copy(), self.levels[chosen].copy()
        )

    def of(self, level: int) -> tuple[Array, Array]:
        """The segments of one level, and where they begin."""
        chosen = self.levels == level
        return self.segments[chosen], self.starts[chosen]

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Left, top, right and bottom of what is drawn of it."""
        drawn = self.segments[self.levels > NONE]
        if not len(drawn):
            return None
        x, y = drawn[:, ::2], drawn[:, 1::2]
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())


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
        self._rest = Block(np.empty((0, 4)), np.empty(0), np.empty(0, dtype=np.int8))
        self._full, self._any = (
            _Squares(projection, size) if thins else None for size in (FULL_CELL, THIN_CELL)
        )

    def take(self, x: Array | Indices, y: Array) -> tuple[list[Block], Block, int]:
        """Go on with points (n,) in values: whole blocks, the rest, how many points are done with.

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
        rest = self._rest
        if len(points):
            segments, starts = self._segments(np.concatenate([self._last, points]))
            self._length = self._ahead
            self._last = points[-1:]
            if len(segments):
                rest = rest.joined(Block(segments, starts, self._levels(segments)))
        whole = len(rest.segments) // BLOCK * BLOCK
        blocks = [rest.part(first, first + BLOCK) for first in range(0, whole, BLOCK)]
        self._rest = rest = rest.part(whole, None)
        ahead = np.concatenate([self._last, self._held, open_end])
        if len(ahead) > 1:
            segments, starts = self._segments(ahead)
            full = np.full(len(segments), FULL, dtype=np.int8)
            rest = rest.joined(Block(segments, starts, full))
        elif self._full is not None and len(rest.segments):
            rest = rest.part(0, None)
            rest.levels[-1] = FULL  # where it is now shall be seen
        return blocks, rest, done

    # Points

    def _cells(self, x: Array | Indices, y: Array) -> tuple[Array, Array]:
        """The points that come into another square, and the newest where it is left out of them.

        A gap is one point that is no number.
        """
        with np.errstate(all="ignore"):
            points = np.stack([self._p.x(x), self._p.y(np.log10(y) if self._log else y)], axis=1)
            gaps = ~np.isfinite(points).all(axis=1)
            cells = np.floor(np.clip(points / SAME, -1e9, 1e9))
        if gaps.any():
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
        shown = y > 0.0 if self._log else np.isfinite(y)
        shown &= np.isfinite(y)
        if not shown.all():
            px, y = px[shown], y[shown]
        if not len(px):
            return np.empty((0, 2))
        column = np.floor(px)
        first = np.concatenate([[0], np.flatnonzero(np.diff(column)) + 1])
        if len(first) < len(px):
            last = np.concatenate([first[1:], [len(px)]]) - 1
            low, high = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
            rising = y[first] <= y[last]
            ends = np.where(rising, low, high), np.where(rising, high, low)
            keep = np.ones(2 * len(first), dtype=bool)
            keep[1::2] = first != last
            px = np.stack([px[first], px[last]], axis=1).ravel()[keep]
            y = np.stack(ends, axis=1).ravel()[keep]
        return np.stack([px, self._p.y(np.log10(y) if self._log else y)], axis=1)

    def _without_joints(self, points: Array) -> Array:
        """A level stretch needs its ends only; joints would show in dashes.

        The last point is held back, until it is known whether it is one.
        """
        if not len(points):
            return points
        line = np.concatenate([self._held, points])
        y = line[:, 1]
        before = np.concatenate([[self._height_before], y[:-1]])[:-1]
        joints = (before == y[:-1]) & (y[:-1] == y[1:])
        self._held = line[-1:]
        if len(line) > 1:
            self._height_before = float(y[-2])
        return np.asarray(line[:-1][~joints])

    # Segments

    def _segments(self, points: Array) -> tuple[Array, Array]:
        """The segments (n, 4) between points that reach into the area, and where they begin."""
        x0, y0 = points[:-1].T
        dx, dy = np.diff(points, axis=0).T
        with np.errstate(all="ignore"):
            lengths = np.nan_to_num(np.hypot(dx, dy), nan=0.0, posinf=0.0)
            # From one to the next: sums in another order would end elsewhere.
            starts = np.cumsum(np.concatenate([[self._length], lengths]))
        self._ahead = float(starts[-1]) if math.isfinite(starts[-1]) else 0.0
        segments, kept, enter = _clipped(x0, y0, dx, dy, self._area)
        return segments, starts[:-1][kept] + enter * lengths[kept]

    def _levels(self, segments: Array) -> NDArray[np.int8]:
        """How each segment is drawn, one after the other: each takes its squares."""
        levels = np.full(len(segments), FULL, dtype=np.int8)
        full, any_ = self._full, self._any
        if full is None or any_ is None:
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


def _clipped(
    x0: Array, y0: Array, dx: Array, dy: Array, area: QRectF
) -> tuple[Array, Flags, Array]:
    """Segments (n, 4) cut at the area (Liang and Barsky 1984), which are kept, where they enter."""
    with np.errstate(all="ignore"):
        enter, leave = np.zeros(len(dx)), np.ones(len(dx))
        kept = np.isfinite(dx) & np.isfinite(dy)
        for x, d, low, high in (
            (x0, dx, area.left(), area.right()), (y0, dy, area.top(), area.bottom()),
        ):  # fmt: skip
            a, b = (low - x) / d, (high - x) / d
            moving = d != 0.0
            enter = np.where(moving, np.maximum(enter, np.minimum(a, b)), enter)
            leave = np.where(moving, np.minimum(leave, np.maximum(a, b)), leave)
            kept &= moving | ((x >= low) & (x <= high))
        kept &= enter < leave
        x0, y0, dx, dy, a, b = (part[kept] for part in (x0, y0, dx, dy, enter, leave))
        segments = np.stack([x0 + a * dx, y0 + a * dy, x0 + b * dx, y0 + b * dy], axis=1)
        return segments, kept, a


def dashes(segments: Array, starts: Array, dash: Sequence[float]) -> Array:
    """Segments (n, 4) cut into dashes, `starts` (n,) being the line's length where each begins.

    A pen's own pattern cannot be used: it begins anew with every segment.
    """
    ways = segments[:, 2:] - segments[:, :2]
    lengths = np.hypot(ways[:, 0], ways[:, 1])
    period = float(sum(dash))
    first = np.floor(starts / period)
    counts = (np.floor((starts + lengths) / period) - first).astype(np.int64) + 1
    owners = np.repeat(np.arange(len(counts)), counts)
    begins = np.repeat(np.cumsum(counts) - counts, counts)
    origin = (first[owners] + (np.arange(len(owners)) - begins)) * period - starts[owners]
    whole = lengths[owners]
    cuts = []
    offset = 0.0
    for place, part in enumerate(dash):
        if place % 2 == 0:
            low = np.clip(origin + offset, 0.0, whole)
            high = np.clip(origin + offset + part, 0.0, whole)
            seen = high > low
            low, high, of = low[seen] / whole[seen], high[seen] / whole[seen], owners[seen]
            base, way = segments[of, :2], ways[of]
            cuts.append(
                np.concatenate([base + low[:, None] * way, base + high[:, None] * way], axis=1)
            )
        offset += part
    return np.concatenate(cuts)
