"""What scripts are made of: sections of lines, numbers, arrays and comments."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from gdsim.codegen.width import WIDTH, fitted
from gdsim.engine.arrays import Array


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


def spelt(value: object) -> str:
    """A value as scripts write it: a text in double quotes, unless it would read worse so."""
    text = repr(value)
    if not isinstance(value, str) or '"' in value:
        return text
    return f'"{text[1:-1]}"'


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
