"""What would help a run that has left its limit, here: each as a change that one press makes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from gdsim.engine.account import Account, proceed
from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.falling import falls_to_a_wall
from gdsim.engine.fields import Value, settings_values
from gdsim.engine.history import LOSS, THETA
from gdsim.engine.outcome import AWAY, Outcome, find
from gdsim.engine.pace import way_to_go
from gdsim.engine.plan import base_for_peak
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Run
from gdsim.engine.sampled_limit import sampled_limit
from gdsim.engine.sentences import Fault, Sentence, number, sentence
from gdsim.engine.simulation import Simulation

ASKING = (*AWAY, Outcome.MOVING, Outcome.STALLED)
"""Outcomes of runs that something may help."""
FAR = 2.0
"""How many times the way that all its steps of α make a minimum may be off."""
MOST_TRIALS, EARLY_STEPS, TRIED_STEPS = 24, 300, 20_000
"""A longer run is tried for so many steps, and on a loss that is not convex has to have settled by
then."""
_THERE = Outcome.CONVERGED, Outcome.LOCAL_MINIMUM, Outcome.HOVERING
WORSE = 100.0
"""By how much standardising must lower the condition number to be named."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A setting of the run (`part`, as `experiment.setup.edited` takes it) or of the problem."""

    sentence: Sentence
    part: Literal["settings", "clipping", "problem"]
    name: str
    value: Value
    also: tuple[tuple[str, Value], ...] = ()
    """Other settings of the problem that go with it."""


def safe_rate(problem: Problem, run: Run, theta: Array) -> float | None:
    """Safe at θ: 1/λmax, or half the critical rate where a method or its samples bear less."""
    curvature = curvature_at(problem, theta)
    if curvature is None:
        return None
    steepest = curvature.largest + run.pull
    critical = run.method.critical_rate(steepest)
    if critical is None:
        return None
    sampled = sampled_limit(problem, run, theta)
    limit = critical if sampled is None else min(critical, sampled.rate)
    return min(run.method.smooth_rate(steepest), 0.5 * limit)


def rounded_down(rate: float) -> float:
    """To three digits, never up: what is at its edge is to stay below."""
    nearest = float(f"{rate:.3g}")
    if nearest <= rate:
        return nearest
    return float(f"{nearest - 10.0 ** (math.floor(math.log10(rate)) - 2):.3g}")


def remedies_of(
    problem: Problem,
    run: Run,
    steps: int,
    outcome: Outcome,
    breathe: Callable[[], None] | None = None,
) -> tuple[Remedy, ...]:
    """What helps a run that is away, or that has too far to go to arrive in `steps` steps."""
    if outcome in AWAY:
        return remedies_for(problem, run, steps, breathe)
    return _for_the_slow(problem, run, steps, breathe) if outcome in ASKING else ()


def _for_the_slow(
    problem: Problem, run: Run, steps: int, breathe: Callable[[], None] | None
) -> tuple[Remedy, ...]:
    """A rate that covers the way, for what moves by about α a step; columns of one size."""
    found: list[Remedy] = []
    if run.method.moves_by_rate and problem.minima and run.rate_schedule.constant:
        far = way_to_go(problem, np.array(run.start))
        if far > FAR * run.learning_rate * steps:
            rate = rounded_down(4.0 * far / steps)
            faster = replace(run, settings=replace(run.settings, learning_rate=rate))
            if _holds(problem, faster, steps, breathe):
                text = sentence("Set the rate to {rate}", rate=number(rate, 3))
                found.append(Remedy(text, "settings", "learning_rate", rate))
            found += _both_standardised(problem, run, steps, far, breathe)
    # What moves by α is no nearer to a minimum in other units of x alone.
    kappas = None if run.method.moves_by_rate else _standardised(problem)
    if kappas is not None:
        found.append(_standardise(*kappas))
    return tuple(found)


def _both_standardised(
    problem: Problem, run: Run, steps: int, far: float, breathe: Callable[[], None] | None
) -> list[Remedy]:
    """x and y at spread 1, where θ then is within reach of steps of α."""
    other = _with_settings(problem, {"standardise": True, "standardise_y": True})
    if other is None:
        return []
    near = way_to_go(other, np.array(other.start))
    moved = replace(run, start=other.start)
    if near > FAR * run.learning_rate * steps or not _holds(other, moved, steps, breathe):
        return []
    text = sentence(
        "Standardise x and y: {before} → {after} steps of α to go",
        before=number(far / run.learning_rate, 2), after=number(near / run.learning_rate, 2),
    )  # fmt: skip
    return [Remedy(text, "problem", "standardise_y", True, (("standardise", True),))]


