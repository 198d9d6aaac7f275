"""Data to fit: columns of x and one column of y, with their names, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gdsim.engine.arrays import Array
from gdsim.engine.sentences import Fault, Sentence


@dataclass(frozen=True, eq=False, slots=True)
class Data:
    """`x` is (columns, samples), `y` (samples,); both float64, finite and read-only.

    `names` are those of the columns, `target` that of y; `told` says how a table was read that they
    are from. Two with the same content are equal.
    """

    x: Array
    y: Array
    names: tuple[str, ...]
    target: str = "y"
    told: Sentence | None = None

    def __post_init__(self) -> None:
        # Copies: what the caller does with its arrays later changes nothing here.
        x, y = (np.array(values, dtype=np.float64, order="C") for values in (self.x, self.y))
        if x.ndim != 2 or y.ndim != 1 or x.shape[1] != len(y):
            raise Fault("x and y must have the same number of values.")
        if not len(x):
            raise Fault("The data need at least one column of x.")
        if not len(y):
            raise Fault("The data need at least one sample.")
        if len(self.names) != len(x):
            raise Fault(
                "There are {count} columns of x, but {given} names.",
                count=len(x), given=len(self.names),
            )  # fmt: skip
        for name in (*self.names, self.target):
            check_whole(name)
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise Fault("Every x and y must be a finite number.")
        x.flags.writeable = y.flags.writeable = False
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Data):
            return NotImplemented
        return (self.names, self.target) == (other.names, other.target) and bool(
            np.array_equal(self.x, other.x) and np.array_equal(self.y, other.y)
        )

    __hash__ = None  # type: ignore[assignment] # equal by its arrays

    @property
    def columns(self) -> int:
        """The number of columns of x."""
        return len(self.x)

    @property
    def size(self) -> int:
        """The number of samples."""
        return len(self.y)


def data_of(
    x: ArrayLike,
    y: ArrayLike,
    names: Sequence[str] | None = None,
    target: str = "y",
    told: Sentence | None = None,
) -> Data:
    """Data of one column (n,) or several (columns, n); `Fault` says what cannot be used.

    Columns without names are called x, or x1, x2 … where there are several.
    """
    try:
        columns, values = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError):
        raise Fault("Every x and y must be a finite number.") from None
    if columns.ndim == 1:
        columns = columns[None]
    if names is None:
        names = column_names(len(columns))
    return Data(columns, values, tuple(names), target, told)


def check_whole(text: str) -> None:
    """`Fault` for half a character (a lone surrogate), which no file can hold."""
    if not text.isascii() and any("\ud800" <= one <= "\udfff" for one in text):
        raise Fault("'{text}' has half a character, which no file can hold: remove it.", text=text)


def column_names(count: int) -> tuple[str, ...]:
    """What columns are called that have no names of their own."""
    return ("x",) if count == 1 else tuple(f"x{i + 1}" for i in range(count))
