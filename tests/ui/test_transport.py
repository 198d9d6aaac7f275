"""The bar below everything: nothing in it moves by itself, and any step can be asked for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def test_what_is_measured_moves_no_control(qtbot: QtBot, interior: Interior) -> None:
    transport, workspace = interior.central.transport, interior.workspace
    controls = (transport.play, transport.step, transport.at, transport.limit, transport.speed)
    before = [control.x() for control in controls]
    workspace.set_speed(None)
    workspace.set_limit(10**6)
    workspace.play()
    until(qtbot, interior, lambda s: s.playing and s.step > 1000)
    qtbot.waitUntil(lambda: "steps/s" in transport.measured.text())
    assert [control.x() for control in controls] == before
    workspace.pause()
    until(qtbot, interior, lambda s: not s.playing)


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
    shown = until(qtbot, interior)
    assert shown.step <= 100
