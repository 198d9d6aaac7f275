"""What has become of a run: one function of its record up to a step, the same on every surface.

It looks at no earlier verdict and at no clock. The tests are tried in order; the first that holds
gives the word. What is descended is F, the loss and the decay that acts through the gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gdsim.engine.account import Account
from gdsim.engine.arrays import Array
from gdsim.engine.position import ROUNDING, Position


class Outcome(Enum):
    """How a run is doing."""

    READY = "ready"
    CONVERGED = "converged"
    LOCAL_MINIMUM = "local minimum"
    HOVERING = "hovering"
    STANDING = "standing"
    OSCILLATING = "oscillating"
    MOVING = "moving"
    STALLED = "stalled"
    DIVERGING = "diverging"
    DIVERGED = "diverged"
    UNBOUNDED = "unbounded"
    NO_VALUE = "no value"


AWAY = (Outcome.DIVERGING, Outcome.DIVERGED, Outcome.NO_VALUE)
"""Those of runs that need another setting to come home."""

BEFORE = {
    Outcome.READY: "ready",
    Outcome.CONVERGED: "converged",
    Outcome.LOCAL_MINIMUM: "converged",
    Outcome.HOVERING: "oscillating",
    Outcome.STANDING: "step limit",
    Outcome.OSCILLATING: "oscillating",
    Outcome.MOVING: "step limit",
    Outcome.STALLED: "stalled",
    Outcome.DIVERGING: "diverging",
    Outcome.DIVERGED: "diverged",
    Outcome.UNBOUNDED: "step limit",
    Outcome.NO_VALUE: "not a number",
}
"""What version 0.1 had for each word; files say it beside the new one, for one version."""


class Kind(Enum):
    """What an outcome is due to, where it may be due to several things."""

    PLAIN = ""
    MANY = "one of many minima"
    RATE = "the rate is 0"
    ROUNDING = "the moves are below rounding"
    HELD = "slope and decay hold each other"
    BENT = "a saddle or the top of a hill"
    FLAT = "a flat place"
    SCALE = "axes of very different curvature"
    NOISE = "the noise of samples"
    HOPS = "hops of the method's own size"
    ACROSS = "hops across the way"
    WIDER = "a swing that grows"
    UP = "a loss that grew at every step"
    PARTED = "classes that can be parted"


@dataclass(frozen=True, slots=True)
class Finding:
    """An outcome, what it is due to, and the numbers that it was told from.

    `above` is how far F is (with samples and swings: is on average) above `rest`, the lowest value
    here.
    `factor` is by what each step multiplies a swing.
    """

    outcome: Outcome
    kind: Kind = Kind.PLAIN
    rest: float = math.nan
    above: float = math.nan
    factor: float = math.nan


def find(account: Account, step: int) -> tuple[Finding, Position | None]:
    """What has become of a run by `step`; and its position there, where it has one."""
    ended = account.ended_at is not None and account.ended_at <= step
    if ended and account.trouble is not None:
        return Finding(Outcome.NO_VALUE), None
    if ended:
        return Finding(Outcome.DIVERGED), None
    here = Position(account, step)
    if not here.loss <= account.limit:
        return Finding(Outcome.DIVERGED), here
    if step == 0:
        return Finding(Outcome.READY), here
    for test in _TESTS:
        found = test(here)
        if found is not None:
            return found, here
    return _found(here, Outcome.MOVING), here


def _found(here: Position, outcome: Outcome, kind: Kind = Kind.PLAIN) -> Finding:
    return Finding(outcome, kind, here.rest, here.value - here.rest)


def _settled(here: Position) -> Finding | None:
    """Every state that is looked at lies at the resting value, and the run will stay.

    Where each step can but bring it nearer, one state is enough.
    """
    if not (here.is_full or here.only_nears) or not here.rests:
        return None
    seen = here.values[-1:] if here.only_nears else here.values
    many = Kind.MANY if here.level.any() else Kind.PLAIN
    lowest = here.lowest
    if lowest is not None and (seen - lowest <= here.small).all():
        kind = many if here.problem.data is not None else Kind.PLAIN
        return Finding(Outcome.CONVERGED, kind, lowest, here.value - lowest)
    if here.down.any() or not here.up.any() or not here.is_quiet or here.left > here.small:
        return None
    rest = here.value - here.left
    if not (np.abs(seen - rest) <= 2.0 * here.small).all():
        return None
    higher = lowest is not None and rest > lowest + 2.0 * here.small
    if higher and here.problem.convex:
        return None  # what bends too little to be told from rounding is not level
    if lowest is None and not here.is_bottom:
        return None
    return Finding(Outcome.LOCAL_MINIMUM if higher else Outcome.CONVERGED, many, rest, here.left)


def _unbounded(here: Position) -> Finding | None:
    """On its way to where the loss has no lower bound, or to weights without end."""
    if here.is_sampled or not here.is_full or not here.values[-1] < here.values[0]:
        return None
    if here.fall is not None:
        return _found(here, Outcome.UNBOUNDED)
    if here.problem.separable and here.loss < math.log(2.0):
        thetas = here.thetas(here.steps)
        if (thetas[-1] - thetas[0]) @ here.theta > 0.0:
            return _found(here, Outcome.UNBOUNDED, Kind.PARTED)
    return None


def _standing(here: Position) -> Finding | None:
    """No rate, no move that numbers can hold, or no slope to move by."""
    if not here.is_full:
        # Nothing drives a method that remembers nothing, however few its steps have been.
        keeps = here.method.inertia or here.moves_by_rate or here.is_sampled
        still = here.slope == 0.0 and not here.lengths[-1:].any()
        return (
            _found(here, Outcome.STALLED, Kind.BENT)
            if still and not keeps and here.down.any()
            else None
        )
    unmoved = here.lengths <= 4.0 * ROUNDING * np.maximum(here.sizes, 1e-300)
    if not here.rates.any():
        # Keras has the rate within the velocity, which carries a run on for a while.
        return _found(here, Outcome.STANDING if unmoved[-1] else Outcome.MOVING, Kind.RATE)
    if unmoved.all() and here.slope > 0.0:
        held = here.method.decays and here.method.decay_place() != "gradient"
        return _found(here, Outcome.STANDING, Kind.HELD if held else Kind.ROUNDING)
    if here.slope == 0.0 and not here.lengths.any():
        lower = here.lowest is not None and here.value - here.lowest > here.small
        if here.down.any():
            return _found(here, Outcome.STALLED, Kind.BENT)
        return _found(here, Outcome.STALLED if lower else Outcome.CONVERGED, Kind.FLAT)
    return None


def _stalled(here: Position) -> Finding | None:
    """All but no slope where there is no minimum; or the steep axes are done, the flat ones not."""
    if here.is_sampled or not here.is_full or not here.known:
        return None
    short = float(here.lengths.sum()) <= 1e-2 * here.reach
    if short and here.slope * here.reach <= 1e-4 * here.problem.scale:
        if here.down.any():
            plain = here.steepest * here.reach * here.reach <= 1e-2 * here.problem.scale
            return _found(here, Outcome.STALLED, Kind.FLAT if plain else Kind.BENT)
        if not here.up.any():
            return _found(here, Outcome.STALLED, Kind.FLAT)
    top = here.steepest
    low = float(here.curvatures[0])  # rounding, where it is level
    if here.problem.convex and here.flattest and top > 1e4 * low:
        steep = here.along[here.curvatures >= 1e-3 * top]
        to_go = here.left if here.lowest is None else here.value - here.lowest
        if float((steep * steep).sum()) / (2.0 * top) <= here.small < to_go:
            return _found(here, Outcome.STALLED, Kind.SCALE)
    return None


def _noisy(here: Position) -> Finding | None:
    """With samples drawn the words are about means: of the last m steps' halves, a and b."""
    if not here.is_sampled:
        return None
    account, step = here.account, here.step
    begun = account.began(step)
    taken = step - begun
    damped = here.rate * here.flattest
    natural = 6.0 / damped if damped else math.inf
    if here.moves_by_rate:
        span, needed = taken // 2, 256.0
    else:
        epochs = 4 * -(-here.problem.size // here.batch)
        span = int(min(taken, max(64, epochs, natural)))
        needed = max(64.0, natural)
    if taken < needed or span < 2:
        return _found(here, Outcome.MOVING, Kind.NOISE)
    middle = step - span // 2
    first, second = account.mean(step - span, middle - 1), account.mean(middle, step)
    if first is None or second is None:
        return _found(here, Outcome.MOVING, Kind.NOISE)
    if here.moves_by_rate:
        drift = float(np.abs(second.theta - first.theta).max()) / (span / 2)
        if drift > 0.02 * 0.5 * (first.rate + second.rate):
            return _found(here, Outcome.MOVING, Kind.NOISE)
    before = first.value(here.pull) - here.rest
    after = second.value(here.pull) - here.rest
    if after > here.start_value - here.rest:
        outcome = Outcome.DIVERGING
    else:
        outcome = Outcome.HOVERING if after >= 0.5 * before else Outcome.MOVING
    return Finding(outcome, Kind.NOISE, here.rest, after)


def _shooting(here: Position) -> Finding | None:
    """After a few steps, all of them up, a thousand times above the start, with a rate that is too
    large there."""
    if here.is_full or here.is_sampled or here.moves_by_rate or here.rests or here.step < 3:
        return None
    before = max(here.start_value - here.rest, here.problem.scale)
    above = here.values - here.rest
    if not ((np.diff(above) > 0.0).all() and above[-1] > 1000.0 * before):
        return None
    return Finding(Outcome.DIVERGING, Kind.UP, here.rest, float(above[-1]))


def _bouncing(here: Position) -> Finding | None:
    """Moves that turn back all the time, along the axis on which they do so most."""
    count = here.long_steps
    if not here.is_full or count < 2:
        return None
    moves = np.diff(here.thetas(count), axis=0)
    turned = moves @ (here.axes if here.known else _newest(moves))
    paths = np.abs(turned).sum(axis=0)
    flips = (turned[1:] * turned[:-1] < 0.0).sum(axis=0)
    axis = int(np.argmax(flips + 1e-6 * paths / (paths.sum() + 1e-300)))
    sizes = np.abs(turned[:, axis])
    fast = flips[axis] >= 0.7 * (count - 1)
    real = paths[axis] > 0.05 * float(np.sqrt((moves * moves).sum(axis=1)).sum())
    wide, later = float(sizes[: count // 2].max()), float(sizes[count // 2 :].max())
    if not (real and (fast or flips[axis] >= 4) and wide > 0.0):
        return None
    above = here.values_of(count) - here.rest
    before, after = (float(half.mean()) for half in np.split(above, [len(above) // 2]))
    factor = -((later / wide) ** (2.0 / count))
    wider = fast and later > 1.01 * wide
    if wider and above[-1] > 10.0 * (here.start_value - here.rest):
        # Where its roots all but meet, a heavy ball swings wider for a while, and comes home.
        home = here.rests and here.problem.is_quadratic
        outcome = Outcome.MOVING if home else Outcome.DIVERGING
        return Finding(outcome, Kind.PLAIN, here.rest, float(above[-1]), factor)
    if not (later >= 0.99 * wide and after >= 0.98 * before):
        return None
    if not here.moves_by_rate:
        if later > 1.001 * wide:
            return Finding(Outcome.OSCILLATING, Kind.WIDER, here.rest, float(above[-1]), factor)
        return Finding(Outcome.OSCILLATING, Kind.PLAIN, here.rest, after, factor)
    # Near a minimum what hops of this size explain; else the run crosses a valley as it goes along.
    explained = 0.5 * float(here.curvatures[here.up].sum()) * later * later
    if here.level.any():
        explained += here.slope * later
    if after <= 10.0 * explained:
        return Finding(Outcome.HOVERING, Kind.HOPS, here.rest, after, factor)
    return Finding(Outcome.MOVING, Kind.ACROSS, here.rest, after, factor)


def _newest(moves: Array) -> Array:
    """The way of the longest of the moves, as one axis (parameters, 1)."""
    longest = moves[int(np.argmax((moves * moves).sum(axis=1)))]
    return np.asarray(longest[:, None] / (math.hypot(*longest.tolist()) or 1.0))


_TESTS: tuple[Callable[[Position], Finding | None], ...] = (
    _settled, _unbounded, _standing, _stalled, _noisy, _shooting, _bouncing,
)  # fmt: skip
