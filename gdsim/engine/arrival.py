"""When a run came within a tolerance of the least loss and stayed there; when it left the limit."""

from __future__ import annotations

import numpy as np

from gdsim.engine.history import LOSS, Trace

TOLERANCE = 0.01
"""Of the loss above the known minimum: the line that runs are compared at."""


def arrival(trace: Trace, least: float, tolerance: float = TOLERANCE) -> int | None:
    """The first recorded step from which on J − `least` ≤ `tolerance` held; None where it did not.

    Of long runs not every step is kept: then the next one that is.
    """
    with np.errstate(invalid="ignore"):
        outside = np.flatnonzero(~(trace.rows[:, LOSS] - least <= tolerance))
    if not len(outside):
        return int(trace.steps[0])
    following = int(outside[-1]) + 1
    return int(trace.steps[following]) if following < len(trace.steps) else None


def departure(trace: Trace) -> int | None:
    """The first recorded step beyond the limit of the loss, where the last one is beyond it too."""
    with np.errstate(invalid="ignore"):
        beyond = np.flatnonzero(~(trace.rows[:, LOSS] <= trace.limit))
    if not len(beyond) or int(beyond[-1]) != len(trace.steps) - 1:
        return None
    inside = np.flatnonzero(np.diff(beyond) > 1)
    first = int(beyond[int(inside[-1]) + 1]) if len(inside) else int(beyond[0])
    return int(trace.steps[first])
