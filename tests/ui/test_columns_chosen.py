"""Tables with columns to choose from, and starts of many parameters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from gdsim.ui.dialogs.data_dialog import DataDialog
from gdsim.ui.dialogs.start_dialog import StartDialog
from gdsim.ui.interior import Interior
from tests.ui.choosing import choose, shown_settings
from tests.ui.conftest import until


def open_table(qtbot: QtBot, interior: Interior, path: Path, text: str) -> DataDialog:
    path.write_text(text, encoding="utf-8")
    dialog = interior.documents.open_data(path)
    qtbot.waitExposed(dialog)
    settled(qtbot, dialog)
    return dialog


def settled(qtbot: QtBot, dialog: DataDialog) -> None:
    """Until the table was looked at, and read as it is asked for."""
    qtbot.waitUntil(lambda: not dialog.is_working, timeout=20_000)


def use(qtbot: QtBot, dialog: DataDialog, column: int, key: Qt.Key) -> None:
    """Say by the keyboard what a column is used as."""
    dialog.preview.setFocus()
    dialog.preview.setCurrentCell(0, column)
    qtbot.keyClick(dialog.preview, key)
    settled(qtbot, dialog)


def test_several_columns_are_chosen_and_fitted_and_generator_settings_go(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    rng = np.random.default_rng(4)
    a, b, c = rng.normal(size=(3, 30))
    rows = "".join(
        f"{p!r},{q!r},{r!r},{1 + 2 * p - 3 * r!r}\n"
        for p, q, r in zip(a.tolist(), b.tolist(), c.tolist(), strict=True)
    )
    dialog = open_table(qtbot, interior, tmp_path / "three.csv", "a,b,c,y\n" + rows)
    assert (dialog.columns, dialog.target) == (["a"], "y")
    use(qtbot, dialog, 2, Qt.Key.Key_X)
    assert dialog.columns == ["a", "c"]
    dialog.buttons.accepted.emit()
    shown = until(qtbot, interior, lambda s: s.problem.size == 30)
    assert shown.problem.data is not None
    assert shown.problem.data.names == ("a", "c")
    assert shown.problem.minima[0] == pytest.approx((1.0, 2.0, -3.0), abs=1e-9)
    panel = interior.central.problem_panel
    assert "generator" not in shown_settings(interior)
    assert "a, c → y" in panel.data.text()
    # The next model takes the same data along; made data come back by a button.
    choose(qtbot, interior, "linear")
    qtbot.mouseClick(panel.made, Qt.MouseButton.LeftButton)
    until(qtbot, interior, lambda s: s.problem.own_data is None)
    assert "generator" in shown_settings(interior)
    assert not panel.made.isVisible()


def test_the_column_of_y_cannot_be_one_of_x(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", "a,b,c\n1,2,3\n2,3,5\n3,5,8\n")
    qtbot.mouseClick(dialog.all, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    assert (dialog.columns, dialog.target) == (["b"], "c")  # a only counts the lines
    use(qtbot, dialog, 0, Qt.Key.Key_X)
    assert dialog.columns == ["a", "b"]
    use(qtbot, dialog, 0, Qt.Key.Key_Y)
    assert (dialog.columns, dialog.target) == (["b"], "a")
    use(qtbot, dialog, 1, Qt.Key.Key_Minus)
    assert not dialog.use.isEnabled()
    assert "Choose a column for x" in dialog.message.text()
    dialog.reject()


def test_labels_that_are_none_are_said_and_the_problem_stays(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", "a,b\n1,0\n2,1\n3,2\n")
    dialog.model.setCurrentIndex(dialog.model.findData("logistic"))
    dialog.model.activated.emit(dialog.model.currentIndex())
    settled(qtbot, dialog)
    dialog.buttons.accepted.emit()
    qtbot.waitUntil(lambda: "has 2" in dialog.message.text())
    assert interior.workspace.snapshot.problem.name == "article"
    dialog.reject()


def test_collinear_columns_are_noted_quietly(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    rows = "".join(f"{i},{2 * i},{i % 3}\n" for i in range(12))
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", "a,b,y\n" + rows)
    qtbot.mouseClick(dialog.all, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    use(qtbot, dialog, 0, Qt.Key.Key_X)
    assert dialog.columns == ["a", "b"]
    dialog.buttons.accepted.emit()
    until(qtbot, interior, lambda s: s.problem.size == 12)
    notes = interior.central.problem_panel.notes
    assert notes.isVisible()
    assert "a, b are collinear" in notes.text()
    choose(qtbot, interior, "rosenbrock")
    assert not notes.isVisible()


def test_starts_of_many_parameters_are_set_in_a_table_or_drawn_by_seed(
    qtbot: QtBot, interior: Interior
) -> None:
    choose(qtbot, interior, "polynomial")
    panel = interior.central.problem_panel
    qtbot.mouseClick(panel.all_starts, Qt.MouseButton.LeftButton)
    (dialog,) = interior.window.findChildren(StartDialog)
    dialog.table.setItem(2, 0, QTableWidgetItem("1.5"))
    until(qtbot, interior, lambda s: s.runs[0].run.start == (0.0, 0.0, 1.5, 0.0))
    qtbot.mouseClick(dialog.draw, Qt.MouseButton.LeftButton)
    first = until(qtbot, interior, lambda s: s.runs[0].run.start[0] != 0.0).runs[0].run.start
    for value, (low, high) in zip(first, interior.workspace.snapshot.problem.bounds(), strict=True):
        assert low <= value <= high
    dialog.seed.setValue(5)
    until(qtbot, interior, lambda s: s.runs[0].run.start != first)
    dialog.seed.setValue(0)
    until(qtbot, interior, lambda s: s.runs[0].run.start == first)
    dialog.table.setItem(1, 0, QTableWidgetItem("nonsense"))
    assert "nonsense" in dialog.message.text()
    assert interior.workspace.snapshot.runs[0].run.start == first
    dialog.reject()
