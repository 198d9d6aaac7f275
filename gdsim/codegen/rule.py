"""An update written out, and how each framework spells it."""

from __future__ import annotations

from dataclasses import dataclass

from gdsim.codegen.text import uses


@dataclass(frozen=True)
class Style:
    """How a framework spells arrays; `graph` where a step is traced and `if` cannot be used."""

    np: str = "np"
    rate: str = "learning_rate"
    next_rate: str = "learning_rate"
    first_rate: str = "learning_rate"
    graph: bool = False

    def choose(self, condition: str, yes: str, no: str) -> str:
        """An expression that is `yes` where the condition holds, else `no`."""
        if self.graph:
            return f"{self.np}.where({condition}, {yes}, {no})"
        return f"{yes} if {condition} else {no}"

    @property
    def least(self) -> str:
        """The function that takes the lesser of two numbers."""
        return f"{self.np}.minimum" if self.graph else "min"

    def norm(self, vector: str) -> str:
        """The length of a vector."""
        return f"ops.norm({vector})" if self.np == "ops" else f"{self.np}.linalg.norm({vector})"


@dataclass(frozen=True)
class State:
    """A variable that an update keeps: filled with `fill`, of θ's shape unless `single`."""

    name: str
    comment: str
    fill: str = "0"
    single: bool = False
    slot: str = ""
    """What it is called where the framework keeps it, if not by its name."""

    @property
    def kept(self) -> str:
        """Its name where the framework keeps it."""
        return self.slot or self.name


@dataclass(frozen=True)
class Rule:
    """An update written out: named numbers, state, and the lines that make `theta` from `g`."""

    lines: tuple[str, ...]
    numbers: tuple[tuple[str, float], ...] = ()
    state: tuple[State, ...] = ()
    point: str = ""
    """Where the gradient is taken, if not at `theta`."""
    before: tuple[str, ...] = ()
    """Lines that stand ahead of all steps; they know `steps`, their number."""
    curved: bool = False
    """Whether it needs the curvature, `hessian(theta, *data)`."""

    @property
    def counts(self) -> bool:
        """Whether it needs t, the number of the update."""
        return uses("t", self.lines)
