"""AdaGrad, RMSProp, Adadelta: each parameter's rate is divided by the size of its gradients."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import FRAMEWORKS, Defaults, convention_field
from gdsim.engine.fields import field
from gdsim.engine.optimizers.base import (
    Optimizer,
    RateSettings,
    State,
    beta_field,
    column_of,
    decay_field,
    decoupled_field,
)


def eps_field(default: float) -> Any:
    """ε, the small number that keeps a division from 0/0."""
    return field(
        default, "Epsilon", "Added to the root so that nothing is divided by zero.",
        symbol="ε", minimum=0.0, maximum=1.0, scale="log", advanced=True, aliases=("epsilon",),
    )  # fmt: skip


def faded_step(rho: float) -> float:
    """How long g/√v is where g comes up and v, its square's average, had faded: 1/√(1 − ρ)."""
    return 1.0 / math.sqrt(1.0 - rho)


@dataclass(frozen=True)
class AdaGradSettings(RateSettings):
    lr_decay: float = field(
        0.0, "Rate decay", "The rate is divided by 1 + (t − 1) times this number.",
        minimum=0.0, maximum=1e3, advanced=True, needs=(("convention", "pytorch"),),
    )  # fmt: skip
    initial_accumulator: float = field(
        0.0, "First sum", "The sum of squared gradients that it starts from.",
        symbol="G₀", minimum=0.0, maximum=1e6, advanced=True,
        aliases=("initial_accumulator_value",),
    )  # fmt: skip
    eps: float = eps_field(1e-10)
    weight_decay: float = decay_field()
    decoupled_weight_decay: bool = decoupled_field()
    convention: str = convention_field(*FRAMEWORKS)


class AdaGrad(Optimizer):
    """G ← G + g²,  θ ← θ − αg/(√G + ε) (Duchi et al. 2011; `torch.optim.Adagrad`).

    torch also lets the rate fall as α/(1 + (t−1) lr_decay). Keras and Optax divide by √(G + ε) and
    start from G = 0.1; Optax makes no move along a parameter whose G is 0.
    """

    name = "adagrad"
    title = "AdaGrad"
    summary = "Divides by the root of all squared gradients so far; the steps only get smaller."
    formula = ("G ← G + g²", "θ ← θ − α g / (√G + ε)")
    source = "Duchi et al. 2011; torch.optim.Adagrad"
    symbols: ClassVar[Mapping[str, str]] = {"square_sum": "G"}
    moves_by_rate = True
    Settings = AdaGradSettings
    chosen: AdaGradSettings
    defaults: ClassVar[Defaults] = {
        "pytorch": {"learning_rate": 0.01},
        "keras": {
            "learning_rate": 0.001, "initial_accumulator": 0.1, "eps": 1e-7,
            "decoupled_weight_decay": True,
        },
        "optax": {"initial_accumulator": 0.1, "eps": 1e-7},
    }  # fmt: skip

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.eps = column_of(settings, "eps")
        self.first = column_of(settings, "initial_accumulator")
        self.lr_decay = column_of(settings, "lr_decay")

    def lines(self) -> tuple[str, ...]:
        if self.convention != "pytorch":
            return "G ← G + g²", "θ ← θ − α g / √(G + ε)"
        if self.chosen.lr_decay:
            return "G ← G + g²", "θ ← θ − α/(1 + (t − 1) r) · g / (√G + ε)"
        return self.formula

    def init(self, theta: Array) -> State:
        return {"square_sum": np.zeros_like(theta) + self.first}

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        if self.convention != "pytorch" or not self.lr_decay.any():
            return (rate,)
        return (rate / (1.0 + (t - 1) * self.lr_decay),)

    def preconditioner(self, state: Mapping[str, Array], step: int) -> Array | None:
        """√G + ε; at the rate that has fallen by 1 + (t − 1)r."""
        eps = self.chosen.eps
        total = state["square_sum"]
        if self.convention != "pytorch":
            return np.sqrt(total + eps)
        return np.asarray((np.sqrt(total) + eps) * (1.0 + (step - 1) * self.chosen.lr_decay))

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        (rate,) = coefficients
        state["square_sum"] = total = state["square_sum"] + gradient * gradient
        if self.convention == "pytorch":
            return theta - gradient * rate / (np.sqrt(total) + self.eps)
        step = gradient * rate / np.sqrt(total + self.eps)
        return theta - (np.where(total == 0.0, 0.0, step) if self.convention == "optax" else step)


