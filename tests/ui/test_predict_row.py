"""What the selected run predicts at an x that is typed, and playing until all have settled."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gdsim.cli.main import main
from gdsim.engine.data import data_of
from gdsim.engine.problems import make_problem
from gdsim.ui.controls.form import NumberEdit
from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def test_the_window_predicts_what_run_predicts(
    qtbot: QtBot, interior: Interior, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("x,y\n0.5,1\n2,3\n3,5\n4.5,7\n", encoding="utf-8")
    assert main(["run", "--data", str(table), "--steps", "40", "--predict", "2"]) == 0
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "it predicts" in one]
    data = data_of([0.5, 2.0, 3.0, 4.5], [1.0, 3.0, 5.0, 7.0])
    interior.workspace.take_problem(make_problem("linear", data))
    interior.workspace.step_by(40)
    until(qtbot, interior, lambda s: s.step == 40)
    row = interior.central.problem_panel.predict
    assert row.isVisibleTo(interior.window)
    row.at.setFocus()
    qtbot.keyClicks(row.at, "2")
    assert row.told.text() == line.strip()
    qtbot.keyClicks(row.at, ", 7")
    assert "A prediction needs 1 number" in row.told.text()
    row.at.selectAll()
    qtbot.keyClicks(row.at, "six")
    assert row.told.text() == "'six' is no list of numbers such as 1650, 3."
    row.at.clear()
    assert row.told.isHidden()
    interior.workspace.choose_problem("rosenbrock")
    until(qtbot, interior)
    assert row.isHidden()


def test_u_plays_to_the_step_that_until_settled_has(
    qtbot: QtBot, interior: Interior, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--lr", "0.08", "--steps", "1000", "--until-settled"]
    assert main(["run", *words]) == 0
    steps = int(capsys.readouterr().out.split(" steps")[0].split()[-1])
    assert steps < 1000
    interior.workspace.edit_run(0, "settings", "learning_rate", 0.08)
    until(qtbot, interior)
    interior.window.setFocus()
    qtbot.keyClick(QApplication.focusWidget() or interior.window, Qt.Key.Key_U)
    until(qtbot, interior, lambda s: not s.playing and s.step > 0)
    assert interior.workspace.snapshot.step == steps


def test_a_schedule_takes_epochs(qtbot: QtBot, interior: Interior) -> None:
    workspace = interior.workspace
    workspace.edit_run(0, "sampling", "batch_size", 2)
    workspace.edit_run(0, "schedule", "", "step")
    until(qtbot, interior)
    (edit,) = [
        one for one in interior.window.findChildren(NumberEdit)
        if one.objectName().endswith("schedule.step_size")
    ]  # fmt: skip
    assert "10 epochs" in edit.toolTip()
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "4 epochs")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    until(qtbot, interior)
    (run,) = workspace.snapshot.runs
    assert run.run.schedule_settings.step_size == 12  # type: ignore[attr-defined] # 4 of ⌈5/2⌉ steps
