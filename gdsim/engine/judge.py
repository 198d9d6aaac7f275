"""What becomes of many runs, found on their way, without keeping the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from gdsim.engine.arrays import Array, Flags, Indices
from gdsim.engine.crowd import Crowd
from gdsim.engine.simulation import DIVERGED_GROWTH

JUDGED = 160_000
"""Runs × steps that are judged in one go: the dearest looks are at the last step of each go."""
BLOCK = 160_000
"""Runs × steps whose coefficients are worked out in one go."""
MOST_ROWS = 64
NEVER = -1
"""In place of a step number: it did not happen."""
DEAD_SHARE = 8
"""Diverged runs are left out when they are more than one in so many."""
MOST_SIDES = 6
"""Boxes around θ are looked at in so many dimensions at most: they have 2ⁿ corners."""


@dataclass(frozen=True)
class Goal:
    """When a run is there: within `tolerance` of the nearest minimum, or at most at `loss`.

    `tolerance` is a distance in θ. With neither, or on a problem whose minima are not known, no
    run is asked when it arrives.
    """

    tolerance: float | None = None
    loss: float | None = None


class Judge:
    """Steps a crowd and notes for each run when it settled or diverged, and where it ended.

    A `Record` for `Group.advance`. The arrays `settled`, `diverged`, `loss` (runs,) and `theta`
    (parameters, runs) are the outcomes once `finish` was called (see `sweep.Outcomes`).
    """

    def __init__(self, crowd: Crowd, steps: int, goal: Goal) -> None:
        self.step, self.steps = 0, steps
        self.theta: Array = crowd.start()
        self.loss: Array = crowd.problem.loss(self.theta)
        self.settled: Indices = np.full(crowd.size, NEVER)
        self.diverged: Indices = np.full(crowd.size, NEVER)
        self._problem = crowd.problem
        self._goal = goal
        known = goal.tolerance is not None and goal.loss is None
        minima = crowd.problem.minima if known else ()
        self._minima = np.array(minima).reshape(-1, len(crowd.problem.parameters)).tolist()
        self._reach2 = (goal.tolerance or 0.0) ** 2
        finite = np.isfinite(self.loss)
        self.diverged[~finite] = 0
        self._outside = np.where(self._off(self.theta[:, None], self.loss[None])[0], 0, -1)
        self._limit = DIVERGED_GROWTH * np.maximum(self.loss, 1.0)
        self._boxed = goal.loss is None and self._problem.convex and len(self.theta) <= MOST_SIDES
        self._places: Indices = np.arange(crowd.size)
        self._alive: Flags = finite
        self._crowd = crowd
        self._group = crowd.group()
        self._now = self.theta.copy()
        self._state = self._group.optimizer.init(self._now)
        self._make_rows(self.loss)
        self._thin()

    @property
    def lanes(self) -> int:
        """The number of runs that are still stepped."""
        return len(self._places)

    def advance(self, breathe: Callable[[], None] | None = None) -> None:
        """Make some updates of every run that is alive."""
        count = min(max(16, BLOCK // self.lanes), self.steps - self.step)
        self._group.advance(self._now, self._state, self.step, count, self, breathe=breathe)
        if self._filled:
            self._judge()
        self._thin()

    def __setitem__(self, row: int, theta: Array) -> None:
        self._filled += 1
        self._rows[:, self._filled] = theta
        if self._filled == len(self._rows[0]) - 1:
            self._judge()

    def finish(self) -> None:
        """Write down the runs that came to the last step."""
        ended = self._places[self._alive]
        self.theta[:, ended] = self._now[:, self._alive]
        self.loss[ended] = self._loss[self._alive]
        arrived = self._outside[self._alive] + 1
        self.settled[ended] = np.where(arrived <= self.steps, arrived, NEVER)
        if self._goal.loss is None and not self._minima:
            self.settled[:] = NEVER

    def _make_rows(self, loss: Array) -> None:
        """Room for θ at the next steps; row 0 is the last one that was judged, of this loss."""
        rows = min(MOST_ROWS, max(1, JUDGED // max(1, self.lanes)))
        self._rows = np.empty((len(self._now), rows + 1, self.lanes))
        self._rows[:, 0] = self._now
        self._loss = loss
        self._filled = 0
        self._numbers = np.arange(1, rows + 1, dtype=np.uint8)[:, None]

    def _judge(self) -> None:
        """Look at the rows that were filled."""
        count, self._filled = self._filled, 0
        seen = self._rows[:, 1 : count + 1]
        if self._boxed and self._bounded(seen):
            loss = self._problem.loss(seen[:, -1])[None]
        else:
            loss = self._problem.loss(seen.reshape(len(seen), -1)).reshape(count, -1)
            good = loss <= self._limit
            if not good.all():
                self._stop(~good & self._alive, loss)
        self._note_outside(seen, loss, count)
        self._loss = loss[-1].copy()
        self._rows[:, 0] = seen[:, -1]
        self.step += count

    def _bounded(self, seen: Array) -> bool:
        """Whether no run can have diverged, by a box around all θ (parameters, rows, runs).

        A convex loss is greatest at a corner; half the limit leaves room for rounding.
        """
        sides = [(float(values.min()), float(values.max())) for values in seen]
        corners = np.array(list(product(*sides))).T
        return bool(self._problem.loss(corners).max() <= 0.5 * self._limit.min())

    def _note_outside(self, seen: Array, loss: Array, count: int) -> None:
        """Keep each run's last step that is not at the goal."""
        off = self._off(seen[:, -1:], loss[-1:])[0]
        self._outside[off] = self.step + count
        # Only of runs that are there now does it matter where they were in the rows before.
        there = np.flatnonzero(~off)
        if count == 1 or not len(there):
            return
        if len(self._minima) == 1:
            there = there[~self._stayed(seen, slice(there[0], there[-1] + 1))[there - there[0]]]
        if not len(there):
            return
        off = self._off(seen[:, :, there], loss[:, there] if loss.shape[0] == count else loss)
        # The last row of each run that is off, counted from 1; 0 where none is.
        last = (off.view(np.uint8) * self._numbers[:count]).max(axis=0)
        there, last = there[last > 0], last[last > 0]
        self._outside[there] = last + np.int64(self.step)

    def _stayed(self, seen: Array, runs: slice) -> Flags:
        """Whether the box around each run's rows lies within reach of the only minimum."""
        far2 = np.zeros(runs.stop - runs.start)
        for values, middle in zip(seen[:, :, runs], self._minima[0], strict=True):
            way = np.maximum(values.max(axis=0) - middle, middle - values.min(axis=0))
            way *= way
            far2 += way
        return np.asarray(far2 <= (1.0 - 1e-9) * self._reach2)

    def _off(self, theta: Array, loss: Array) -> Flags:
        """Whether each run is not at the goal: θ (parameters, rows, runs) → (rows, runs)."""
        if self._goal.loss is not None:
            return ~(loss <= self._goal.loss)
        near: Flags = np.zeros(theta.shape[1:], dtype=np.bool_)
        for minimum in self._minima:
            square = np.zeros(theta.shape[1:])
            for value, middle in zip(theta, minimum, strict=True):
                way = value - middle
                way *= way
                square += way
            near |= square <= self._reach2
        return np.logical_not(near, out=near)

    def _stop(self, bad: Flags, loss: Array) -> None:
        """Note the runs that diverged; the row that crossed the limit is kept if it is finite."""
        lanes = np.flatnonzero(bad.any(axis=0))
        crossed = np.argmax(bad[:, lanes], axis=0)
        losses = np.concatenate([self._loss[None, lanes], loss[:, lanes]])
        rows, every = self._rows[:, :, lanes], np.arange(len(lanes))
        finite = np.isfinite(losses[crossed + 1, every])
        finite &= np.isfinite(rows[:, crossed + 1, every]).all(axis=0)
        kept = np.where(finite, crossed + 1, crossed)
        places = self._places[lanes]
        self.diverged[places] = self.step + 1 + crossed
        self.loss[places] = losses[kept, every]
        self.theta[:, places] = rows[:, kept, every]
        self._alive[lanes] = False

    def _thin(self) -> None:
        """Leave the runs out that diverged, once they are many."""
        dead = self.lanes - int(np.count_nonzero(self._alive))
        if not dead or (DEAD_SHARE * dead < self.lanes and dead < self.lanes):
            return
        kept = np.flatnonzero(self._alive)
        self._places, self._outside = self._places[kept], self._outside[kept]
        self._limit, self._alive = self._limit[kept], self._alive[kept]
        if not len(kept):
            return
        self._crowd = self._crowd.take(kept)
        group = self._crowd.group()
        if self._group.memories:
            group.memories = [self._group.memories[place] for place in kept.tolist()]
        self._group = group
        self._now = np.ascontiguousarray(self._now[:, kept])
        # A new start for the arrays that an optimizer works in, then what it remembers.
        state = group.optimizer.init(self._now)
        state.update({name: value[..., kept] for name, value in self._state.items()})
        self._state = state
        self._make_rows(self._loss[kept])
