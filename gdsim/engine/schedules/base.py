"""What every learning-rate schedule is: a function of the step, or of the loss on the way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from gdsim.engine import fields
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import FRAMEWORKS, Defaults
from gdsim.engine.fields import Settings, field


def steps_field(
    default: int, label: str, help: str, symbol: str = "T", aliases: tuple[str, ...] = ()
) -> Any:
    """A count of steps, at least one."""
    return field(
        default, label, help, symbol=symbol, minimum=1, maximum=1e9, scale="log", aliases=aliases
    )


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
    conventions: ClassVar[tuple[str, ...]] = FRAMEWORKS
    """The frameworks that have the schedule."""
    defaults: ClassVar[Defaults] = {}
    """Where a framework's defaults differ from those declared: framework → setting → value."""
    continuous: ClassVar[bool] = False
    """Whether it has no jumps, options aside: over more steps its changes get smaller."""
    constant: ClassVar[bool] = False
    """Whether every update has the base rate."""
    watches_loss: ClassVar[bool] = False
    """Whether the rate depends on the loss, by `watch`; `rate` is then only its plan."""

    settings: fields.Settings

    def __init__(self, settings: fields.Settings) -> None:
        self.settings = settings

    @abstractmethod
    def rate(self, base: float | Array, k: Indices) -> Array:
        """α(k) for an array of steps (n,), given the base rate.

        For many runs: their base rates (runs,) and steps (n, 1) give (n, runs), the same bits.
        """

    def bounds(self, base: float) -> tuple[float, float]:
        """The least and the greatest rate it can give, rounding aside."""
        return 0.0, base

    def watch(self, memory: Any, base: float, loss: float) -> tuple[float, Any]:
        """The rate of the update at a point of this loss, and what is remembered after it.

        `memory` is None at first, and never changed in place.
        """
        raise NotImplementedError(f"{self.name} does not watch the loss")
