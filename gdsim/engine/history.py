"""What was recorded of one run, in bounded memory: real states, the first of them whole."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array, Flags, Indices

CAPACITY = 1 << 14
GROWTH = 1e6
RATE, LOSS, THETA = 0, 1, 2
"""Columns of a row; the parameters follow from THETA on."""
FINEST = 2.0**-20
"""The first `reach` of a history, in spans of a parameter: finer than what any picture shows."""


def limit_of(start_loss: float) -> float:
    """The loss beyond which a run is called diverged: 10⁶ × that of its start, 10⁶ at least."""
    return GROWTH * max(start_loss, 1.0) if math.isfinite(start_loss) else GROWTH


@dataclass(frozen=True, slots=True)
class Trace:
    """A read-only view of a history: `steps` (n,) ascending, `rows` (n, 2 + parameters).

    A row is [learning_rate, loss, parameters…]: the state after `step` updates and the rate that
    the next update uses. Traces of one `lineage` tell the same past, more or less finely, as far as
    both reach.
    """

    steps: Indices
    rows: Array
    lineage: object = None

    def until(self, step: int) -> Trace:
        """The part up to and including `step`."""
        count = int(np.searchsorted(self.steps, step, side="right"))
        return Trace(self.steps[:count], self.rows[:count], self.lineage)

    @property
    def whole_until(self) -> int:
        """The step up to which every step since the first is there."""
        steps, first = self.steps, int(self.steps[0])
        places = range(len(steps))
        return first - 1 + bisect_left(places, True, key=lambda i: int(steps[i]) > first + i)

    @property
    def limit(self) -> float:
        """The loss beyond which the run is called diverged."""
        return limit_of(float(self.rows[0, LOSS]))

    def drawn(self) -> Flags | None:
        """The rows (n,) that a picture shows: within the limit, and next to such; None: all."""
        within = self.rows[:, LOSS] <= self.limit
        if within.all():
            return None
        seen = within.copy()
        seen[1:] |= within[:-1]
        seen[:-1] |= within[1:]
        return seen


class History:
    """Append-only rows of one run; the newest are all there. When it is full, it is sifted.

    The first quarter of its capacity stays whole. Of the rows behind it those stay where the run
    has come a `reach` further, for the shape of its path, and those of least and of greatest loss
    in each strip of `stride` steps, for the shape of its loss. Where they are too many, the reach
    or the stride is doubled: from among the rows kept, either then chooses what it would have
    chosen from all. So it does not matter in what pieces the rows came.

    Sifting writes into new arrays, so a `Trace` handed out earlier stays whole for a reader in
    another thread.
    """

    def __init__(self, width: int, capacity: int = CAPACITY) -> None:
        self._width = width
        self._capacity = capacity
        self._quarter = capacity // 4
        self._lineage = object()
        self._steps, self._rows = self._buffers()
        self._count = 0
        self._sifted = self._quarter
        """The rows before this one are whole or were sifted; those from here on are as they came"""
        self._stride, self._reach = 1, FINEST
        self._spans: Array | None = None
        """What the first rows span of each parameter (parameters, 1): its unit of length."""
        self._way: Array = np.zeros(capacity)
        """How far the run had come at each row that was sifted, from the first row behind the whole
        ones on; a step is as long as the parameter's that went farthest."""

    def __len__(self) -> int:
        return self._count

    def append(self, steps: Indices, rows: Array) -> None:
        """Add consecutive rows (n, width); costs some 50 ns a row when appended in chunks."""
        at = 0
        while at < len(steps):
            if self._count == self._capacity:
                self._sift()
            end = min(len(steps), at + self._capacity - self._count)
            self._store(steps[at:end], rows[at:end])
            at = end

    def trace(self) -> Trace:
        """What is kept so far, without copying."""
        steps, rows = self._steps[: self._count], self._rows[: self._count]
        steps.flags.writeable = rows.flags.writeable = False
        return Trace(steps, rows, self._lineage)

    def truncated(self, step: int, row: Array | None = None) -> History:
        """A new history with the rows up to and including `step`, which may be another `row`."""
        kept = self.trace().until(step if row is None else step - 1)
        other = History(self._width, self._capacity)
        other.append(kept.steps, kept.rows)
        if row is not None:
            other.append(np.array([step]), row[None])
        return other

    def _buffers(self) -> tuple[Indices, Array]:
        # `full` touches every page now: page faults later would stall the window by 30–40 ms.
        steps = np.full(self._capacity, -1, dtype=np.int64)
        return steps, np.full((self._capacity, self._width), np.nan)

    def _store(self, steps: Indices, rows: Array) -> None:
        end = self._count + len(steps)
        self._steps[self._count : end] = steps
        self._rows[self._count : end] = rows
        self._count = end

    def _sift(self) -> None:
        """Make room in a full history."""
        whole, steps, rows = self._quarter, self._steps, self._rows
        self._measure()
        before = self._stride, self._reach
        while 2 * (int(steps[-1]) - int(steps[whole])) > whole * self._stride:
            self._stride *= 2
        way = self._way[whole:]
        while np.count_nonzero(chosen := _first_of(np.floor(way / self._reach))) > whole:
            self._reach *= 2.0
        begin = whole
        if (self._stride, self._reach) == before:
            # What was sifted stays, but the last strip of steps may go on.
            strip = int(steps[self._sifted - 1]) // self._stride * self._stride
            begin = max(whole, int(np.searchsorted(steps[: self._sifted], strip)))
            chosen[: begin - whole] = True
        chosen[begin - whole :] |= _extremes(rows[begin:, LOSS], steps[begin:] // self._stride)
        chosen[-1] = True  # the way goes on from there
        kept = np.flatnonzero(chosen) + whole
        self._steps, self._rows = self._buffers()
        self._count = 0
        self._store(steps[:whole], rows[:whole])
        self._store(steps.take(kept), rows.take(kept, axis=0))
        self._sifted = self._count
        self._way[whole : self._count] = self._way.take(kept)

    def _measure(self) -> None:
        """How far the run came along the rows that were not sifted yet.

        Where it is beyond the limit no picture shows it, so no way is counted.
        """
        rows, done = self._rows, self._sifted
        within = rows[:, LOSS] <= limit_of(float(rows[0, LOSS]))
        if self._spans is None:
            first = rows[: self._quarter, THETA:]
            seen = np.where(within[: self._quarter, None], first, first[0])
            spans = np.ptp(seen, axis=0)
            self._spans = np.where(spans > 0.0, spans, 1.0)[:, None]
        # One parameter beside the other: NumPy is slow at many short rows.
        theta = np.ascontiguousarray(rows[done - 1 :, THETA:].T)
        with np.errstate(over="ignore", invalid="ignore"):
            ways = np.diff(theta, axis=1)
            ways /= self._spans
        farthest = np.abs(ways, out=ways).max(axis=0)
        farthest[~(within[done - 1 : -1] & within[done:] & np.isfinite(farthest))] = 0.0
        farthest[0] += self._way[done - 1]
        np.cumsum(farthest, out=self._way[done:])


def _first_of(groups: Array | Indices) -> Flags:
    """Where a new group of equal numbers begins."""
    first = np.ones(len(groups), dtype=np.bool_)
    np.not_equal(groups[1:], groups[:-1], out=first[1:])
    return first


def _extremes(values: Array, groups: Indices) -> Flags:
    """Where in each group the first of the least values is, and the first of the greatest."""
    values = np.ascontiguousarray(values)
    begins = np.flatnonzero(_first_of(groups))
    lengths = np.diff(begins, append=len(groups))
    chosen = np.zeros(len(groups), dtype=np.bool_)
    for best in (np.minimum, np.maximum):
        places = np.flatnonzero(values == np.repeat(best.reduceat(values, begins), lengths))
        chosen[places[_first_of(groups[places])]] = True
    return chosen
