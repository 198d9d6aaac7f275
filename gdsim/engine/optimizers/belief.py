"""AdaBelief, Yogi, Adan: other measures of how far a gradient can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import Defaults
from gdsim.engine.fields import field
from gdsim.engine.optimizers.adam import Adam, beta1_field, beta2_field
from gdsim.engine.optimizers.adaptive import eps_field
from gdsim.engine.optimizers.base import (
    Optimizer,
    RateSettings,
    State,
    beta_field,
    column_of,
    decay_field,
    decoupled_field,
    powers,
)


def eps_root_field(default: float) -> Any:
    """The small number that is added before the root is taken."""
    return field(
        default, "Epsilon in the root", "Added to the mean square before its root is taken.",
        minimum=0.0, maximum=1.0, scale="log", advanced=True,
    )  # fmt: skip


@dataclass(frozen=True)
class AdaBeliefSettings(RateSettings):
    beta1: float = beta1_field()
    beta2: float = beta2_field()
    eps: float = eps_field(1e-16)
    eps_root: float = eps_root_field(1e-16)
    weight_decay: float = decay_field()
    decoupled_weight_decay: bool = decoupled_field()


class AdaBelief(Adam):
    """v ← β₂v + (1−β₂)(g−m)² + ε′,  θ ← θ − (α/c₁) m / (√(v/c₂) + ε) (`optax.adabelief`).

    Zhuang et al. 2020; ε′ (`eps_root`) is added at every step, as in Optax.
    """

    name = "adabelief"
    title = "AdaBelief"
    summary = "Takes large steps where the gradient is as expected, small ones where it surprises."
    formula = (
        "m ← β₁ m + (1 − β₁) g",
        "v ← β₂ v + (1 − β₂)(g − m)² + ε′",
        "θ ← θ − α m̂ / (√v̂ + ε),  m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)",
    )
    source = "Zhuang et al. 2020; optax.adabelief"
    Settings = AdaBeliefSettings
    conventions = ("optax",)
    defaults: ClassVar[Defaults] = {}

    def lines(self) -> tuple[str, ...]:
        return self.formula

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.eps_root = column_of(settings, "eps_root")

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        size, eps = coefficients
        state["mean"] = mean = state["mean"] * self.beta1 + gradient * self.rest1
        off = gradient - mean
        square = state["square"] * self.beta2 + off * off * self.rest2 + self.eps_root
        state["square"] = square
        return theta - mean / (np.sqrt(square) + eps) * size


@dataclass(frozen=True)
class YogiSettings(RateSettings):
    beta1: float = beta1_field()
    beta2: float = beta2_field()
    eps: float = eps_field(1e-3)
    initial_accumulator: float = field(
        1e-6, "First averages", "What both moving averages start from.",
        minimum=0.0, maximum=1e6, scale="log", advanced=True,
        aliases=("initial_accumulator_value",),
    )  # fmt: skip
    weight_decay: float = decay_field()
    decoupled_weight_decay: bool = decoupled_field()


class Yogi(Adam):
    """v ← v − (1−β₂) sign(v−g²) g²,  θ ← θ − (α/c₁) m / (√(v/c₂) + ε) (`optax.yogi`).

    Zaheer et al. 2018; m and v start from 10⁻⁶.
    """

    name = "yogi"
    title = "Yogi"
    summary = "Adam whose scale grows and shrinks by additions, so it cannot collapse at once."
    formula = (
        "m ← β₁ m + (1 − β₁) g",
        "v ← v − (1 − β₂) sign(v − g²) g²",
        "θ ← θ − α m̂ / (√v̂ + ε),  m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)",
    )
    source = "Zaheer et al. 2018; optax.yogi"
    Settings = YogiSettings
    conventions = ("optax",)
    defaults: ClassVar[Defaults] = {}

    def lines(self) -> tuple[str, ...]:
        return self.formula

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.first = column_of(settings, "initial_accumulator")

    def init(self, theta: Array) -> State:
        return {name: array + self.first for name, array in super().init(theta).items()}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        size, eps = coefficients
        before, squared = state["square"], gradient * gradient
        state["mean"] = mean = state["mean"] * self.beta1 + gradient * self.rest1
        state["square"] = square = before - squared * self.rest2 * np.sign(before - squared)
        return theta - mean / (np.sqrt(square) + eps) * size


@dataclass(frozen=True)
class AdanSettings(RateSettings):
    beta1: float = beta1_field(0.98)
    beta2: float = beta_field(
        "Beta 2", "β₂", 0.92, "How long the moving average of the gradient's change remembers."
    )
    beta3: float = beta_field(
        "Beta 3", "β₃", 0.99, "How long the moving average of the squares remembers."
    )
    eps: float = eps_field(1e-8)
    eps_root: float = eps_root_field(1e-8)
    weight_decay: float = decay_field()


class Adan(Optimizer):
    """Adaptive Nesterov momentum from the change of the gradient (Xie et al. 2022; `optax.adan`).

    d = g − g′ (0 at first), m ← β₁m + (1−β₁)g, w ← β₂w + (1−β₂)d,
    n ← β₃n + (1−β₃)(g + (1−β₂)d)², θ ← θ − α (m/c₁ + (1−β₂)w/c₂) / (√(n/c₃ + ε′) + ε).
    Weight decay is decoupled.
    """

    name = "adan"
    title = "Adan"
    summary = "Nesterov's look ahead, made from how the gradient changes between two steps."
    formula = (
        "d = g − g′,  m ← β₁ m + (1 − β₁) g,  w ← β₂ w + (1 − β₂) d",
        "n ← β₃ n + (1 − β₃)(g + (1 − β₂) d)²",
        "θ ← θ − α (m̂ + (1 − β₂) ŵ) / (√(n̂ + ε′) + ε)",
    )
    source = "Xie et al. 2022; optax.adan"
    Settings = AdanSettings
    conventions = ("optax",)
    symbols: ClassVar[Mapping[str, str]] = {"mean": "m", "mean_change": "w", "square": "n"}
    moves_by_rate = True
    inertia = "beta1"

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.betas = [column_of(settings, f"beta{i}") for i in (1, 2, 3)]
        self.rests = [1.0 - beta for beta in self.betas]
        self.eps, self.eps_root = column_of(settings, "eps"), column_of(settings, "eps_root")

    def decay_place(self) -> Literal["gradient", "parameters", "update"]:
        return "parameters"

    def init(self, theta: Array) -> State:
        names = ("mean", "mean_change", "square", "gradient_before")
        return {name: np.zeros_like(theta) for name in names}

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        c1, c2, c3 = (1.0 - powers(beta, t) for beta in self.betas)
        return rate / c1, rate * self.rests[1] / c2, c3, np.where(t > 1, 1.0, 0.0)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        size, size_change, c3, later = coefficients
        (beta1, beta2, beta3), (rest1, rest2, rest3) = self.betas, self.rests
        change = (gradient - state["gradient_before"]) * later
        state["gradient_before"] = gradient
        state["mean"] = mean = state["mean"] * beta1 + gradient * rest1
        state["mean_change"] = mean_change = state["mean_change"] * beta2 + change * rest2
        ahead = gradient + change * rest2
        state["square"] = square = state["square"] * beta3 + ahead * ahead * rest3
        way = mean * size + mean_change * size_change
        return theta - way / (np.sqrt(square / c3 + self.eps_root) + self.eps)
