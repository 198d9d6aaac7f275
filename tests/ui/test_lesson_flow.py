"""How a lesson feels under the hand: what keys do, what waits, what is seen without searching."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.lessons.stages import Stage
from gdsim.ui.interior import Interior
from tests.ui.conftest import until
from tests.ui.test_lesson import (  # noqa: F401 (the fixture acts by being here)
    Key,
    _quick,
    arrive,
    begin,
    course,
    press,
    solve,
    to_task,
)


def test_an_unsolved_task_is_left_by_its_button_only(qtbot: QtBot, interior: Interior) -> None:
    to_task(qtbot, interior)
    press(interior, Key.Key_PageDown)
    assert course(interior).lesson.id == "rates"
    assert "not solved yet" in interior.window.notice.text()
    solve(qtbot, interior, "0.08")
    press(interior, Key.Key_Return)  # the focus has left the field
    assert course(interior).lesson.id == "curvature"


def test_who_sets_a_rate_sees_it_played(qtbot: QtBot, interior: Interior) -> None:
    to_task(qtbot, interior)
    interior.workspace.edit_run(0, "settings", "learning_rate", 0.05)
    qtbot.waitUntil(lambda: len(course(interior).tries) == 1, timeout=8000)


def test_arrows_and_space_are_the_runs_whatever_has_the_focus(
    qtbot: QtBot, interior: Interior
) -> None:
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)
    press(interior, Key.Key_B)
    press(interior, Key.Key_PageDown)
    arrive(qtbot, interior)
    steps = interior.central.lesson_steps
    for button in (steps.back, steps.next):
        button.setFocus()
        before = interior.workspace.snapshot.step
        press(interior, Key.Key_Left)
        until(qtbot, interior, lambda s, step=before: s.step == step - 1)  # type: ignore[misc] # bound now
        press(interior, Key.Key_Space)
        until(qtbot, interior, lambda s: s.step == 20 and not s.playing)
        assert course(interior).stage is Stage.OBSERVATION


def test_no_answer_looks_chosen_before_one_is(qtbot: QtBot, interior: Interior) -> None:
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)
    assert not any(card.hasFocus() for card in interior.central.lesson.cards)
    assert not interior.central.lesson_steps.next.isEnabled()
    assert interior.central.transport.instead.text().startswith("Choose an answer")
    press(interior, Key.Key_B)
    assert interior.central.lesson_steps.next.isEnabled()
    assert "Enter" in interior.central.transport.instead.text()


def test_what_is_free_is_unfolded(qtbot: QtBot, interior: Interior) -> None:
    path = next(one for one in bundled() if "certain" in one.name)
    to_task(qtbot, interior, path, Key.Key_B)
    field = interior.window.findChild(QWidget, "run.1.weight_decay")
    assert field is not None
    qtbot.waitUntil(field.isVisible)
