"""Adamax, NAdam, RAdam: Adam by the greatest gradient, with a look ahead, with a careful start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import Defaults, convention_field
from gdsim.engine.fields import field
from gdsim.engine.optimizers.adam import Adam, AdamSettings
from gdsim.engine.optimizers.base import RateSettings, State, column_of, powers

SLOWER: Defaults = {**Adam.defaults, "pytorch": {"learning_rate": 0.002}}


class Adamax(Adam):
    """m ← β₁m + (1−β₁)g, u ← max(β₂u, |g| + ε), θ ← θ − (α/c₁) m/u, c₁ = 1 − β₁ᵗ.

    Kingma & Ba 2015, section 7; `torch.optim.Adamax`, `optax.adamax`. Keras leaves ε out of the
    maximum and divides by u + ε.
    """

    name = "adamax"
    title = "Adamax"
    summary = "Adam that divides by the greatest recent gradient instead of a mean square."
    formula = (
        "m ← β₁ m + (1 − β₁) g",
        "u ← max(β₂ u, |g| + ε)",
        "θ ← θ − α m̂ / u,  m̂ = m/(1 − β₁ᵗ)",
    )
    source = "Kingma & Ba 2015; torch.optim.Adamax"
    symbols: ClassVar[Mapping[str, str]] = {"mean": "m", "greatest": "u"}
    defaults = SLOWER

    def lines(self) -> tuple[str, ...]:
        average, greatest, step = self.formula
        if self.convention == "keras":
            greatest, step = "u ← max(β₂ u, |g|)", "θ ← θ − α m̂ / (u + ε),  m̂ = m/(1 − β₁ᵗ)"
        return average, greatest, step

    def init(self, theta: Array) -> State:
        return {"mean": np.zeros_like(theta), "greatest": np.zeros_like(theta)}

    def preconditioner(self, state: Mapping[str, Array], step: int) -> Array | None:
        """u, to which Keras adds ε."""
        if step < 1:
            return None
        greatest = np.asarray(state["greatest"])
        return greatest + float(self.eps.flat[0]) if self.convention == "keras" else greatest

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        return (rate / (1.0 - powers(self.beta1, t)),)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        (size,) = coefficients
        inside = self.convention != "keras"
        reach: Array = np.abs(gradient) + self.eps if inside else np.abs(gradient)
        state["mean"] = mean = state["mean"] * self.beta1 + gradient * self.rest1
        state["greatest"] = greatest = np.maximum(state["greatest"] * self.beta2, reach)
        return theta - mean / (greatest if inside else greatest + self.eps) * size


@dataclass(frozen=True)
class NAdamSettings(AdamSettings):
    momentum_decay: float = field(
        0.004, "Momentum decay", "How soon the momentum comes up from half of β₁ to β₁.",
        symbol="ψ", minimum=0.0, maximum=1e3, advanced=True, needs=(("convention", "pytorch"),),
    )  # fmt: skip


class NAdam(Adam):
    """Adam with Nesterov's look ahead (Dozat 2016; `torch.optim.NAdam`).

    μₜ = β₁(1 − ½ 0.96^(tψ)), P = μ₁⋯μₜ, and
    θ ← θ − α [(1−μₜ) g/(1−P) + μₜ₊₁ m/(1−P μₜ₊₁)] / (√(v/c₂) + ε).
    Keras: ψ = 1. Optax: β₁ in place of μ, so θ ← θ − α [(1−β₁) g/(1−β₁ᵗ) + β₁ m/(1−β₁ᵗ⁺¹)] / ….
    """

    name = "nadam"
    title = "NAdam"
    summary = "Adam that looks ahead along its momentum, as Nesterov does."
    formula = (
        "m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²",
        "μₜ = β₁ (1 − ½ · 0.96^(t ψ))",
        "θ ← θ − α [(1 − μₜ) g/(1 − ∏μ) + μₜ₊₁ m/(1 − μₜ₊₁ ∏μ)] / (√v̂ + ε)",
    )
    source = "Dozat 2016; torch.optim.NAdam"
    scale = ""
    Settings = NAdamSettings
    defaults = SLOWER

    def lines(self) -> tuple[str, ...]:
        averages, warmed, step = self.formula
        if self.convention == "keras":
            warmed = "μₜ = β₁ (1 − ½ · 0.96ᵗ)"
        elif self.convention == "optax":
            return (
                averages,
                "θ ← θ − α [(1 − β₁) g/(1 − β₁ᵗ) + β₁ m/(1 − β₁ᵗ⁺¹)] / (√v̂ + ε)",
            )
        return averages, warmed, step

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        psi = column_of(settings, "momentum_decay")
        self.psi = np.ones_like(psi) if self.convention == "keras" else psi

    def init(self, theta: Array) -> State:
        return {**super().init(theta), "product": np.ones_like(theta)}

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        root2 = np.sqrt(1.0 - powers(self.beta2, t))
        if self.convention == "optax":
            newest = rate * self.rest1 / (1.0 - powers(self.beta1, t))
            past = rate * self.beta1 / (1.0 - powers(self.beta1, t + 1))
            return root2, newest, past
        base = np.array(0.96)
        now = self.beta1 * (1.0 - 0.5 * powers(base, t * self.psi))
        then = self.beta1 * (1.0 - 0.5 * powers(base, (t + 1) * self.psi))
        return root2, rate * (1.0 - now), rate * then, now, then

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        mean, square = self.averages(gradient, state)
        root2, newest, past = coefficients[:3]
        if self.convention != "optax":
            now, then = coefficients[3:]
            state["product"] = product = state["product"] * now
            newest = newest / (1.0 - product)
            past = past / (1.0 - product * then)
        return theta - (gradient * newest + mean * past) / (np.sqrt(square) / root2 + self.eps)


@dataclass(frozen=True)
class RAdamSettings(AdamSettings):
    threshold: float = field(
        5.0, "Threshold", "The length of the average from which the scale is trusted.",
        minimum=4.0, maximum=1e6, advanced=True, needs=(("convention", "optax"),),
    )  # fmt: skip
    convention: str = convention_field("pytorch", "optax")


class RAdam(Adam):
    """Adam that waits with the division until v can be trusted (Liu et al. 2020).

    ρ∞ = 2/(1−β₂) − 1, ρ = ρ∞ − 2tβ₂ᵗ/c₂, r = √((ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ)). Where ρ > 5 (Optax:
    ρ ≥ threshold) θ ← θ − (α/c₁) r √c₂ m/(√v + ε), else θ ← θ − (α/c₁) m (`torch.optim.RAdam`).
    Optax: r m/(√(v/c₂) + ε). Keras has none.
    """

    name = "radam"
    title = "RAdam"
    summary = "Adam with a careful start: no scaling until its average is worth trusting."
    formula = (
        "m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²",
        "ρ = ρ∞ − 2 t β₂ᵗ/(1 − β₂ᵗ),  ρ∞ = 2/(1 − β₂) − 1",
        "ρ > 5:  θ ← θ − α r m̂ √(1 − β₂ᵗ) / (√v + ε);  ρ ≤ 5:  θ ← θ − α m̂",
    )
    source = "Liu et al. 2020; torch.optim.RAdam"
    scale = ""
    Settings = RAdamSettings
    chosen: RAdamSettings
    conventions = ("pytorch", "optax")
    defaults: ClassVar[Defaults] = {"pytorch": {"learning_rate": 0.001}}

    def lines(self) -> tuple[str, ...]:
        averages, length, step = self.formula
        if self.convention == "optax":
            limit = f"{self.chosen.threshold:g}"
            step = f"ρ ≥ {limit}:  θ ← θ − α r m̂ / (√v̂ + ε);  ρ < {limit}:  θ ← θ − α m̂"
        return averages, length, step

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.threshold = column_of(settings, "threshold")

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        size = rate / (1.0 - powers(self.beta1, t))
        power2 = powers(self.beta2, t)
        limit = 2.0 / self.rest2 - 1.0
        length = limit - 2.0 * t * power2 / (1.0 - power2)
        trusted = length >= self.threshold if self.convention == "optax" else length > 5.0
        with np.errstate(all="ignore"):
            rectified = np.sqrt(
                (length - 4.0) * (length - 2.0) * limit
                / ((limit - 4.0) * (limit - 2.0) * length)
            )  # fmt: skip
        root2 = np.sqrt(1.0 - power2)
        if self.convention == "pytorch":
            rectified *= root2
        return np.where(trusted, size * rectified, size), root2, np.where(trusted, 0.0, 1.0)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        size, root2, plain = coefficients
        mean, square = self.averages(gradient, state)
        root = np.sqrt(square) / root2 if self.convention == "optax" else np.sqrt(square)
        return theta - mean / np.where(plain > 0.0, 1.0, root + self.eps) * size
