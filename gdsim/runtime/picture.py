"""What the window is shown of a run: where it is, what was recorded of it, and how it is doing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gdsim.engine.account import Account, outcome_of
from gdsim.engine.diagnosis import (
    Outcome,
    Regime,
    curvature_at,
    explain_rate,
    stability_bands,
)
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Sentence, number, sentence
from gdsim.engine.simulation import LaneState
from gdsim.runtime.snapshot import RunSnapshot
from gdsim.runtime.tape import Tape
from gdsim.runtime.verdict import verdict_of


class Pictures:
    """Makes the snapshots of runs; outcomes may be those of a moment ago."""

    def __init__(self) -> None:
        self._judged: dict[int, tuple[Outcome, Sentence]] = {}

    def forget(self) -> None:
        """Judge every run anew in its next snapshot."""
        self._judged.clear()

    def of(
        self,
        tape: Tape,
        lane: LaneState,
        step: int,
        loss: float,
        rate: float,
        *,
        at_limit: bool,
        breathe: Callable[[], None] | None,
    ) -> RunSnapshot:
        """One run at the cursor `step`."""
        if breathe is not None:
            breathe()
        account = tape.account
        gradient = account.problem.gradient_at(lane.theta)
        theta = lane.theta
        theta.flags.writeable = gradient.flags.writeable = False
        if tape.key not in self._judged:
            outcome = outcome_of(
                account, step, lane.theta, loss, alive=lane.alive, at_limit=at_limit
            )
            verdict = _verdict(account, lane, step, outcome, loss, rate)
            self._judged[tape.key] = outcome, verdict
        outcome, verdict = self._judged[tape.key]
        return RunSnapshot(
            key=tape.key,
            run=lane.run,
            theta=theta,
            gradient=gradient,
            loss=loss,
            rate=rate,
            step=min(step, account.last),
            alive=lane.alive,
            outcome=outcome,
            verdict=verdict,
            trace=account.history.trace(),
            ghost=tape.ghost,
            track=tape.track,
            state={k: v[:, 0] for k, v in (lane.state or {}).items() if k != "scratch"},
        )


def _verdict(
    account: Account, lane: LaneState, step: int, outcome: Outcome, loss: float, rate: float
) -> Sentence:
    if outcome is Outcome.NOT_A_NUMBER and account.trouble is not None:
        return sentence(
            "Stopped at step {step}: {reason}", step=account.ended_at, reason=account.trouble
        )
    if step == 0 and lane.alive:
        return explain_rate(lane.run, curvature_at(account.problem, lane.theta), rate)
    if outcome is Outcome.DIVERGED:
        return _post_mortem(account, step)
    how = verdict_of(outcome, step, loss, account.start_loss)
    why = _why(account.problem, lane, outcome, rate)
    return how if why is None else sentence("{how} {why}", how=how, why=why)


def _why(problem: Problem, lane: LaneState, outcome: Outcome, rate: float) -> Sentence | None:
    """The rate's part in it, where theory knows the rate and no noise hides it."""
    if lane.run.batch_size_for(problem):
        return None
    here = curvature_at(problem, lane.theta)
    bands = stability_bands(lane.run, here)
    if bands is None:
        return None
    telling = {
        Outcome.OSCILLATING: (Regime.ZIGZAG, Regime.DIVERGENCE),
        Outcome.DIVERGING: (Regime.ZIGZAG, Regime.DIVERGENCE),
        Outcome.MOVING: (Regime.CRAWL,),
        Outcome.STEP_LIMIT: (Regime.CRAWL,),
    }
    if bands.regime(rate) not in telling.get(outcome, ()):
        return None
    return explain_rate(lane.run, here, rate)


def _post_mortem(account: Account, step: int) -> Sentence:
    """When it left the limit, how the loss grew, and which rate was to blame."""
    found = account.excursion_until(step)
    if found is None:
        raise ValueError("the run is within the limit")
    one, _ = found
    grew = sentence(
        "Diverged at step {step}: loss {before} → {after}.",
        step=one.left, before=number(one.loss), after=number(one.loss_beyond),
    )  # fmt: skip
    start = np.array(account.run.start)
    why = explain_rate(account.run, curvature_at(account.problem, start), one.rate)
    return sentence("{how} {why}", how=grew, why=why)
