"""Planes through many parameters: slices, principal directions, and their chooser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gdsim.engine.history import THETA
from gdsim.ui.interior import Interior
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.plane import PRINCIPAL, PlaneKeeper, Shadows
from gdsim.ui.views.rate_view import RateView
from tests.ui.conftest import MakeSession, MakeSnapshot, until
from tests.ui.seeing import pixel, scene, shown

LEFT = Qt.MouseButton.LeftButton


def test_a_slice_of_two_parameters_sets_only_these(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.choose_problem("polynomial")
    until(qtbot, interior, lambda s: s.problem.name == "polynomial")
    view = interior.central.view(ParameterView)
    qtbot.waitUntil(lambda: view.chooser.isVisible())
    for box, key in ((view.chooser.up, Qt.Key.Key_End), (view.chooser.across, Qt.Key.Key_Down)):
        box.setFocus()
        qtbot.keyClick(box, key)
    assert (view.plot.bottom.labelText, view.plot.left.labelText) == ("θ₁", "θ₃")
    qtbot.wait(150)
    where = QPoint(view.plot.viewport().width() // 3, view.plot.viewport().height() // 3)
    meant = view.plot.box.mapSceneToView(view.plot.mapToScene(where))
    qtbot.mouseClick(view.plot.viewport(), LEFT, pos=where)
    start = until(qtbot, interior, lambda s: any(s.runs[0].run.start)).runs[0].run.start
    assert start[0] == start[2] == 0.0
    assert (start[1], start[3]) == pytest.approx((meant.x(), meant.y()), abs=0.02)


def test_axes_that_are_chosen_alike_change_places(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, ParameterView(), make_snapshot("polynomial", [("gd", 0.1)]))
    view.chooser.across.setFocus()
    QTest.keyClick(view.chooser.across, Qt.Key.Key_Down)  # θ₁, which was upwards
    assert (view.plot.bottom.labelText, view.plot.left.labelText) == ("θ₁", "θ₀")


def test_contours_of_a_slice_are_the_loss_with_the_others_as_they_are(
    make_session: MakeSession,
) -> None:
    session = make_session("linear", [("gd", 0.05)], steps=40, settings={"columns": 4})
    snapshot = session.snapshot(1, False, 0.0)
    run, problem = snapshot.runs[0], snapshot.problem
    keeper = PlaneKeeper()
    keeper.choose((3, 1))
    drawn = keeper.follow(snapshot, run)
    flat = np.array([[0.3, -1.0], [0.7, 2.0]])
    for a, b, loss in zip(*flat, drawn.loss(flat), strict=True):
        theta = run.theta.copy()
        theta[3], theta[1] = a, b
        assert loss == problem.loss_at(theta)
    assert drawn.loss_at(drawn.coordinates(run.theta)) == run.loss


def test_principal_directions_hold_a_way_that_lies_in_a_plane(make_session: MakeSession) -> None:
    # From a start that is off along two eigenvectors, gradient descent stays in their plane.
    session = make_session("linear", [("gd", 0.05)], settings={"columns": 4})
    problem = session.setup.problem
    best = np.array(problem.minima[0])
    vectors = np.linalg.eigh(problem.hessian(best))[1]
    start = best + 2.0 * vectors[:, 0] - 1.5 * vectors[:, 4]
    run = session.snapshot(0, False, 0.0).runs[0].run
    moved = session.setup.with_runs({0: replace(run, start=tuple(start.tolist()))})
    session = session.adopted(moved)
    session.advance(60)
    snapshot = session.snapshot(1, False, 0.0)
    keeper = PlaneKeeper()
    keeper.choose(PRINCIPAL)
    drawn = keeper.follow(snapshot, snapshot.runs[0])
    assert drawn.share == pytest.approx(1.0, abs=1e-9)
    rows = snapshot.runs[0].trace.rows[:, THETA:]
    flat = Shadows().of(0, snapshot.runs[0].trace, drawn)
    back = np.stack([drawn.theta_at((a, b)) for a, b in flat.tolist()])
    assert back == pytest.approx(rows, abs=1e-9)
    # The best fit lies in that plane, so it is marked there.
    ((a, b),) = drawn.minima
    assert drawn.theta_at((a, b)) == pytest.approx(best, abs=1e-6)


def test_a_plane_stays_while_playing_and_paths_do_not_jump(
    make_session: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("gdsim.ui.views.plane.time.monotonic", lambda: now[0])
    session = make_session("polynomial", [("adam", 0.05)], steps=5)
    keeper = PlaneKeeper()
    first = keeper.follow(session.snapshot(0, True, 20.0), session.snapshot(0, True, 20.0).runs[0])
    session.advance(20)
    later = session.snapshot(1, True, 20.0)
    now[0] += 0.1
    assert keeper.follow(later, later.runs[0]) is first
    now[0] += 2.0
    moved = keeper.follow(later, later.runs[0])
    assert moved is not first
    assert moved.same_picture(first)
    assert moved.loss_at(moved.coordinates(later.runs[0].theta)) == later.runs[0].loss


def test_a_start_is_dragged_in_the_principal_plane(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot("network", [("adam", 0.05)], steps=60)
    view = shown(qtbot, ParameterView(), snapshot)
    assert view.chooser.principal.isChecked()
    viewport = view.plot.viewport()
    start = view.place(snapshot.runs[0].run.start)
    (left, right), (low, high) = view.plot.box.viewRange()
    goal = start[0] + 0.2 * (right - left), start[1] + 0.1 * (high - low)
    with qtbot.waitSignal(view.start_committed) as caught:
        QTest.mousePress(viewport, LEFT, pos=pixel(view, *start))
        QTest.mouseMove(viewport, pixel(view, *goal))
        QTest.mouseRelease(viewport, LEFT, pos=pixel(view, *goal))
    assert len(caught.args[0]) == 25
    assert view.place(caught.args[0]) == pytest.approx(goal, abs=0.01 * (right - left))


def test_the_slice_is_said_in_words_and_principal_is_chosen_by_keyboard(
    qtbot: QtBot, make_snapshot: MakeSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def note(painter: object, at: object, text: str, *rest: object) -> QRectF:
        said.append(text)
        return QRectF()

    monkeypatch.setattr(
        "gdsim.ui.views.parameter_view.draw_note",
        note,
    )
    view = shown(qtbot, ParameterView(), make_snapshot("polynomial", [("adam", 0.1)], steps=50))
    view.plot.grab()
    assert "slice through the present point of run 1" in said[-1]
    view.chooser.principal.setFocus()
    QTest.keyClick(view.chooser.principal, Qt.Key.Key_Space)
    view.plot.grab()
    assert "% of its way's variance" in said[-1]
    assert "principal" in view.plot.bottom.labelText


def test_the_view_of_a_widening_path_moves_seldom(qtbot: QtBot, make_session: MakeSession) -> None:
    """Each other range is another picture of the landscape, of every path and of the scales."""
    session = make_session("network", [("gd", 0.1), ("momentum", 0.05)])
    view, rates = ParameterView(), RateView()
    ranges, scales = set(), set()
    for frame in range(60):
        session.go(session.step + 20)
        snapshot = session.snapshot(frame, True, 60.0)
        for one in (view, rates):
            if frame == 0:
                shown(qtbot, one, snapshot)
            one.show_snapshot(snapshot, scene(snapshot))
        now, scale = view.plot.projection(), rates.plot.projection()
        ranges.add((now.left, now.right, now.bottom, now.top))
        scales.add((scale.bottom, scale.top))
        place = view.place(snapshot.runs[0].theta)
        assert now.area.contains(now.point(*place))
    assert len(ranges) <= 8
    assert len(scales) <= 8
