"""Momentum and Nesterov's accelerated gradient: a velocity remembers the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.fields import field
from gdsim.engine.optimizers.base import Optimizer, RateSettings, State, lanes


@dataclass(frozen=True)
class MomentumSettings(RateSettings):
    momentum: float = field(
        0.9, "Momentum", "How much of the velocity is kept from one step to the next.",
        symbol="β", minimum=0.0, below=1.0,
    )  # fmt: skip


class Momentum(Optimizer):
    """v ← βv + g,  θ ← θ − αv (Polyak 1964; `torch.optim.SGD(momentum=β)`)."""

    name = "momentum"
    title = "Momentum"
    summary = "A heavy ball: it keeps its velocity, evens out the zigzag, and may overshoot."
    formula = ("v ← β v + g", "θ ← θ − α v")
    source = "Polyak 1964; torch.optim.SGD"
    Settings = MomentumSettings

    def __init__(self, settings: Sequence[Any]) -> None:
        super().__init__(settings)
        self.momentum = lanes(settings, "momentum")

    def init(self, theta: Array) -> State:
        return {"velocity": np.zeros_like(theta), "scratch": np.empty_like(theta)}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> None:
        (rate,) = coefficients
        velocity, scratch = state["velocity"], state["scratch"]
        velocity *= self.momentum
        velocity += gradient
        theta -= np.multiply(velocity, rate, out=scratch)

    @classmethod
    def stability_factor(cls, settings: Any) -> float | None:
        return 2.0 * (1.0 + float(settings.momentum))


class Nesterov(Momentum):
    """v ← βv + g,  θ ← θ − α(g + βv), g taken at θ (Nesterov 1983; torch's shifted form)."""

    name = "nesterov"
    title = "Nesterov"
    summary = "Momentum that looks ahead along its velocity, so it brakes earlier."
    formula = ("v ← β v + g", "θ ← θ − α (g + β v)")
    source = "Nesterov 1983; Sutskever et al. 2013; torch.optim.SGD(nesterov=True)"

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> None:
        (rate,) = coefficients
        velocity, scratch = state["velocity"], state["scratch"]
        velocity *= self.momentum
        velocity += gradient
        np.multiply(velocity, self.momentum, out=scratch)
        scratch += gradient
        scratch *= rate
        theta -= scratch

    @classmethod
    def stability_factor(cls, settings: Any) -> float | None:
        beta = float(settings.momentum)
        return 2.0 * (1.0 + beta) / (1.0 + 2.0 * beta)
