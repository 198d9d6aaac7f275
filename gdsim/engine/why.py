"""Why a run goes as it goes, in one line: what a step makes of the error along one axis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import Curvature
from gdsim.engine.forecast import Motion, motion_of, share_of
from gdsim.engine.pace import counted, way_to_go
from gdsim.engine.plan import Plan
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sampled_limit import sampled_limit
from gdsim.engine.sentences import Sentence, listed, number, sentence

HERE = sentence("here")
SLOW = 0.99
"""What a step leaves, from which on what it takes says more."""


@dataclass(frozen=True, slots=True)
class Why:
    """The line, and the way of the axis that it speaks of, of length 1; None: of none."""

    told: Sentence
    axis: tuple[float, ...] | None = None
    where: tuple[Sentence, ...] = ()
    """Under what it holds, if not everywhere and always."""
    all_over: bool = False
    """Whether it holds at every point."""

    @property
    def sentence(self) -> Sentence:
        if not self.where:
            return self.told
        return sentence("{why} This holds {where}.", why=self.told, where=listed(self.where))


def why(
    problem: Problem,
    run: Run,
    curvature: Curvature | None,
    theta: Array,
    rate: float,
    state: Mapping[str, Array],
    step: int,
) -> Why | None:
    """What decides at θ at this rate, after `step` updates that left the optimizer's `state`.

    On a quadratic an update multiplies the error along each axis by a number of its own; the
    greatest decides. Methods that scale their steps: their preconditioned curvature.
    """
    if rate == 0.0:
        return Why(sentence("The rate is 0: the slope moves nothing."), all_over=True)
    if curvature is None:
        return None
    if run.method.moves_by_rate:
        return _scaled(problem, run, curvature, theta, rate, state, step)
    found = _spread(problem, run, theta, rate)
    if found is not None:
        return replace(
            found, where=_where(problem, run, spread=True), all_over=problem.is_quadratic
        )
    found = _along(run, curvature, rate)
    if found is None:
        return None
    return replace(found, where=_where(problem, run), all_over=problem.is_quadratic)


def at_start(told: Why | None) -> Why | None:
    """What was told of the start, said of it, for words that stand beside those of another step."""
    if told is None or told.all_over:
        return told
    others = [one for one in told.where if one is not HERE]
    return replace(told, where=(sentence("at the start"), *others))


def at_peak(told: Why | None, plan: Plan) -> Why | None:
    """What was told of the greatest rate of a plan, said of it."""
    if told is None or plan.is_constant:
        return told
    peak = sentence("at the peak {rate}", rate=number(plan.peak))
    return replace(told, where=(*told.where, peak))


def _where(problem: Problem, run: Run, *, spread: bool = False) -> tuple[Sentence, ...]:
    """Off quadratics at this point, of the mean over samples, of gradients as they are."""
    holds = [
        (HERE, not problem.is_quadratic),
        (sentence("with all samples"), bool(run.batch_size_for(problem)) and not spread),
        (sentence("where nothing is clipped"), run.clipping.clips),
    ]
    return tuple(text for text, counts in holds if counts)


def _spread(problem: Problem, run: Run, theta: Array, rate: float) -> Why | None:
    """What the samples make of the error where that decides: above their limit."""
    limit = sampled_limit(problem, run, theta)
    if limit is None or rate < limit.rate or limit.growth(rate) < 1.0:
        return None
    factor = number(limit.growth(rate), 3)
    texts = {
        "random": "On average over the draws each step multiplies the squared error by {factor}.",
        "shuffle": "On average over the orders each epoch multiplies the squared error by "
        "{factor}.",
        "cyclic": "Each epoch multiplies the squared error by {factor}.",
    }
    order = run.sampling.sampling if limit.per_epoch else "random"
    return Why(sentence(texts[order], factor=factor))


def _along(run: Run, curvature: Curvature, rate: float) -> Why | None:
    """What a step makes of the whole loss's error along the axis that decides."""
    found = curvature.eigenvalues + run.pull
    size = float(np.abs(found).max())
    if not size or run.method.along(1.0, rate) is None:
        return None
    if found[0] < -1e-9 * size:
        return _bends_down(run, float(found[0]), rate, _axis(curvature, 0))
    bent = np.flatnonzero(found > 1e-12 * size)
    flat, steep = int(bent[0]), len(found) - 1
    motions = [motion_of(run.method, float(found[place]), rate) for place in (flat, steep)]
    if motions[0] is None or motions[1] is None:
        return None
    (_, left_flat), (motion, left_steep) = motions[0], motions[1]
    if motion is Motion.GROWING:
        return Why(_grows(run, float(found[steep]), rate, left_steep), _axis(curvature, steep))
    if flat == steep or left_steep >= left_flat:
        return Why(
            _shrinks(run, float(found[steep]), rate, motion, left_steep), _axis(curvature, steep)
        )
    # Near 1 what is left has no digits of it.
    slow = rate * float(found[flat]) / (1.0 - run.method.kept())
    taken = 1.0 - left_flat if left_flat < 1.0 - 1e-6 else slow
    return Why(
        sentence(
            "Along the flat axis a step takes away only {percent} % of the error: about {steps} "
            "for each factor of 10 in the distance.",
            percent=number(100.0 * taken, 2), steps=_steps(1.0 - taken, taken),
        )
        if left_flat > 0.9
        else sentence(
            "Along the flat axis each step leaves {factor} of the error: about {steps} for each "
            "factor of 10 in the distance.",
            factor=number(left_flat, 3), steps=_steps(left_flat),
        ),
        _axis(curvature, flat),
    )  # fmt: skip


