"""How a lesson feels under the hand: what keys do, what waits, what is seen without searching."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget
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


def test_both_votes_stay_to_be_compared(qtbot: QtBot, interior: Interior) -> None:
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)
    for key in (Key.Key_1, Key.Key_1, Key.Key_2):
        press(interior, key)
    press(interior, Key.Key_PageDown)
    for key in (Key.Key_2, Key.Key_2, Key.Key_2):
        press(interior, key)
    strip = interior.central.lesson
    shown = [card.shown.hands for card in strip.cards if card.shown is not None]
    assert shown[:2] == [(2, 0), (1, 3)]
    assert strip.cards[1].shown is not None
    assert strip.cards[1].shown.shares == (1 / 3, 1.0)
    assert "first vote above (3)" in strip.status.text()
    tally = strip.cards[0].tally
    tall = 2 * tally.fontMetrics().ascent()
    assert tally.height() >= tall
    said = strip.cards[1].accessibleName()
    assert "1 hands, first vote" in said
    assert "3 hands, second vote" in said
    press(interior, Key.Key_PageDown)
    arrive(qtbot, interior)
    press(interior, Key.Key_PageUp)
    assert strip.cards[0].shown is not None
    assert strip.cards[0].shown.hands == (2, 0)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080)])
def test_before_a_class_no_text_of_a_lesson_is_cut_off_and_the_picture_has_room(
    qtbot: QtBot, interior: Interior, size: tuple[int, int], lang: str
) -> None:
    window, strip = interior.window, interior.central.lesson
    window.actions_by_name[f"language_{lang}"].trigger()
    window.actions_by_name["present"].setChecked(True)
    window.resize(*size)
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)

    def whole() -> None:
        for label in strip.findChildren(QLabel):
            if label.isVisible() and label.text():
                wide = label.wordWrap() or label.width() >= label.sizeHint().width()
                high = label.height() >= label.heightForWidth(label.width()) - 1
                assert wide, label.text()
                assert high or not label.wordWrap(), label.text()

    for keys in ("12", "", "22", "", ""):
        for key in keys:
            press(interior, Key(ord(key)))
        qtbot.waitUntil(whole)
        press(interior, Key.Key_PageDown)
        if course(interior).stage is Stage.OBSERVATION:
            arrive(qtbot, interior)
    assert course(interior).stage is Stage.ANSWER
    qtbot.waitUntil(whole)
    stage = interior.central.places["stage"].shown.plot
    assert stage.height() >= 0.3 * size[1]


def test_a_caption_about_the_strip_of_the_rate_leaves_it_to_be_seen(
    qtbot: QtBot, interior: Interior
) -> None:
    path = next(one for one in bundled() if "schedule" in one.name)
    interior.lessons.open(path)
    for key in (Key.Key_PageDown, Key.Key_C, Key.Key_PageDown):
        press(interior, key)
    arrive(qtbot, interior)
    press(interior, Key.Key_PageDown)
    arrive(qtbot, interior)
    caption = interior.lessons.scenery.caption
    qtbot.waitUntil(caption.isVisible)
    assert caption.parent() is interior.central.places["loss"].shown.plot


def test_the_sign_of_play_is_seen_while_it_waits(qtbot: QtBot, interior: Interior) -> None:
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)
    until(qtbot, interior)
    play = interior.central.transport.play
    sign = play.icon().pixmap(play.iconSize()).toImage()
    color = sign.pixelColor(sign.width() // 2, sign.height() // 2).name().upper()
    assert color == interior.window.theme.muted.upper()
