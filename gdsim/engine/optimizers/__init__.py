"""The optimizers by name. To add one: a class in this package and its line in `OPTIMIZERS`."""

from __future__ import annotations

from gdsim.engine.fields import unknown
from gdsim.engine.optimizers.adam import Adam
from gdsim.engine.optimizers.adaptive import AdaGrad, RMSProp
from gdsim.engine.optimizers.base import Optimizer, State
from gdsim.engine.optimizers.descent import GradientDescent, StochasticGradientDescent
from gdsim.engine.optimizers.momentum import Momentum, Nesterov

OPTIMIZERS: tuple[type[Optimizer], ...] = (
    GradientDescent,
    StochasticGradientDescent,
    Momentum,
    Nesterov,
    AdaGrad,
    RMSProp,
    Adam,
)

__all__ = ["OPTIMIZERS", "Optimizer", "State", "find_optimizer"]


def find_optimizer(name: str) -> type[Optimizer]:
    """The optimizer of that name; `Fault` with the nearest name if there is none."""
    for cls in OPTIMIZERS:
        if cls.name == name:
            return cls
    raise unknown(name, [cls.name for cls in OPTIMIZERS], "optimizer")