def _axis(curvature: Curvature, place: int) -> tuple[float, ...]:
    return tuple(curvature.vectors[:, place].tolist())


def _steps(left: float, taken: float = 0.0) -> Sentence:
    """How many steps make a tenth of the distance, each leaving so much of it."""
    if left <= 0.0:
        return counted(1.0)
    return counted(math.log(0.1) / (math.log1p(-taken) if taken else math.log(left)))


def _grows(run: Run, curvature: float, rate: float, size: float) -> Sentence:
    if size > 3.0:
        return sentence(
            "Along the steep axis each step makes the error {factor} times as large.",
            factor=number(size, 3),
        )
    percent = number(100.0 * (size - 1.0), 3)
    if run.method.kept():
        return sentence(
            "Along the steep axis each step multiplies the swing by {factor}: it grows by "
            "{percent} %.",
            factor=number(size, 4), percent=percent,
        )  # fmt: skip
    return sentence(
        "Along the steep axis each step multiplies the error by {law} = {factor}: it grows by "
        "{percent} %.",
        law=run.method.factor_law(), factor=_factor(run, curvature, rate), percent=percent,
    )  # fmt: skip


def _factor(run: Run, curvature: float, rate: float) -> str:
    found = run.method.along(curvature, rate)
    factor = float("nan") if found is None else float(found[0, 0])
    # As many digits as tell it from 1, whose sides mean opposite things.
    digits = next((d for d in range(3, 15) if abs(float(f"{factor:.{d}g}")) != 1.0), 3)
    return number(factor, digits)


def _shrinks(run: Run, curvature: float, rate: float, motion: Motion, size: float) -> Sentence:
    if math.isclose(size, 1.0, rel_tol=1e-12) and motion is not Motion.NEARING:
        return sentence("Along the steep axis a step takes nothing away: it swings for ever.")
    if size > SLOW:
        slow = rate * curvature / (1.0 - run.method.kept())
        taken = 1.0 - size if motion is not Motion.NEARING or size < 1.0 - 1e-6 else slow
        values = {"percent": number(100.0 * taken, 2), "steps": _steps(1.0 - taken, taken)}
        if motion is Motion.SWINGING:
            return sentence(
                "Along the steep axis a step takes away only {percent} % of the swing: about "
                "{steps} for each factor of 10 in the distance.",
                **values,
            )
        return sentence(
            "Even along the steep axis a step takes away only {percent} % of the error: about "
            "{steps} for each factor of 10 in the distance.",
            **values,
        )
    if motion is Motion.SWINGING:
        return sentence(
            "Each step leaves {factor} of the swing along the steep axis: about {steps} for each "
            "factor of 10 in the distance.",
            factor=number(size, 3), steps=_steps(size),
        )  # fmt: skip
    if run.method.kept():
        return sentence(
            "Each step leaves {factor} of the error along the steep axis: about {steps} for each "
            "factor of 10 in the distance.",
            factor=number(size, 3), steps=_steps(size),
        )  # fmt: skip
    return sentence(
        "Along the steep axis each step multiplies the error by {law} = {factor}: about {steps} "
        "for each factor of 10 in the distance.",
        law=run.method.factor_law(), factor=_factor(run, curvature, rate), steps=_steps(size),
    )  # fmt: skip


