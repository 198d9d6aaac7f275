"""The step that a run shown makes next: where its arrow ends and its formula's numbers lead."""

from __future__ import annotations

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.simulation import LaneState, following
from gdsim.runtime.snapshot import RunSnapshot, Snapshot

DEAR = 200_000
"""Where samples times parameters are more, the next step is not worked out beside the engine."""
_known: dict[int, tuple[RunSnapshot, LaneState | None]] = {}
"""By the run's key what was worked out last: views, arrow and formula ask in every frame."""


def state_to_come(problem: Problem, run: RunSnapshot) -> LaneState | None:
    """The run after its next update; None where it has none, or none that is soon worked out."""
    known = _known.get(run.key)
    if known is None or known[0] is not run:
        known = _known[run.key] = run, _worked_out(problem, run)
    return known[1]


def _worked_out(problem: Problem, run: RunSnapshot) -> LaneState | None:
    if run.lane is None or problem.size * len(problem.parameters) > DEAR:
        return None
    after = following(problem, run.lane, run.step)
    return after if after.alive else None


def is_downhill(problem: Problem, run: RunSnapshot) -> bool:
    """Whether the next step is −α∇J and nothing else."""
    made_of_all = not (run.run.batch_size_for(problem) or run.run.clipping.clips)
    return made_of_all and run.run.method.is_plain()


def theta_to_come(shown: Snapshot, run: RunSnapshot, *, chosen: bool) -> Array | None:
    """θ (parameters,) after the next update; None where it is not finite or not known.

    While playing, what takes more than −α∇J is worked out for the chosen run alone.
    """
    if is_downhill(shown.problem, run):
        with np.errstate(all="ignore"):
            found = np.asarray(run.theta - run.rate * run.gradient)
    elif chosen or not shown.playing:
        after = state_to_come(shown.problem, run)
        if after is None:
            return None
        found = after.theta
    else:
        return None
    return found if np.isfinite(found).all() else None
