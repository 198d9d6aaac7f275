"""Samples that are held back from a run: its loss on them, and what can be said of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdsim.engine.account import Account
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.history import THETA, Trace
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Sentence, number, sentence

BUDGET = 2_000_000
"""Numbers (samples × parameters × states) that are worked through for one picture: some 10 ms."""
RISEN = 1.02
"""By what factor the loss on held-back samples has to be above an earlier one to have risen."""
TIMES_BETTER = 10.0


@dataclass(frozen=True, slots=True)
class HeldLoss:
    """The loss on the held-back samples at some steps of a run: `steps` (n,) ascend, `loss` (n,).

    Curves of one `lineage` tell the same past.
    """

    steps: Indices
    loss: Array
    lineage: object = None


def held_loss(
    problem: Problem, trace: Trace, known: HeldLoss | None = None, budget: float = np.inf
) -> HeldLoss:
    """The loss on the held-back samples at the steps of a trace.

    What is `known` of the same past stays, and what has come since is added. Where that takes more
    than `budget`, steps are left out evenly, never the last one.
    """
    steps, loss = np.empty(0, dtype=np.int64), np.empty(0)
    if known is not None and known.lineage is trace.lineage:
        kept = np.isin(known.steps, trace.steps, assume_unique=True)
        steps, loss = known.steps[kept], known.loss[kept]
    begin = int(np.searchsorted(trace.steps, steps[-1], side="right")) if len(steps) else 0
    new = np.arange(begin, len(trace.steps))
    most = max(1, int(min(budget / (len(problem.held) * len(problem.parameters)), len(new))))
    new = new[::-1][:: -(-len(new) // most)][::-1] if len(new) else new
    theta = np.ascontiguousarray(trace.rows[new, THETA:].T)
    with np.errstate(all="ignore"):
        added = problem.loss_on(theta, problem.held_data) if len(new) else loss[:0]
    return HeldLoss(
        np.concatenate([steps, trace.steps[new]]), np.concatenate([loss, added]), trace.lineage
    )


def held_told(
    problem: Problem, theta: Array, curve: HeldLoss, trace: Trace, step: int
) -> Sentence | None:
    """How a run does at θ (parameters,) after `step` steps on the held-back samples.

    All losses are without L2. None where one of them is not finite.
    """
    now, seen = _losses(problem, theta)
    if not np.isfinite([now, seen]).all():
        return None
    values = {
        "loss": number(now, 4), "count": f"{len(problem.held):,}", "training": number(seen, 4)
    }  # fmt: skip
    finite = np.flatnonzero(np.isfinite(curve.loss) & (curve.steps <= step))
    if len(finite):
        least = int(finite[curve.loss[finite].argmin()])
        place = int(np.searchsorted(trace.steps, curve.steps[least]))
        if (
            now > RISEN * curve.loss[least]
            and seen < _losses(problem, trace.rows[place, THETA:])[1]
        ):
            return sentence(
                "Test loss {loss} on {count} held-back samples, training loss {training}: the test "
                "loss was {least} at step {step} and has risen since, while the training loss "
                "fell: over-fitting.",
                least=number(float(curve.loss[least]), 4), step=int(curve.steps[least]), **values,
            )  # fmt: skip
    if now > TIMES_BETTER * seen:
        return sentence(
            "Test loss {loss} on {count} held-back samples, training loss {training}: it fits "
            "the training data {times} times better than the test data.",
            times=number(now / seen, 2) if seen else "∞", **values,
        )  # fmt: skip
    return sentence(
        "Test loss {loss} on {count} held-back samples, training loss {training}.", **values
    )


def _losses(problem: Problem, theta: Array) -> tuple[float, float]:
    """On the held-back samples and on the others."""
    assert problem.data is not None
    column = np.asarray(theta, dtype=np.float64)[:, None]
    with np.errstate(all="ignore"):
        held = problem.loss_on(column, problem.held_data)
        return float(held[0]), float(problem.loss_on(column, problem.data)[0])


def held_end(account: Account) -> Sentence | None:
    """The same of a run as it has ended; None where nothing is held back."""
    problem = account.problem
    if not len(problem.held):
        return None
    trace = account.history.trace()
    curve = held_loss(problem, trace)
    return held_told(problem, account.last_row[THETA:], curve, trace, account.last)
