"""Momentum and Nesterov's accelerated gradient: a velocity remembers the way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gdsim.engine.arrays import Array, Indices, room_like
from gdsim.engine.conventions import FRAMEWORKS, Defaults, convention_field
from gdsim.engine.fields import field
from gdsim.engine.optimizers.base import (
    Optimizer,
    RateSettings,
    State,
    decay_field,
    decoupled_field,
    lanes,
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
    defaults: ClassVar[Defaults] = {
        "pytorch": {"learning_rate": 0.001},
        "keras": {"learning_rate": 0.01, "decoupled_weight_decay": True},
    }
    symbols: ClassVar[Mapping[str, str]] = {"velocity": "v"}
    switches = ("weight_decay", "dampening")

    def __init__(self, settings: Sequence[Any]) -> None:
        super().__init__(settings)
        self.momentum = lanes(settings, "momentum")
        self.inside = self.convention == "keras"
        self.dampening: Array | None = None
        if self.convention == "pytorch" and getattr(self.settings[0], "dampening", False):
            # Without momentum torch keeps no velocity, and so dampens nothing.
            self.dampening = np.where(self.momentum > 0.0, lanes(settings, "dampening"), 0.0)

    @classmethod
    def lines(cls, settings: Any) -> tuple[str, ...]:
        if settings.convention == "keras":
            return "v ← β v + α g", "θ ← θ − v"
        damped = settings.convention == "pytorch" and settings.dampening
        return "v ← β v + (1 − d) g" if damped else "v ← β v + g", "θ ← θ − α v"

    def init(self, theta: Array) -> State:
        self.scratch = room_like(theta)
        return {"velocity": np.zeros_like(theta)}

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        if self.dampening is None:
            return (rate,)
        return rate, np.where(t > 1, 1.0 - self.dampening, 1.0)

    def update(
        self, theta: Array, gradient: Array, state: State, out: Array, *coefficients: Array
    ) -> None:
        velocity = state["velocity"]
        velocity *= self.momentum
        if self.inside:
            gradient *= coefficients[0]
            velocity += gradient
            np.subtract(theta, velocity, out=out)
            return
        if self.dampening is not None:
            gradient *= coefficients[1]
        velocity += gradient
        np.subtract(theta, np.multiply(velocity, coefficients[0], out=self.scratch), out=out)

    @classmethod
    def stability_factor(cls, settings: Any) -> float | None:
        damped = settings.convention == "pytorch" and settings.momentum
        taken = 1.0 - settings.dampening if damped else 1.0
        if settings.weight_decay or not taken:
            return None
        return 2.0 * (1.0 + float(settings.momentum)) / taken

    @classmethod
    def law(cls, settings: Any) -> str:
        beta = float(settings.momentum)
        if not beta:
            return super().law(settings)
        damped = cls.stability_factor(settings) != 2.0 * (1.0 + beta)
        return "2(1+β)/((1−d)λmax)" if damped else "2(1+β)/λmax"

    @classmethod
    def smooth_factor(cls, settings: Any) -> float:
        """The roots of z² − (1 + β − αλ)z + β turn complex there; d is momentum at α(1 − d)."""
        beta = float(settings.momentum)
        damped = settings.convention == "pytorch" and beta
        return (1.0 - math.sqrt(beta)) ** 2 / (1.0 - settings.dampening if damped else 1.0)


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

    @classmethod
    def lines(cls, settings: Any) -> tuple[str, ...]:
        if settings.convention == "keras":
            return "v ← β v + α g", "θ ← θ − (α g + β v)"
        return cls.formula

    def update(
        self, theta: Array, gradient: Array, state: State, out: Array, *coefficients: Array
    ) -> None:
        velocity, scratch = state["velocity"], self.scratch
        if self.inside:
            gradient *= coefficients[0]
        velocity *= self.momentum
        velocity += gradient
        np.multiply(velocity, self.momentum, out=scratch)
        scratch += gradient
        if not self.inside:
            scratch *= coefficients[0]
        np.subtract(theta, scratch, out=out)

    @classmethod
    def stability_factor(cls, settings: Any) -> float | None:
        beta = float(settings.momentum)
        return None if settings.weight_decay else 2.0 * (1.0 + beta) / (1.0 + 2.0 * beta)

    @classmethod
    def law(cls, settings: Any) -> str:
        return "2(1+β)/((1+2β)λmax)" if settings.momentum else "2/λmax"

    @classmethod
    def smooth_factor(cls, settings: Any) -> float:
        return (1.0 - math.sqrt(float(settings.momentum))) ** 2
