"""Results as tables: CSV, a DataFrame where pandas is there, axes where matplotlib is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdsim.api.given import kind_of
from gdsim.engine.sentences import Fault, sentence
from gdsim.experiment.results import check_target
from gdsim.system.files import written_aside

Columns = Mapping[str, NDArray[Any]]
"""Columns of one length by their names; what is masked did not happen."""
_LINES = 50_000


def dataframe_of(columns: Columns) -> Any:
    """A pandas DataFrame; what did not happen is NaN."""
    pandas = brought_in("pandas", "to_dataframe()")
    return pandas.DataFrame({name: _whole(column) for name, column in columns.items()})


def csv_of(columns: Columns, path: str | os.PathLike[str] | None) -> str | None:
    """Written to `path`, whole or not at all; without one the text, as pandas does it.

    Every number reads back as it was; what did not happen is left empty.
    """
    if path is None:
        return "".join(_lines(columns))
    target = path_given(path)
    check_target(target, (".csv",))
    with written_aside(target) as aside, aside.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(_lines(columns))
    return None


def path_given(path: object) -> Path:
    """A file's path; `Fault` for what is none."""
    if isinstance(path, str | os.PathLike):
        found = os.fspath(path)
        if isinstance(found, str) and found and "\0" not in found:
            return Path(found)
    raise Fault("A file is named by a text or a path, not {kind}.", kind=kind_of(path))


def axes_given(ax: Any, call: str) -> Any:
    """matplotlib's axes to draw into: those given, or new ones."""
    pyplot = brought_in("matplotlib", call, ".pyplot")
    if ax is None:
        return pyplot.subplots()[1]
    if not hasattr(ax, "set_xlabel"):
        raise Fault("ax must be axes of matplotlib, not {kind}.", kind=kind_of(ax))
    return ax


def brought_in(library: str, call: str, part: str = "") -> Any:
    """A library that gdsim can do without; `ImportError` in a sentence where it is missing."""
    try:
        import_module(library)
    except ImportError:
        missing = sentence(
            "{call} needs {library}, which is not installed here: pip install {library}.",
            call=call, library=library,
        )  # fmt: skip
        raise ImportError(str(missing), name=library) from None
    return import_module(library + part)


def _whole(column: NDArray[Any]) -> NDArray[Any]:
    if isinstance(column, np.ma.MaskedArray):
        return np.ma.filled(column.astype(np.float64), np.nan)
    return column


def _lines(columns: Columns) -> Iterator[str]:
    yield ",".join(map(_cell, columns)) + "\n"
    length = len(next(iter(columns.values())))
    for begin in range(0, length, _LINES):
        parts = [column[begin : begin + _LINES].tolist() for column in columns.values()]
        yield "".join(",".join(map(_cell, cells)) + "\n" for cells in zip(*parts, strict=True))


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else repr(value)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if set(text) & set(',"\r\n') else text