@dataclass(frozen=True)
class RMSPropSettings(RateSettings):
    rho: float = field(
        0.99, "Decay rate", "How long the moving average of squared gradients remembers.",
        symbol="ρ", minimum=0.0, below=1.0, aliases=("alpha", "decay"),
    )  # fmt: skip
    eps: float = eps_field(1e-8)
    momentum: float = field(
        0.0, "Momentum", "How much of the velocity is kept from one step to the next.",
        symbol="β", minimum=0.0, below=1.0, advanced=True,
    )  # fmt: skip
    centered: bool = field(
        False, "Centred", "Divides by the spread of the gradient instead of its size.",
        advanced=True,
    )  # fmt: skip
    eps_in_sqrt: bool = field(
        True, "Epsilon in the root", "Whether ε is added before the root is taken (Optax).",
        advanced=True, needs=(("convention", "optax"),),
    )  # fmt: skip
    weight_decay: float = decay_field()
    decoupled_weight_decay: bool = decoupled_field()
    convention: str = convention_field(*FRAMEWORKS)


class RMSProp(Optimizer):
    """v ← ρv + (1−ρ)g²,  θ ← θ − αg/(√v + ε) (Hinton 2012; `torch.optim.RMSprop`).

    Centred: v less the squared moving average of g. Keras and Optax divide by √(v + ε). Momentum:
    torch b ← βb + u, θ ← θ − αb with u = g/(√v + ε); Keras and Optax b ← βb + αu, θ ← θ − b.
    """

    name = "rmsprop"
    title = "RMSProp"
    summary = "Divides by a moving average of the gradient's size, so steep axes are tamed."
    formula = ("v ← ρ v + (1 − ρ) g²", "θ ← θ − α g / (√v + ε)")
    source = "Tieleman & Hinton 2012; torch.optim.RMSprop"
    symbols: ClassVar[Mapping[str, str]] = {"square": "v", "mean": "m", "velocity": "b"}
    Settings = RMSPropSettings
    chosen: RMSPropSettings
    defaults: ClassVar[Defaults] = {
        "pytorch": {"learning_rate": 0.01},
        "keras": {
            "learning_rate": 0.001, "rho": 0.9, "eps": 1e-7, "decoupled_weight_decay": True,
        },
        "optax": {"rho": 0.9},
    }  # fmt: skip
    switches = ("weight_decay", "momentum")
    moves_by_rate = True
    inertia = "momentum"

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.rho = column_of(settings, "rho")
        self.rest = 1.0 - self.rho
        self.eps = column_of(settings, "eps")
        first = self.chosen
        self.momentum = column_of(settings, "momentum") if first.momentum else None
        self.centered = bool(first.centered)
        self.under_root = self._eps_inside()

    def longest_step(self) -> float:
        return faded_step(self.chosen.rho) / (1.0 - self.chosen.momentum)

    def lines(self) -> tuple[str, ...]:
        averages, size = "v ← ρ v + (1 − ρ) g²", "v"
        if self.chosen.centered:
            averages, size = f"{averages},  m ← ρ m + (1 − ρ) g", "v − m²"
        inner = f"({size})" if self.chosen.centered else size
        root = f"√({size} + ε)" if self._eps_inside() else f"(√{inner} + ε)"
        if not self.chosen.momentum:
            return averages, f"θ ← θ − α g / {root}"
        if self.convention == "pytorch":
            return averages, f"b ← β b + g / {root}", "θ ← θ − α b"
        return averages, f"b ← β b + α g / {root}", "θ ← θ − b"

    def init(self, theta: Array) -> State:
        state = {"square": np.zeros_like(theta)}
        if self.centered:
            state["mean"] = np.zeros_like(theta)
        if self.momentum is not None:
            state["velocity"] = np.zeros_like(theta)
        return state

    def preconditioner(self, state: Mapping[str, Array], step: int) -> Array | None:
        """√v + ε."""
        used = state["square"]
        if self.centered:
            used = np.maximum(used - state["mean"] ** 2, 0.0)
        eps = self.chosen.eps
        return np.asarray(np.sqrt(used + eps) if self.under_root else np.sqrt(used) + eps)

    def scaled_factor(self) -> float:
        return 2.0 * (1.0 + self.chosen.momentum)

    def scaled_law(self) -> str:
        return "2(1+β)/λmax(P⁻¹H)" if self.chosen.momentum else super().scaled_law()

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        (rate,) = coefficients
        squared = gradient * gradient
        state["square"] = used = state["square"] * self.rho + squared * self.rest
        if self.centered:
            state["mean"] = mean = state["mean"] * self.rho + gradient * self.rest
            used = used - mean * mean
        root = np.sqrt(used + self.eps) if self.under_root else np.sqrt(used) + self.eps
        if self.momentum is None:
            return theta - gradient * rate / root
        outside = self.convention == "pytorch"
        step = gradient / root if outside else gradient * rate / root
        state["velocity"] = velocity = state["velocity"] * self.momentum + step
        return theta - (velocity * rate if outside else velocity)

    def _eps_inside(self) -> bool:
        """Whether ε is added before the root is taken."""
        optax = self.convention == "optax" and self.chosen.eps_in_sqrt
        return self.convention == "keras" or optax


