"""The list of runs: one card is open, the others are a line each, and eight fit."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.presets import Preset
from gdsim.ui.controls.form import NumberEdit
from gdsim.ui.dialogs.sweep_dialog import SweepDialog
from gdsim.ui.dialogs.why_dialog import WhyDialog
from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def in_sight(widget: QWidget, interior: Interior) -> bool:
    area = interior.central.run_list._scroll.viewport()
    place = QRect(widget.mapTo(area, widget.rect().topLeft()), widget.size())
    return area.rect().contains(place)


def eight(qtbot: QtBot, interior: Interior) -> None:
    for name in ("momentum", "adam", "nesterov", "rmsprop", "sgd", "adagrad", "lion"):
        interior.workspace.add_run()
        key = interior.workspace.setup.keys[-1]
        interior.workspace.edit_run(key, "optimizer", "", name)
    interior.workspace.step_by(150)
    until(qtbot, interior, lambda s: s.step == 150 and len(s.runs) == 8)
    qtbot.wait(30)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [(1024, 768), (1366, 696)])
def test_eight_runs_fit(qtbot: QtBot, interior: Interior, lang: str, size: tuple[int, int]) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    interior.window.resize(*size)
    eight(qtbot, interior)
    interior.workspace.select(3)
    cards = interior.central.run_list.cards
    # Laid out between two frames, which may take a while on a busy machine.
    qtbot.waitUntil(lambda: all(card.height() <= 32 for key, card in cards.items() if key != 3))
    qtbot.wait(60)
    for key, card in cards.items():
        assert in_sight(card, interior), key
        folded = key != 3
        assert card.line.isVisible() is folded
        assert card.optimizer.isVisible() is not folded
        assert not folded or card.height() <= 32


def test_a_new_card_is_seen_and_a_branch_says_where_it_comes_from(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.window.resize(1024, 600)
    eight(qtbot, interior)
    interior.workspace.add_run()
    cards = list(interior.central.run_list.cards.values())
    qtbot.waitUntil(lambda: in_sight(cards[-1], interior))
    assert cards[-1].optimizer.isVisible()
    interior.workspace.select(0)
    interior.workspace.branch(0)
    qtbot.wait(60)
    newest = list(interior.central.run_list.cards.values())[-1]
    assert newest.optimizer.isVisible()
    assert "from 1 at step 150" in newest.verdict.text()
    assert newest.property("fresh")
    newest.tell_origin("")
    assert not newest.property("fresh")


def test_arrows_go_from_card_to_card(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.add_run()
    interior.workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == 3)
    cards = interior.central.run_list.cards
    cards[2].setFocus()
    QTest.keyClick(cards[2], Qt.Key.Key_Up)
    assert interior.workspace.scene.selected == 1
    assert cards[1].hasFocus()
    QTest.keyClick(cards[1], Qt.Key.Key_Down)
    QTest.keyClick(cards[2], Qt.Key.Key_Down)  # the last one: nothing lies beyond
    assert interior.workspace.scene.selected == 2


def test_a_line_says_how_far_its_run_is(qtbot: QtBot, interior: Interior) -> None:
    workspace = interior.workspace
    workspace.add_run()
    workspace.edit_run(1, "optimizer", "", "momentum")
    workspace.edit_run(1, "settings", "learning_rate", 0.01)
    workspace.add_run()
    workspace.edit_run(2, "optimizer", "", "gd")
    workspace.edit_run(2, "settings", "learning_rate", 0.12)
    workspace.select(0)
    workspace.step_by(150)
    until(qtbot, interior, lambda s: s.step == 150)
    cards = interior.central.run_list.cards
    qtbot.waitUntil(lambda: "✓ 76 steps" in cards[1].line.said)
    assert "⚠ left at 12" in cards[2].line.said
    shown = workspace.snapshot.run(2)
    assert shown is not None
    assert "step 12" in str(shown.verdict)
    workspace.seek(60)
    until(qtbot, interior, lambda s: s.step == 60)
    qtbot.waitUntil(lambda: "→ 76 steps" in cards[1].line.said)
    workspace.toggle_visible(1)
    qtbot.wait(40)
    assert 1 in workspace.scene.hidden
    assert interior.central.run_list.cards[1].line._hidden


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_verdict_is_cut_off_after_scrubbing(qtbot: QtBot, interior: Interior, lang: str) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    interior.workspace.edit_run(0, "settings", "learning_rate", 0.12)
    interior.workspace.step_by(120)
    until(qtbot, interior, lambda s: s.step == 120)
    card = interior.central.run_list.cards[0]
    for step in (3, 7, 40, 0, 120, 8):
        interior.workspace.seek(step)
        until(qtbot, interior, lambda s, step=step: s.step == step)  # type: ignore[misc] # a default's type
        qtbot.wait(20)
        label = card.verdict
        assert label.height() >= label.heightForWidth(label.width()), label.text()
        layout = card.layout()
        assert layout is not None
        assert card.height() >= layout.totalHeightForWidth(card.width())


@pytest.mark.parametrize("optimizer", [cls.name for cls in OPTIMIZERS])
def test_every_methods_card_is_as_wide_as_the_panel(
    qtbot: QtBot, interior: Interior, optimizer: str
) -> None:
    interior.window.resize(1024, 768)
    interior.workspace.edit_run(0, "optimizer", "", optimizer)
    qtbot.wait(20)
    card = interior.central.run_list.cards[0]
    room = interior.central.run_list._scroll.viewport().width()
    assert card.minimumSizeHint().width() <= room
    assert card.schedule.isVisible()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080)])
@pytest.mark.parametrize("presenting", [False, True])
def test_the_heads_buttons_are_not_cut_off(
    qtbot: QtBot, interior: Interior, lang: str, size: tuple[int, int], presenting: bool
) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    interior.window.actions_by_name["present"].setChecked(presenting)
    interior.window.resize(*size)
    interior.window.actions_by_name["panel"].setChecked(True)
    qtbot.wait(40)
    runs = interior.central.run_list
    assert runs.changes.isVisible()  # what the two beside it are about
    for part in (runs.title, runs.add, runs.changes, runs.restart, runs.from_here):
        if part is not runs.title or part.isVisible():
            assert part.width() >= part.sizeHint().width() - 2, part.objectName()
    interior.window.actions_by_name["present"].setChecked(False)


def test_numbers_are_shown_as_people_type_them(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.edit_run(0, "optimizer", "", "adam")
    qtbot.wait(30)
    epsilon = interior.central.run_list.cards[0].findChild(NumberEdit, "run.1.eps")
    assert epsilon is not None
    assert epsilon.text() == "1e-8"
    interior.window.actions_by_name["language_zh"].trigger()
    assert "，" in epsilon.toolTip()
    assert ", " not in epsilon.toolTip()


def test_a_folded_card_shows_its_eye_under_the_pointer(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    folded, opened = interior.central.run_list.cards[0], interior.central.run_list.cards[1]
    before, height = folded.grab().toImage(), folded.height()
    for card in (folded, opened):
        QApplication.sendEvent(card, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    assert folded.line_eye.isVisible()
    assert not opened.line_eye.isVisible()  # it has its own
    QTest.mouseClick(folded.line_eye, Qt.MouseButton.LeftButton)
    qtbot.wait(30)
    assert interior.workspace.scene.hidden == {0}
    assert interior.workspace.scene.selected == 1
    QApplication.sendEvent(folded, QEvent(QEvent.Type.Leave))
    assert not folded.line_eye.isVisible()
    assert folded.height() == height
    hidden = folded.grab().toImage()
    assert hidden != before
    QTest.keyClick(interior.window, Qt.Key.Key_1)
    qtbot.wait(30)
    assert interior.workspace.scene.hidden == frozenset()


def test_focus_moves_nothing(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    interior.window.activateWindow()
    for card in interior.central.run_list.cards.values():
        interior.central.transport.play.setFocus()
        inside = card.line if card.line.isVisible() else card.swatch
        before = inside.mapTo(card, inside.rect().topLeft()), card.size()
        ring = card.grab().toImage().pixelColor(card.width() // 2, 2)
        card.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.wait(20)
        assert (inside.mapTo(card, inside.rect().topLeft()), card.size()) == before
        seen = card.grab().toImage().pixelColor(card.width() // 2, 2)
        assert seen != ring
        assert seen.name().upper() == interior.window.theme.recorded


def press(card: QWidget, name: str) -> None:
    button = card.findChild(QToolButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_tune_opens_the_sweep_of_that_rate(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.add_run()
    interior.workspace.edit_run(1, "optimizer", "", "momentum")
    until(qtbot, interior, lambda s: s.runs[1].run.optimizer == "momentum")
    interior.side.sweep()
    sweep = interior.window.findChild(SweepDialog)
    assert sweep is not None
    sweep.axes[0].choose("momentum")
    sweep.close()
    card = interior.central.run_list.cards[1]
    press(card, "run.2.tune")
    assert sweep.isVisible()
    assert [axis.key for axis in sweep.axes] == ["learning_rate", ""]
    assert "Momentum" in sweep.base.text()
    sweep.close()


@pytest.mark.parametrize(
    ("method", "rate", "rows"),
    [("gd", 0.01, ["×0.7634", "×0.9966"]), ("gd", 0.09, ["×1.13", "×0.9696"]), ("adam", 0.1, [])],
)
def test_why_tells_each_axis(
    qtbot: QtBot, interior: Interior, method: str, rate: float, rows: list[str]
) -> None:
    """1 − αλ of λ = 23.662 and 0.33807, the eigenvalues of 2XᵀX/n."""
    interior.workspace.edit_run(0, "optimizer", "", method)
    interior.workspace.edit_run(0, "settings", "learning_rate", rate)
    interior.workspace.step_by(20)
    until(qtbot, interior, lambda s: s.step == 20 and s.runs[0].run.learning_rate == rate)
    card = interior.central.run_list.cards[0]
    press(card, "run.1.explain")
    dialog = interior.window.findChild(WhyDialog)
    assert dialog is not None
    table = dialog.table
    items = [table.item(row, 1) for row in range(table.rowCount())]
    assert [item.text() for item in items if item is not None] == rows
    verdict = re.sub("<[^>]*>", "", card.verdict.text())[2:]
    assert verdict in [label.text() for label in dialog.findChildren(QLabel)]
    dialog.close()


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768)])
def test_the_presets_can_be_reached_at_any_size(
    qtbot: QtBot, interior: Interior, size: tuple[int, int]
) -> None:
    interior.window.resize(*size)
    until(qtbot, interior)
    card = interior.central.run_list.cards[0]
    button = card.presets.buttons[Preset.SAFE]
    if not button.isVisible():
        QTest.mouseClick(card.fold, Qt.MouseButton.LeftButton)
    qtbot.wait(30)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert interior.workspace.setup.tracks[0].run.learning_rate == pytest.approx(0.0423, abs=1e-4)


def test_a_folded_card_tells_what_its_steps_count(qtbot: QtBot, interior: Interior) -> None:
    workspace = interior.workspace
    workspace.edit_run(0, "settings", "learning_rate", 0.08)
    workspace.add_run()
    workspace.step_by(300)
    until(qtbot, interior, lambda s: s.step == 300 and len(s.runs) == 2)
    card = interior.central.run_list.cards[0]
    assert "✓ 68 steps" in card.line.said
    assert "From step 68" in card.told()
    assert "tolerance" in card.told()
    assert "Settled" in card.told()
    workspace.select(0)
    until(qtbot, interior)
    assert "Settled since step 194" in card.verdict.text()
    assert "tolerance" in card.verdict.toolTip()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("problem", ["network", "polynomial", "linear", "logistic"])
def test_the_open_card_of_a_problem_of_many_settings_is_whole(
    qtbot: QtBot, interior: Interior, problem: str, lang: str
) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    interior.workspace.choose_problem(problem)
    interior.workspace.step_by(60)
    until(qtbot, interior, lambda s: s.step == 60 and s.problem.name == problem)
    qtbot.wait(60)
    run_list = interior.central.run_list
    card = run_list.cards[0]
    verdict = card.verdict.mapTo(run_list, card.verdict.rect().bottomLeft())
    assert verdict.y() < run_list.height()
    assert run_list._scroll.verticalScrollBar().maximum() == 0
