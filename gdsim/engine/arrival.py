"""When a run came within a tolerance of the least loss and stayed there; when it left the limit."""

from __future__ import annotations

import numpy as np

from gdsim.engine.arrays import Flags, Indices
from gdsim.engine.history import LOSS, Trace

TOLERANCE = 0.01
"""Of the loss above the known minimum: the line that runs are compared at."""


STAYS = 16
"""Steps at least that a run must have stayed."""


def arrival(trace: Trace, least: float, tolerance: float = TOLERANCE) -> int | None:
    """The first recorded step from which on J − `least` ≤ `tolerance` held; None where it did not.

    It must have held for 16 steps, and for a twentieth of the way there: what swings comes by
    before it stays. Of long runs not every step is kept: then the next one that is.
    """
    with np.errstate(invalid="ignore"):
        outside = np.flatnonzero(~(trace.rows[:, LOSS] - least <= tolerance))
    following = int(outside[-1]) + 1 if len(outside) else 0
    if following >= len(trace.steps):
        return None
    arrived = trace.steps[following]
    return int(arrived) if stayed_long(arrived, int(trace.steps[-1])) else None


def stayed_long(arrived: Indices, last: int) -> Flags:
    """Whether runs that were inside from step `arrived` (…) to `last` have stayed long enough."""
    stayed: Flags = (arrived == 0) | (last - arrived >= np.maximum(STAYS, arrived // 20))
    return stayed


def departure(trace: Trace) -> int | None:
    """The first recorded step beyond the limit of the loss, where the last one is beyond it too."""
    with np.errstate(invalid="ignore"):
        beyond = np.flatnonzero(~(trace.rows[:, LOSS] <= trace.limit))
    if not len(beyond) or int(beyond[-1]) != len(trace.steps) - 1:
        return None
    inside = np.flatnonzero(np.diff(beyond) > 1)
    first = int(beyond[int(inside[-1]) + 1]) if len(inside) else int(beyond[0])
    return int(trace.steps[first])
