"""Menus show every key of an action, those too that act only where no control wants them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gdsim.ui.controls.text_edit import TextEdit
from gdsim.ui.interior import Interior
from gdsim.ui.views.parameter_view import ParameterView
from tests.ui.conftest import until


@pytest.mark.parametrize(
    ("name", "key"),
    [("play", "Space"), ("step", "→"), ("home", "Home"), ("rerun", "R"), ("log_scale", "L"),
     ("above_minimum", "M"), ("slice", "S"), ("faster", "+"), ("equal_scales", "E")],
)  # fmt: skip
def test_a_plain_key_stands_in_the_menu(interior: Interior, name: str, key: str) -> None:
    action = interior.window.actions_by_name[name]
    assert action.text().split("\t")[1:] == [key]
    assert not action.shortcuts()  # or it would be taken from fields and buttons


def test_playing_again_has_one_name(interior: Interior) -> None:
    text = interior.window.actions_by_name["rerun"].text()
    assert text.replace("&", "").startswith("Play again from the start")


def test_e_gives_both_parameters_one_scale(qtbot: QtBot, interior: Interior) -> None:
    view = interior.central.view(ParameterView)

    def scales() -> float:
        (left, right), (low, high) = view.plot.box.viewRange()
        rect = view.plot.box.rect()
        return float((rect.width() / (right - left)) / (rect.height() / (high - low)))

    assert abs(scales() - 1.0) > 0.05
    QTest.keyClick(interior.window, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: abs(scales() - 1.0) < 0.01)
    size = interior.window.size()
    interior.window.resize(1000, 640)
    qtbot.wait(100)
    assert abs(scales() - 1.0) < 0.01
    interior.window.resize(size)
    QTest.keyClick(interior.window, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: abs(scales() - 1.0) > 0.05)


def test_what_is_wrong_with_a_function_stands_beneath_it(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.choose_problem("expression")
    until(qtbot, interior)
    panel = interior.central.problem_panel
    field = interior.window.findChild(TextEdit, "problem.expression")
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "x2 + y2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    form = next(one for one in panel._forms or () if "expression" in one.editors)
    qtbot.waitUntil(form._message.isVisible)
    assert "x^2" in form._message.text()
    gap = form._message.y() - (field.y() + field.height())
    assert 0 <= gap <= 8
