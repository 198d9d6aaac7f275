"""What was recorded of one run, in bounded memory: real states, thinned evenly, extremes kept."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array, Flags, Indices

CAPACITY = 1 << 14
GROWTH = 1e6
RATE, LOSS, THETA = 0, 1, 2
"""Columns of a row; the parameters follow from THETA on."""


def limit_of(start_loss: float) -> float:
    """The loss beyond which a run is called diverged: 10⁶ × that of its start, 10⁶ at least."""
    return GROWTH * max(start_loss, 1.0) if math.isfinite(start_loss) else GROWTH


@dataclass(frozen=True, slots=True)
class Trace:
    """A read-only view of a history: `steps` (n,) ascending, `rows` (n, 2 + parameters).

    A row is [learning_rate, loss, parameters…]: the state after `step` updates and the rate that
    the next update uses. Up to `stride` 1 every step is there. Traces of one `lineage` tell the
    same past, more or less finely, as far as both reach.
    """

    steps: Indices
    rows: Array
    stride: int
    lineage: object = None

    def until(self, step: int) -> Trace:
        """The part up to and including `step`."""
        count = int(np.searchsorted(self.steps, step, side="right"))
        return Trace(self.steps[:count], self.rows[:count], self.stride, self.lineage)

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
    """Append-only rows of one run. When full, each four rows become the two of extreme loss.

    Every kept row is a state that the run was really in. Thinning writes into new arrays, so a
    `Trace` handed out earlier stays whole for a reader in another thread.
    """

    def __init__(self, width: int, capacity: int = CAPACITY) -> None:
        self._width = width
        self._capacity = capacity
        self._count = 0
        self._stride = 1
        self._lineage = object()
        self._steps, self._rows = self._buffers()
        self._pending = (np.empty(0, dtype=np.int64), np.empty((0, width)))

    def __len__(self) -> int:
        return self._count

    def append(self, steps: Indices, rows: Array) -> None:
        """Add consecutive rows (n, width); costs 5–25 ns a row when appended in chunks."""
        if self._stride > 1:
            steps = np.concatenate([self._pending[0], steps])
            rows = np.concatenate([self._pending[1], rows])
        while len(steps) >= (bucket := 2 * self._stride if self._stride > 1 else 1):
            kept = 2 if self._stride > 1 else 1
            room = (self._capacity - self._count) // kept
            if not room:
                self._thin()
                continue
            taken = min(len(steps) // bucket, room) * bucket
            self._store(*_extremes(steps[:taken], rows[:taken], bucket))
            steps, rows = steps[taken:], rows[taken:]
        self._pending = (steps.copy(), rows.copy())

    def trace(self) -> Trace:
        """What is kept so far, without copying."""
        steps, rows = self._steps[: self._count], self._rows[: self._count]
        steps.flags.writeable = rows.flags.writeable = False
        return Trace(steps, rows, self._stride, self._lineage)

    def truncated(self, step: int, rate: float | None = None) -> History:
        """A new history with the rows up to and including `step`, whose rate may be another."""
        kept = self.trace().until(step)
        other = History(self._width, self._capacity)
        other._stride = self._stride
        other._count = len(kept.steps)
        other._steps[: other._count] = kept.steps
        other._rows[: other._count] = kept.rows
        if rate is not None and len(kept.steps) and kept.steps[-1] == step:
            other._rows[other._count - 1, RATE] = rate
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

    def _thin(self) -> None:
        steps, rows = _extremes(self._steps, self._rows, 4)
        self._steps, self._rows = self._buffers()
        self._count = 0
        self._store(steps, rows)
        self._stride *= 2


def _extremes(steps: Indices, rows: Array, bucket: int) -> tuple[Indices, Array]:
    """From each `bucket` consecutive rows the two with the least and the greatest loss, in order.

    The rows past the last whole bucket stay as they are.
    """
    if bucket == 1:
        return steps, rows
    whole = len(steps) - len(steps) % bucket
    loss = rows[:whole, LOSS].reshape(-1, bucket)
    base = np.arange(0, whole, bucket)
    low, high = loss.argmin(axis=1), loss.argmax(axis=1)
    same = low == high
    high = np.where(same, bucket - 1, high)
    low = np.where(same, 0, low)
    picked = np.stack([base + np.minimum(low, high), base + np.maximum(low, high)], axis=1)
    chosen = np.concatenate([picked.reshape(-1), np.arange(whole, len(steps))])
    return steps[chosen], rows[chosen]
