"""How many steps are due now: pure arithmetic on times that the caller gives."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

BLOCK_SECONDS = 0.005
"""A block of steps should take so long: short enough to answer, long enough to be cheap.

What is made is shown after a block only: of 12 ms, each second frame would find nothing new.
"""
CHEAP_BLOCK_SECONDS = 0.012
CHEAP = 6e-6
"""Steps of fewer seconds than that are so many that what a block itself costs counts for more."""
LONGEST_REST = 0.05
"""A rest is never longer, so that a change of speed takes effect at once."""
_MOST_BEHIND = 0.25


@dataclass(frozen=True, slots=True)
class Budget:
    """Make `steps` updates now, then rest `rest` seconds at most."""

    steps: int
    rest: float


@dataclass(frozen=True, slots=True)
class Pace:
    """Playing at `steps_per_second` (None: as fast as it goes) since `began`, `done` steps ago."""

    steps_per_second: float | None
    began: float
    done: int = 0

    def budget(self, now: float, seconds_per_step: float) -> Budget:
        """Steps due at time `now`, given what a step has cost of late (seconds)."""
        block = CHEAP_BLOCK_SECONDS if seconds_per_step < CHEAP else BLOCK_SECONDS
        most = max(1, min(4096, int(block / max(seconds_per_step, 1e-7))))
        if self.steps_per_second is None:
            return Budget(most, 0.0)
        due = math.floor((now - self.began) * self.steps_per_second) + 1 - self.done
        if due > 0:
            return Budget(min(due, most), 0.0)
        wait = self.began + self.done / self.steps_per_second - now
        return Budget(0, min(max(wait, 0.0), LONGEST_REST))

    def after(self, steps: int, now: float) -> Pace:
        """The pace once `steps` were made; time lost beyond a quarter second is not made up."""
        done = self.done + steps
        speed = self.steps_per_second
        if speed is not None and now - self.began - done / speed > _MOST_BEHIND:
            return Pace(speed, now, 0)
        return replace(self, done=done)
