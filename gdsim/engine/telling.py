"""All that is told of a run in words: its regime, its outcome, why, and what would help."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdsim.engine.account import Account
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.forecast import forecast
from gdsim.engine.outcome import AWAY
from gdsim.engine.plan import plan_of
from gdsim.engine.remedies import Remedy, remedies_for
from gdsim.engine.sentences import Sentence
from gdsim.engine.verdict import Verdict, verdict_at
from gdsim.engine.why import why


@dataclass(frozen=True, slots=True)
class Told:
    """`regime` and `why` are those of its start, at the greatest rate that its schedule plans."""

    verdict: Verdict
    regime: Sentence
    why: Sentence | None
    remedies: tuple[Remedy, ...]


def told_of(account: Account, steps: int) -> Told:
    """What a run without a window says of itself after `steps` steps."""
    problem, run = account.problem, account.run
    start = np.array(run.start)
    verdict = verdict_at(account, steps)
    here = curvature_at(problem, start)
    reason = why(problem, run, here, start, plan_of(run, steps).peak, {}, 0)
    return Told(
        verdict,
        forecast(problem, run, start, steps),
        None if reason is None else reason.sentence,
        remedies_for(problem, run, steps) if verdict.outcome in AWAY else (),
    )
