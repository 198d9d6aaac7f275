"""How fast a run comes on, how far it has to go, and since when it is where it is."""

from __future__ import annotations

import math

import numpy as np

from gdsim.engine.arrays import Array, Flags
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.history import LOSS, RATE, THETA
from gdsim.engine.position import Position
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Sentence, number, sentence


def since(here: Position, rest: float) -> Sentence:
    """The step after the last recorded one that was more than small above the resting value."""
    rows = here.account.history.trace().until(here.step).rows
    theta = rows[:, THETA:]
    values = rows[:, LOSS] + 0.5 * here.pull * (theta * theta).sum(axis=1)
    return _after(here, ~(values - rest <= here.small))


def since_the_rate_is_zero(here: Position) -> Sentence:
    """The step from which on the rate was 0."""
    return _after(here, here.account.history.trace().until(here.step).rows[:, RATE] != 0.0)


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


def steps_a_decade(here: Position, rest: float) -> float | None:
    """The steps in which the distance falls to a tenth, at the pace of the last n.

    With a and b the means of F − rest over their halves: ½n·ln 10 / ½ln(a/b), since the loss above
    a minimum goes with the square of the distance.
    """
    if here.is_sampled or here.down.any() or here.steps < 2:
        return None
    above = here.values[len(here.values) % 2 :] - rest
    before, after = (float(half.mean()) for half in np.split(above, [len(above) // 2]))
    if not 0.0 < after < before or not (here.knows_rest or _is_steady(here)):
        return None
    return len(above) * math.log(10.0) / math.log(before / after)


def _is_steady(here: Position) -> bool:
    """Whether the curvature pointed to the same lowest value when the last n steps began: where
    there is no minimum, as on a straight slope, it points elsewhere with each step."""
    theta, value = here.thetas(here.steps)[0], float(here.values[0])
    then = curvature_at(here.problem, theta)
    if then is None:
        return False
    curvatures = then.eigenvalues + here.pull
    up = curvatures > 1e-12 * float(np.abs(curvatures).max())
    along = then.vectors.T @ (here.problem.gradient_at(theta) + here.pull * theta)
    rest = value - float((0.5 * along[up] ** 2 / curvatures[up]).sum())
    return bool(up.any()) and abs(rest - here.rest) <= 0.1 * abs(value - here.value)
