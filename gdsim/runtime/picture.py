"""What the window is shown of a run: where it is, what was recorded of it, and how it is doing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import (
    Outcome,
    Regime,
    curvature_at,
    explain_rate,
    judge,
    stability_bands,
)
from gdsim.engine.history import LOSS, RATE, THETA
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Sentence, number, sentence
from gdsim.engine.simulation import LaneState
from gdsim.runtime.snapshot import RunSnapshot, Track
from gdsim.runtime.tape import Tape
from gdsim.runtime.verdict import verdict_of

RECENT = 16


class Pictures:
    """Makes the snapshots of runs; outcomes may be those of a moment ago."""

    def __init__(self) -> None:
        self._judged: dict[int, tuple[Outcome, Sentence]] = {}

    def forget(self) -> None:
        """Judge every run anew in its next snapshot."""
        self._judged.clear()

    def of(
        self,
        problem: Problem,
        tape: Tape,
        lane: LaneState,
        step: int,
        loss: float,
        rate: float,
        *,
        at_limit: bool,
        newest: Array | None,
        breathe: Callable[[], None] | None,
    ) -> RunSnapshot:
        """One run at the cursor `step`; `newest` are the last rows (n, parameters) of θ."""
        if breathe is not None:
            breathe()
        gradient = problem.gradient_at(lane.theta)
        theta = lane.theta
        theta.flags.writeable = gradient.flags.writeable = False
        if tape.key not in self._judged:
            outcome = _outcome(problem, tape, lane, step, loss, newest, at_limit=at_limit)
            verdict = _verdict(problem, tape, lane, step, outcome, loss, rate)
            self._judged[tape.key] = outcome, verdict
        outcome, verdict = self._judged[tape.key]
        return RunSnapshot(
            key=tape.key,
            run=lane.run,
            theta=theta,
            gradient=gradient,
            loss=loss,
            rate=rate,
            step=step if lane.alive or tape.died_at is None else tape.died_at,
            alive=lane.alive,
            outcome=outcome,
            verdict=verdict,
            trace=tape.history.trace(),
            ghost=tape.ghost,
            track=Track(tape.key, tape.first_run, tape.changes),
            state={k: v[:, 0] for k, v in (lane.state or {}).items() if k != "scratch"},
        )


def _outcome(
    problem: Problem,
    tape: Tape,
    lane: LaneState,
    step: int,
    loss: float,
    newest: Array | None,
    *,
    at_limit: bool,
) -> Outcome:
    # A thinned history has gaps: consecutive states are then those of the newest block.
    trace = tape.history.trace()
    recent = trace.until(step).rows[-RECENT:, THETA:]
    if trace.stride > 1:
        recent = recent[:0] if newest is None else newest
    if lane.trouble is not None:
        return Outcome.NOT_A_NUMBER
    return judge(
        problem, lane.start_loss, lane.theta, loss, recent, alive=lane.alive, at_limit=at_limit
    )


def _verdict(
    problem: Problem,
    tape: Tape,
    lane: LaneState,
    step: int,
    outcome: Outcome,
    loss: float,
    rate: float,
) -> Sentence:
    died = step if tape.died_at is None else tape.died_at
    if lane.trouble is not None:
        return sentence("Stopped at step {step}: {reason}", step=died, reason=lane.trouble)
    if step == 0 and lane.alive:
        return explain_rate(lane.run, curvature_at(problem, lane.theta), rate)
    if outcome is Outcome.DIVERGED:
        return _post_mortem(problem, tape, lane, step, died)
    how = verdict_of(outcome, step, loss, lane.start_loss)
    why = _why(problem, lane, outcome, rate)
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


def _post_mortem(problem: Problem, tape: Tape, lane: LaneState, step: int, died: int) -> Sentence:
    """When it diverged, how the loss grew, and which rate was to blame."""
    rows = tape.history.trace().until(step).rows
    before = float(rows[-2, LOSS]) if len(rows) > 1 else lane.start_loss
    after = float(rows[-1, LOSS]) if len(rows) else lane.start_loss
    rate = float(rows[-1, RATE]) if len(rows) else lane.run.learning_rate
    grew = sentence(
        "Diverged at step {step}: loss {before} → {after}.",
        step=died, before=number(before), after=number(after),
    )  # fmt: skip
    start = np.array(lane.run.start)
    why = explain_rate(lane.run, curvature_at(problem, start), rate)
    return sentence("{how} {why}", how=grew, why=why)
