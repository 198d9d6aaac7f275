"""Adam, AMSGrad, AdamW: momentum and RMSProp together, both corrected for their start at zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import FRAMEWORKS, Defaults, convention_field
from gdsim.engine.optimizers.adaptive import eps_field, faded_step
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


def beta1_field(default: float = 0.9) -> Any:
    """β₁ of Adam and its relatives."""
    return beta_field(
        "Beta 1", "β₁", default, "How long the moving average of the gradient remembers."
    )


def beta2_field(default: float = 0.999) -> Any:
    """β₂ of Adam and its relatives."""
    return beta_field(
        "Beta 2", "β₂", default, "How long the moving average of the squared gradient remembers."
    )


@dataclass(frozen=True)
class AdamSettings(RateSettings):
    beta1: float = beta1_field()
    beta2: float = beta2_field()
    eps: float = eps_field(1e-8)
    weight_decay: float = decay_field()
    decoupled_weight_decay: bool = decoupled_field()
    convention: str = convention_field(*FRAMEWORKS)


ADAM_AVERAGES = ("m ← β₁ m + (1 − β₁) g", "v ← β₂ v + (1 − β₂) g²")
ADAM_LINES = (*ADAM_AVERAGES, "θ ← θ − α m̂ / (√v̂ + ε),  m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)")


class Adam(Optimizer):
    """m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − (α/c₁) m / (√v/√c₂ + ε), cᵢ = 1 − βᵢᵗ.

    Kingma & Ba 2015; `torch.optim.Adam`, `optax.adam`. Keras adds ε to the root that is not
    corrected: θ ← θ − α(√c₂/c₁) m / (√v + ε).
    """

    name = "adam"
    title = "Adam"
    summary = "Momentum over a per-parameter scale; both averages are corrected for their start."
    formula: ClassVar[tuple[str, ...]] = ADAM_LINES
    source = "Kingma & Ba 2015; torch.optim.Adam"
    symbols: ClassVar[Mapping[str, str]] = {"mean": "m", "square": "v"}
    scale: ClassVar[str] = "square"
    """The array of the state whose root scales the steps; none where that is not all."""
    moves_by_rate = True
    inertia = "beta1"
    Settings: ClassVar[type[RateSettings]] = AdamSettings
    defaults: ClassVar[Defaults] = {
        "pytorch": {"learning_rate": 0.001},
        "keras": {"learning_rate": 0.001, "eps": 1e-7, "decoupled_weight_decay": True},
    }

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.beta1, self.beta2 = column_of(settings, "beta1"), column_of(settings, "beta2")
        self.rest1, self.rest2 = 1.0 - self.beta1, 1.0 - self.beta2
        self.eps = column_of(settings, "eps")
        self.plain_root = self.convention == "keras"

    def longest_step(self) -> float:
        beta1, beta2 = float(self.beta1.flat[0]), float(self.beta2.flat[0])
        return max(1.0, (1.0 - beta1) * faded_step(beta2))

    def preconditioner(self, state: Mapping[str, Array], step: int) -> Array | None:
        """√v̂ + ε."""
        if not self.scale or step < 1:
            return None
        beta2, eps = float(self.beta2.flat[0]), float(self.eps.flat[0])
        return np.asarray(np.sqrt(state[self.scale] / (1.0 - beta2**step)) + eps)

    def scaled_factor(self) -> float:
        """Of the average of gradients alone, P standing still (Cohen et al. 2022)."""
        beta1 = float(self.beta1.flat[0])
        return 2.0 * (1.0 + beta1) / (1.0 - beta1)

    def scaled_law(self) -> str:
        return "2(1+β₁)/((1−β₁)λmax(P⁻¹H))"

    def lines(self) -> tuple[str, ...]:
        if self.convention == "keras":
            return *ADAM_AVERAGES, "θ ← θ − α (√c₂/c₁) m / (√v + ε),  cᵢ = 1 − βᵢᵗ"
        return ADAM_LINES

    def init(self, theta: Array) -> State:
        return {"mean": np.zeros_like(theta), "square": np.zeros_like(theta)}

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        # Kingma & Ba's faster form: α√c₂/c₁ · m / (√v + ε√c₂) divides by c₂ once for all lanes.
        root2 = np.sqrt(1.0 - powers(self.beta2, t))
        size = rate * (root2 / (1.0 - powers(self.beta1, t)))
        return size, self.eps * (np.ones_like(root2) if self.plain_root else root2)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        size, eps = coefficients
        mean, square = self.averages(gradient, state)
        return theta - mean / (np.sqrt(square) + eps) * size

    def averages(self, gradient: Array, state: State) -> tuple[Array, Array]:
        """m ← β₁m + (1−β₁)g and v ← β₂v + (1−β₂)g²."""
        state["mean"] = mean = state["mean"] * self.beta1 + gradient * self.rest1
        squared = gradient * gradient
        state["square"] = square = state["square"] * self.beta2 + squared * self.rest2
        return mean, square


class AMSGrad(Adam):
    """Adam that divides by the root of the greatest v so far, so no step grows again.

    Reddi et al. 2018; `torch.optim.Adam(amsgrad=True)`: v̂ = max v / c₂. Keras: the same with ε as
    in its Adam. Optax: v̂ = max (v/c₂), the maximum over corrected values.
    """

    name = "amsgrad"
    title = "AMSGrad"
    summary = "Adam that never forgets its greatest gradients, so its steps cannot grow again."
    formula = (
        ",  ".join(ADAM_AVERAGES),
        "u ← max(u, v)",
        "θ ← θ − α m̂ / (√û + ε),  m̂ = m/(1 − β₁ᵗ),  û = u/(1 − β₂ᵗ)",
    )
    source = "Reddi et al. 2018; torch.optim.Adam(amsgrad=True)"
    symbols: ClassVar[Mapping[str, str]] = {"mean": "m", "square": "v", "greatest": "u"}
    scale = "greatest"

    def preconditioner(self, state: Mapping[str, Array], step: int) -> Array | None:
        # Optax keeps the greatest corrected value, which is not corrected again.
        return super().preconditioner(state, 10**9 if self.convention == "optax" else step)

    def lines(self) -> tuple[str, ...]:
        averages, greatest, step = self.formula
        if self.convention == "keras":
            step = "θ ← θ − α (√c₂/c₁) m / (√u + ε),  cᵢ = 1 − βᵢᵗ"
        elif self.convention == "optax":
            greatest = "u ← max(u, v̂),  v̂ = v/(1 − β₂ᵗ)"
            step = "θ ← θ − α m̂ / (√u + ε),  m̂ = m/(1 − β₁ᵗ)"
        return averages, greatest, step

    def init(self, theta: Array) -> State:
        return {**super().init(theta), "greatest": np.zeros_like(theta)}

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        if self.convention != "optax":
            return super().coefficients(t, rate)
        rest2 = 1.0 - powers(self.beta2, t)
        return rate / (1.0 - powers(self.beta1, t)), self.eps * np.ones_like(rest2), rest2

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        size, eps = coefficients[:2]
        mean, square = self.averages(gradient, state)
        if self.convention == "optax":
            square = square / coefficients[2]
        state["greatest"] = greatest = np.maximum(state["greatest"], square)
        return theta - mean / (np.sqrt(greatest) + eps) * size


@dataclass(frozen=True)
class AdamWSettings(RateSettings):
    beta1: float = beta1_field()
    beta2: float = beta2_field()
    eps: float = eps_field(1e-8)
    weight_decay: float = decay_field(0.01)
    convention: str = convention_field(*FRAMEWORKS)


class AdamW(Adam):
    """θ ← (1 − αλ)θ, then Adam (Loshchilov & Hutter 2019; `torch.optim.AdamW`)."""

    name = "adamw"
    title = "AdamW"
    summary = "Adam with a weight decay of its own, apart from the gradient."
    formula = (
        "m ← β₁ m + (1 − β₁) g",
        "v ← β₂ v + (1 − β₂) g²",
        "θ ← (1 − α λ) θ − α m̂ / (√v̂ + ε)",
    )
    source = "Loshchilov & Hutter 2019; torch.optim.AdamW"
    Settings = AdamWSettings
    defaults: ClassVar[Defaults] = {
        "pytorch": {"learning_rate": 0.001},
        "keras": {"learning_rate": 0.001, "eps": 1e-7, "weight_decay": 0.004},
        "optax": {"weight_decay": 1e-4},
    }

    def decay_place(self) -> Literal["gradient", "parameters", "update"]:
        return "parameters"
