"""Write what became of a sweep's runs as CSV or NPZ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.sweep.grid import Axis
from gdsim.engine.sweep.judge import NEVER
from gdsim.engine.sweep.pieces import Outcomes
from gdsim.system.files import written_aside

SWEEP_FORMATS = (".csv", ".npz")
_LINES = 50_000
Words = NDArray[np.str_] | None
Told = Mapping[str, NDArray[np.str_]]


def write_sweep(path: Path, outcomes: Outcomes, words: Words = None, regimes: Words = None) -> None:
    """Write to `path` in the format of its ending, whole or not at all.

    CSV has one line a run, the last axis fastest; what did not happen is left empty. NPZ holds the
    values of each axis under its name, and arrays of the grid's shape in which it is −1.
    `words` are the runs' outcomes and `regimes` what their rates do, where they are told: then
    both have them as `outcome` and `regime`.
    """
    told = {"outcome": words, "regime": regimes}
    told_here = {name: texts for name, texts in told.items() if texts is not None}
    with written_aside(path) as aside:
        if path.suffix.lower() == ".npz":
            _write_npz(aside, outcomes, told_here)
        else:
            _write_csv(aside, outcomes, told_here)


def values_of(axis: Axis) -> list[object]:
    """An axis's values as runs have them."""
    return [axis.value(place) for place in range(len(axis))]


def _write_npz(path: Path, outcomes: Outcomes, told: Told) -> None:
    names = [f"final_{parameter.name}" for parameter in outcomes.grid.problem.parameters]
    arrays: dict[str, Any] = {axis.name: np.array(values_of(axis)) for axis in outcomes.grid.axes}
    arrays |= {"settled": outcomes.settled, "diverged": outcomes.diverged, "loss": outcomes.loss}
    arrays |= dict(zip(names, outcomes.theta, strict=True))
    arrays |= told
    np.savez(path, **arrays)


def _write_csv(path: Path, outcomes: Outcomes, told: Told) -> None:
    grid = outcomes.grid
    names = [*(axis.name for axis in grid.axes), "settled", "diverged", "loss"]
    names += [f"final_{parameter.name}" for parameter in grid.problem.parameters]
    names += told
    words = [[_quoted(text) for text in column.reshape(-1).tolist()] for column in told.values()]
    texts = [[str(value) for value in values_of(axis)] for axis in grid.axes]
    settled, diverged, loss = (
        array.reshape(-1) for array in (outcomes.settled, outcomes.diverged, outcomes.loss)
    )
    theta = outcomes.theta.reshape(len(outcomes.theta), -1)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(names) + "\n")
        for begin in range(0, grid.size, _LINES):
            end = min(begin + _LINES, grid.size)
            places = np.unravel_index(np.arange(begin, end), grid.shape)
            columns = [
                *([text[i] for i in where] for text, where in zip(texts, places, strict=True)),
                *(_steps(array[begin:end].tolist()) for array in (settled, diverged)),
                *(map(repr, row[begin:end].tolist()) for row in (loss, *theta)),
                *(row[begin:end] for row in words),
            ]
            stream.writelines(",".join(cells) + "\n" for cells in zip(*columns, strict=True))


def _steps(numbers: list[int]) -> list[str]:
    return ["" if number == NEVER else str(number) for number in numbers]


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text
