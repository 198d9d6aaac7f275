"""The record of one run: its account for the eye and the words, checkpoints for exact return."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from gdsim.engine.account import Account
from gdsim.engine.arrays import Array
from gdsim.engine.history import Trace
from gdsim.engine.simulation import LaneState
from gdsim.experiment.setup import Track

FIRST_INTERVAL = 2048
MOST_CHECKPOINTS = 1024


class Recording:
    """Account and checkpoints of one run, as far as it was computed by `track`.

    A checkpoint stands at every change of settings and every few thousand steps, so any step is
    found again, bit for bit, by replay from the nearest one before it.
    """

    def __init__(self, track: Track, account: Account, first: LaneState) -> None:
        self.track = track
        self.account = account
        self.ghost: Trace | None = None
        self.unchanged: dict[int, LaneState] = {}
        """States as they were before the change at their step, where they are known."""
        self._steps: list[int] = [0]
        self._states: list[LaneState] = [first]
        self._interval = FIRST_INTERVAL

    @property
    def key(self) -> int:
        """The run's."""
        return self.track.key

    @property
    def interval(self) -> int:
        """Steps between two checkpoints at present."""
        return self._interval

    def keep(self, step: int, state: LaneState) -> None:
        """Keep a checkpoint at `step`, in place of the one that may stand there."""
        place = bisect_left(self._steps, step)
        if place < len(self._steps) and self._steps[place] == step:
            self._states[place] = state
            return
        self._steps.insert(place, step)
        self._states.insert(place, state)
        if len(self._steps) - len(self.track.changes) > MOST_CHECKPOINTS:
            self._thin()

    def before(self, step: int) -> tuple[int, LaneState]:
        """The nearest checkpoint at or before `step`."""
        place = bisect_right(self._steps, step) - 1
        return self._steps[max(place, 0)], self._states[max(place, 0)]

    def cut(
        self, track: Track, step: int, unchanged: LaneState, state: LaneState, row: Array
    ) -> Recording:
        """One of `track`, which agrees with this one's up to `step`, as far as that.

        `unchanged` and `state` are those at `step` before and after what is changed there, `row` is
        how it is recorded.
        """
        other = Recording(track, self.account.until(step, track.changes, row), self._states[0])
        if step:
            place = bisect_left(self._steps, step)
            other._steps, other._states = self._steps[:place], self._states[:place]
        other._interval = self._interval
        other.unchanged = {at: one for at, one in self.unchanged.items() if at < step}
        other.unchanged[step] = unchanged
        other.keep(step, state)
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
