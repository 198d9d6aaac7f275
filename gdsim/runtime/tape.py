"""The record of one run: history for the eye, checkpoints for exact return."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.history import CAPACITY, History, Trace
from gdsim.engine.run import Changes, Run
from gdsim.engine.simulation import LaneState

FIRST_INTERVAL = 2048
MOST_CHECKPOINTS = 1024
MOST_NUMBERS = 1 << 19


class Tape:
    """History and checkpoints of one run; `key` names the run for as long as it exists.

    `changes` says which settings hold from which step on. A checkpoint stands at every change and
    every few thousand steps, so any step is found again, bit for bit, by replay from the nearest
    one before it.
    """

    def __init__(self, key: int, first: LaneState, changes: Changes = ()) -> None:
        self.key = key
        self.history = History(*_room_for(len(first.theta)))
        self.ghost: Trace | None = None
        self.died_at: int | None = None
        self._steps: list[int] = [0]
        self._states: list[LaneState] = [first]
        self._changes = dict(changes)
        self._interval = FIRST_INTERVAL

    @property
    def first_run(self) -> Run:
        """The settings at step 0."""
        return self._states[0].run

    @property
    def changes(self) -> Changes:
        """(step, settings from that step on), ascending."""
        return tuple(sorted(self._changes.items(), key=lambda change: change[0]))

    @property
    def interval(self) -> int:
        """Steps between two checkpoints at present."""
        return self._interval

    def record(self, steps: Indices, rows: Array) -> None:
        """Add rows that go on from the recorded ones."""
        self.history.append(steps, rows)

    def change(self, step: int, state: LaneState) -> None:
        """Other settings from `step` on, which is the last step recorded."""
        self._changes[step] = state.run
        self.keep(step, state)

    def change_at(self, step: int) -> Run | None:
        """The settings that begin to hold at `step`, if there is a change."""
        return self._changes.get(step)

    def keep(self, step: int, state: LaneState) -> None:
        """Keep a checkpoint at `step`, in place of the one that may stand there."""
        place = bisect_left(self._steps, step)
        if place < len(self._steps) and self._steps[place] == step:
            self._states[place] = state
            return
        self._steps.insert(place, step)
        self._states.insert(place, state)
        if len(self._steps) > MOST_CHECKPOINTS:
            self._thin()

    def before(self, step: int) -> tuple[int, LaneState]:
        """The nearest checkpoint at or before `step`."""
        place = bisect_right(self._steps, step) - 1
        return self._steps[max(place, 0)], self._states[max(place, 0)]

    def next_change(self, step: int) -> int | None:
        """The first step after `step` at which the settings were changed."""
        return min((change for change in self._changes if change > step), default=None)

    def forget_after(self, step: int) -> None:
        """Drop what lies beyond `step`; the path so far stays as the ghost."""
        trace = self.history.trace()
        if len(trace.steps) > 1:
            self.ghost = trace
        self.history = self.history.truncated(step)
        place = bisect_right(self._steps, step)
        del self._steps[place:], self._states[place:]
        self._changes = {at: run for at, run in self._changes.items() if at <= step}
        if self.died_at is not None and self.died_at >= step:
            self.died_at = None

    def branched(self, key: int, step: int) -> Tape:
        """A tape for a new run that shares this one's way up to `step`."""
        other = Tape(key, self._states[0])
        other.history = self.history.truncated(step)
        place = bisect_right(self._steps, step)
        other._steps, other._states = self._steps[:place], self._states[:place]
        other._changes = {at: run for at, run in self._changes.items() if at <= step}
        other._interval = self._interval
        return other

    def _thin(self) -> None:
        """Keep every other checkpoint, but all changes."""
        kept = [
            i
            for i, step in enumerate(self._steps)
            if step == 0 or step in self._changes or step % (2 * self._interval) == 0
        ]
        self._steps = [self._steps[i] for i in kept]
        self._states = [self._states[i] for i in kept]
        self._interval *= 2


def _room_for(parameters: int) -> tuple[int, int]:
    """Width and capacity of a history: fewer rows where they are long, to bound its memory."""
    width, capacity = 2 + parameters, CAPACITY
    while capacity * width > MOST_NUMBERS:
        capacity //= 2
    return width, capacity


def row_of(rate: float, loss: float, theta: Array) -> Array:
    """One history row (1, 2 + parameters)."""
    return np.concatenate([[rate, loss], theta])[None]
