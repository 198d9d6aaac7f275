"""Files that are no tables and no experiments, and tables that are odd."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gdsim.engine.sentences import Fault
from gdsim.experiment.document import load
from gdsim.experiment.table import inspect, read_columns


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for read in (load, inspect):
        with pytest.raises(Fault, match="not a file on a disk"):
            read(pipe)


def test_a_cell_longer_than_any_number_is_named_by_its_line(tmp_path: Path) -> None:
    long = "1" * 200_000
    for text, line in ((f"x,y\n{long},2\n2,3\n", 2), (f"x,y\n1,2\n\n3,{long}\n", 4)):
        table = tmp_path / "long.csv"
        table.write_text(text)
        with pytest.raises(Fault, match=rf"long\.csv, line {line}: .* too long|is not a finite"):
            read_columns(inspect(table), ["x", "y"])


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("x,x", ("x", "x (2)")),
        ("x,x,y,x", ("x", "x (2)", "y", "x (3)")),
        ("x,x (2),x", ("x", "x (2)", "x (3)")),
    ],
)
def test_columns_of_one_name_are_told_apart(
    tmp_path: Path, header: str, names: tuple[str, ...]
) -> None:
    table = tmp_path / "twins.csv"
    count = len(names)
    table.write_text(header + "\n" + "\n".join(",".join(str(10 * r + c) for c in range(count))
                                                for r in range(3)) + "\n")  # fmt: skip
    layout = inspect(table)
    assert layout.names == names
    for place, name in enumerate(names):
        (column,) = read_columns(layout, [name])
        assert column.tolist() == [place, 10 + place, 20 + place]
