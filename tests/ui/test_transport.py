"""The bar below everything: nothing in it moves by itself, and any step can be asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def test_what_is_measured_moves_no_control(qtbot: QtBot, interior: Interior) -> None:
    transport, workspace = interior.central.transport, interior.workspace
    shown = (transport.play, transport.timeline, transport.at, transport.limit, transport.speed)
    until(qtbot, interior)
    before = [control.geometry() for control in shown]
    workspace.set_speed(None)
    workspace.set_limit(10**6)
    workspace.play()
    until(qtbot, interior, lambda s: s.playing and s.step > 1000)
    qtbot.waitUntil(lambda: "steps/s" in transport.speed.measured)
    assert [control.geometry() for control in shown] == before
    workspace.pause()
    until(qtbot, interior, lambda s: not s.playing)
    assert not transport.speed.measured  # the box shows the choice again
    assert [control.geometry() for control in shown] == before


def type_step(interior: Interior, text: str) -> None:
    box = interior.central.transport.at
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def test_a_step_beyond_what_is_recorded_is_computed(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.step_by(40)
    until(qtbot, interior, lambda s: s.step == 40)
    type_step(interior, "300")
    until(qtbot, interior, lambda s: s.step == 300 and s.recorded == 300)
    type_step(interior, "12")
    until(qtbot, interior, lambda s: s.step == 12 and s.recorded == 300)
    type_step(interior, "310")  # from a cursor that lies before the end
    until(qtbot, interior, lambda s: s.step == 310)


def test_no_step_beyond_the_limit_can_be_typed(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.set_limit(100)
    until(qtbot, interior, lambda s: s.step_limit == 100)
    type_step(interior, "5000")
    until(qtbot, interior, lambda s: s.step == 100)
    said = interior.window.notice.text()  # not that it goes elsewhere without a word
    assert "5,000" in said
    assert "100" in said


def test_the_way_to_a_step_far_off_can_be_left(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.set_limit(10**9)
    until(qtbot, interior, lambda s: s.step_limit == 10**9)
    type_step(interior, "999999999")
    until(qtbot, interior, lambda s: s.playing and s.step > 5000)
    interior.workspace.toggle_play()
    shown = until(qtbot, interior, lambda s: not s.playing)
    assert shown.step < 999_999_999
    interior.workspace.play()  # at the speed that is set, and on, not to that step
    until(qtbot, interior, lambda s: s.playing and s.step > shown.step)
    assert interior.workspace.snapshot.step < shown.step + 1000
    interior.workspace.pause()
    until(qtbot, interior, lambda s: not s.playing)


@pytest.mark.parametrize("limit", [1000, 10**7, 10**9])
def test_the_last_step_is_seen_whole(qtbot: QtBot, interior: Interior, limit: int) -> None:
    """10,000,00… stood there."""
    interior.workspace.set_limit(limit)
    until(qtbot, interior, lambda s: s.step_limit == limit)
    for box in (interior.central.transport.at, interior.central.transport.limit):
        edit = box.findChild(QLineEdit)
        assert edit is not None
        assert edit.contentsRect().width() >= edit.fontMetrics().horizontalAdvance(f"{limit:,}") + 4


def test_epochs_stand_beside_steps_where_samples_are_drawn(
    qtbot: QtBot, interior: Interior
) -> None:
    """Of the article's five points one a step: five steps are an epoch."""
    transport = interior.central.transport
    assert not transport.epoch.isVisible()
    interior.workspace.edit_run(0, "optimizer", "", "sgd")
    interior.workspace.step_by(12)
    until(qtbot, interior, lambda s: s.step == 12)
    qtbot.waitUntil(transport.epoch.isVisible)
    qtbot.waitUntil(lambda: transport.epoch.text() == "epoch 2.4")
    interior.workspace.edit_run(0, "optimizer", "", "gd")
    qtbot.waitUntil(lambda: not transport.epoch.isVisible())
