"""What is declared once is there everywhere: in the menus, under its keys, in the list of keys."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gdsim.ui import language
from gdsim.ui.actions import ACTIONS, MENUS, Action, Menu, without_mnemonic
from gdsim.ui.interior import Interior
from gdsim.ui.language import tr
from gdsim.ui.shortcuts import shortcuts_text
from tests.ui.conftest import until


def test_the_menus_show_what_is_declared_in_its_order(interior: Interior) -> None:
    for declared, bar in zip(MENUS, interior.window.menuBar().actions(), strict=True):
        assert bar.text() == declared.text
        shown = interior.window.menus_by_name[declared.name].actions()
        for entry, action in zip(declared.shown(), shown, strict=True):
            assert action.isSeparator() == (entry is None)
            if entry is not None:
                assert action.text().split("\t")[0] == entry.text
            if isinstance(entry, Action):
                assert action.isCheckable() == entry.checkable
                keys = [QKeySequence.fromString(key) for key in entry.shortcuts]
                assert action.shortcuts() == keys


def test_something_carries_out_every_action(interior: Interior) -> None:
    for action in ACTIONS.values():
        part, _, method = action.does.partition(".")
        assert callable(getattr(interior.window.parts[part], method)), action.name


def test_no_two_actions_have_one_name_or_key() -> None:
    actions = [action for menu in MENUS for action in menu.actions()]
    for counts in (
        Counter(action.name for action in actions),
        Counter(key for action in actions for key in action.keys.split()),
    ):
        assert not [what for what, count in counts.items() if count > 1]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_two_entries_of_a_menu_have_one_letter(lang: str) -> None:
    language.use(lang)
    for menu in MENUS:
        texts = [tr(entry.text) for entry in menu.shown() if isinstance(entry, Action | Menu)]
        letters = Counter(text.split("&")[1][0].lower() for text in texts if "&" in text)
        assert not [letter for letter, count in letters.items() if count > 1], menu.name


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_of_keys_names_all_that_have_one(
    qtbot: QtBot, interior: Interior, lang: str
) -> None:
    language.use(lang)
    text = shortcuts_text()
    for action in ACTIONS.values():
        if action.keys:
            assert (tr(action.help) or without_mnemonic(tr(action.text))) in text, action.name
    assert all(keys in text for keys in ("Ctrl+Shift+E", "→ ←", "1 … 9", "F6", "+ −", "Space"))
    qtbot.keyClick(interior.window, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    (box,) = interior.window.findChildren(QMessageBox)
    assert box.text() == text
    assert box.height() < 700  # it fits the smallest screen
    box.close()


def test_a_plain_key_is_the_focused_controls_before_it_is_the_windows(
    qtbot: QtBot, interior: Interior
) -> None:
    reset = interior.central.transport.reset
    interior.workspace.step_by(3)
    until(qtbot, interior, lambda s: s.step == 3)
    reset.setFocus()
    qtbot.keyClick(reset, Qt.Key.Key_Space)  # presses the button: nothing plays
    assert not until(qtbot, interior, lambda s: s.step == 0).playing
    number = interior.central.problem_panel.start._spots[0]
    number.setFocus()
    qtbot.keyClick(number, Qt.Key.Key_1)
    assert interior.workspace.scene.hidden == frozenset()
    qtbot.keyClick(interior.central.places["stage"].shown.plot, Qt.Key.Key_1)
    assert interior.workspace.scene.hidden == {0}


def test_before_the_bench_is_built_a_key_does_nothing(qtbot: QtBot, interior: Interior) -> None:
    interior.window.parts.pop("workspace")
    qtbot.keyClick(interior.window, Qt.Key.Key_R)
    assert not interior.workspace.snapshot.playing
