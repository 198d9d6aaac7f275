"""The optimizers by name. To add one: a class in this package and its line in `OPTIMIZERS`."""

from __future__ import annotations

from gdsim.engine.fields import unknown
from gdsim.engine.optimizers.adam import Adam, AdamW, AMSGrad
from gdsim.engine.optimizers.adam_relatives import Adamax, NAdam, RAdam
from gdsim.engine.optimizers.adaptive import Adadelta, AdaGrad, RMSProp
from gdsim.engine.optimizers.averaging import ASGD, ScheduleFreeAdamW
from gdsim.engine.optimizers.base import Optimizer, State
from gdsim.engine.optimizers.belief import AdaBelief, Adan, Yogi
from gdsim.engine.optimizers.descent import GradientDescent, StochasticGradientDescent
from gdsim.engine.optimizers.layerwise import Lamb
from gdsim.engine.optimizers.momentum import Momentum, Nesterov
from gdsim.engine.optimizers.newton import Newton
from gdsim.engine.optimizers.signs import Lion, Rprop

OPTIMIZERS: tuple[type[Optimizer], ...] = (
    GradientDescent,
    StochasticGradientDescent,
    Momentum,
    Nesterov,
    AdaGrad,
    RMSProp,
    Adadelta,
    Adam,
    AMSGrad,
    AdamW,
    Adamax,
    NAdam,
    RAdam,
    Lion,
    Rprop,
    AdaBelief,
    Yogi,
    Adan,
    Lamb,
    ASGD,
    ScheduleFreeAdamW,
    Newton,
)

__all__ = ["OPTIMIZERS", "Optimizer", "State", "find_optimizer"]


def find_optimizer(name: str) -> type[Optimizer]:
    """The optimizer of that name; `Fault` with the nearest name if there is none."""
    for cls in OPTIMIZERS:
        if cls.name == name:
            return cls
    raise unknown(name, [cls.name for cls in OPTIMIZERS], "optimizer")
