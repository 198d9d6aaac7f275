"""Write a run's rows (step, learning_rate, loss, parameters) as CSV, JSON or NPZ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation
from gdsim.experiment.files import written_aside

FORMATS = (".csv", ".json", ".npz")
_ROWS = 4096

Report = Callable[[int], None]


def check_format(path: Path) -> None:
    """`Fault` for an ending that is none of `FORMATS`."""
    if path.suffix.lower() not in FORMATS:
        raise Fault(
            "{file}: the ending must be one of {known}.",
            file=str(path), known=", ".join(FORMATS),
        )  # fmt: skip


def rows_of(
    problem: Problem, run: Run, steps: int, report: Report | None = None
) -> Iterator[Array]:
    """Rows k = 0 … steps in blocks of columns [step, learning_rate, loss, parameters…].

    Row k is the state after k updates; its learning rate is the one that update k → k+1 uses.
    A diverged run goes on into inf and nan, as it would in a framework.
    """
    simulation = Simulation(problem, [run], stop_diverged=False)
    yield np.array([[0.0, simulation.rates(0)[0], simulation.loss[0], *simulation.theta[:, 0]]])
    while simulation.step < steps:
        block = simulation.advance(min(_ROWS, steps - simulation.step))
        numbers = np.arange(block.first, block.first + len(block.loss), dtype=np.float64)
        yield np.column_stack([numbers, block.rate, block.loss, block.theta[:, :, 0]])
        if report is not None:
            report(simulation.step)


def column_names(problem: Problem) -> list[str]:
    """The header of a result table."""
    return ["step", "learning_rate", "loss", *(p.name for p in problem.parameters)]


def csv_lines(rows: Array) -> str:
    """Rows as CSV text in which every float round-trips."""
    return "".join(f"{int(row[0])},{','.join(map(repr, row[1:]))}\n" for row in rows.tolist())


def write_results(
    path: Path, problem: Problem, rows: Iterator[Array], summary: Callable[[], dict[str, object]]
) -> None:
    """Write all rows to `path` in the format of its ending, whole or not at all."""
    check_format(path)
    names = column_names(problem)
    suffix = path.suffix.lower()
    with written_aside(path) as aside:
        if suffix == ".csv":
            with aside.open("w", encoding="utf-8", newline="") as stream:
                stream.write(",".join(names) + "\n")
                for block in rows:
                    stream.write(csv_lines(block))
            return
        table = np.concatenate(list(rows))
        columns = {name: table[:, i] for i, name in enumerate(names)}
        if suffix == ".npz":
            steps = {"step": columns.pop("step").astype(np.int64)}
            np.savez(aside, allow_pickle=False, **steps, **columns)
            return
        lists: dict[str, object] = {name: column.tolist() for name, column in columns.items()}
        lists["step"] = [int(step) for step in columns["step"]]
        text = json.dumps({**summary(), "columns": lists}, ensure_ascii=False, indent=1)
        aside.write_text(text + "\n", encoding="utf-8")
