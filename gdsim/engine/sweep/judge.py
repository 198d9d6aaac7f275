"""What becomes of many runs, found on their way, without keeping the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

from gdsim.engine.arrays import Array, Flags, Indices, placed, room
from gdsim.engine.history import GROWTH
from gdsim.engine.sweep.crowd import Crowd

JUDGED = 160_000
"""Runs × steps that are judged in one go: the dearest looks are at the last step of each go."""
MOST_ROWS = 64
NEVER = -1
"""In place of a step number: it did not happen."""
DEAD_SHARE = 8
"""Runs that have ended are left out when they are more than one in so many."""
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


@dataclass(frozen=True)
class Ranges:
    """Boxes around each run's way: least and greatest θ (parameters, runs)."""

    low: Array
    high: Array

    @classmethod
    def of(cls, seen: Array) -> Ranges:
        """Around all rows of θ (parameters, rows, runs)."""
        return cls(seen.min(axis=1), seen.max(axis=1))

    def farthest2(self, middle: list[float]) -> Array:
        """The square of the greatest distance from `middle` that a point of each box has."""
        sides = zip(self.low, self.high, middle, strict=True)
        return _sum_of_squares(np.maximum(high - x, x - low) for low, high, x in sides)


class Judge:
    """Steps a crowd and notes for each run when it settled or diverged, and where it ended.

    The arrays `settled`, `diverged`, `loss` (runs,) and `theta`
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
        self._outside = np.where(self._off(self.theta, self.loss), 0, -1)
        self._limit = GROWTH * np.maximum(self.loss, 1.0)
        self._left: Indices = np.full(crowd.size, NEVER)
        self._boxed = goal.loss is None and self._problem.convex and len(self.theta) <= MOST_SIDES
        self._many_there = False
        self._safe: list[tuple[float, float]] = []
        """A box where the loss is below every run's limit: each parameter's least and greatest."""
        self._places: Indices = np.arange(crowd.size)
        self._alive: Flags = finite
        self._crowd = crowd
        self._group = crowd.group()
        self._now = placed(self.theta)
        state = self._group.optimizer.init(self._now)
        self._state = {name: placed(value) for name, value in state.items()}
        self._make_rows()
        self._thin()

    @property
    def lanes(self) -> int:
        """The number of runs that are still stepped."""
        return len(self._places)

    def advance(self, breathe: Callable[[], None] | None = None) -> None:
        """Make some updates of every run that is alive."""
        count = min(self._room, self.steps - self.step)
        record = self._rows[:, 1 : count + 1].transpose(1, 0, 2)
        self._group.advance(self._now, self._state, self.step, record, breathe=breathe)
        self._judge(count)
        self._thin()

    def finish(self) -> None:
        """Write down the runs that came to the last step."""
        ended = self._places[self._alive]
        if len(ended):
            theta = self._now[:, self._alive]
            loss = self._problem.loss(theta)
            self.theta[:, ended], self.loss[ended] = theta, loss
            within = loss <= self._limit[self._alive]
            self.diverged[ended] = np.where(within, NEVER, self._left[self._alive])
            arrived = self._outside[self._alive] + 1
            self.settled[ended] = np.where(arrived <= self.steps, arrived, NEVER)
        if self._goal.loss is None and not self._minima:
            self.settled[:] = NEVER

    def _make_rows(self) -> None:
        """Room for θ at the next steps; row 0 is the last one that was judged."""
        rows = min(MOST_ROWS, max(1, JUDGED // max(1, self.lanes)))
        self._rows = room(len(self._now), rows + 1, self.lanes)
        self._rows[:, 0] = self._now
        self._room = rows
        self._numbers = np.arange(1, rows + 1, dtype=np.uint8)[:, None]

    def _judge(self, count: int) -> None:
        """Look at the rows that were filled."""
        seen = self._rows[:, 1 : count + 1]
        # Boxes around each run's rows tell two things at once, but take twice as long as one
        # around all.
        ranges = Ranges.of(seen) if self._many_there else None
        loss = None
        if not (self._boxed and self._bounded(seen, ranges)):
            loss = self._problem.loss(seen.reshape(len(seen), -1)).reshape(count, -1)
            within = loss <= self._limit
            if not loss.min() > -np.inf:
                within &= loss > -np.inf  # below all numbers a run has left too
            whole = np.isfinite(seen[:, -1]).all(axis=0)
            if not (within.all() and whole.all()):
                out = ~(within.all(axis=0) & whole) & self._alive
                self._note_beyond(np.flatnonzero(out), within, loss)
        self._note_outside(seen, loss, ranges)
        self._rows[:, 0] = seen[:, -1]
        self.step += count

    def _bounded(self, seen: Array, ranges: Ranges | None) -> bool:
        """Whether no run can have diverged, by a box around all θ (parameters, rows, runs).

        A convex loss is greatest at a corner; half the limit leaves room for rounding.
        """
        lows, highs = (seen, seen) if ranges is None else (ranges.low, ranges.high)
        sides = [
            (float(low.min()), float(high.max())) for low, high in zip(lows, highs, strict=True)
        ]
        if self._safe and all(
            least <= low and high <= most
            for (low, high), (least, most) in zip(sides, self._safe, strict=True)
        ):
            return True
        # Twice as wide, so that the next rows are in it too.
        wide = [(1.5 * low - 0.5 * high, 1.5 * high - 0.5 * low) for low, high in sides]
        corners = np.array(list(product(*wide))).T
        if not self._problem.loss(corners).max() <= 0.5 * self._limit.min():
            return False
        self._safe = wide
        return True

    def _note_outside(self, seen: Array, loss: Array | None, ranges: Ranges | None) -> None:
        """Keep each run's last step that is not at the goal."""
        count = seen.shape[1]
        off = self._off(seen[:, -1], None if loss is None else loss[-1])
        np.copyto(self._outside, self.step + count, where=off)
        # Only of runs that are there now does it matter where they were in the rows before.
        unsure = ~off
        if len(self._minima) == 1 and unsure.any():
            self._many_there = 2 * int(np.count_nonzero(unsure)) > self.lanes
            first, end = int(unsure.argmax()), len(unsure) - int(unsure[::-1].argmax())
            if ranges is None:
                ranges = Ranges.of(seen[:, :, first:end])
            else:
                ranges = Ranges(ranges.low[:, first:end], ranges.high[:, first:end])
            far2 = ranges.farthest2(self._minima[0])
            unsure[first:end] &= ~(far2 <= (1.0 - 1e-9) * self._reach2)
        there = np.flatnonzero(unsure)
        if count == 1 or not len(there):
            return
        off = self._off(seen[:, :, there], None if loss is None else loss[:, there])
        # The last row of each run that is off, counted from 1; 0 where none is.
        last = (off.view(np.uint8) * self._numbers[:count]).max(axis=0)
        there, last = there[last > 0], last[last > 0]
        self._outside[there] = last + np.int64(self.step)

    def _off(self, theta: Array, loss: Array | None) -> Flags:
        """Whether runs are not at the goal: θ (parameters, …) and its loss (…), if known → (…)."""
        if self._goal.loss is not None:
            assert loss is not None
            return ~(loss <= self._goal.loss)
        off: Flags = np.ones(theta.shape[1:], dtype=np.bool_)
        for minimum in self._minima:
            ways = zip(theta, minimum, strict=True)
            off &= ~(_sum_of_squares(x - middle for x, middle in ways) <= self._reach2)
        return off

    def _note_beyond(self, lanes: Indices, within: Flags, loss: Array) -> None:
        """Note when runs first left the limit, and which of them ended."""
        seen = self._rows[:, 1 : len(loss) + 1]
        new = lanes[self._left[lanes] == NEVER]
        there = within[:, new] & np.isfinite(seen[:, :, new]).all(axis=0)
        self._left[new] = self.step + 1 + np.argmin(there, axis=0)
        # θ that is not finite never is so again.
        whole = np.isfinite(loss[:, lanes]).all(axis=0)
        whole &= np.isfinite(seen[:, -1, lanes]).all(axis=0)
        if not whole.all():
            self._end(lanes[~whole], loss)

    def _end(self, lanes: Indices, loss: Array) -> None:
        """Write down runs at the last of their finite rows."""
        rows, every = self._rows[:, :, lanes], np.arange(len(lanes))
        finite = np.isfinite(loss[:, lanes])
        finite &= np.isfinite(rows[:, 1 : len(loss) + 1]).all(axis=0)
        count = np.argmin(finite, axis=0)
        losses = np.concatenate([self._problem.loss(rows[:, 0])[None], loss[:, lanes]])
        places = self._places[lanes]
        self.diverged[places] = self._left[lanes]
        self.loss[places] = losses[count, every]
        self.theta[:, places] = rows[:, count, every]
        self._alive[lanes] = False

    def _thin(self) -> None:
        """Leave the runs out that have ended, once they are many."""
        dead = self.lanes - int(np.count_nonzero(self._alive))
        if not dead or (DEAD_SHARE * dead < self.lanes and dead < self.lanes):
            return
        kept = np.flatnonzero(self._alive)
        self._places, self._outside = self._places[kept], self._outside[kept]
        self._limit, self._left = self._limit[kept], self._left[kept]
        self._alive = self._alive[kept]
        if not len(kept):
            return
        self._crowd = self._crowd.take(kept)
        group = self._crowd.group()
        if self._group.memories:
            group.memories = [self._group.memories[place] for place in kept.tolist()]
        self._group = group
        self._now = placed(self._now[:, kept])
        # A new start for the arrays that an optimizer works in, then what it remembers.
        state = group.optimizer.init(self._now)
        state.update({name: placed(value[..., kept]) for name, value in self._state.items()})
        self._state = state
        self._make_rows()


def _sum_of_squares(terms: Iterable[Array]) -> Array:
    """Of new arrays, which are worked in: to make another for each term would cost as much."""
    total, *rest = terms
    total *= total
    for term in rest:
        term *= term
        total += term
    return total
