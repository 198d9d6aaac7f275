"""LAMB: Adam's direction, scaled to the size of the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from gdsim.engine.arrays import Array, norms
from gdsim.engine.conventions import Defaults, convention_field
from gdsim.engine.optimizers.adam import Adam, beta1_field, beta2_field
from gdsim.engine.optimizers.adaptive import eps_field
from gdsim.engine.optimizers.base import RateSettings, State, decay_field


@dataclass(frozen=True)
class LambSettings(RateSettings):
    beta1: float = beta1_field()
    beta2: float = beta2_field()
    eps: float = eps_field(1e-7)
    weight_decay: float = decay_field()
    convention: str = convention_field("keras", "optax")


class Lamb(Adam):
    """u = m̂/(√v̂ + ε),  θ ← θ − α u ‖θ‖/‖u‖, the ratio being 1 where either norm is 0.

    You et al. 2020; all parameters are one layer. Keras shrinks θ by 1 − αλ before; Optax has the
    decay inside the ratio, u = m̂/(√v̂ + ε) + λθ. torch has none.
    """

    name = "lamb"
    title = "LAMB"
    summary = "Adam whose step is as long as a fixed share of the parameters' own length."
    formula = (
        "m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²",
        "u = m̂ / (√v̂ + ε),  m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)",
        "θ ← θ − α u ‖θ‖/‖u‖",
    )
    source = "You et al. 2020; keras.optimizers.Lamb, optax.lamb"
    scale = ""
    Settings = LambSettings
    conventions = ("keras", "optax")
    defaults: ClassVar[Defaults] = {
        "keras": {"learning_rate": 0.001},
        "optax": {"eps": 1e-6},
    }

    def lines(self) -> tuple[str, ...]:
        averages, direction, step = self.formula
        if self.convention == "optax" and self.decays:
            direction = "u = m̂ / (√v̂ + ε) + λ θ,  m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)"
        return averages, direction, step

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.plain_root = False

    def decay_place(self) -> Literal["gradient", "parameters", "update"]:
        return "parameters" if self.convention == "keras" else "update"

    def coefficients(self, t: Any, rate: Array) -> tuple[Array, ...]:
        return *super().coefficients(t, np.ones_like(rate)), rate

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        scale, eps, rate = coefficients
        mean, square = self.averages(gradient, state)
        step = mean / (np.sqrt(square) + eps) * scale
        if self.convention == "optax" and self.decays:
            step = step + self.decay * theta
        size, length = norms(theta), norms(step)
        fixed = (size > 0.0) & (length > 0.0)
        ratio = np.where(fixed, size / np.where(fixed, length, 1.0), 1.0)
        return theta - step * ratio * rate
