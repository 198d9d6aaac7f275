"""What a look found out about a table is shown, and each finding can be said to be otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from gdsim.ui.controls.form import NumberEdit
from gdsim.ui.dialogs.data_dialog import DataDialog
from gdsim.ui.interior import Interior
from tests.ui.conftest import until
from tests.ui.test_columns_chosen import open_table, settled


def choose(box: QComboBox, value: object) -> None:
    """As a person does with the list."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def houses(count: int = 60) -> str:
    rng = np.random.default_rng(5)
    rows = []
    for i, area in enumerate(rng.uniform(800, 4000, count).tolist()):
        rooms = "" if i == 40 else str(round(1 + area / 900))
        rows.append(f"{area:.1f},{rooms},{120 * area + 3000 * (i % 7):.0f}")
    return "area,rooms,price\n" + "\n".join(rows) + "\n"


def test_what_was_found_is_shown_with_its_reason(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", "x;y\n1,25;2\n3;4,5\n7;9\n")
    found = dialog.findings
    assert found.delimiter.currentData() == ";"
    assert found.decimal.currentData() == ","
    assert found.first_line.currentData() is True
    told = [label.text() for label in found._notes]
    assert told == ["sure", "2 in every line", "as in 1,25", "text above numbers", "0 of 3", ""]
    assert dialog.line.text() == "Line 2 of the file   1,25;2"
    assert dialog.message.text() == "✓ 3 of 3 lines are used."
    assert "--" not in dialog.same.text()
    dialog.reject()


def test_a_finding_that_is_changed_is_read_anew(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", "1;2\n3;4\n5;7\n")
    assert dialog.columns == ["x1"]
    choose(dialog.findings.first_line, True)
    settled(qtbot, dialog)
    assert (dialog.columns, dialog.target) == (["1"], "2")
    assert dialog.message.text() == "✓ 2 of 2 lines are used."
    assert "--header" in dialog.same.text()
    dialog.buttons.accepted.emit()
    shown = until(qtbot, interior, lambda s: s.problem.size == 2)
    assert shown.problem.data is not None
    assert shown.problem.data.y.tolist() == [4.0, 7.0]


def test_what_may_be_thousands_or_decimals_is_asked(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", "x;y\n1,100;245,000\n2,200;350,000\n")
    assert dialog.findings.decimal.currentIndex() == -1
    assert not dialog.use.isEnabled()
    choose(dialog.findings.decimal, ",")
    settled(qtbot, dialog)
    assert dialog.use.isEnabled()
    assert "--decimal comma" in dialog.same.text()
    dialog.buttons.accepted.emit()
    shown = until(qtbot, interior, lambda s: s.problem.size == 2)
    assert shown.problem.data is not None
    assert shown.problem.data.x.tolist() == [[1.1, 2.2]]


def test_gaps_are_left_out_and_said_and_the_first_is_seen(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    dialog = open_table(qtbot, interior, tmp_path / "h.csv", houses())
    dialog.preview.asked.emit(1, "x")
    settled(qtbot, dialog)
    assert dialog.message.text() == ("✓ 59 of 60 lines are used. 1 incomplete lines are left out.")
    preview = dialog.preview
    lines = [preview.verticalHeaderItem(row).text() for row in range(preview.rowCount())]
    assert lines == ["", "2", "3", "4", "5", "⋮", "41", "42", "43"]
    gap = preview.item(7, 1)
    assert gap is not None
    assert gap.text() == "empty"
    assert "--missing drop" in dialog.same.text()
    choose(dialog.findings.missing, "refuse")
    settled(qtbot, dialog)
    assert not dialog.use.isEnabled()
    assert "gaps in 1 of 60 lines, the first in line 42" in dialog.message.text()
    dialog.reject()


@pytest.mark.parametrize("scaled", [True, False])
def test_raw_columns_that_would_explode_are_standardised_unless_one_says_no(
    qtbot: QtBot, interior: Interior, tmp_path: Path, scaled: bool
) -> None:
    dialog = open_table(qtbot, interior, tmp_path / "h.csv", houses())
    dialog.preview.asked.emit(1, "x")
    settled(qtbot, dialog)
    assert dialog.scale.isChecked()
    assert dialog.scale_note.text().startswith("κ ")
    if not scaled:
        qtbot.mouseClick(dialog.scale, Qt.MouseButton.LeftButton, pos=dialog.scale.rect().center())
        dialog.scale.setChecked(False)
    dialog.buttons.accepted.emit()
    shown = until(qtbot, interior, lambda s: s.problem.size == 59)
    assert getattr(shown.problem.settings, "standardise", None) is scaled


def test_labels_become_classes_for_a_model_that_tells_them(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    text = "r,diag,t\n17.9,M,10.3\n20.5,B,17.7\n19.6,M,21.2\n11.4,B,20.3\n18.1,B,17.2\n"
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", text)
    assert dialog.target == "t"
    choose(dialog.model, "logistic")
    settled(qtbot, dialog)
    assert dialog.target == "diag"
    assert "B → 0, M → 1" in dialog.chosen.text()
    dialog.buttons.accepted.emit()
    shown = until(qtbot, interior, lambda s: s.problem.name == "logistic")
    assert shown.problem.data is not None
    assert shown.problem.data.y.tolist() == [1.0, 0.0, 1.0, 0.0, 0.0]


def test_names_and_cells_are_shown_as_they_are(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    """A column named like a picture is a name."""
    name = "<img src='/etc/passwd'>"
    dialog = open_table(
        qtbot, interior, tmp_path / "t.csv", f'"{name}",y\n1,2\n2.5,3\n<b>,5\n4,6\n'
    )
    assert name in dialog.chosen.text()
    for label in (dialog.line, dialog.message, dialog.chosen, dialog.file, dialog.same):
        assert label.textFormat() is Qt.TextFormat.PlainText
    dialog.reject()


def test_half_a_choice_keeps_its_half(qtbot: QtBot, interior: Interior, tmp_path: Path) -> None:
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", "a,b,c\n1.5,2,4\n2,3,9\n3,5,17\n")
    before = dialog.columns, dialog.target
    assert before == (["a"], "c")
    dialog.preview.setFocus()
    dialog.preview.setCurrentCell(0, 2)
    qtbot.keyClick(dialog.preview, Qt.Key.Key_Minus)
    settled(qtbot, dialog)
    assert (dialog.columns, dialog.seen is not None and dialog.seen.y) == (["a"], None)
    assert not dialog.use.isEnabled()
    dialog.preview.setCurrentCell(0, 1)
    qtbot.keyClick(dialog.preview, Qt.Key.Key_Y)
    settled(qtbot, dialog)
    assert (dialog.columns, dialog.target) == (["a"], "b")
    assert dialog.use.isEnabled()
    dialog.preview.setCurrentCell(0, 0)
    qtbot.keyClick(dialog.preview, Qt.Key.Key_Return)  # no mark is changed by it
    until(qtbot, interior, lambda s: s.problem.data is not None and s.problem.data.target == "b")


def test_what_the_model_refuses_is_said_before_it_is_used(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", "a,b\n1,2\n1,3\n1,5\n")
    assert "All x are 1" in dialog.message.text()
    assert not dialog.use.isEnabled()
    dialog.reject()


def test_numbers_that_mean_a_gap_are_left_out_unless_one_says_no(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    rows = "".join(f"{10.5 + i},{-999 if i in (2, 5) else 3 * i + 0.5}\n" for i in range(12))
    dialog = open_table(qtbot, interior, tmp_path / "t.csv", f"t,yield\n{rows}")
    assert dialog.gaps.isVisibleTo(dialog)
    assert dialog.gaps.text() == "−999 means a gap"
    assert "10 of 12 lines are used" in dialog.message.text()
    assert "--gap=-999" in dialog.same.text()
    dialog.gaps.click()
    settled(qtbot, dialog)
    assert "12 of 12 lines are used" in dialog.message.text()
    dialog.reject()


def test_cells_are_pasted_into_the_window_and_text_into_its_fields(
    qtbot: QtBot, interior: Interior
) -> None:
    QGuiApplication.clipboard().setText("0.05")
    edit = interior.window.findChild(NumberEdit, "run.1.learning_rate")
    assert edit is not None
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert edit.text() == "0.05"
    assert not interior.window.findChildren(DataDialog)
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    QGuiApplication.clipboard().setText("x\ty\n1.5\t2\n2\t3\n3\t5\n")
    action = interior.window.actions_by_name["paste_cells"]
    assert action.shortcut().toString() == "Ctrl+V"
    action.trigger()
    (dialog,) = interior.window.findChildren(DataDialog)
    settled(qtbot, dialog)
    assert (dialog.columns, dialog.target) == (["x"], "y")
    dialog.reject()
