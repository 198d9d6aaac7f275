"""What every optimizer is: declared settings, an explicit state, and one update rule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings, field

State = dict[str, Array]


@dataclass(frozen=True)
class RateSettings(Settings):
    """The setting that every first-order optimizer has."""

    learning_rate: float = field(
        0.01, "Learning rate", "How far each update goes along its direction.",
        symbol="α", above=0.0, maximum=1e6, scale="log",
    )  # fmt: skip


def lanes(settings: Sequence[Any], name: str) -> Array:
    """One hyperparameter of all runs as a row (runs,)."""
    return np.array([getattr(one, name) for one in settings], dtype=np.float64)


class Optimizer(ABC):
    """One family, stepping any number of runs at once; parameters have shape (parameters, runs).

    The state is explicit (as in Optax): `init` makes it, `update` changes it and θ in place. What
    depends on the step number alone is worked out for a whole block of steps by `coefficients`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    formula: ClassVar[tuple[str, ...]]
    source: ClassVar[str]
    Settings: ClassVar[type[Settings]]
    single_sample: ClassVar[bool] = False
    """Whether the method is by definition fed one sample a step unless a batch size is set."""

    def __init__(self, settings: Sequence[Any]) -> None:
        self.settings = tuple(settings)

    @abstractmethod
    def init(self, theta: Array) -> State:
        """The state before the first update; every array ends in the axis of the runs."""

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        """What the updates t (1, 2, …) need, from t and the scheduled rate; all (steps, runs)."""
        return (rate,)

    @abstractmethod
    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> None:
        """Apply one update in place; `gradient` may be overwritten."""

    @classmethod
    def stability_factor(cls, settings: Any) -> float | None:
        """c in the critical rate c/λmax on a quadratic, or None where no such constant exists."""
        return None
