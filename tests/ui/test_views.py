"""The views under real clicks, drags and keys."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gdsim.engine.arrays import Array
from gdsim.engine.problems import make_problem
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.interior import Interior
from gdsim.ui.scene import Scene
from gdsim.ui.theme import LIGHT
from gdsim.ui.views import VIEWS, find_view
from gdsim.ui.views.base import View
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.rate_view import RateView
from tests.ui.conftest import SUITED, MakeSnapshot, look

V = TypeVar("V", bound=View)
LEFT = Qt.MouseButton.LeftButton


def shown(qtbot: QtBot, view: V, snapshot: Snapshot) -> V:
    qtbot.addWidget(view)
    view.resize(520, 400)
    styles = {run.key: LIGHT.run_style(i) for i, run in enumerate(snapshot.runs)}
    with qtbot.waitExposed(view):
        view.show()
    view.show_snapshot(snapshot, Scene(styles=styles))
    qtbot.wait(1)
    return view


def pixel(view: View, x: float, y: float) -> QPoint:
    """Where pyqtgraph shows a point, in the viewport."""
    box = view.plot.box
    return QPoint(view.plot.mapFromScene(box.mapViewToScene(QPointF(x, y))))


def click(view: View, at: QPoint) -> None:
    QTest.mouseClick(view.plot.viewport(), LEFT, pos=at)


def drag(view: View, start: QPoint, *stops: QPoint) -> None:
    viewport = view.plot.viewport()
    QTest.mousePress(viewport, LEFT, pos=start)
    for stop in stops:
        QTest.mouseMove(viewport, stop)
    QTest.mouseRelease(viewport, LEFT, pos=stops[-1])


def one_pixel(view: View) -> tuple[float, float]:
    (left, right), (bottom, top) = view.plot.box.viewRange()
    area = view.plot.box.rect()
    return (right - left) / area.width(), (top - bottom) / area.height()


# Parameter view.


def test_click_sets_the_start_where_it_was_clicked(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, ParameterView(), make_snapshot())
    with qtbot.waitSignal(view.start_clicked) as caught:
        click(view, pixel(view, -4.0, 3.5))
    x, y = caught.args[0]
    width, height = one_pixel(view)
    assert x == pytest.approx(-4.0, abs=width)
    assert y == pytest.approx(3.5, abs=height)


def test_dragging_the_start_is_live_and_committed_once(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, ParameterView(), make_snapshot())
    live: list[tuple[float, float]] = []
    final: list[tuple[float, float]] = []
    view.start_chosen.connect(live.append)
    view.start_committed.connect(final.append)
    drag(view, pixel(view, 0, 0), pixel(view, 1, 1), pixel(view, 2, 2), pixel(view, 3, 1))
    assert len(live) >= 3
    assert len(final) == 1
    assert final[0] == pytest.approx((3.0, 1.0), abs=2.0 * max(one_pixel(view)))


def test_dragging_empty_space_pans_and_sets_no_start(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, ParameterView(), make_snapshot())
    before = view.plot.box.viewRange()
    with qtbot.assertNotEmitted(view.start_clicked):
        drag(view, pixel(view, -5, 3), pixel(view, -4, 3), pixel(view, -2, 3.5))
    assert view.plot.box.viewRange() != before
    assert view.unzoom.isVisible()
    QTest.mouseClick(view.unzoom, LEFT)
    assert view.plot.box.viewRange() == before


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, (1 / 50, 0.0)),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier, (0.0, -1 / 500)),
    ],
)
def test_arrow_keys_move_the_start_before_any_shortcut(
    qtbot: QtBot,
    make_snapshot: MakeSnapshot,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    expected: tuple[float, float],
) -> None:
    window = QWidget()
    column = QVBoxLayout(window)
    view = ParameterView()
    column.addWidget(view)
    taken: list[bool] = []
    shortcut = QShortcut(QKeySequence(Qt.Key.Key_Right), window)
    shortcut.activated.connect(lambda: taken.append(True))
    qtbot.addWidget(window)
    window.resize(520, 400)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    view.show_snapshot(make_snapshot(), Scene())
    view.plot.setFocus()
    (left, right), (bottom, top) = view.plot.box.viewRange()
    with qtbot.waitSignal(view.start_committed) as caught:
        QTest.keyClick(view.plot, key, modifier)
    width, height = one_pixel(view)
    x, y = caught.args[0]
    assert x == pytest.approx(expected[0] * (right - left), abs=0.2 * width)
    assert y == pytest.approx(expected[1] * (top - bottom), abs=0.2 * height)
    assert not taken


def test_hovering_tells_the_point_and_leaving_tells_none(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, ParameterView(), make_snapshot())
    seen: list[tuple[float, float] | None] = []
    view.hovered.connect(seen.append)
    QTest.mouseMove(view.plot.viewport(), pixel(view, 2.0, 1.0))
    QTest.mouseMove(view.plot.viewport(), pixel(view, 2.5, 1.5))
    assert seen[-1] == pytest.approx((2.5, 1.5), abs=max(one_pixel(view)))
    QTest.mouseMove(view.plot.viewport(), QPoint(2, view.plot.height() - 2))
    assert seen[-1] is None


def test_fit_shows_the_trajectories(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot("rosenbrock", [("adam", 0.01)], steps=400)
    view = shown(qtbot, ParameterView(), snapshot)
    button = next(b for b in view.findChildren(QToolButton) if b.text() == "Fit")
    QTest.mouseClick(button, LEFT)
    path = snapshot.runs[0].trace.rows[:, 2:]
    for axis, (low, high) in enumerate(view.plot.box.viewRange()):
        assert low <= path[:, axis].min()
        assert high >= path[:, axis].max()
        assert high - low < 1.5 * np.ptp(path[:, axis])


# Fit view.


def test_dragging_a_data_point_gives_new_data(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    view = shown(qtbot, FitView(), make_snapshot())
    edits: list[tuple[Array, Array]] = []
    view.data_edited.connect(edits.append)
    drag(view, pixel(view, 3, 5), pixel(view, 3, 7), pixel(view, 2.5, 9))
    x, y = edits[-1]
    width, height = one_pixel(view)
    assert x[2] == pytest.approx(2.5, abs=width)
    assert y[2] == pytest.approx(9.0, abs=height)
    assert x[[0, 1, 3, 4]].tolist() == [1, 2, 4, 5]
    assert y[[0, 1, 3, 4]].tolist() == [2, 3, 7, 11]


def test_a_dragged_point_is_told_while_it_moves(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    view = shown(qtbot, FitView(), make_snapshot())
    QTest.mousePress(view.plot.viewport(), LEFT, pos=pixel(view, 3, 5))
    with qtbot.waitSignal(view.data_edited):
        QTest.mouseMove(view.plot.viewport(), pixel(view, 3, 8))
    QTest.mouseRelease(view.plot.viewport(), LEFT, pos=pixel(view, 3, 8))


def test_double_click_adds_a_point_and_delete_removes_it(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, FitView(), make_snapshot())
    with qtbot.waitSignal(view.data_edited) as caught:
        QTest.mouseDClick(view.plot.viewport(), LEFT, pos=pixel(view, 2, 9))
    x, y = caught.args[0]
    assert len(x) == len(y) == 6
    assert (x[-1], y[-1]) == pytest.approx((2.0, 9.0), abs=max(one_pixel(view)))
    with qtbot.waitSignal(view.data_edited) as caught:
        QTest.keyClick(view.plot, Qt.Key.Key_Delete)
    assert caught.args[0][0].tolist() == [1, 2, 3, 4, 5]


def test_points_are_chosen_and_moved_by_keys(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    view = shown(qtbot, FitView(), make_snapshot())
    with qtbot.assertNotEmitted(view.data_edited):
        QTest.keyClick(view.plot, Qt.Key.Key_Up)  # nothing is chosen yet
    QTest.keyClick(view.plot, Qt.Key.Key_Period)
    QTest.keyClick(view.plot, Qt.Key.Key_PageDown)
    (_, _), (bottom, top) = view.plot.box.viewRange()
    with qtbot.waitSignal(view.data_edited) as caught:
        QTest.keyClick(view.plot, Qt.Key.Key_Up)
    x, y = caught.args[0]
    assert x.tolist() == [1, 2, 3, 4, 5]
    assert y[1] == pytest.approx(3.0 + (top - bottom) / 50, abs=one_pixel(view)[1])


def test_two_points_with_different_x_always_stay(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    view = shown(qtbot, FitView(), make_snapshot())
    for _ in range(6):
        QTest.keyClick(view.plot, Qt.Key.Key_Comma)
        QTest.keyClick(view.plot, Qt.Key.Key_Delete)
    assert view.points.x.tolist() == [1, 2]
    assert not view.points.move(0, 2.0, 0.0)
    assert not view.points.remove(0)
    assert view.points.x.tolist() == [1, 2]
    make_problem("linear", (view.points.x, view.points.y))


def test_a_refused_edit_of_a_point_is_put_back(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.edit_run(0, "sampling", "batch_size", 5)
    view = interior.central.view(FitView)
    view.points.chosen = 2
    QTest.keyClick(view.plot, Qt.Key.Key_Delete)  # a batch of 5 of 4 samples
    (box,) = interior.window.findChildren(QMessageBox)
    assert "larger than the data" in box.text()
    box.close()
    assert view.points.y.tolist() == [2, 3, 5, 7, 11]
    assert interior.workspace.setup.problem.size == 5


# Views over the steps.


@pytest.mark.parametrize("cls", [LossView, RateView])
def test_click_and_drag_ask_for_the_step_under_the_pointer(
    qtbot: QtBot, make_snapshot: MakeSnapshot, cls: type[LossView | RateView]
) -> None:
    view = shown(qtbot, cls(), make_snapshot(steps=300, limit=300))
    y = float(np.mean(view.plot.box.viewRange()[1]))
    sought: list[int] = []
    view.seek_requested.connect(sought.append)
    click(view, pixel(view, 120, y))
    assert sought == [pytest.approx(120, abs=one_pixel(view)[0])]
    drag(view, pixel(view, 50, y), pixel(view, 200, y), pixel(view, 310, y))
    assert sought[1] == pytest.approx(50, abs=one_pixel(view)[0])
    assert sought[-1] == 300  # what was not recorded cannot be sought


def test_log_switch_changes_the_mapping(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    view = shown(qtbot, LossView(), make_snapshot(steps=100))
    assert view.log_scale
    low, high = view.plot.box.viewRange()[1]
    assert low < np.log10(0.56) < np.log10(41.6) < high < 3
    switch = next(b for b in view.findChildren(QToolButton) if b.text() == "Log")
    assert switch.isChecked()
    with qtbot.waitSignal(view.option_changed) as caught:
        QTest.mouseClick(switch, LEFT)
    assert caught.args == ["log_scale", False]
    look(view, log_scale=False)
    low, high = view.plot.box.viewRange()[1]
    assert low <= 0 < 41.6 < high < 100
    look(view)
    assert switch.isChecked()
    assert view.plot.box.viewRange()[1][1] < 3


# What all have in common.


@pytest.mark.parametrize("name", [view.name for view in VIEWS])
def test_a_view_is_maximised_by_double_click_and_by_keyboard(
    qtbot: QtBot, make_snapshot: MakeSnapshot, name: str
) -> None:
    view = shown(qtbot, find_view(name)(), make_snapshot(**SUITED.get(name, {})))
    with qtbot.waitSignal(view.maximise_requested):
        QTest.mouseDClick(view.bar, LEFT, pos=QPoint(60, 8))
    button = next(
        b for b in view.findChildren(QToolButton) if b.accessibleName() == "Maximise the view"
    )
    button.setFocus()
    with qtbot.waitSignal(view.maximise_requested):
        QTest.keyClick(button, Qt.Key.Key_Space)


@pytest.mark.parametrize("name", [view.name for view in VIEWS])
def test_everything_that_takes_focus_has_a_name(
    qtbot: QtBot, make_snapshot: MakeSnapshot, name: str
) -> None:
    view = shown(qtbot, find_view(name)(), make_snapshot(**SUITED.get(name, {})))
    for widget in view.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
            assert widget.accessibleName(), widget
    assert view.plot.accessibleDescription()


def test_quick_arrow_keys_add_up_before_the_engine_answers(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, ParameterView(), make_snapshot())
    asked: list[tuple[float, float]] = []
    view.start_committed.connect(asked.append)
    (left, right), _ = view.plot.box.viewRange()
    for _ in range(3):
        QTest.keyClick(view.plot, Qt.Key.Key_Right)
    assert asked[-1][0] == pytest.approx(3 * (right - left) / 50, abs=one_pixel(view)[0])
