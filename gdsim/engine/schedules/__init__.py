"""The schedules by name. To add one: a class in this package and its line in `SCHEDULES`."""

from __future__ import annotations

from gdsim.engine.fields import unknown
from gdsim.engine.schedules.base import Schedule
from gdsim.engine.schedules.cosine import Cosine, CosineRestarts, WarmupCosine
from gdsim.engine.schedules.cycles import Cyclical, Noam, OneCycle
from gdsim.engine.schedules.decay import (
    Constant,
    Exponential,
    InverseTime,
    Linear,
    Multistep,
    Polynomial,
    StepDecay,
)
from gdsim.engine.schedules.drawn import Piecewise
from gdsim.engine.schedules.plateau import Plateau
from gdsim.engine.schedules.stable import WarmupStableDecay

SCHEDULES: tuple[type[Schedule], ...] = (
    Constant,
    StepDecay,
    Multistep,
    Exponential,
    InverseTime,
    Polynomial,
    Linear,
    Cosine,
    CosineRestarts,
    WarmupCosine,
    WarmupStableDecay,
    OneCycle,
    Cyclical,
    Noam,
    Plateau,
    Piecewise,
)

__all__ = ["SCHEDULES", "Schedule", "find_schedule"]


def find_schedule(name: str) -> type[Schedule]:
    """The schedule of that name; `Fault` with the nearest name if there is none."""
    for cls in SCHEDULES:
        if cls.name == name:
            return cls
    raise unknown(name, [cls.name for cls in SCHEDULES], "schedule")
