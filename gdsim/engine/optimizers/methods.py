"""The methods that stand by themselves, and may stand within others. To add one: see `METHODS`."""

from __future__ import annotations

from gdsim.engine.optimizers.adam import Adam, AdamW, AMSGrad
from gdsim.engine.optimizers.adam_relatives import Adamax, NAdam, RAdam
from gdsim.engine.optimizers.adaptive import Adadelta, AdaGrad, RMSProp
from gdsim.engine.optimizers.averaging import ASGD, ScheduleFreeAdamW
from gdsim.engine.optimizers.base import Optimizer
from gdsim.engine.optimizers.belief import AdaBelief, Adan, Yogi
from gdsim.engine.optimizers.descent import GradientDescent, StochasticGradientDescent
from gdsim.engine.optimizers.layerwise import Lamb
from gdsim.engine.optimizers.momentum import Momentum, Nesterov
from gdsim.engine.optimizers.newton import Newton
from gdsim.engine.optimizers.signs import Lion, Rprop

METHODS: tuple[type[Optimizer], ...] = (
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
"""A class in this package is added by its line here; one that goes over others, in `OPTIMIZERS`."""
