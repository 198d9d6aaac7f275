"""The newest rows of a run, whole, and means of its rows over long stretches: both in little room.

A history is thinned as it grows; to tell how a run is doing one needs every step of late.
"""

from __future__ import annotations

import numpy as np

from gdsim.engine.arrays import Array

CHUNK = 64
"""Rows whose sum is kept as one."""
KEPT = 64
"""Chunks of one length at most: then the two oldest become one twice as long."""


class Recent:
    """The last consecutive rows (n, width) that were given, `capacity` at most."""

    def __init__(self, width: int, capacity: int) -> None:
        self.capacity = capacity
        self._rows = np.empty((2 * capacity, width))
        self._count = 0
        self._last = -1

    def append(self, first: int, rows: Array) -> None:
        """Go on from step `first`, anew where there would be a gap; later rows are forgotten."""
        again = self._last + 1 - first
        self._count = self._count - again if 0 <= again <= self._count else 0
        self._last = first + len(rows) - 1
        rows = rows[-self.capacity :]
        if self._count + len(rows) > len(self._rows):
            kept = self.capacity - len(rows)
            self._rows[:kept] = self._rows[self._count - kept : self._count].copy()
            self._count = kept
        self._rows[self._count : self._count + len(rows)] = rows
        self._count += len(rows)

    def until(self, step: int, count: int) -> Array:
        """Up to `count` rows, the last that of `step`; none where that is not kept."""
        end = self._count - (self._last - step)
        if step > self._last or end <= 0:
            return self._rows[:0]
        return self._rows[max(0, end - count) : end]


class Means:
    """Sums of consecutive rows (width,) by chunks, which are the longer the older they are.

    A stretch of m steps up to the newest is found to within m/KEPT.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._levels: list[list[tuple[int, int, Array]]] = [[]]
        """Chunks (first step, rows, sum) of CHUNK rows, then of twice as many, …; oldest first."""
        self._part = (0, 0, np.zeros(width))

    def append(self, first: int, rows: Array) -> None:
        """Go on from step `first`."""
        start, count, total = self._part
        if count and start + count != first:
            self._add(0, self._part)
            start, count, total = first, 0, np.zeros(self._width)
        elif not count:
            start = first
        while len(rows):
            taken = min(CHUNK - count, len(rows))
            total = total + rows[:taken].sum(axis=0)
            count, rows, first = count + taken, rows[taken:], first + taken
            if count == CHUNK:
                self._add(0, (start, count, total))
                start, count, total = first, 0, np.zeros(self._width)
        self._part = start, count, total

    def mean(self, first: int, last: int) -> Array | None:
        """The mean (width,) over the steps from `first` to `last`, to the nearest chunks."""
        count, total = 0, np.zeros(self._width)
        for start, rows, part in (*(c for level in self._levels for c in level), self._part):
            if rows and first <= start + 0.5 * (rows - 1) <= last:
                count, total = count + rows, total + part
        return total / count if count else None

    def until(self, step: int) -> Means:
        """Another record, of the chunks that end at `step` at the latest."""
        other = Means(self._width)
        other._levels = [[c for c in level if c[0] + c[1] <= step + 1] for level in self._levels]
        if self._part[0] + self._part[1] <= step + 1:
            other._part = self._part
        return other

    def _add(self, level: int, chunk: tuple[int, int, Array]) -> None:
        if level == len(self._levels):
            self._levels.append([])
        chunks = self._levels[level]
        chunks.append(chunk)
        if len(chunks) > KEPT:
            (start, rows, total), (_, more, also) = chunks.pop(0), chunks.pop(0)
            self._add(level + 1, (start, rows + more, total + also))
