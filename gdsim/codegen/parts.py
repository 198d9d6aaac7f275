"""What all generated scripts are made of: the plan of a run, names, numbers and comments."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gdsim.codegen.width import WIDTH, fitted
from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run

MOST_INLINE = 200
"""So many numbers of data are written into a script; more are read from a table beside it."""
FRAMEWORK_NAMES = {"numpy": "NumPy", "pytorch": "PyTorch", "keras": "Keras", "optax": "Optax"}


Values = dict[str, tuple[object, object]]
"""Argument of a class → (its value, the class's own default)."""


@dataclass(frozen=True)
class Plan:
    """What a script has to do: `steps` updates of one run on one problem.

    `table` is the name of the CSV that holds the data where they are too many to be written out.
    """

    problem: Problem
    run: Run
    steps: int
    source: str = ""
    table: str = "data.csv"

    @property
    def settings(self) -> Any:
        return self.run.settings

    @property
    def convention(self) -> str:
        """Whose formula the update is; empty where all frameworks have the same."""
        return str(getattr(self.settings, "convention", ""))

    @property
    def batch_size(self) -> int:
        """Samples a step; 0 where the whole loss is used."""
        return self.run.batch_size_for(self.problem)

    @property
    def watches(self) -> bool:
        """Whether the rate depends on the loss on the way."""
        return self.run.rate_schedule.watches_loss

    @property
    def warmup(self) -> int:
        """Steps of the optimizer's own warm-up (schedule-free), which scales the rate."""
        return int(getattr(self.settings, "warmup_steps", 0))

    @property
    def is_constant(self) -> bool:
        """Whether every update has the same rate."""
        return self.run.schedule == "constant" and not self.warmup

    @property
    def decay(self) -> float:
        return float(getattr(self.settings, "weight_decay", 0.0))

    @property
    def decay_place(self) -> str:
        """`gradient`, `parameters`, or `update` where the rule itself has it; empty for none."""
        return self.run.family.decay_place(self.settings) if self.decay else ""

    @property
    def clips(self) -> bool:
        return bool(self.run.clipping.clip_norm or self.run.clipping.clip_value)

    @property
    def data_inline(self) -> bool:
        return sum(column.size for column in data_columns(self.problem)) <= MOST_INLINE


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

    @property
    def counts(self) -> bool:
        """Whether it needs t, the number of the update."""
        return uses("t", self.lines)


@dataclass(frozen=True)
class ProblemCode:
    """Bodies of the functions of `theta` (and of x and y, where there are data), for NumPy.

    Names of NumPy's functions are put into another framework's by `spelled`. `prepare` are lines
    that change x before the descent, `report` lines that tell more of the result.
    """

    about: str
    loss: tuple[str, ...]
    gradient: tuple[str, ...]
    hessian: tuple[str, ...]
    helpers: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    """Functions that the loss needs: name, arguments, what it is, body."""
    prepare: tuple[str, ...] = ()
    report: tuple[str, ...] = ()
    has_data: bool = False
    columns: int = 0
    """Of x as the model sees it."""
    flat: bool = False
    """Whether x is one column without a second axis."""
    loss_about: str = "The height of the surface at theta."
    start_about: str = "where it starts"
    predict: tuple[str, ...] = ()
    """What the model says at x, a row for each sample, as a column."""
    dense: bool = False
    """Whether the model is one dense layer: its bias is θ₀, its kernel the rest."""
    units: tuple[int, ...] = ()
    """Of the layers of a network, the last one included."""
    activation: str = ""
    keras_loss: str = ""
    """What `compile` takes as the loss."""
    best: str = "the best fit"
    """What the least loss is called."""

    @property
    def arguments(self) -> str:
        """What follows `theta` in a call."""
        return ", x, y" if self.has_data else ""


@dataclass
class Sections:
    """Sections of a script, put together with blank lines between."""

    sections: list[list[str]] = field(default_factory=list)

    def add(self, lines: Sequence[str], *, apart: bool = False) -> None:
        """Add a section; `apart` sets it off by two lines, as one does around functions."""
        if lines:
            self.sections.append([*(["", ""] if apart else []), *lines])

    def text(self) -> str:
        out: list[str] = []
        after_function = False
        for section in self.sections:
            body = [line for i, line in enumerate(section) if line or i > 1]
            defines = section[:2] == ["", ""]
            if out:
                out += ["", ""] if defines or after_function else [""]
            out += body if defines else section
            after_function = defines
        return "\n".join(fitted(out)) + "\n"


def number(value: float) -> str:
    """A number that reads back as the same float, and shortly: 1000 for 1000.0."""
    value = float(value)
    if value.is_integer() and abs(value) < 1e6:
        return str(int(value))
    return repr(value)


def decimal(value: float) -> str:
    """A float as Python writes it."""
    return repr(float(value))


def listed(values: Iterable[float]) -> str:
    """A list of floats in brackets."""
    return "[" + ", ".join(decimal(value) for value in values) + "]"


def array_lines(
    name: str, make: str, values: Array, comment: str = "", more: str = ""
) -> list[str]:
    """`name = make([…])` for a vector or a table of rows, broken where it gets long."""
    text = repr(np.asarray(values, dtype=np.float64).tolist())
    line = f"{name} = {make}({text}{more})"
    if len(line) + (len(comment) + 4 if comment else 0) <= WIDTH:
        return [commented(line, comment)]
    head = [f"# {comment}"] if comment else []
    rows = text[1:-1]
    if rows.startswith("["):
        rows = rows.replace("], [", "],\n[")
    body = [
        part
        for row in rows.split("\n")
        for part in textwrap.wrap(row, WIDTH - 6, break_long_words=False)
    ]
    return [*head, f"{name} = {make}([", *(f"    {row}" for row in body), f"]{more})"]


def commented(line: str, comment: str) -> str:
    """The line with a comment at its end, where there is one."""
    return f"{line}  # {comment}" if comment else line


def safe(text: str) -> str:
    """A user's text as one harmless line of a comment or docstring."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain.replace("\\", "/").replace('"', "'").strip()[:80]


def paragraph(text: str) -> list[str]:
    """A comment of as many lines as it needs."""
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH - 2)]


def indented(lines: Iterable[str], by: int = 4) -> list[str]:
    """The lines moved to the right."""
    return [" " * by + line if line else line for line in lines]


def uses(name: str, lines: Iterable[str]) -> bool:
    """Whether the name occurs in the code of the lines."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    return any(word.search(line.split("  #")[0]) for line in lines)


def data_columns(problem: Problem) -> tuple[Array, ...]:
    """The data of a problem, x's columns first and y last; empty for a surface."""
    if problem.data is None:
        return ()
    return (*problem.data.x, problem.data.y)


def arguments(values: Mapping[str, tuple[object, object]]) -> str:
    """`, name=value` for each argument that is not the class's own default."""
    return "".join(
        f", {name}={value!r}" for name, (value, default) in values.items() if value != default
    )
