"""A stray click and a wheel on its way past: nothing changes without a word, all can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gdsim.ui.controls.stability_gauge import StabilityGauge
from gdsim.ui.interior import Interior
from tests.ui.conftest import until

LEFT = Qt.MouseButton.LeftButton


def turn(widget: QWidget, at: QPoint | None = None, notches: int = 1) -> None:
    place = widget.rect().center() if at is None else at
    event = QWheelEvent(
        QPointF(place), QPointF(widget.mapToGlobal(place)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def value(widget: QWidget) -> object:
    if isinstance(widget, QComboBox):
        return widget.currentIndex()
    if isinstance(widget, QAbstractSlider):
        return widget.value()
    return widget.text() if isinstance(widget, QLineEdit | QAbstractSpinBox) else None


@pytest.mark.parametrize("place", ["stage", "beside", "loss"])
def test_a_notch_zooms_about_the_pointer_and_can_be_undone(
    qtbot: QtBot, interior: Interior, place: str
) -> None:
    interior.workspace.step_by(100)
    until(qtbot, interior, lambda s: s.step == 100)
    view = interior.central.places[place].shown
    viewport, box = view.plot.viewport(), view.plot.box
    before = [list(axis) for axis in box.viewRange()]
    points = interior.workspace.setup.problem.data
    at = viewport.rect().center() + QPoint(37, 21)
    for notches, share in ((1, 0.75), (-2, 16 / 9)):
        qtbot.wait(40)
        shown = [list(axis) for axis in box.viewRange()]
        where = QPointF(box.mapFromScene(view.plot.mapToScene(at)))
        about = view.plot.projection().inverse(where)
        turn(viewport, at, notches)
        for (low, high), (was, end), still in zip(box.viewRange(), shown, about, strict=True):
            assert high - low == pytest.approx(share * (end - was), rel=1e-6)
            assert (still - low) / (high - low) == pytest.approx((still - was) / (end - was))
    assert view.unzoom.isVisible()
    assert interior.workspace.setup.problem.data is points
    QTest.mouseClick(view.unzoom, LEFT)
    for axis, whole in zip(box.viewRange(), before, strict=True):
        assert axis == pytest.approx(whole, rel=0.01)  # the numbers of the axis took other room
    for _ in range(400):
        turn(viewport, at, -10)
    assert all(abs(end) < 1e120 for axis in box.viewRange() for end in axis)


def test_a_wheel_on_its_way_past_changes_no_field(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,b,c\n1,2,5\n2,3,4\n", encoding="utf-8")
    interior.workspace.step_by(50)
    until(qtbot, interior, lambda s: s.step == 50)
    interior.side.sweep()
    interior.side.export_code()
    interior.side.edit_starts()
    interior.documents.open_data(table)
    interior.central.run_list.cards[0].fold.click()
    dialogs = interior.window.findChildren(QDialog)
    setup, turned = interior.workspace.setup, 0
    kinds = (QComboBox, QAbstractSpinBox, QAbstractSlider, QLineEdit, StabilityGauge)
    for widget in interior.window.findChildren(QWidget):
        if isinstance(widget, QScrollBar) or not (isinstance(widget, kinds) and widget.isVisible()):
            continue
        if widget.window().focusWidget() is widget or widget.objectName().startswith("qt_"):
            continue
        assert not widget.focusPolicy() & Qt.FocusPolicy.WheelFocus & ~Qt.FocusPolicy.StrongFocus
        for notches in (-1, 1, 1):  # one that is at its end turns one way only
            before = value(widget)
            turn(widget, notches=notches)
            assert value(widget) == before, widget.objectName()
        turned += 1
    assert turned > 20
    for dialog in dialogs:
        dialog.close()
    assert interior.workspace.setup is setup
    assert until(qtbot, interior).step == 50


def test_the_wheel_goes_step_by_step_where_the_keyboard_is_on_the_timeline(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.workspace.step_by(50)
    until(qtbot, interior, lambda s: s.step == 50)
    line = interior.central.transport.timeline
    interior.window.activateWindow()
    line.setFocus()
    turn(line, notches=-1)
    assert until(qtbot, interior, lambda s: s.step != 50).step == 49


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("runs", [1, 3])
def test_a_stray_click_says_what_moved_and_takes_it_back(
    qtbot: QtBot, interior: Interior, runs: int, lang: str
) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    workspace, notice = interior.workspace, interior.window.notice
    for _ in range(runs - 1):
        workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == runs)
    viewport = interior.central.places["stage"].shown.plot.viewport()
    before = workspace.setup
    for at in (QPoint(-90, -40), QPoint(80, 30)):  # two quick ones: the last is taken back alone
        first = workspace.setup
        QTest.mouseClick(viewport, LEFT, pos=viewport.rect().center() + at)
        assert notice.isVisible()
        start = workspace.setup.tracks[0].run.start
        assert all(track.run.start == start for track in workspace.setup.tracks)
        assert f"θ₀ = {start[0]:.4g}".replace("-", "−") in notice.text()
        assert str(runs) in notice.text() or runs == 1
    until(qtbot, interior)
    QTest.mouseClick(notice.button, LEFT)
    assert workspace.setup is first
    assert first is not before
    assert not notice.isVisible()


def test_another_edit_takes_the_way_back_away(qtbot: QtBot, interior: Interior) -> None:
    workspace, notice = interior.workspace, interior.window.notice
    viewport = interior.central.places["stage"].shown.plot.viewport()
    QTest.mouseClick(viewport, LEFT, pos=viewport.rect().center() + QPoint(-90, -40))
    assert notice.isVisible()
    workspace.edit_run(0, "settings", "learning_rate", 0.02)
    assert not notice.isVisible()


def test_what_a_click_does_is_said_once_before(qtbot: QtBot, interior: Interior) -> None:
    until(qtbot, interior)
    notice, user = interior.window.notice, interior.window.user
    viewport = interior.central.places["stage"].shown.plot.viewport()
    assert user.now.start_hint
    QTest.mouseMove(viewport, viewport.rect().center())
    QTest.mouseMove(viewport, viewport.rect().center() + QPoint(5, 5))
    assert "sets the start" in notice.text()
    assert notice.isVisible()
    QTest.mouseClick(notice.button, LEFT)
    assert not notice.isVisible()
    assert not user.now.start_hint
    QTest.mouseMove(viewport, viewport.rect().center())
    assert not notice.isVisible()
