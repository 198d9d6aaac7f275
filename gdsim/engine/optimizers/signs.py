"""Lion and Rprop: only the sign of the gradient counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import Defaults
from gdsim.engine.fields import field
from gdsim.engine.optimizers.base import (
    Optimizer,
    RateSettings,
    State,
    beta_field,
    column_of,
    decay_field,
)


@dataclass(frozen=True)
class LionSettings(RateSettings):
    beta1: float = beta_field("Beta 1", "β₁", 0.9, "How much the memory counts in a step.")
    beta2: float = beta_field("Beta 2", "β₂", 0.99, "How long the memory of gradients lasts.")
    weight_decay: float = decay_field()


class Lion(Optimizer):
    """θ ← θ − α (sign(β₁m + (1−β₁)g) + λθ) with the old m;  m ← β₂m + (1−β₂)g.

    Chen et al. 2023; Keras `Lion`, `optax.lion` (there λ = 0.001). sign(0) = 0. torch has none.
    """

    name = "lion"
    title = "Lion"
    summary = "Every parameter moves by the same amount; momentum only decides the direction."
    formula = ("θ ← θ − α (sign(β₁ m + (1 − β₁) g) + λ θ)", "m ← β₂ m + (1 − β₂) g")
    source = "Chen et al. 2023; keras.optimizers.Lion, optax.lion"
    Settings = LionSettings
    symbols: ClassVar[Mapping[str, str]] = {"mean": "m"}
    moves_by_rate = True
    inertia = "beta1"
    conventions = ("keras", "optax")
    defaults: ClassVar[Defaults] = {
        "keras": {"learning_rate": 0.001},
        "optax": {"weight_decay": 1e-3},
    }

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.beta1, self.beta2 = column_of(settings, "beta1"), column_of(settings, "beta2")
        self.rest1, self.rest2 = 1.0 - self.beta1, 1.0 - self.beta2

    def decay_place(self) -> Literal["gradient", "parameters", "update"]:
        return "parameters"

    def lines(self) -> tuple[str, ...]:
        return "θ ← θ − α sign(β₁ m + (1 − β₁) g)", self.formula[1]

    def init(self, theta: Array) -> State:
        return {"mean": np.zeros_like(theta)}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        (rate,) = coefficients
        mean = state["mean"]
        way = np.sign(mean * self.beta1 + gradient * self.rest1)
        state["mean"] = mean * self.beta2 + gradient * self.rest2
        return theta - way * rate


@dataclass(frozen=True)
class RpropSettings(RateSettings):
    eta_minus: float = field(
        0.5, "Shrink", "What a step is multiplied by where the gradient changes its sign.",
        symbol="η₋", above=0.0, below=1.0,
    )  # fmt: skip
    eta_plus: float = field(
        1.2, "Grow", "What a step is multiplied by where the gradient keeps its sign.",
        symbol="η₊", above=1.0, maximum=1e3,
    )  # fmt: skip
    step_min: float = field(
        1e-6, "Smallest step", "No parameter's step gets smaller than this.",
        minimum=0.0, maximum=1e6, scale="log", advanced=True,
    )  # fmt: skip
    step_max: float = field(
        50.0, "Greatest step", "No parameter's step gets greater than this.",
        above=0.0, maximum=1e12, scale="log", advanced=True,
    )  # fmt: skip


class Rprop(Optimizer):
    """Each parameter has its own step d: ×η₊ where g keeps its sign, ×η₋ where it changes.

    θ ← θ − d sign(g); where the sign changed g counts as 0, so there is no move and no change next
    time. d starts at α, later rates have no effect (Riedmiller & Braun 1993; `torch.optim.Rprop`).
    Optax 0.2.8's is one step late and is not offered.
    """

    name = "rprop"
    title = "Rprop"
    summary = "Each parameter's step grows while its gradient keeps its sign, else it shrinks."
    formula = (
        "g g′ > 0:  d ← η₊ d;  g g′ < 0:  d ← η₋ d,  g ← 0",
        "d ← min(max(d, d₋), d₊)",
        "θ ← θ − d sign(g)",
    )
    source = "Riedmiller & Braun 1993; torch.optim.Rprop"
    Settings = RpropSettings
    symbols: ClassVar[Mapping[str, str]] = {"size": "d"}
    moves_by_rate = True
    conventions = ("pytorch",)
    defaults: ClassVar[Defaults] = {"pytorch": {"learning_rate": 0.01}}

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.shrink, self.grow = column_of(settings, "eta_minus"), column_of(settings, "eta_plus")
        self.least, self.most = column_of(settings, "step_min"), column_of(settings, "step_max")

    def init(self, theta: Array) -> State:
        return {"size": np.zeros_like(theta), "gradient_before": np.zeros_like(theta)}

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        return rate, np.where(t == 1, 1.0, 0.0)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        rate, first = coefficients
        size: Array = np.where(first > 0.0, rate, state["size"])
        product = state["gradient_before"] * gradient
        turned = product < 0.0
        size = size * np.where(turned, self.shrink, np.where(product > 0.0, self.grow, 1.0))
        # Lower bound first, as torch's clamp does it.
        state["size"] = size = np.minimum(np.maximum(size, self.least), self.most)
        state["gradient_before"] = gradient = np.where(turned, 0.0, gradient)
        return theta - np.sign(gradient) * size
