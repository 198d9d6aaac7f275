"""Adam: momentum and RMSProp together, both corrected for their start at zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import field
from gdsim.engine.optimizers.adaptive import eps_field
from gdsim.engine.optimizers.base import Optimizer, RateSettings, State, lanes


@dataclass(frozen=True)
class AdamSettings(RateSettings):
    beta1: float = field(
        0.9, "Beta 1", "How long the moving average of the gradient remembers.",
        symbol="β₁", minimum=0.0, below=1.0,
    )  # fmt: skip
    beta2: float = field(
        0.999, "Beta 2", "How long the moving average of the squared gradient remembers.",
        symbol="β₂", minimum=0.0, below=1.0,
    )  # fmt: skip
    eps: float = eps_field(1e-8)


class Adam(Optimizer):
    """m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − (α/c₁) m / (√v/√c₂ + ε), cᵢ = 1 − βᵢᵗ.

    Kingma & Ba 2015; `torch.optim.Adam`.
    """

    name = "adam"
    title = "Adam"
    summary = "Momentum over a per-parameter scale; both averages are corrected for their start."
    formula = (
        "m ← β₁ m + (1 − β₁) g",
        "v ← β₂ v + (1 − β₂) g²",
        "θ ← θ − α m̂ / (√v̂ + ε),  m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)",
    )
    source = "Kingma & Ba 2015; torch.optim.Adam"
    Settings = AdamSettings

    def __init__(self, settings: Sequence[Any]) -> None:
        super().__init__(settings)
        self.beta1, self.beta2 = lanes(settings, "beta1"), lanes(settings, "beta2")
        self.rest1, self.rest2 = 1.0 - self.beta1, 1.0 - self.beta2
        self.eps = lanes(settings, "eps")

    def init(self, theta: Array) -> State:
        return {
            "mean": np.zeros_like(theta),
            "square": np.zeros_like(theta),
            "scratch": np.empty_like(theta),
        }

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        correction1 = 1.0 - self.beta1**t
        correction2 = 1.0 - self.beta2**t
        return rate / correction1, np.sqrt(correction2)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> None:
        step_size, root2 = coefficients
        mean, square, scratch = state["mean"], state["square"], state["scratch"]
        mean *= self.beta1
        mean += np.multiply(gradient, self.rest1, out=scratch)
        square *= self.beta2
        np.multiply(gradient, gradient, out=scratch)
        scratch *= self.rest2
        square += scratch
        np.sqrt(square, out=scratch)
        scratch /= root2
        scratch += self.eps
        np.divide(mean, scratch, out=scratch)
        scratch *= step_size
        theta -= scratch
