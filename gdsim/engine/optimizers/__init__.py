"""The optimizers by name. To add one: a class in this package and its line in `METHODS`."""

from __future__ import annotations

from gdsim.engine.fields import unknown
from gdsim.engine.optimizers.base import Optimizer, State
from gdsim.engine.optimizers.lookahead import Lookahead
from gdsim.engine.optimizers.methods import METHODS

OPTIMIZERS: tuple[type[Optimizer], ...] = (*METHODS, Lookahead)
"""All of them: those that stand by themselves, and those that go over another."""

__all__ = ["OPTIMIZERS", "Optimizer", "State", "find_optimizer"]


def find_optimizer(name: str) -> type[Optimizer]:
    """The optimizer of that name; `Fault` with the nearest name if there is none."""
    for cls in OPTIMIZERS:
        if cls.name == name:
            return cls
    raise unknown(name, [cls.name for cls in OPTIMIZERS], "optimizer")
