"""The record of one run: its account for the eye and the words, checkpoints for exact return."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from gdsim.engine.account import Account
from gdsim.engine.history import Trace
from gdsim.engine.simulation import LaneState

FIRST_INTERVAL = 2048
MOST_CHECKPOINTS = 1024


class Tape:
    """Account and checkpoints of one run; `key` names the run for as long as it exists.

    A checkpoint stands at every change of settings and every few thousand steps, so any step is
    found again, bit for bit, by replay from the nearest one before it.
    """

    def __init__(self, key: int, account: Account, first: LaneState) -> None:
        self.key = key
        self.account = account
        self.ghost: Trace | None = None
        self._steps: list[int] = [0]
        self._states: list[LaneState] = [first]
        self._interval = FIRST_INTERVAL

    @property
    def interval(self) -> int:
        """Steps between two checkpoints at present."""
        return self._interval

    def change(self, step: int, state: LaneState, rate: float) -> None:
        """Other settings from `step` on, which is the last step recorded; `rate` is their first."""
        self.account.change(step, state.run, rate)
        self.keep(step, state)

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

    def forget_after(self, step: int) -> None:
        """Drop what lies beyond `step`; the path so far stays as the ghost."""
        trace = self.account.history.trace()
        if len(trace.steps) > 1:
            self.ghost = trace
        self.account = self.account.until(step)
        place = bisect_right(self._steps, step)
        del self._steps[place:], self._states[place:]

    def branched(self, key: int, step: int) -> Tape:
        """A tape for a new run that shares this one's way up to `step`."""
        other = Tape(key, self.account.until(step), self._states[0])
        place = bisect_right(self._steps, step)
        other._steps, other._states = self._steps[:place], self._states[:place]
        other._interval = self._interval
        return other

    def _thin(self) -> None:
        """Keep every other checkpoint, but all changes."""
        kept = [
            i
            for i, step in enumerate(self._steps)
            if step == 0
            or self.account.change_at(step) is not None
            or step % (2 * self._interval) == 0
        ]
        self._steps = [self._steps[i] for i in kept]
        self._states = [self._states[i] for i in kept]
        self._interval *= 2
