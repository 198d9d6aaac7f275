"""Gradient descent and its stochastic form: θ ← θ − αg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.conventions import Defaults
from gdsim.engine.optimizers.base import Optimizer, RateSettings, State, decay_field


@dataclass(frozen=True)
class DescentSettings(RateSettings):
    weight_decay: float = decay_field()


class GradientDescent(Optimizer):
    """θ ← θ − α∇J(θ) (Cauchy 1847); `torch.optim.SGD` on the whole loss.

    With weight decay g is ∇J + λθ; coupled and decoupled decay are the same here.
    """

    name = "gd"
    title = "Gradient descent"
    short = "GD"
    summary = "Walks straight down the slope, as far as the learning rate says."
    formula = ("θ ← θ − α g",)
    source = "Cauchy 1847; torch.optim.SGD"
    Settings = DescentSettings
    defaults: ClassVar[Defaults] = {
        "pytorch": {"learning_rate": 0.001},
        "keras": {"learning_rate": 0.01},
    }

    def init(self, theta: Array) -> State:
        return {}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        (rate,) = coefficients
        return theta - gradient * rate

    def stability_factor(self) -> float | None:
        return 2.0

    def transition(self, hessian: Array, rate: float) -> Array | None:
        return np.eye(len(hessian)) - rate * hessian

    def only_nears(self, rate: float, steepest: float) -> bool:
        return rate * steepest < 2.0

    def is_plain(self) -> bool:
        return not self.decays


class StochasticGradientDescent(GradientDescent):
    """θ ← θ − αg with g the gradient of one sample or mini-batch (Robbins & Monro 1951)."""

    name = "sgd"
    title = "SGD"
    short = ""
    summary = "Gradient descent on one sample a step (or a mini-batch): noisy, and cheap."
    source = "Robbins & Monro 1951; torch.optim.SGD"
    single_sample = True
