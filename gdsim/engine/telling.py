"""What is told of a run beside its verdict: what its rates do, why, and what would help."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.forecast import forecast
from gdsim.engine.outcome import Outcome
from gdsim.engine.plan import plan_of
from gdsim.engine.problems import Problem
from gdsim.engine.remedies import Remedy, remedies_of
from gdsim.engine.run import Run
from gdsim.engine.sentences import Sentence
from gdsim.engine.why import at_peak, at_start, why


@dataclass(frozen=True, slots=True)
class Told:
    """`regime` and `why` are those of its start, at the greatest rate that its schedule plans."""

    regime: Sentence
    why: Sentence | None
    remedies: tuple[Remedy, ...]


def told_of(problem: Problem, run: Run, steps: int, outcome: Outcome) -> Told:
    """What a run without a window says of itself, that had this outcome after `steps` steps.

    It takes some 30 ms with samples, and tries remedies for runs that are away.
    """
    start = np.array(run.start)
    here = curvature_at(problem, start)
    plan = plan_of(run, steps)
    reason = at_peak(at_start(why(problem, run, here, start, plan.peak, {}, 0)), plan)
    return Told(
        forecast(problem, run, start, steps),
        None if reason is None else reason.sentence,
        remedies_of(problem, run, steps, outcome),
    )
