"""What callers give, in the many ways of notebooks: arrays, lists, tables of other libraries."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data, column_names, data_of
from gdsim.engine.sentences import Fault, some


def given_data(data: object) -> Data:
    """Data of the pair (x, y): x (samples,) or (samples, columns), y (samples,) or (samples, 1).

    Each may be an array, a list, or what pandas and its like have: their columns keep their names.
    """
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise Fault(
            "data must be a pair, data=(x, y): x a row a sample, y a number a sample; not {kind}.",
            kind=kind_of(data),
        )
    names, x = _columns(data[0], "x")
    labels, y = _columns(data[1], "y")
    if y.shape[1] != 1:
        raise Fault("y must be one column of numbers; it has {count}.", count=y.shape[1])
    if len(x) != len(y):
        if x.shape[1] == len(y):
            raise Fault("x has a column a sample: give it a row a sample, as x.T has it.")
        raise Fault(
            "x and y must have a row a sample each: x has {rows}, y {values}.",
            rows=len(x), values=len(y),
        )  # fmt: skip
    return data_of(x.T, y[:, 0], names, "y" if labels is None else labels[0])


def given_points(x: object, data: Data | None) -> Array:
    """Points to predict at, as the engine has them: (columns, n); x as in `given_data`.

    Columns with the names of those that were fitted may stand in any order.
    """
    names, points = _columns(x, "x")
    if data is None:
        return points.T
    if points.shape[1] != data.columns:
        raise Fault(
            "x must have {count} numbers a row, for {names}; it has {given}.",
            count=data.columns, names=some(data.names), given=points.shape[1],
        )  # fmt: skip
    if names is None or data.names == column_names(data.columns) or data.columns == 1:
        return points.T
    if sorted(names) != sorted(data.names):
        raise Fault(
            "x has the columns {given}; fitted were {names}.",
            given=some(names), names=some(data.names),
        )  # fmt: skip
    return points.T[[names.index(name) for name in data.names]]


def given_point(name: str, value: object) -> tuple[float, ...] | None:
    """A start: so many numbers in a list, an array or a row of a table; one number by itself."""
    if value is None:
        return None
    if isinstance(value, str | Mapping | set):
        raise Fault("{name} must be numbers, one a parameter, not {kind}.",
                    name=name, kind=kind_of(value))  # fmt: skip
    numbers = _numbers(value, name)
    if numbers.ndim > 1:
        raise Fault("{name} must be numbers, one a parameter, not {kind}.",
                    name=name, kind=kind_of(value))  # fmt: skip
    return tuple(np.atleast_1d(numbers).tolist())


def plain(value: Any) -> Any:
    """NumPy's single numbers, truths and texts as Python's; all else as it is."""
    one = isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.ndim)
    return value.item() if one else value


def number(name: str, value: object) -> float | None:
    """A number that may be left out; `Fault` for what is none, or not finite."""
    if value is None:
        return None
    found = plain(value)
    with suppress(TypeError, ValueError, OverflowError):
        single = not isinstance(found, str | bool | np.ndarray)
        if single and math.isfinite(found):
            return float(found)
    raise Fault("{name} must be a finite number, not {kind}.", name=name, kind=kind_of(found))


def batch_of(value: object) -> Any:
    """A batch size as it was given; `Fault` for what is neither a number nor a word."""
    found = plain(value)
    if found is None or isinstance(found, int | float | str):
        return found
    raise Fault(
        "batch_size is a whole number of samples from 1 on, or 'full', not '{text}'.",
        text=kind_of(found),
    )


def named(name: str, value: object, example: str) -> str:
    """A name of something that there is; `Fault` for what is no text."""
    value = plain(value)
    if isinstance(value, str):
        return value
    raise Fault(
        "{name} must be a name, such as '{example}', not {kind}.",
        name=name, example=example, kind=kind_of(value),
    )  # fmt: skip


def settings_given(name: str, value: object) -> dict[str, Any] | None:
    """Settings by their names; `Fault` for what is no dictionary."""
    if value is None:
        return None
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise Fault(
            "{name} must be a dictionary of names and values, not {kind}.",
            name=name, kind=kind_of(value),
        )  # fmt: skip
    return {key: plain(one) for key, one in value.items()}


def kind_of(value: object) -> object:
    """What something is, for a sentence: None, 'adam', 3, an ndarray of shape (3, 2)."""
    value = plain(value)
    if value is None or isinstance(value, bool | int | float | complex):
        return value
    if isinstance(value, str):
        return f"'{value}'"
    kind = type(value).__name__
    article = "an" if kind[0].lower() in "aeio" or kind.startswith("nd") else "a"
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{article} {kind} of shape {shape}"
    return f"{article} {kind}"


def _columns(value: Any, name: str) -> tuple[tuple[str, ...] | None, Array]:
    """The names of the columns, where they have any, and the numbers (samples, columns)."""
    names = _names(value)
    numbers = _numbers(value, name)
    if numbers.ndim > 2:
        raise Fault("{name} must be numbers, or rows of numbers, not {kind}.",
                    name=name, kind=kind_of(value))  # fmt: skip
    numbers = np.atleast_1d(numbers)
    numbers = numbers[:, None] if numbers.ndim == 1 else numbers
    holes = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
    if len(holes):
        raise Fault(
            "{name} has no finite number in {count} of its rows, the first of them {row} "
            "(counted from 0): leave those rows out.",
            name=name, count=len(holes), row=int(holes[0]),
        )  # fmt: skip
    return names, numbers


def _names(table: Any) -> tuple[str, ...] | None:
    """What the columns of a table, or a column by itself, are called; None for arrays and lists."""
    if isinstance(table, np.ndarray | list | tuple):
        return None
    names = _headings(table) or (getattr(table, "name", None),)
    return names if all(isinstance(one, str) and one for one in names) else None


def _headings(table: Any) -> tuple[Any, ...]:
    """The columns by which a table is read; none where it is no table, or two are called alike."""
    found = getattr(table, "columns", ())
    headings = tuple(found) if isinstance(found, Iterable) else ()
    return headings if len(set(headings)) == len(headings) else ()


def _numbers(value: Any, name: str) -> Array:
    """As float64, of any shape; `Fault` names the column that holds something else."""
    if isinstance(value, Mapping | set | str):
        raise Fault("{name} must be numbers, or rows of numbers, not {kind}.",
                    name=name, kind=kind_of(value))  # fmt: skip
    columns = []
    for heading in _headings(value):
        column = _as_floats(value[heading])
        if column is None:
            raise Fault(
                "The column '{column}' of {name} holds what is no number: leave it out, or make "
                "numbers of it.",
                column=heading, name=name,
            )  # fmt: skip
        columns.append(column)
    found = np.column_stack(columns) if columns else _as_floats(value)
    if found is None:
        raise Fault("{name} holds what is no number, or rows of different lengths.", name=name)
    return found


def _as_floats(value: Any) -> Array | None:
    """An array of float64, with NaN for what is masked; None where that is none."""
    try:
        array: NDArray[Any] = np.asarray(value)
        if isinstance(value, np.ma.MaskedArray):
            array = np.ma.filled(value.astype(float), np.nan)
        elif array.dtype.kind == "O":  # of what may be missing the libraries make NaN, if asked
            array = np.asarray(value, dtype=np.float64)
        return None if array.dtype.kind in "cmMV" else array.astype(np.float64, copy=False)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None
