"""How fast a run comes on, how far it has to go, and since when it is where it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array, Flags
from gdsim.engine.history import LOSS, RATE, THETA
from gdsim.engine.position import ROUNDING, Position
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Sentence, number, sentence

STEADY = 1.3
"""By so much two paces in turn may differ and count as the same."""
FEWEST = 4
"""Steps that a pace is measured over."""
MOST = 1e12
"""Steps beyond which a pace is none."""


def since(here: Position, rest: float) -> Sentence:
    """The step after the last recorded one that was more than small above the resting value."""
    rows = here.account.history.trace().until(here.step).rows
    theta = rows[:, THETA:]
    values = rows[:, LOSS] + 0.5 * here.pull * (theta * theta).sum(axis=1)
    return _after(here, ~(values - rest <= here.small))


def since_the_rate_is_zero(here: Position) -> Sentence:
    """The step from which on the rate was 0."""
    return _after(here, here.account.history.trace().until(here.step).rows[:, RATE] != 0.0)


def since_it_stands(here: Position) -> Sentence:
    """The step from which on the rate was 0 and no velocity carried it on."""
    rows = here.account.history.trace().until(here.step).rows
    away = np.abs(rows[:, THETA:] - here.theta).max(axis=1)
    moved = away > 4.0 * ROUNDING * max(float(np.abs(here.theta).max()), 1e-300)
    return _after(here, (rows[:, RATE] != 0.0) | moved)


def _after(here: Position, flags: Flags) -> Sentence:
    """The step after the last recorded one with a flag; about so where rows were thinned."""
    steps = here.account.history.trace().until(here.step).steps
    flagged = np.flatnonzero(flags)
    if not len(flagged):
        return sentence("step {step}", step=0)
    last = int(flagged[-1])
    step = int(steps[last]) + 1
    following = int(steps[last + 1]) if last + 1 < len(steps) else here.step
    return sentence("step {step}" if following == step else "about step {step}", step=step)


@dataclass(frozen=True, slots=True)
class Pace:
    """The `steps` in which the distance falls to a tenth, and whether it goes so fast already."""

    steps: float
    already: bool = True


def counted(steps: float) -> Sentence:
    """So many steps, to two digits, at least 1."""
    rounded = max(1.0, float(f"{steps:.2g}"))
    if rounded == 1.0:
        return sentence("1 step")
    text = f"{rounded:.0f}" if rounded < 1e5 else number(rounded, 4)
    return sentence("{count} steps", count=text)


def way_to_go(problem: Problem, theta: Array) -> float:
    """The greatest distance that a parameter has from where it is at the nearest known minimum."""
    return min(float(np.abs(theta - np.array(minimum)).max()) for minimum in problem.minima)


def pace_of(here: Position) -> Pace | None:
    """How soon the distance to the minimum falls to a tenth, where the next ones take as long.

    None where it is not: a pace that changes says nothing of what follows. On quadratics it is told
    from a method's factor along each axis; elsewhere it must have been so too, and must have held
    while the distance fell to a third.
    """
    place = _aim(here)
    if place is None or here.moves_by_rate or _is_clipped(here):
        return None  # what moves by about α, or αc, comes no nearer than that
    if here.method.kept() and here.value > here.start_value:
        return None  # where roots all but meet, a velocity carries it away before it comes home
    if not 0.0 < float(here.rates.max()) <= STEADY * float(here.rates.min()):
        return None
    if here.known and here.method.along(here.steepest, here.rate) is not None:
        foretold = _pace_of_axes(here, place)
        if foretold is None or here.problem.is_quadratic:
            return foretold
        spans = _spans(here, here.steps)
        measured = None if spans is None else _steady_pace(spans, place)
        if measured is None or foretold is None or not _alike(measured, foretold.steps):
            return None
    spans = _spans(here, here.recorded_steps)
    if spans is None or not _falls_to(spans, place, 1.0 / 3.0):
        return None
    steady = _steady_pace(spans, place)
    return None if steady is None else Pace(steady)


def way_in_rates(here: Position) -> float:
    """How many times α the nearest known minimum is away; nan where none is known.

    It is no number of steps: on its way a parameter turns, and steps become shorter.
    """
    if here.lowest is None or here.rate <= 0.0:
        return math.nan
    return way_to_go(here.problem, here.theta) / here.rate


def _aim(here: Position) -> Array | None:
    """The known minimum that is nearest; else the place to which slope and curvature point."""
    if here.is_sampled or here.down.any():
        return None
    if here.lowest is not None:
        minima = np.array(here.problem.minima)
        return np.asarray(minima[int(((minima - here.theta) ** 2).sum(axis=1).argmin())])
    if not here.known or not here.up.all():
        return None
    return np.asarray(here.theta - here.axes @ (here.along / here.curvatures))


def _spans(here: Position, steps: int) -> Array | None:
    """θ in the last three stretches of so many steps, (3, n, parameters); of fewer at first."""
    count = min(steps, here.recorded_steps // 3)
    if count < FEWEST:
        return None
    return here.thetas(3 * count)[1:].reshape(3, count, -1)


def _steady_pace(spans: Array, place: Array) -> float | None:
    """The steps in which the greatest distance of a stretch falls to a tenth, if twice alike."""
    ways = spans - place
    before, between, after = np.sqrt((ways * ways).sum(axis=2)).max(axis=1).tolist()
    if not 0.0 < after < between < before < math.inf:
        return None
    first, second = (
        spans.shape[1] * math.log(10.0) / math.log(far / near)
        for far, near in ((before, between), (between, after))
    )
    return second if _alike(first, second) else None


def _falls_to(spans: Array, place: Array, share: float) -> bool:
    first, last = (float(np.linalg.norm(row - place)) for row in (spans[0, 0], spans[-1, -1]))
    return last <= share * first


def _is_clipped(here: Position) -> bool:
    """Whether a gradient of late was longer than the clipping lets through."""
    clipping = here.run.clipping
    if not clipping.clips:
        return False
    thetas = np.ascontiguousarray(here.thetas(here.steps).T)
    slopes = np.empty_like(thetas)
    here.problem.gradient(thetas, slopes)
    norm, value = clipping.clip_norm or math.inf, clipping.clip_value or math.inf
    longest = float(np.sqrt((slopes * slopes).sum(axis=0)).max())
    return longest > norm or float(np.abs(slopes).max()) > value


def _pace_of_axes(here: Position, place: Array) -> Pace | None:
    """How soon what is left along all axes falls to a tenth, by each one's factor.

    None where the next tenth would be told from axes that have less to go than others.
    """
    errors = here.axes.T @ (here.theta - place)
    left = float(np.linalg.norm(errors))
    curvatures = here.curvatures.tolist()
    known = (here.method.along(one - here.pull, here.rate) for one in curvatures)
    matrices = [one for one in known if one is not None]
    if not 0.0 < left < math.inf or len(matrices) < len(curvatures):
        return None
    radii = np.array([float(np.abs(np.linalg.eigvals(one)).max()) for one in matrices])

    def after(steps: float) -> float:
        return float(np.linalg.norm(errors * radii**steps))

    few, many = 0.0, 1.0
    while after(many) > 0.1 * left:
        few, many = many, 2.0 * many
        if many > MOST:
            return None
    for _ in range(60):
        middle = 0.5 * (few + many)
        few, many = (middle, many) if after(middle) > 0.1 * left else (few, middle)
    # The tenth of the tenth takes as long?
    if after(2.0 * STEADY * many) > 0.01 * left and many >= 1.0:
        return None
    # What the other axes have left makes a step or two: then it is the count that the why tells.
    slowest = float(radii.max())
    alone = math.log(0.1) / math.log(slowest) if 0.0 < slowest < 1.0 else many
    steps = alone if abs(alone - many) <= 0.1 * many else many
    share = after(1.0) / left
    now = math.log(0.1) / math.log(share) if 0.0 < share < 1.0 else 0.0
    return Pace(steps, _alike(steps, now))


def _alike(one: float, other: float) -> bool:
    return one / STEADY <= other <= one * STEADY