def _with_settings(problem: Problem, wished: dict[str, Value]) -> Problem | None:
    """The same data with these settings; None where they are no option, or there already."""
    values = settings_values(problem.settings)
    if not problem.minima or not wished.keys() <= values.keys():
        return None
    if all(values[name] == value for name, value in wished.items()):
        return None
    try:
        other = make_problem(problem.name, problem.own_data, {**values, **wished})
    except Fault:
        return None
    return other if other.minima else None


def _standardise(before: float, after: float) -> Remedy:
    text = sentence("Standardise: κ {before} → {after}", before=_kappa(before), after=_kappa(after))
    return Remedy(text, "problem", "standardise", True)


def remedies_for(
    problem: Problem, run: Run, steps: int, breathe: Callable[[], None] | None = None
) -> tuple[Remedy, ...]:
    """Those that help this run over `steps` steps: rate and clipping were tried from its start.

    The rate is the safe one of its start, halved as often as the way asks for.
    """
    found: list[Remedy] = []
    rate = _rate_that_holds(problem, run, steps, breathe)
    if rate is not None:
        text = sentence("Set the rate to {rate}", rate=number(rate, 3))
        found.append(Remedy(text, "settings", "learning_rate", rate))
    kappas = _standardised(problem)
    if kappas is not None:
        found.append(_standardise(*kappas))
    if not (run.clipping.clips or problem.is_quadratic or problem.unbounded):
        clip = Remedy(sentence("Clip the gradient"), "clipping", "clip_norm", 1.0)
        if _holds(problem, with_remedy(run, clip), steps, breathe):
            found.append(clip)
    return tuple(found)


def _kappa(value: float) -> str:
    return number(value, 4) if math.isfinite(value) else "∞"


def _rate_that_holds(
    problem: Problem, run: Run, steps: int, breathe: Callable[[], None] | None
) -> float | None:
    """The safe rate at the start, or a tenth where none is known, halved until the run holds."""
    safe = safe_rate(problem, run, np.array(run.start))
    base = run.learning_rate / 10.0 if safe is None else base_for_peak(run, steps, safe)
    for _ in range(MOST_TRIALS):
        if base < run.learning_rate:
            rate = rounded_down(base)
            slower = replace(run, settings=replace(run.settings, learning_rate=rate))
            if _holds(problem, slower, steps, breathe):
                return rate
        base = min(base, run.learning_rate) / 2.0
    return None


def _holds(problem: Problem, run: Run, steps: int, breathe: Callable[[], None] | None) -> bool:
    """Whether the run stays within its limit to its end, comes lower than its start and is not
    just slower on its way: without end, or to where the loss has no value."""
    simulation = Simulation(problem, [run])
    account = Account(problem, run)
    account.take(simulation.now(), 0)
    last = min(max(1, steps), TRIED_STEPS)
    for stop in (min(EARLY_STEPS, last), last):
        while simulation.step < stop and simulation.alive.all() and not account.excursions:
            block = min(max(50, simulation.step), 1000, stop - simulation.step)
            proceed(simulation, [account], block, breathe)
        if account.excursions or not simulation.alive.all():
            return False
        if not float(account.last_row[LOSS]) < account.start_loss:
            return False
    with np.errstate(all="ignore"):
        outcome = find(account, account.last)[0].outcome
    if outcome in _THERE:
        return True
    if outcome is Outcome.UNBOUNDED and not problem.separable:
        return False
    if steps > last and not (problem.convex or problem.is_quadratic):
        return False
    before, now = account.rows(account.last, 2)[[0, -1], THETA:]
    far = float(np.linalg.norm(now - before))
    return not far or not falls_to_a_wall(problem.loss, now, (now - before) / far)


@lru_cache(maxsize=1)  # of the problem in use: one that is left may have a million samples
def _standardised(problem: Problem) -> tuple[float, float] | None:
    """The condition number at the minimum as it is and with standardised columns; None where that
    is no option or no great help."""
    other = _with_settings(problem, {"standardise": True})
    if other is None:
        return None
    numbers = []
    for one in (problem, other):
        found = curvature_at(one, np.array(one.minima[0]))
        if found is None:
            return None
        numbers.append(found.condition_number)
    before, after = numbers
    return (before, after) if math.isfinite(after) and before > WORSE * after else None


def with_remedy(run: Run, remedy: Remedy) -> Run:
    """The run after a remedy of its own."""
    part = replace(getattr(run, remedy.part), **{remedy.name: remedy.value})
    return replace(run, **{remedy.part: part})
