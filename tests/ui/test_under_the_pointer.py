"""What is pressed stays under the pointer: the next press finds the same control there."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from tests.ui.conftest import has_runs, until


def spot(widget: QWidget) -> QPoint:
    return widget.mapTo(widget.window(), widget.rect().center())


def click(interior: Interior, at: QPoint) -> None:
    """Through the window, as a mouse does: what lies there gets it."""
    handle = interior.window.windowHandle()
    QTest.mouseMove(handle, at)
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=at)


@pytest.mark.parametrize("size", [(1024, 768), (1366, 696), (1366, 768)])
def test_add_is_where_it_was_however_often_it_is_pressed(
    qtbot: QtBot, interior: Interior, size: tuple[int, int]
) -> None:
    interior.window.resize(*size)
    until(qtbot, interior)
    qtbot.wait(100)  # all is laid out
    runs, panel = interior.central.run_list, interior.central.problem_panel
    at = spot(runs.add)
    for count in range(2, 10):
        click(interior, at)
        until(qtbot, interior, partial(has_runs, count))
        assert spot(runs.add) == at, count
    # Away from the panel there is room made for the many.
    QTest.mouseMove(interior.window.windowHandle(), QPoint(200, 200))
    qtbot.waitUntil(panel.brief.isVisible)
    add, remove = interior.workspace.add_run, interior.workspace.remove
    at = spot(runs.add)
    QTest.mouseMove(interior.window.windowHandle(), at)
    for key in (8, 7, 6, 5, 4):
        remove(key)
    until(qtbot, interior, lambda s: len(s.runs) == 4)
    assert spot(runs.add) == at
    add()


@pytest.mark.parametrize("runs", [1, 5, 8])
@pytest.mark.parametrize("size", [(1366, 696), (1920, 1080)])
def test_more_is_where_it_was_when_it_has_unfolded(
    qtbot: QtBot, interior: Interior, size: tuple[int, int], runs: int
) -> None:
    interior.window.resize(*size)
    for _ in range(runs - 1):
        interior.workspace.add_run()
    interior.workspace.edit_run(runs - 1, "optimizer", "", "adam")
    until(qtbot, interior, lambda s: len(s.runs) == runs)
    card = interior.central.run_list.cards[runs - 1]
    qtbot.wait(100)
    interior.central.run_list._scroll.ensureWidgetVisible(card.fold)
    qtbot.wait(30)
    before = spot(card.fold)
    view = interior.central.run_list._scroll.viewport()
    lines = 5 * card.fontMetrics().lineSpacing()
    below = view.mapTo(interior.window, view.rect().bottomLeft()).y() - before.y()
    click(interior, before)
    qtbot.wait(60)
    assert card._more.isVisible()
    assert below < lines or spot(card.fold) == before
    assert not card.fold.visibleRegion().isEmpty()  # it can be folded again
    first = card.optimizer_note
    assert first.visibleRegion().boundingRect().height() >= first.fontMetrics().lineSpacing()
    click(interior, spot(card.fold))
    qtbot.wait(30)
    assert not card._more.isVisible()
