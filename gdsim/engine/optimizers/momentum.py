"""Momentum and Nesterov's accelerated gradient: a velocity remembers the way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import FRAMEWORKS, Defaults, convention_field
from gdsim.engine.fields import field
from gdsim.engine.optimizers.base import (
    Optimizer,
    RateSettings,
    State,
    column_of,
    decay_field,
    decoupled_field,
)


@dataclass(frozen=True)
class VelocitySettings(RateSettings):
    momentum: float = field(
        0.9, "Momentum", "How much of the velocity is kept from one step to the next.",
        symbol="β", minimum=0.0, below=1.0,
    )  # fmt: skip
    weight_decay: float = decay_field()
    decoupled_weight_decay: bool = decoupled_field()
    convention: str = convention_field(*FRAMEWORKS)


@dataclass(frozen=True)
class MomentumSettings(VelocitySettings):
    dampening: float = field(
        0.0, "Dampening", "The share of each new gradient that the velocity does not take up.",
        symbol="d", minimum=0.0, maximum=1.0, advanced=True, needs=(("convention", "pytorch"),),
    )  # fmt: skip


class Momentum(Optimizer):
    """v ← βv + (1−d)g with v = g at first,  θ ← θ − αv (Polyak 1964; `torch.optim.SGD`).

    Optax has no dampening d. Keras has the rate inside, v ← βv + αg, θ ← θ − v: the same while the
    rate is constant. The state `velocity` is v in either form.
    """

    name = "momentum"
    title = "Momentum"
    summary = "A heavy ball: it keeps its velocity, evens out the zigzag, and may overshoot."
    formula = ("v ← β v + g", "θ ← θ − α v")
    source = "Polyak 1964; torch.optim.SGD"
    Settings: ClassVar[type[VelocitySettings]] = MomentumSettings
    chosen: VelocitySettings
    defaults: ClassVar[Defaults] = {
        "pytorch": {"learning_rate": 0.001},
        "keras": {"learning_rate": 0.01, "decoupled_weight_decay": True},
    }
    symbols: ClassVar[Mapping[str, str]] = {"velocity": "v"}
    inertia = "momentum"
    switches = ("weight_decay", "dampening")

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.momentum = column_of(settings, "momentum")
        self.inside = self.convention == "keras"
        self.dampening: Array | None = None
        if self.taken < 1.0:
            # Without momentum torch keeps no velocity, and so dampens nothing.
            self.dampening = np.where(self.momentum > 0.0, column_of(settings, "dampening"), 0.0)

    @property
    def taken(self) -> float:
        """1 − d, where there is a dampening: Optax and Keras have none."""
        if self.convention == "pytorch" and isinstance(self.chosen, MomentumSettings):
            return 1.0 - self.chosen.dampening
        return 1.0

    def lines(self) -> tuple[str, ...]:
        if self.convention == "keras":
            return "v ← β v + α g", "θ ← θ − v"
        return "v ← β v + (1 − d) g" if self.taken < 1.0 else "v ← β v + g", "θ ← θ − α v"

    def init(self, theta: Array) -> State:
        return {"velocity": np.zeros_like(theta)}

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        if self.dampening is None:
            return (rate,)
        return rate, np.where(t > 1, 1.0 - self.dampening, 1.0)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        rate = coefficients[0]
        if self.inside:
            gradient = gradient * rate
        if self.dampening is not None:
            gradient = gradient * coefficients[1]
        state["velocity"] = velocity = state["velocity"] * self.momentum + gradient
        return theta - (velocity if self.inside else velocity * rate)

    def stability_factor(self) -> float | None:
        beta = self.chosen.momentum
        taken = self.taken if beta else 1.0
        return None if self.decays_apart or not taken else 2.0 * (1.0 + beta) / taken

    def law(self) -> str:
        if not self.chosen.momentum:
            return super().law()
        below = self.steepest()
        return f"2(1+β)/((1−d){below})" if self.taken < 1.0 else f"2(1+β)/{below}"

    def smooth_factor(self) -> float:
        """The roots of z² − (1 + β − αλ)z + β are negative from there; d is momentum at α(1 − d).

        They are complex, a swing that shrinks by √β a step, from (1 − √β)²/λ on.
        """
        beta = self.chosen.momentum
        return (1.0 + math.sqrt(beta)) ** 2 / (self.taken if beta else 1.0)

    def swing_rate(self, steepest: float) -> float | None:
        beta = self.chosen.momentum
        return (1.0 - math.sqrt(beta)) ** 2 / (self.taken * steepest) if beta else None

    def kept(self) -> float:
        return self.chosen.momentum

    def transition(self, hessian: Array, rate: float) -> Array | None:
        """θ ← θ − αv', v' = βv + (1 − d)Hθ."""
        beta, one = self.chosen.momentum, np.eye(len(hessian))
        pull = (self.taken if beta else 1.0) * hessian
        return np.block([[one - rate * pull, -rate * beta * one], [pull, beta * one]])


class Nesterov(Momentum):
    """v ← βv + g,  θ ← θ − α(g + βv), g taken at θ (Nesterov 1983; torch's shifted form).

    Keras has the rate inside: v ← βv + αg,  θ ← θ − (αg + βv).
    """

    name = "nesterov"
    title = "Nesterov"
    summary = "Momentum that looks ahead along its velocity, so it brakes earlier."
    formula = ("v ← β v + g", "θ ← θ − α (g + β v)")
    source = "Nesterov 1983; Sutskever et al. 2013; torch.optim.SGD(nesterov=True)"
    Settings = VelocitySettings
    chosen: VelocitySettings

    def lines(self) -> tuple[str, ...]:
        if self.convention == "keras":
            return "v ← β v + α g", "θ ← θ − (α g + β v)"
        return self.formula

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        (rate,) = coefficients
        if self.inside:
            gradient = gradient * rate
        state["velocity"] = velocity = state["velocity"] * self.momentum + gradient
        ahead = velocity * self.momentum + gradient
        return theta - (ahead if self.inside else ahead * rate)

    def stability_factor(self) -> float | None:
        beta = self.chosen.momentum
        return None if self.decays_apart else 2.0 * (1.0 + beta) / (1.0 + 2.0 * beta)

    def law(self) -> str:
        below = self.steepest()
        return f"2(1+β)/((1+2β){below})" if self.chosen.momentum else f"2/{below}"

    def smooth_factor(self) -> float:
        """The roots of z² − (1 + β)(1 − αλ)z + β(1 − αλ) are of unlike sign from there.

        They are complex, a swing that shrinks by √(β(1 − αλ)), from ((1 − β)/(1 + β))²/λ on.
        """
        return 1.0

    def swing_rate(self, steepest: float) -> float | None:
        beta = self.chosen.momentum
        return ((1.0 - beta) / (1.0 + beta)) ** 2 / steepest if beta else None

    def transition(self, hessian: Array, rate: float) -> Array | None:
        """θ ← θ − α(Hθ + βv'), v' = βv + Hθ."""
        beta, one = self.chosen.momentum, np.eye(len(hessian))
        return np.block(
            [[one - rate * (1.0 + beta) * hessian, -rate * beta**2 * one], [hessian, beta * one]]
        )
