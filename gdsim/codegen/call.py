"""How a framework's own class is called where it computes a run's formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gdsim.codegen.text import spelt

Values = Mapping[str, tuple[object, object]]
"""Argument of a class → (its value, the class's own default)."""
ALWAYS = object()
"""In place of a default: the argument is always written."""


def arguments(values: Values) -> str:
    """`, name=value` for each argument that is not the class's own default."""
    return "".join(
        f", {name}={spelt(value)}" for name, (value, default) in values.items() if value != default
    )


@dataclass(frozen=True)
class TorchCall:
    """A class of `torch.optim`."""

    name: str
    values: Values
    default_decay: float = 0.0
    """The weight decay that it has by itself."""
    shrinks: bool = False
    """Whether its weight decay is decoupled where the run's is; else θ is shrunk beside it."""


@dataclass(frozen=True)
class KerasCall:
    """A class of `keras.optimizers`."""

    name: str
    values: Values


@dataclass(frozen=True)
class OptaxCall:
    """A function of `optax` that takes the rate first."""

    name: str
    values: Values
    direction: tuple[str, Values] | None = None
    """The transformation inside it, for a weight decay between direction and rate; None where it
    has such a decay itself."""
    apart: bool = False
    """Whether that transformation alone takes these values."""
    scales: bool = True
    """Whether to scale its whole step is the same as to scale the rate."""
    rates_ahead: int = 0
    """So many rates after that of the last step are asked for."""
    around: str = "{}"
    """What stands around the optimizer, decay and all."""
    before: tuple[str, ...] = ()
    """Lines that make of θ what it works on."""
    point: str = "theta"
    """Where that has its gradient."""
    after: tuple[str, ...] = ()
    """Lines after the last step."""
