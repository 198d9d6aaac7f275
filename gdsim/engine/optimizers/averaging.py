"""ASGD and schedule-free AdamW: averages of the points passed take the place of a decay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import Defaults, convention_field
from gdsim.engine.fields import field
from gdsim.engine.optimizers.adam import beta2_field
from gdsim.engine.optimizers.adaptive import eps_field
from gdsim.engine.optimizers.base import (
    Optimizer,
    RateSettings,
    State,
    column_of,
    decay_field,
    powers,
)


@dataclass(frozen=True)
class ASGDSettings(RateSettings):
    lambd: float = field(
        1e-4, "Decay term", "How fast the rate falls, and a pull of the parameters towards zero.",
        minimum=0.0, maximum=1e3, scale="log",
    )  # fmt: skip
    alpha: float = field(
        0.75, "Power", "The power of the step number by which the rate falls.",
        minimum=0.0, maximum=10.0,
    )  # fmt: skip
    t0: int = field(
        1_000_000, "Averages from", "The step after which the average begins.",
        symbol="t₀", minimum=0, maximum=1e12, scale="log", advanced=True,
    )  # fmt: skip
    weight_decay: float = decay_field()


class ASGD(Optimizer):
    """θ ← (1 − κη)θ − ηg,  η ← α/(1 + κ α t)^a, κ = `lambd`, a = `alpha` (`torch.optim.ASGD`).

    Polyak & Juditsky 1992. What is shown is θ, as torch's parameters are; the state `average` is
    the mean of θ over the steps after t₀.
    """

    name = "asgd"
    title = "ASGD"
    summary = "Gradient descent with a slowly falling rate, and a mean of the points it passed."
    formula = ("θ ← (1 − κ η) θ − η g", "η ← α / (1 + κ α t)^a")
    source = "Polyak & Juditsky 1992; torch.optim.ASGD"
    Settings = ASGDSettings
    chosen: ASGDSettings
    conventions = ("pytorch",)
    symbols: ClassVar[Mapping[str, str]] = {"eta": "η"}
    defaults: ClassVar[Defaults] = {"pytorch": {"learning_rate": 0.01}}

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.lambd, self.alpha = column_of(settings, "lambd"), column_of(settings, "alpha")
        self.t0 = column_of(settings, "t0")

    def pull(self) -> float:
        return super().pull() + self.chosen.lambd

    def init(self, theta: Array) -> State:
        return {"eta": np.zeros_like(theta), "average": np.zeros_like(theta)}

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        eta = rate / powers(1.0 + self.lambd * rate * t, self.alpha)
        weight = 1.0 / np.maximum(1.0, t - 1 - self.t0)
        return rate, eta, weight, np.where(t == 1, 1.0, 0.0)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        rate, next_eta, weight, first = coefficients
        eta = np.where(first > 0.0, rate, state["eta"])
        after = theta * (1.0 - self.lambd * eta) - gradient * eta
        state["average"] = state["average"] + (after - state["average"]) * weight
        state["eta"][...] = next_eta
        return after


@dataclass(frozen=True)
class ScheduleFreeSettings(RateSettings):
    beta1: float = field(
        0.9, "Beta 1", "Where the gradient is taken: 0 at the fast point, 1 at the average.",
        symbol="β₁", above=0.0, below=1.0, aliases=("beta_1", "b1"),
    )  # fmt: skip
    beta2: float = beta2_field()
    eps: float = eps_field(1e-8)
    warmup_steps: int = field(
        0, "Warm-up", "The number of steps over which the rate rises from zero; 0 is none.",
        minimum=0, maximum=1e9, advanced=True,
    )  # fmt: skip
    weight_lr_power: float = field(
        2.0, "Rate power", "The power of the rate by which a point counts in the average.",
        minimum=0.0, maximum=10.0, advanced=True, needs=(("convention", "optax"),),
    )  # fmt: skip
    weight_decay: float = decay_field()
    convention: str = convention_field("optax", "keras")


class ScheduleFreeAdamW(Optimizer):
    """z ← z − αg/(√(v/c₂) + ε) with g taken at y = β₁x + (1−β₁)z;  x ← (1−w)x + wz.

    Defazio et al. 2024; x is shown and its loss recorded. Optax: w = α̂²/Σα̂² with α̂ the greatest
    rate so far (the rate that follows this update, since Optax counts its weights from 1); the
    decay is part of the step of z, λy. Keras: w = 1/t; the decay shrinks y, so it acts on x alone.
    torch has none.
    """

    name = "schedule_free_adamw"
    title = "Schedule-free AdamW"
    short = "SF-AdamW"
    summary = "Averages the points it passed, which does the work of a falling rate."
    formula = (
        "y = β₁ x + (1 − β₁) z,  g = ∇J(y)",
        "v ← β₂ v + (1 − β₂) g²,  z ← z − α g / (√v̂ + ε)",
        "x ← (1 − w) x + w z,  w = α²/Σα²",
    )
    source = "Defazio et al. 2024; optax.contrib.schedule_free_adamw, Keras ScheduleFreeAdamW"
    Settings = ScheduleFreeSettings
    conventions = ("optax", "keras")
    symbols: ClassVar[Mapping[str, str]] = {"fast": "z", "square": "v"}
    inertia = "beta1"
    defaults: ClassVar[Defaults] = {
        "optax": {"learning_rate": 0.0025},
        "keras": {"learning_rate": 0.0025},
    }

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.beta1, self.beta2 = column_of(settings, "beta1"), column_of(settings, "beta2")
        self.rest1, self.rest2 = 1.0 - self.beta1, 1.0 - self.beta2
        self.eps, self.power = column_of(settings, "eps"), column_of(settings, "weight_lr_power")
        self.odd_power = bool((self.power != 2.0).any())
        self.warmup = column_of(settings, "warmup_steps")

    def lines(self) -> tuple[str, ...]:
        point, fast, average = self.formula
        if self.convention == "keras":
            average = "x ← (1 − w) x + w z,  w = 1/t"
            if self.decays:
                point = "y = β₁ x + (1 − β₁) z,  g = ∇J(y),  x ← x − α λ y/β₁"
        elif self.decays:
            fast = "v ← β₂ v + (1 − β₂) g²,  z ← z − α (g / (√v̂ + ε) + λ y)"
        return point, fast, average

    def decay_place(self) -> Literal["gradient", "parameters", "update"]:
        return "update"

    def init(self, theta: Array) -> State:
        state = {"fast": theta.copy(), "square": np.zeros_like(theta)}
        if self.convention == "optax":
            state |= {"weight_sum": np.zeros_like(theta), "greatest_rate": np.zeros_like(theta)}
        return state

    def gradient_point(self, theta: Array, state: State) -> Array:
        return theta * self.beta1 + state["fast"] * self.rest1

    def prepare(self, t: Indices, rates: Array) -> tuple[Array, ...]:
        rate, root2 = rates[:-1], np.sqrt(1.0 - powers(self.beta2, t))
        if self.convention == "keras":
            return rate * self._warmed(t), root2, 1.0 / t, rate
        return rate * self._warmed(t - 1), root2, rates[1:] * self._warmed(t)

    def _warmed(self, count: Indices) -> Array:
        length = np.maximum(self.warmup, 1.0)
        return np.where(self.warmup > 0, np.minimum(count, length) / length, 1.0)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        rate, root2 = coefficients[:2]
        squared = gradient * gradient
        state["square"] = square = state["square"] * self.beta2 + squared * self.rest2
        step = gradient / (np.sqrt(square) / root2 + self.eps)
        if self.convention == "keras":
            weight = coefficients[2]
            if self.decays:
                pull = self.decay * coefficients[3] / self.beta1
                theta = theta - pull * self.gradient_point(theta, state)
        else:
            if self.decays:
                step = step + self.decay * self.gradient_point(theta, state)
            weight = self._weight(state, coefficients[2])
        state["fast"] = fast = state["fast"] - step * rate
        return theta * (1.0 - weight) + fast * weight

    def _weight(self, state: State, next_rate: Array) -> Array:
        """w = α̂²/Σα̂² as Optax counts it, 0 where all rates were."""
        state["greatest_rate"] = greatest = np.maximum(state["greatest_rate"], next_rate)
        share = greatest * greatest
        if self.odd_power:
            share = np.where(self.power == 2.0, share, powers(greatest, self.power))
        state["weight_sum"] = total = state["weight_sum"] + share
        some = total != 0.0
        return np.where(some, share / np.where(some, total, 1.0), 0.0)
