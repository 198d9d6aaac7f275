"""Locked controls: seen as such with the reason, legible, and nothing acts on them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gdsim.ui.controls.form import ChoiceBox, NumberEdit
from gdsim.ui.controls.lock_sign import LockSign
from gdsim.ui.interior import Interior
from tests.ui.conftest import until
from tests.ui.test_states import contrast
from tests.ui.test_stray import turn

LEFT = Qt.MouseButton.LeftButton
REASON = "Locked until you have made a guess."
NAMES = (
    "transport.play", "transport.timeline", "run.1.learning_rate", "run.1.optimizer", "run.1.gauge",
    "run.1.rate.too_large", "view.parameters", "problem.start", "problem.standardise",
    "run.1.momentum",
)  # fmt: skip


def attack(interior: Interior, name: str) -> None:
    """All that a hand and a keyboard do to a control."""
    widget = interior.window.findChild(QWidget, name)
    assert widget is not None, name
    targets = [widget, *(w for w in widget.findChildren(QWidget) if w.isVisible())]
    for one in targets:
        QTest.mouseClick(one, LEFT, pos=one.rect().center())
        QTest.mousePress(one, LEFT, pos=one.rect().center())
        QTest.mouseMove(one, one.rect().topRight())
        QTest.mouseRelease(one, LEFT, pos=one.rect().topRight())
        one.setFocus(Qt.FocusReason.TabFocusReason)
        turn(one)
        QTest.keyClicks(one, "9")
        for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return):
            QTest.keyClick(one, key)


def test_nothing_acts_on_what_is_locked(qtbot: QtBot, interior: Interior) -> None:
    workspace = interior.workspace
    workspace.step_by(40)
    until(qtbot, interior, lambda s: s.step == 40)
    interior.locks.lock(NAMES, REASON)
    setup = workspace.setup
    for name in NAMES[:-1]:
        attack(interior, name)
        assert workspace.setup is setup, name
    for key in (Qt.Key.Key_Space, Qt.Key.Key_R, Qt.Key.Key_Home):
        QTest.keyClick(interior.window, key)
    assert workspace.setup is setup
    shown = until(qtbot, interior)
    assert (shown.step, shown.playing) == (40, False)
    assert interior.central.places["stage"].shown.manual is False
    QTest.keyClick(interior.window, Qt.Key.Key_Right)  # what is not locked works
    until(qtbot, interior, lambda s: s.step == 41)


def test_what_is_built_later_under_a_locked_name_is_locked(
    qtbot: QtBot, interior: Interior
) -> None:
    workspace = interior.workspace
    interior.locks.lock(NAMES, REASON)
    workspace.edit_run(0, "optimizer", "", "momentum")
    until(qtbot, interior, lambda s: s.runs[0].run.optimizer == "momentum")
    qtbot.wait(30)
    interior.workspace.step_by(1)
    until(qtbot, interior, lambda s: s.step == 1)
    setup = workspace.setup
    for name in ("run.1.momentum", "run.1.learning_rate"):
        attack(interior, name)
    assert workspace.setup is setup


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lock_is_seen_with_its_reason_and_taken_away_whole(
    qtbot: QtBot, interior: Interior, theme: str
) -> None:
    window = interior.window
    window.actions_by_name[f"theme_{theme}"].trigger()
    until(qtbot, interior)
    card = interior.central.run_list.cards[0]
    field = card.findChild(NumberEdit, "run.1.learning_rate")
    assert field is not None
    free, tip = field.grab().toImage(), field.toolTip()
    interior.locks.lock(["run.1.learning_rate", "transport.play"], REASON)
    qtbot.wait(20)
    locked = field.grab().toImage()
    assert locked != free
    corner = locked.pixelColor(locked.width() // 2, 3).name()
    assert corner.upper() == window.theme.window.upper()
    assert field.text() == "0.01"
    assert contrast(window.theme.muted, window.theme.window) >= 4.5
    assert field.toolTip() == field.accessibleDescription() == REASON
    reason = interior.central.run_list.reason
    assert reason.isVisible()
    assert reason.text() == REASON  # once, for both
    assert interior.locks.reasons == {"run.1.learning_rate": REASON, "transport.play": REASON}
    interior.locks.unlock()
    qtbot.wait(20)
    assert field.grab().toImage() == free
    assert field.toolTip() == tip
    assert not reason.isVisible()
    QTest.mouseClick(interior.central.transport.play, LEFT)
    until(qtbot, interior, lambda s: s.playing)
    interior.workspace.pause()
    until(qtbot, interior, lambda s: not s.playing)
    window.actions_by_name["theme_light"].trigger()


def test_lists_are_locked_too_and_free_again(qtbot: QtBot, interior: Interior) -> None:
    box = interior.central.run_list.cards[0].findChild(ChoiceBox, "run.1.optimizer")
    assert box is not None
    for locked in (True, False):
        if locked:
            interior.locks.lock(["run.1.optimizer"], REASON)
        else:
            interior.locks.unlock(["run.1.optimizer"])
        before = box.currentIndex()
        interior.window.activateWindow()
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert (box.currentIndex() == before) is locked


def test_a_lock_lies_over_no_value(qtbot: QtBot, interior: Interior) -> None:
    field = interior.window.findChild(NumberEdit, "run.1.learning_rate")
    assert field is not None
    interior.locks.lock(["run.1.learning_rate"], REASON)
    sign = field.findChild(LockSign)
    assert sign is not None
    for rate in (0.01, 0.012345678901):
        interior.workspace.edit_run(0, "settings", "learning_rate", rate)
        until(qtbot, interior)
        # where the value ends, by the pixels of the field without the sign
        sign.hide()
        image = field.grab().toImage()
        sign.place()
        inked = [
            x for x in range(8, image.width() - 8)
            if image.pixelColor(x, image.height() // 2) != image.pixelColor(8, 6)
        ]  # fmt: skip
        assert sign.isVisible() is (rate == 0.01) or sign.x() > max(inked)
        assert not sign.isVisible() or sign.x() > max(inked)
    interior.workspace.edit_run(0, "settings", "learning_rate", 0.01)
    until(qtbot, interior)
    assert sign.isVisible()