@dataclass(frozen=True)
class AdadeltaSettings(RateSettings):
    rho: float = beta_field("Decay rate", "ρ", 0.9, "How long both moving averages remember.")
    eps: float = eps_field(1e-6)
    weight_decay: float = decay_field()
    decoupled_weight_decay: bool = decoupled_field()


class Adadelta(Optimizer):
    """v ← ρv + (1−ρ)g²,  d = g√(D+ε)/√(v+ε),  D ← ρD + (1−ρ)d²,  θ ← θ − αd.

    Zeiler 2012; `torch.optim.Adadelta`. The frameworks differ in defaults only.
    """

    name = "adadelta"
    title = "Adadelta"
    summary = "Scales each step by the size of its past steps; meant to need no rate (α = 1)."
    formula = (
        "v ← ρ v + (1 − ρ) g²,  d = g √(D + ε) / √(v + ε)",
        "D ← ρ D + (1 − ρ) d²",
        "θ ← θ − α d",
    )
    source = "Zeiler 2012; torch.optim.Adadelta"
    symbols: ClassVar[Mapping[str, str]] = {"square": "v", "square_step": "D"}
    moves_by_rate = True
    Settings = AdadeltaSettings
    chosen: AdadeltaSettings
    defaults: ClassVar[Defaults] = {
        "pytorch": {"learning_rate": 1.0},
        "keras": {
            "learning_rate": 0.001, "rho": 0.95, "eps": 1e-7, "decoupled_weight_decay": True,
        },
        "optax": {"learning_rate": 1.0},
    }  # fmt: skip

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.rho = column_of(settings, "rho")
        self.rest = 1.0 - self.rho
        self.eps = column_of(settings, "eps")

    def longest_step(self) -> float:
        return faded_step(self.chosen.rho)

    def init(self, theta: Array) -> State:
        return {"square": np.zeros_like(theta), "square_step": np.zeros_like(theta)}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        (rate,) = coefficients
        moved = state["square_step"]
        squared = gradient * gradient
        state["square"] = square = state["square"] * self.rho + squared * self.rest
        step = gradient * np.sqrt(moved + self.eps) / np.sqrt(square + self.eps)
        state["square_step"] = moved * self.rho + step * step * self.rest
        return theta - step * rate
