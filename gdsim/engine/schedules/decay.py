"""Constant, step, multistep, exponential, inverse-time, polynomial and linear schedules."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import FRAMEWORKS, Defaults, convention_field
from gdsim.engine.fields import Settings, field
from gdsim.engine.schedules.base import Schedule, steps_field
from gdsim.engine.sentences import Fault


@dataclass(frozen=True)
class ConstantSettings(Settings):
    pass


class Constant(Schedule):
    """α(k) = α."""

    name = "constant"
    title = "Constant"
    summary = "The same rate at every step."
    formula = "α(k) = α"
    source = "all frameworks"
    Settings = ConstantSettings
    constant = True
    continuous = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        return np.broadcast_to(base, np.broadcast_shapes(k.shape, np.shape(base)))

    def bounds(self, base: float) -> tuple[float, float]:
        return base, base


@dataclass(frozen=True)
class StepSettings(Settings):
    step_size: int = steps_field(200, "Every", "So many steps pass between two drops.", "S")
    gamma: float = field(
        0.5, "Factor", "What the rate is multiplied by at each drop.",
        symbol="γ", above=0.0, maximum=1.0,
    )  # fmt: skip


class StepDecay(Schedule):
    """α(k) = α γ^⌊k/S⌋ (`torch.optim.lr_scheduler.StepLR`)."""

    name = "step"
    title = "Step decay"
    summary = "Drops by a factor every so many steps: a staircase."
    formula = "α(k) = α γ^⌊k/S⌋"
    source = "torch StepLR; Keras and Optax exponential decay with staircase"
    Settings = StepSettings
    settings: StepSettings

    def rate(self, base: float | Array, k: Indices) -> Array:
        return base * power(self.settings.gamma, (k // self.settings.step_size))


def milestones(text: str) -> tuple[int, ...]:
    """Steps as in "300, 600, 900": whole numbers, each greater than the one before."""
    try:
        steps = tuple(int(part) for part in text.strip(" []()").split(","))
    except ValueError:
        steps = ()
    if not steps or min(steps) < 1 or any(a >= b for a, b in pairwise(steps)):
        raise Fault(
            "'{text}' is no list of steps: give whole numbers that go up, such as 300, 600, 900.",
            text=text[:60],
        )  # fmt: skip
    return steps


@dataclass(frozen=True)
class MultistepSettings(Settings):
    milestones: str = field(
        "300, 600, 900", "Drops at", "The steps at which the rate drops, with commas between.",
        reader=milestones, wanted="whole numbers that go up, such as 300, 600, 900",
        aliases=("boundaries",),
    )  # fmt: skip
    gamma: float = field(
        0.1, "Factor", "What the rate is multiplied by at each drop.",
        symbol="γ", above=0.0, maximum=1.0,
    )  # fmt: skip
    convention: str = convention_field(*FRAMEWORKS)


class Multistep(Schedule):
    """α(k) = α γⁿ, n the number of milestones s ≤ k (`torch` MultiStepLR, Optax).

    Keras `PiecewiseConstantDecay` drops one step later: s < k.
    """

    name = "multistep"
    title = "Steps by a list"
    summary = "Drops by a factor at steps of your choice."
    formula = "α(k) = α γⁿ,  n = |{i : sᵢ ≤ k}|"
    source = "torch MultiStepLR, optax.piecewise_constant_schedule, Keras PiecewiseConstantDecay"
    Settings = MultistepSettings
    settings: MultistepSettings

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        steps = np.array(milestones(s.milestones))
        late = 1 if s.convention == "keras" else 0
        return base * power(s.gamma, np.searchsorted(steps, k - late, side="right"))


@dataclass(frozen=True)
class ExponentialSettings(Settings):
    gamma: float = field(
        0.995, "Factor", "What the rate is multiplied by at each step.",
        symbol="γ", above=0.0, maximum=1.0, aliases=("decay_rate",),
    )  # fmt: skip
    decay_steps: int = field(
        1, "Per", "So many steps pass until the rate is multiplied by the whole factor.",
        symbol="S", minimum=1, maximum=1e9, scale="log", advanced=True,
        aliases=("transition_steps",),
    )  # fmt: skip


class Exponential(Schedule):
    """α(k) = α γ^(k/S) (`torch` ExponentialLR has S = 1; Keras and Optax have both)."""

    name = "exponential"
    title = "Exponential decay"
    summary = "Shrinks by the same factor at each step."
    formula = "α(k) = α γ^(k/S)"
    source = "torch ExponentialLR; Keras ExponentialDecay, optax.exponential_decay"
    Settings = ExponentialSettings
    settings: ExponentialSettings
    continuous = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        return base * power(self.settings.gamma, k / self.settings.decay_steps)


@dataclass(frozen=True)
class InverseTimeSettings(Settings):
    decay_rate: float = field(
        0.01, "Decay rate", "How fast the rate falls; after 1/r steps it is half.",
        symbol="r", minimum=0.0, maximum=1e6, scale="log",
    )  # fmt: skip
    decay_steps: int = steps_field(1, "Per", "So many steps count as one unit of time.", "S")
    staircase: bool = field(
        False, "Staircase", "The rate falls only when a whole unit of time has passed.",
        advanced=True,
    )  # fmt: skip


class InverseTime(Schedule):
    """α(k) = α / (1 + r k/S), or with ⌊k/S⌋ as a staircase (Keras `InverseTimeDecay`)."""

    name = "inverse_time"
    title = "Inverse-time decay"
    summary = "Falls like 1/k: fast at first, then ever more slowly."
    formula = "α(k) = α / (1 + r k/S)"
    source = "Keras InverseTimeDecay; Robbins & Monro 1951"
    Settings = InverseTimeSettings
    settings: InverseTimeSettings
    continuous = True
    conventions = ("keras",)

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        passed = k // s.decay_steps if s.staircase else k / s.decay_steps
        return np.asarray(base / (1.0 + s.decay_rate * passed), dtype=np.float64)


@dataclass(frozen=True)
class PolynomialSettings(Settings):
    decay_steps: int = steps_field(
        1000, "Over", "The number of steps from the top to the floor.",
        aliases=("total_iters", "transition_steps", "total_steps"),
    )  # fmt: skip
    power: float = field(
        2.0, "Power", "The power of the polynomial: 1 is a straight line.",
        symbol="q", above=0.0, maximum=100.0,
    )  # fmt: skip
    end_rate: float = field(
        0.0, "Final rate", "The rate it ends at.", minimum=0.0, maximum=1e6, advanced=True,
        aliases=("end_learning_rate", "end_value"),
    )  # fmt: skip
    cycle: bool = field(
        False, "Cycles", "Starts from above again and again, over ever more steps (Keras).",
        advanced=True,
    )  # fmt: skip


class Polynomial(Schedule):
    """α(k) = (α − e)(1 − min(k, T)/T)^q + e (Keras, Optax; `torch` PolynomialLR has e = 0).

    The frameworks' own power is 1; Keras's e is 0.0001. As a cycle T is multiplied by ⌈k/T⌉.
    """

    name = "polynomial"
    title = "Polynomial decay"
    summary = "Falls along a power of the steps that are left."
    formula = "α(k) = (α − e)(1 − k/T)^q + e"
    source = "torch PolynomialLR, Keras PolynomialDecay, optax.polynomial_schedule"
    Settings = PolynomialSettings
    settings: PolynomialSettings
    continuous = True
    defaults: ClassVar[Defaults] = {
        "pytorch": {"power": 1.0},
        "keras": {"power": 1.0, "end_rate": 1e-4},
        "optax": {"power": 1.0},
    }

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        if s.cycle:
            over = s.decay_steps * np.maximum(np.ceil(k / s.decay_steps), 1.0)
            left = 1.0 - k / over
        else:
            left = 1.0 - np.minimum(k, s.decay_steps) / s.decay_steps
        return np.asarray((base - s.end_rate) * power(left, s.power) + s.end_rate)

    def bounds(self, base: float) -> tuple[float, float]:
        return min(base, self.settings.end_rate), max(base, self.settings.end_rate)


@dataclass(frozen=True)
class LinearSettings(Settings):
    decay_steps: int = steps_field(
        1000, "Over", "The number of steps from one to the other.",
        aliases=("total_iters", "transition_steps", "total_steps"),
    )  # fmt: skip
    start_factor: float = field(
        1.0, "Starts at", "The first rate, as a fraction of the learning rate.",
        minimum=0.0, maximum=1e3,
    )  # fmt: skip
    end_factor: float = field(
        0.0, "Ends at", "The last rate, as a fraction of the learning rate.",
        minimum=0.0, maximum=1e3,
    )  # fmt: skip


class Linear(Schedule):
    """α(k) = α (s + (e − s) min(k, T)/T) (`torch` LinearLR, `optax.linear_schedule`)."""

    name = "linear"
    title = "Linear"
    summary = "Goes in a straight line from one rate to another, down or up."
    formula = "α(k) = α (s + (e − s) k/T)"
    source = "torch LinearLR, optax.linear_schedule, Keras PolynomialDecay(power=1)"
    Settings = LinearSettings
    settings: LinearSettings
    continuous = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        passed = np.minimum(k, s.decay_steps) / s.decay_steps
        return np.asarray(base * (s.start_factor + (s.end_factor - s.start_factor) * passed))

    def bounds(self, base: float) -> tuple[float, float]:
        ends = base * self.settings.start_factor, base * self.settings.end_factor
        return min(ends), max(ends)


def power(base: float | Array, exponent: float | Indices | Array) -> Array:
    """base^exponent over steps (n,), the same bits for a step alone and among many.

    NumPy has shortcuts where it takes an exponent for a scalar, so arrays of one are never used.
    """
    below, above = np.broadcast_arrays(
        np.asarray(base, dtype=np.float64), np.asarray(exponent, dtype=np.float64)
    )
    if below.size == 1:
        return power(np.repeat(below, 2), np.repeat(above, 2))[:1]
    return np.asarray(np.power(np.ascontiguousarray(below), np.ascontiguousarray(above)))
