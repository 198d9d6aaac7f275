"""AdaGrad and RMSProp: each parameter's rate is divided by the size of its past gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.fields import field
from gdsim.engine.optimizers.base import Optimizer, RateSettings, State, lanes


def eps_field(default: float) -> Any:
    """ε, the small number that keeps a division from 0/0."""
    return field(
        default, "Epsilon", "Added to the root so that nothing is divided by zero.",
        symbol="ε", minimum=0.0, maximum=1.0, scale="log", advanced=True,
    )  # fmt: skip


@dataclass(frozen=True)
class AdaGradSettings(RateSettings):
    eps: float = eps_field(1e-10)


class AdaGrad(Optimizer):
    """G ← G + g²,  θ ← θ − αg/(√G + ε) (Duchi et al. 2011; `torch.optim.Adagrad`)."""

    name = "adagrad"
    title = "AdaGrad"
    summary = "Divides by the root of all squared gradients so far; the steps only get smaller."
    formula = ("G ← G + g²", "θ ← θ − α g / (√G + ε)")
    source = "Duchi et al. 2011; torch.optim.Adagrad"
    Settings = AdaGradSettings

    def __init__(self, settings: Sequence[Any]) -> None:
        super().__init__(settings)
        self.eps = lanes(settings, "eps")

    def init(self, theta: Array) -> State:
        return {"square_sum": np.zeros_like(theta), "scratch": np.empty_like(theta)}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> None:
        (rate,) = coefficients
        total, scratch = state["square_sum"], state["scratch"]
        total += np.multiply(gradient, gradient, out=scratch)
        np.sqrt(total, out=scratch)
        scratch += self.eps
        gradient *= rate
        gradient /= scratch
        theta -= gradient


@dataclass(frozen=True)
class RMSPropSettings(RateSettings):
    rho: float = field(
        0.99, "Decay rate", "How long the moving average of squared gradients remembers.",
        symbol="ρ", minimum=0.0, below=1.0,
    )  # fmt: skip
    eps: float = eps_field(1e-8)


class RMSProp(Optimizer):
    """v ← ρv + (1−ρ)g²,  θ ← θ − αg/(√v + ε) (Hinton 2012; `torch.optim.RMSprop`)."""

    name = "rmsprop"
    title = "RMSProp"
    summary = "Divides by a moving average of the gradient's size, so steep axes are tamed."
    formula = ("v ← ρ v + (1 − ρ) g²", "θ ← θ − α g / (√v + ε)")
    source = "Tieleman & Hinton 2012; torch.optim.RMSprop"
    Settings = RMSPropSettings

    def __init__(self, settings: Sequence[Any]) -> None:
        super().__init__(settings)
        self.rho = lanes(settings, "rho")
        self.rest = 1.0 - self.rho
        self.eps = lanes(settings, "eps")

    def init(self, theta: Array) -> State:
        return {"square": np.zeros_like(theta), "scratch": np.empty_like(theta)}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> None:
        (rate,) = coefficients
        square, scratch = state["square"], state["scratch"]
        square *= self.rho
        np.multiply(gradient, gradient, out=scratch)
        scratch *= self.rest
        square += scratch
        np.sqrt(square, out=scratch)
        scratch += self.eps
        gradient *= rate
        gradient /= scratch
        theta -= gradient