def _bends_down(run: Run, curvature: float, rate: float, axis: tuple[float, ...]) -> Why | None:
    found = motion_of(run.method, curvature, rate)
    if found is None:
        return None
    if found[0] is not Motion.GROWING:
        return Why(
            sentence(
                "Along the axis that bends down each step multiplies the way from the ridge by "
                "{factor}: it goes to the ridge.",
                factor=_factor(run, curvature, rate),
            ),
            axis,
        )
    return Why(
        sentence(
            "Along the axis that bends down each step multiplies the way from the ridge by "
            "{factor}: it falls off, at any rate.",
            factor=_growth(run, curvature, rate, found[1]),
        ),
        axis,
    )  # fmt: skip


def _growth(run: Run, curvature: float, rate: float, size: float) -> str:
    """A factor above 1; near 1, where four digits would not tell it from 1, as 1 + x."""
    more = size - 1.0
    if more >= 1e-3:
        return number(size, 4)
    slow = -rate * curvature / (1.0 - run.method.kept())
    return f"1 + {number(more if more > 1e-6 else slow, 2)}"


def _scaled(
    problem: Problem,
    run: Run,
    curvature: Curvature,
    theta: Array,
    rate: float,
    state: Mapping[str, Array],
    step: int,
) -> Why | None:
    """λmax(P⁻¹H) against its limit, P the scale of the steps now; before the first step how far
    it is in steps of α."""
    steepest = _steepest_scaled(run, curvature, state, step)
    if steepest is not None:
        limit = run.method.scaled_factor() / steepest[0]
        return Why(
            sentence(
                "Its steps are scaled by P = √v̂ + ε: the rate {rate} is {share} of the limit here, "
                "{limit} = {law}.",
                rate=number(rate), share=share_of(rate, limit), limit=number(limit, 3),
                law=run.method.scaled_law(),
            ),
            steepest[1],
        )  # fmt: skip
    if not problem.minima:
        return None
    far = way_to_go(problem, theta)
    return Why(
        sentence(
            "A step moves each parameter by about α: the nearest minimum is some {times} times α "
            "away.",
            times=number(float(f"{far / rate:.2g}"), 5),
        )
    )


def scaled_limit(
    run: Run, curvature: Curvature | None, state: Mapping[str, Array], step: int
) -> float | None:
    """The rate c/λmax(P⁻¹H) above which a method that scales its steps is unstable at this point,
    its scale P standing still (Cohen et al. 2022); None where it has none or nothing bends up."""
    found = _steepest_scaled(run, curvature, state, step)
    return None if found is None else run.method.scaled_factor() / found[0]


def _steepest_scaled(
    run: Run, curvature: Curvature | None, state: Mapping[str, Array], step: int
) -> tuple[float, tuple[float, ...]] | None:
    """λmax(P⁻¹H) and the way in θ along which it is that steep; None before the first step, when P
    is ε alone and says nothing of the steps to come."""
    if curvature is None or not any(np.any(array) for array in state.values()):
        return None
    scale = run.method.preconditioner(state, step)
    if scale is None or not (np.isfinite(scale).all() and (scale > 0.0).all()):
        return None
    root = 1.0 / np.sqrt(scale)
    hessian = curvature.hessian + run.pull * np.eye(len(scale))
    values, vectors = np.linalg.eigh(root[:, None] * hessian * root)
    if not values[-1] > 0.0:
        return None
    way = root * vectors[:, -1]
    return float(values[-1]), tuple((way / np.linalg.norm(way)).tolist())
