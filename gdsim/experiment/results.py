"""Write what runs did, step by step, as CSV, JSON or NPZ: whole or not at all."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np

from gdsim import __version__
from gdsim.engine.account import Account, rows_of
from gdsim.engine.answer import answer_of
from gdsim.engine.arrays import Array
from gdsim.engine.fields import settings_values
from gdsim.engine.held_out import held_end
from gdsim.engine.history import LOSS, THETA
from gdsim.engine.outcome import BEFORE
from gdsim.engine.problems import Problem
from gdsim.engine.run import run_values
from gdsim.engine.sentences import Fault, Sentence, some
from gdsim.engine.simulation import Block
from gdsim.engine.telling import told_of
from gdsim.engine.verdict import verdict_at
from gdsim.system.files import written_aside

FORMATS = (".csv", ".json", ".npz")
MOST_ROWS = 10_000_000
"""So many states of all runs together are held in memory for JSON and NPZ; CSV holds none."""


def check_target(path: Path, formats: Sequence[str]) -> None:
    """`Fault` for an ending that is none of `formats`, a folder, or a place that is not there."""
    if path.suffix.lower() not in formats:
        raise Fault("{file}: the ending must be one of {known}.", file=path, known=some(formats))
    if path.is_dir():
        raise Fault("{file} is a folder. Choose another name.", file=path)
    if not path.parent.is_dir():
        raise Fault("There is no folder {folder} to write into.", folder=path.parent)


def check_length(path: Path, steps: int, runs: int) -> None:
    """`Fault` where a file of that kind would have to hold too much at once."""
    if path.suffix.lower() != ".csv" and (steps + 1) * runs > MOST_ROWS:
        raise Fault(
            "{file}: {steps:,} steps are too many for {ending}; write them as .csv.",
            file=path, steps=steps, ending=path.suffix.lower(),
        )  # fmt: skip


def column_names(problem: Problem) -> list[str]:
    """The header of one run's table; `test_loss` ends it where samples are held back."""
    names = ["step", "learning_rate", "loss", *(p.name for p in problem.parameters)]
    return [*names, "test_loss"] if len(problem.held) else names


def numbered_rows(block: Block, lane: int, problem: Problem) -> Array:
    """One run's part of a block as the columns of `column_names`."""
    numbers = np.arange(block.first, block.first + len(block.loss), dtype=np.float64)
    rows = rows_of(block, lane)
    if not len(problem.held):
        return np.column_stack([numbers, rows])
    with np.errstate(all="ignore"):
        test = problem.loss_on(np.ascontiguousarray(rows[:, THETA:].T), problem.held_data)
    return np.column_stack([numbers, rows, test])


def write_results(
    path: Path, accounts: Sequence[Account], steps: int, blocks: Iterator[Block]
) -> None:
    """Write every step to `path` in the format of its ending; `blocks` fill the accounts.

    One run has the columns of `column_names`. With several runs CSV has a column `run` (1, 2, …)
    before them, NPZ has arrays (steps + 1, runs), and JSON a list of runs. JSON has no numbers that
    are not finite: in their place stands the text "NaN", "Infinity" or "-Infinity", which Python's
    float() and JavaScript's Number() read back.
    """
    problem, count = accounts[0].problem, len(accounts)
    with written_aside(path) as aside:
        if path.suffix.lower() == ".csv":
            with aside.open("w", encoding="utf-8", newline="") as stream:
                _write_csv(stream, problem, count, blocks)
            return
        table = _table(problem, count, steps, blocks)
        if path.suffix.lower() == ".npz":
            _write_npz(aside, problem, table)
            return
        with aside.open("w", encoding="utf-8", newline="") as stream:
            _write_json(stream, accounts, steps, table)


