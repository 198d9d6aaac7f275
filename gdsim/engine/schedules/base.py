"""What every learning-rate schedule is: a function of the step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings, field


def steps_field(default: int, label: str, help: str, symbol: str = "T") -> Any:
    """A count of steps, at least one."""
    return field(default, label, help, symbol=symbol, minimum=1, maximum=1e9, scale="log")


def floor_field() -> Any:
    """The rate that a schedule ends at, as a fraction of the base rate."""
    return field(
        0.0, "Final fraction", "The rate it ends at, as a fraction of the learning rate.",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip


class Schedule(ABC):
    """The rate for the update from step k to k + 1, with k from 0, as in all frameworks."""

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]
    Settings: ClassVar[type[Settings]]

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    @abstractmethod
    def rate(self, base: float, k: Indices) -> Array:
        """α(k) for an array of steps, given the base rate."""
