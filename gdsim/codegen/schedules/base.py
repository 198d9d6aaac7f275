"""What every entry says of its schedule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from gdsim.codegen.call import Values, arguments
from gdsim.codegen.task import Task
from gdsim.engine.fields import Settings
from gdsim.engine.schedules import Schedule

S = TypeVar("S", bound=Settings, covariant=True)


class ScheduleCode(ABC, Generic[S]):
    """One schedule as it stands in scripts: a function of the step k, and the frameworks' own.

    `torch`, `keras` and `optax` are the call, or empty where the framework has no schedule with
    these rates; the function is then written out.
    """

    schedule: ClassVar[type[Schedule]]

    def __init__(self, task: Task, settings: S) -> None:
        self.task = task
        self.settings = settings
        self.base = task.run.learning_rate
        """The base rate, `learning_rate` in scripts."""

    @abstractmethod
    def lines(self) -> list[str]:
        """The body of `schedule(k)`: the rate of the update from k to k + 1."""

    def torch(self) -> str:
        """A scheduler of `torch.optim.lr_scheduler` on `optimizer`."""
        return ""

    def keras(self) -> str:
        """A class of `keras.optimizers.schedules`."""
        return ""

    def optax(self) -> str:
        """A function of `optax`."""
        return ""


class WatchCode(ScheduleCode[S]):
    """A schedule that looks at the loss on the way: `watch` changes `rate` by `seen`."""

    def lines(self) -> list[str]:
        return []

    @property
    @abstractmethod
    def before(self) -> bool:
        """Whether it decides about the update at hand, and not about the next one."""

    @abstractmethod
    def state(self) -> list[str]:
        """What is remembered, before the first step."""

    @abstractmethod
    def watch(self) -> list[str]:
        """The look at `seen`, the loss of all data before the update."""

    @abstractmethod
    def keras_callback(self) -> str:
        """A callback of Keras that does the same; `Fault` where it has none."""


def torch_call(name: str, values: Values) -> str:
    """The call of a scheduler of PyTorch."""
    return f"{name}(optimizer{arguments(values)})"