def described(account: Account, steps: int) -> dict[str, object]:
    """Settings and ending of a run as JSON can hold them; θ and loss are its last finite ones."""
    problem, run = account.problem, account.run
    names = [parameter.name for parameter in problem.parameters]
    theta, found = account.last_row[THETA:], verdict_at(account, steps)
    told = told_of(problem, run, steps, found.outcome)
    return {
        "problem": problem.name,
        "problem_settings": settings_values(problem.settings),
        "notes": [str(note) for note in problem.notes],
        "table": None if problem.data is None else _text(problem.data.told),
        **run_values(run),
        "start": dict(zip(names, run.start, strict=True)),
        "steps": steps,
        "outcome": found.outcome.value,
        "outcome_0_1": BEFORE[found.outcome],
        "verdict": str(found.sentence),
        "regime": str(told.regime),
        "why": None if told.why is None else str(told.why),
        "remedies": [str(remedy.sentence) for remedy in told.remedies],
        "diverged_at": account.diverged_at,
        "left_limit_at": found.left_at,
        "came_back_at": found.back_at,
        "loss": float(account.last_row[LOSS]),
        "trouble": None if account.trouble is None else str(account.trouble),
        "parameters": dict(zip(names, theta.tolist(), strict=True)),
        "own_units": dict(zip(problem.own_names, problem.own_units(theta).tolist(), strict=True)),
        "answer": _answer(problem, theta),
        "test": _text(held_end(account)),
    }


def _text(told: Sentence | None) -> str | None:
    return None if told is None else str(told)


def _answer(problem: Problem, theta: Array) -> dict[str, object] | None:
    """The exact fit in the data's own units, and R² of it and of the run."""
    found = answer_of(problem, theta)
    if found is None:
        return None
    return {
        "exact": dict(zip(found.names, found.exact.tolist(), strict=True)),
        "exact_r_squared": found.exact_r_squared,
        "r_squared": found.r_squared,
        "one_of_many": found.is_one_of_many,
    }


def _write_csv(stream: TextIOWrapper, problem: Problem, runs: int, blocks: Iterator[Block]) -> None:
    names = column_names(problem)
    if runs == 1:
        stream.write(",".join(names) + "\n")
        for block in blocks:
            stream.write(_csv_lines(numbered_rows(block, 0, problem)))
        return
    stream.write(",".join(["run", *names]) + "\n")
    for block in blocks:
        for lane in range(runs):
            stream.write(_csv_lines(numbered_rows(block, lane, problem), f"{lane + 1},"))


def _csv_lines(rows: Array, before: str = "") -> str:
    """Rows as CSV text in which every float round-trips."""
    return "".join(
        f"{before}{int(row[0])},{','.join(map(repr, row[1:]))}\n" for row in rows.tolist()
    )


def _table(problem: Problem, runs: int, steps: int, blocks: Iterator[Block]) -> Array:
    """(columns, steps + 1, runs): each column contiguous."""
    table = np.empty((len(column_names(problem)), steps + 1, runs))
    for block in blocks:
        place = slice(block.first, block.first + len(block.loss))
        for lane in range(runs):
            table[:, place, lane] = numbered_rows(block, lane, problem).T
    return table


def _write_npz(path: Path, problem: Problem, table: Array) -> None:
    columns = dict(zip(column_names(problem), table, strict=True))
    step = columns.pop("step")[:, 0].astype(np.int64)
    if table.shape[2] == 1:
        columns = {name: column[:, 0] for name, column in columns.items()}
    np.savez(path, step=step, **columns)


def _write_json(
    stream: TextIOWrapper, accounts: Sequence[Account], steps: int, table: Array
) -> None:
    """By hand at the outside, so that no more than one column is text at a time."""
    one = len(accounts) == 1
    stream.write(f'{{\n"gdsim": {json.dumps(__version__)},\n')
    if not one:
        stream.write('"runs": [\n')
    for lane, account in enumerate(accounts):
        stream.write("" if one else ("{\n" if lane == 0 else ",\n{\n"))
        for key, value in described(account, steps).items():
            text = json.dumps(_strict(value), ensure_ascii=False, allow_nan=False)
            stream.write(f"{json.dumps(key)}: {text},\n")
        stream.write('"columns": {\n')
        for place, name in enumerate(column_names(account.problem)):
            column = table[place, :, lane]
            values = (column.astype(np.int64) if name == "step" else column).tolist()
            if not np.isfinite(column).all():
                values = _strict(values)
            text = json.dumps(values, allow_nan=False)
            stream.write(f"{',' if place else ''}{json.dumps(name)}: {text}\n")
        stream.write("}\n" if one else "}\n}")
    stream.write("}\n" if one else "\n]\n}\n")


def _strict(value: Any) -> Any:
    """Numbers that are not finite as texts, at any depth."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0.0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _strict(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(inner) for inner in value]
    return value
