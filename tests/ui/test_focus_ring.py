"""The ring around what the keyboard acts on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from gdsim.ui.focus_ring import WIDTH
from gdsim.ui.interior import Interior
from tests.ui.conftest import has_runs, until


def box_of(widget: QWidget) -> QRect:
    """In the window's own pixels."""
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def test_a_ring_lies_around_what_the_keyboard_reaches(qtbot: QtBot, interior: Interior) -> None:
    play, ring = interior.central.transport.play, interior.ring
    play.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(ring.isVisible)
    assert ring.around is play
    assert box_of(ring) == box_of(play).adjusted(-WIDTH, -WIDTH, WIDTH, WIDTH)
    interior.window.resize(interior.window.width() - 90, interior.window.height() - 70)
    qtbot.waitUntil(lambda: box_of(ring) == box_of(play).adjusted(-WIDTH, -WIDTH, WIDTH, WIDTH))


def test_the_ring_moves_with_what_scrolls(qtbot: QtBot, interior: Interior) -> None:
    interior.window.resize(1024, 600)
    for count in range(2, 8):
        interior.workspace.add_run()
        until(qtbot, interior, partial(has_runs, count))
    area = interior.central.run_list.findChild(QScrollArea)
    assert area is not None
    field = next(one for one in area.findChildren(QLineEdit) if one.isVisible())
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(interior.ring.isVisible)
    around = interior.ring.around
    assert around is not None
    before, bar = box_of(around), area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() >= 20)
    bar.setValue(bar.value() + (20 if bar.value() + 20 <= bar.maximum() else -20))
    qtbot.waitUntil(lambda: box_of(around) != before)
    assert box_of(interior.ring) == box_of(around).adjusted(-WIDTH, -WIDTH, WIDTH, WIDTH)


def test_who_presses_with_the_mouse_needs_no_ring(qtbot: QtBot, interior: Interior) -> None:
    limit = interior.central.transport.limit
    QTest.mouseClick(limit, Qt.MouseButton.LeftButton)
    qtbot.wait(20)
    assert interior.ring.around is None
    assert not interior.ring.isVisible()
