"""A run as a script for NumPy, PyTorch, Keras or Optax, which ends where gdsim ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gdsim.codegen.frameworks import FRAMEWORKS, Framework, find_framework
from gdsim.codegen.parts import Parts
from gdsim.codegen.task import Task
from gdsim.engine.arrays import Array
from gdsim.engine.data import column_names
from gdsim.engine.problems import Problem
from gdsim.engine.run import Changes, Run
from gdsim.engine.sentences import Fault
from gdsim.system.files import read_at_most, written_aside

__all__ = ["FRAMEWORKS", "Framework", "Script", "export", "save", "table_beside"]


@dataclass(frozen=True)
class Script:
    """A script, and the table that it reads where the data are too many to stand in it."""

    text: str
    table_name: str = ""
    columns: tuple[Array, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def table(self) -> str | None:
        """The table as CSV in which every float round-trips; None where there is none."""
        if not self.columns:
            return None
        rows = zip(*(column.tolist() for column in self.columns), strict=True)
        lines = [",".join(self.names), *(",".join(map(repr, row)) for row in rows)]
        return "\n".join(lines) + "\n"


def export(
    problem: Problem,
    run: Run,
    steps: int,
    framework: str,
    *,
    source: str = "",
    changes: Changes = (),
    table_name: str = "data.csv",
) -> Script:
    """The script of `steps` updates of `run`; `Fault` says what cannot be exported and why.

    `source` is where the data came from and `changes` are those of the run on its way.
    """
    write = find_framework(framework).script
    if changes and changes[0][0] < steps:
        raise Fault(
            "This run changes its settings at step {step}, which a script does not do: "
            "rerun it from the start, then export.",
            step=changes[0][0],
        )  # fmt: skip
    task = Task(problem, run, steps, source, table_name)
    text = write(Parts.of(task))
    if task.data_inline:
        return Script(text)
    columns = task.columns
    return Script(text, table_name, columns, (*column_names(len(columns) - 1), "y"))


def table_beside(path: Path) -> Path:
    """Where the table of a script goes that is saved at `path`."""
    return path.with_name(f"{path.stem}_data.csv")


def save(path: Path, made: Script) -> None:
    """Write the script and the table that it reads beside it, each whole or not at all.

    `Fault` where another file lies in the table's place, which may be the user's only copy.
    """
    text = made.table
    if text is not None:
        table = path.with_name(made.table_name)
        if table.exists() and not _holds(table, text):
            raise Fault(
                "{file} exists and holds something else than the script's data: "
                "save under another name, or remove it.",
                file=table,
            )  # fmt: skip
        with written_aside(table) as aside:
            aside.write_text(text, encoding="utf-8", newline="\n")
    with written_aside(path) as aside:
        aside.write_text(made.text, encoding="utf-8", newline="\n")


def _holds(path: Path, text: str) -> bool:
    try:
        wanted = text.encode()
        return read_at_most(path, len(wanted) + 1) == wanted
    except Fault:
        return False
