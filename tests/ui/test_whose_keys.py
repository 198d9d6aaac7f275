"""Whose keys are those that a control with the focus gets: its own, or the window's."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from tests.ui.conftest import until

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def click(interior: Interior, widget: QWidget) -> None:
    interior.window.activateWindow()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(8, widget.height() // 2))


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifiers)


def field(interior: Interior, name: str) -> QWidget:
    found = interior.window.findChild(QWidget, name)
    assert isinstance(found, QLineEdit | QSpinBox)
    return found


def enter(interior: Interior, name: str, text: str) -> None:
    click(interior, field(interior, name))
    press(Key.Key_A, CTRL)
    QTest.keyClicks(field(interior, name), text)
    press(Key.Key_Return)


@pytest.mark.parametrize(
    ("problem", "name", "text"),
    [
        ("article", "run.1.learning_rate", "0.05"),
        ("article", "transport.limit", "300"),
        ("expression", "problem.expression", "x^2 + 4y^2"),
    ],
)
def test_what_was_entered_is_undone_and_played_from_its_field(
    qtbot: QtBot, interior: Interior, problem: str, name: str, text: str
) -> None:
    workspace = interior.workspace
    workspace.choose_problem(problem)
    until(qtbot, interior, lambda s: s.problem.name == problem)
    before = workspace.setup
    enter(interior, name, text)
    after = workspace.setup
    assert after != before
    press(Key.Key_Z, CTRL)
    assert workspace.setup == before
    press(Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert workspace.setup == after
    press(Key.Key_Right)
    until(qtbot, interior, lambda s: s.step == 1)
    press(Key.Key_Space)
    until(qtbot, interior, lambda s: s.playing)
    press(Key.Key_Space)
    until(qtbot, interior, lambda s: not s.playing)
    assert workspace.setup == after


def test_while_something_is_typed_a_fields_keys_are_its_own(
    qtbot: QtBot, interior: Interior
) -> None:
    before = interior.workspace.setup
    interior.workspace.add_run()
    rate = field(interior, "run.1.learning_rate")
    interior.workspace.select(0)
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    click(interior, rate)
    press(Key.Key_End)
    QTest.keyClicks(rate, "75")
    press(Key.Key_Left)
    press(Key.Key_Z, CTRL)
    assert isinstance(rate, QLineEdit)
    assert rate.text() == "0.01"
    press(Key.Key_Z, CTRL)  # and nothing of it is left to be taken back
    assert interior.workspace.setup == before
    click(interior, rate)
    press(Key.Key_Left)  # to the digit that is to be another
    assert until(qtbot, interior).step == 0


def test_a_click_on_a_button_does_not_take_space_and_arrows_from_the_window(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    interior.workspace.edit_run(1, "settings", "learning_rate", 0.2)
    interior.workspace.step_by(20)
    until(qtbot, interior, lambda s: s.step == 20)
    window = interior.window
    controls = [*window.findChildren(QAbstractButton), *window.findChildren(QComboBox)]
    seen = [one for one in controls if one.isVisible()]
    assert len(seen) > 20
    kept = [one.objectName() for one in seen if one.focusPolicy() & Qt.FocusPolicy.ClickFocus]
    assert not kept
    tabbed = {one.objectName() for one in seen if one.focusPolicy() & Qt.FocusPolicy.TabFocus}
    assert {"runs.add", "transport.play", "problem.standardise", "run.2.optimizer"} <= tabbed


def test_after_add_and_undo_space_plays_and_the_arrow_steps(
    qtbot: QtBot, interior: Interior
) -> None:
    add = interior.central.run_list.add
    for _ in range(2):
        click(interior, add)
    until(qtbot, interior, lambda s: len(s.runs) == 3)
    click(interior, field(interior, "run.3.learning_rate"))
    press(Key.Key_Z, CTRL)  # the card goes, and the focus to another
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    press(Key.Key_Right)
    until(qtbot, interior, lambda s: s.step == 1)
    press(Key.Key_Space)
    shown = until(qtbot, interior, lambda s: s.playing)
    assert len(shown.runs) == 2
