"""Tables of one's own on the command line: never written over, their columns told."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdsim.cli.main import main


@pytest.mark.parametrize("command", ["run", "sweep", "race"])
def test_what_is_read_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("x,y\n1,2\n2,3\n3,5\n", encoding="utf-8")
    words = {
        "run": ["run"], "sweep": ["sweep", "--grid", "lr=lin:0.01:0.02:2"],
        "race": ["race", "--optimizers", "gd", "--steps", "50"],
    }[command]  # fmt: skip
    assert main([*words, "--data", str(table), "--out", str(table)]) == 2
    assert "is what is read: choose another name" in capsys.readouterr().err
    assert table.read_text(encoding="utf-8").startswith("x,y")


def test_the_columns_that_were_taken_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("t,noise,height\n0,3.5,2\n1,1.5,3\n2,2.5,5\n", encoding="utf-8")
    assert main(["run", "--data", str(table), "--steps", "3"]) == 0
    assert "x: noise; y: height." in capsys.readouterr().out


def test_a_picture_of_a_table_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("x,y\n1,2\n2,3\n", encoding="utf-8")
    assert main(["--screenshot", str(tmp_path / "p.png"), str(table)]) == 2
    assert "not the table" in capsys.readouterr().err
    assert not (tmp_path / "p.png").exists()
