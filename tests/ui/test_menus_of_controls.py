"""The menus of a card and of the data do what they say."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def test_the_menu_of_a_card_duplicates_branches_and_removes(
    qtbot: QtBot, interior: Interior
) -> None:
    def choose(text: str) -> None:
        card = interior.central.run_list.cards[0]
        menu = card.more_actions.menu()
        next(action for action in menu.actions() if action.text() == text).trigger()

    choose("Duplicate")
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    choose("Branch from here")
    until(qtbot, interior, lambda s: len(s.runs) == 3)
    choose("Remove")
    until(qtbot, interior, lambda s: len(s.runs) == 2)


def test_the_menu_of_the_data_opens_their_table(qtbot: QtBot, interior: Interior) -> None:
    interior.central.problem_panel.edit.trigger()
    (dialog,) = interior.window.findChildren(QDialog)
    assert dialog.isVisible()
    dialog.close()


def test_the_menu_of_the_data_asks_for_a_file(
    qtbot: QtBot, interior: Interior, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(parent: object, title: str, *rest: object) -> tuple[str, str]:
        asked.append(title)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    interior.central.problem_panel.open.trigger()
    assert len(asked) == 1
