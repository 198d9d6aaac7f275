"""What every entry says of its optimizer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Generic, Protocol, TypeVar

from gdsim.codegen.call import KerasCall, OptaxCall, TorchCall, Values
from gdsim.codegen.rule import Rule, Style
from gdsim.codegen.task import Task
from gdsim.engine.fields import Settings, settings_values
from gdsim.engine.optimizers import Optimizer

S = TypeVar("S", bound=Settings, covariant=True)


class MethodCode(ABC, Generic[S]):
    """One optimizer as it stands in scripts: its update written out, and the frameworks' classes.

    `torch`, `keras` and `optax` are None where the framework has no class for this formula with
    these settings; the update is then written out, and the script says why.
    """

    optimizer: ClassVar[type[Optimizer]]
    differs: ClassVar[str] = ""
    """In what the frameworks' formulas differ."""
    lacks: ClassVar[Mapping[str, str]] = {}
    """Why a framework's class is never used although it has one: framework → sentence."""
    couples: bool = False
    """Whether an update looks at all parameters at once."""

    def __init__(self, task: Task, settings: S) -> None:
        self.task = task
        self.settings = settings
        values = settings_values(settings)
        self.convention = str(values.get("convention", ""))
        """Whose formula the update is; empty where all frameworks have the same."""
        self.decay = float(values.get("weight_decay", 0.0))
        self.decay_place = task.run.method.decay_place() if self.decay else ""
        """`gradient`, `parameters`, or `update` where the rule itself has it; empty for none."""

    @abstractmethod
    def rule(self, style: Style) -> Rule:
        """The update written out, in the formula of the run's convention."""

    def torch(self) -> TorchCall | None:
        """PyTorch's class; weight decay is added by the script."""
        return None

    def keras(self) -> KerasCall | None:
        """Keras's class; weight decay is added by the script."""
        return None

    def optax(self) -> OptaxCall | None:
        """Optax's function; coupled weight decay is added by the script."""
        return None

    @property
    def keras_shrinks(self) -> bool:
        """Whether Keras's weight decay, which shrinks θ itself, is this run's."""
        return self.decay_place == "parameters"

    @property
    def warmup(self) -> str:
        """The share of the rate that its own warm-up lets through at step k; empty for none."""
        return ""


class Averages(Protocol):
    """Settings of Adam and its relatives."""

    @property
    def beta1(self) -> float: ...
    @property
    def beta2(self) -> float: ...
    @property
    def eps(self) -> float: ...


def torch_averages(s: Averages) -> Values:
    """The arguments of PyTorch's classes."""
    return {"betas": ((s.beta1, s.beta2), (0.9, 0.999)), "eps": (s.eps, 1e-8)}


def keras_averages(s: Averages, eps: float = 1e-7) -> Values:
    """The arguments of Keras's classes; `eps` is the class's default."""
    return {
        "beta_1": (s.beta1, 0.9), "beta_2": (s.beta2, 0.999), "epsilon": (s.eps, eps),
    }  # fmt: skip


def optax_averages(s: Averages, eps: float = 1e-8) -> Values:
    """The arguments of Optax's functions; `eps` is the function's default."""
    return {"b1": (s.beta1, 0.9), "b2": (s.beta2, 0.999), "eps": (s.eps, eps)}
