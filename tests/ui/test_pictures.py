"""Pictures by problem: curves, planes through many parameters, and what is fitted."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from gdsim.engine.problems.logistic import LogisticRegression
from gdsim.ui.interior import Interior
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.boundary_view import BoundaryView
from gdsim.ui.views.curve_view import CurveView
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.prediction_view import PredictionView
from gdsim.ui.views.slice_view import SliceView
from tests.ui.conftest import MakeSnapshot, until
from tests.ui.seeing import colors, pixel, shown

LEFT = Qt.MouseButton.LeftButton


def has(found: NDArray[np.int64], color: QColor, within: int = 40) -> bool:
    rgb = np.array([color.red(), color.green(), color.blue()])
    return bool((np.abs(found - rgb).max(axis=1) <= within).any())


def run_color(place: int) -> QColor:
    return LIGHT.run_style(place).color


# One variable.


def test_the_ball_lies_on_the_curve_and_the_curve_is_the_function(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot("double_well", [("gd", 0.05)], steps=3)
    view = shown(qtbot, CurveView(), snapshot)
    x = float(snapshot.runs[0].theta[0])
    assert has(colors(view, x, 0.25 * (x * x - 1.0) ** 2 + 0.1 * x), run_color(0))
    for at in (-1.9, -0.4, 0.3):  # away from the run: only the curve is there
        assert has(colors(view, at, 0.25 * (at * at - 1.0) ** 2 + 0.1 * at), LIGHT.color("muted"))


def test_a_click_in_the_curve_sets_x_whatever_the_height(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, CurveView(), make_snapshot("parabola", [("gd", 0.1)]))
    for height in (5.0, 15.0):
        with qtbot.waitSignal(view.start_clicked) as caught:
            QTest.mouseClick(view.plot.viewport(), LEFT, pos=pixel(view, 2.0, height))
        assert caught.args[0] == (pytest.approx(2.0, abs=0.03),)


def test_the_start_on_a_curve_is_dragged_and_moved_by_keys(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, CurveView(), make_snapshot("parabola", [("gd", 0.1)]))
    viewport = view.plot.viewport()
    chosen: list[tuple[float, ...]] = []
    view.start_chosen.connect(chosen.append)
    QTest.mousePress(viewport, LEFT, pos=pixel(view, -4.0, 16.0))
    QTest.mouseMove(viewport, pixel(view, -3.0, 12.0))
    with qtbot.waitSignal(view.start_committed) as caught:
        QTest.mouseRelease(viewport, LEFT, pos=pixel(view, -3.0, 12.0))
    assert list(chosen[-1]) == pytest.approx([-3.0], abs=0.03)
    before = caught.args[0][0]
    with qtbot.waitSignal(view.start_committed) as caught:
        QTest.keyClick(view.plot, Qt.Key.Key_Right)
    (left, right), _ = view.plot.box.viewRange()
    assert caught.args[0][0] == pytest.approx(before + (right - left) / 50, abs=0.03)


def test_a_function_with_a_gap_is_drawn_around_it(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot("expression", [("gd", 0.01)], settings={"expression": "log(x) + 1/x"})
    view = shown(qtbot, CurveView(), snapshot)
    assert np.isfinite(view.plot.box.viewRange()).all()
    assert has(colors(view, 2.0, np.log(2.0) + 0.5), LIGHT.color("muted"))


def test_the_window_changes_to_the_picture_that_serves(qtbot: QtBot, interior: Interior) -> None:
    central = interior.central
    views = {
        "double_well": (CurveView, "Slice along the steepest direction"),
        "rosenbrock": (ParameterView, "Slice along the steepest direction"),
        "polynomial": (ParameterView, "Data and fit"),
        "network": (ParameterView, "Data and fit"),
        "article": (ParameterView, "Data and fit"),
    }
    for name, (kind, title) in views.items():
        interior.workspace.choose_problem(name)
        until(qtbot, interior, lambda s, name=name: s.problem.name == name)  # type: ignore[misc] # a default's type
        qtbot.waitUntil(lambda title=title: central.places["beside"].shown.title == title)  # type: ignore[misc] # a default's type
        assert isinstance(central.places["stage"].shown, kind), name
    interior.workspace.choose_problem("logistic")
    interior.workspace.change_problem("columns", 2)
    qtbot.waitUntil(lambda: isinstance(central.places["beside"].shown, BoundaryView))
    interior.workspace.change_problem("columns", 3)
    qtbot.waitUntil(lambda: isinstance(central.places["beside"].shown, PredictionView))


def test_the_keys_go_on_working_when_the_picture_changes(qtbot: QtBot, interior: Interior) -> None:
    interior.central.view(ParameterView).setFocus()
    interior.workspace.choose_problem("parabola")
    until(qtbot, interior, lambda s: s.problem.name == "parabola")
    qtbot.waitUntil(lambda: isinstance(interior.central.places["stage"].shown, CurveView))
    qtbot.keyClick(interior.window.focusWidget(), Qt.Key.Key_Left)
    until(qtbot, interior, lambda s: s.runs[0].run.start[0] < -4.0)


def test_tab_finds_a_picture_that_was_built_later_in_its_place(
    qtbot: QtBot, interior: Interior
) -> None:
    central = interior.central
    interior.workspace.choose_problem("rosenbrock")
    qtbot.waitUntil(lambda: isinstance(central.places["beside"].shown, SliceView))
    regions = central.places
    central.places["stage"].shown.plot.setFocus()
    met = ["stage"]
    while met[-1] != "loss" and len(met) < 20:
        qtbot.keyClick(interior.window.focusWidget(), Qt.Key.Key_Tab)
        focus = interior.window.focusWidget()
        met.append(next((n for n, one in regions.items() if one.isAncestorOf(focus)), "other"))
    assert list(dict.fromkeys(met)) == ["stage", "beside", "loss"]


def test_a_picture_that_is_built_in_a_maximised_place_says_so(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.central.maximise(interior.central.places["stage"])
    interior.workspace.choose_problem("parabola")
    qtbot.waitUntil(lambda: isinstance(interior.central.places["stage"].shown, CurveView))
    shown = interior.central.places["stage"].shown
    names = [button.toolTip() for button in shown.findChildren(QToolButton)]
    assert "Put the view back" in names


# Planes.


# Fits.


@pytest.mark.parametrize("name", ["polynomial", "network", "logistic"])
def test_the_curve_of_a_fit_goes_where_it_predicts(
    qtbot: QtBot, make_snapshot: MakeSnapshot, name: str
) -> None:
    snapshot = make_snapshot(name, [("adam", 0.1)], steps=150)
    view = shown(qtbot, FitView(), snapshot)
    problem = snapshot.problem
    predict = problem.predict  # type: ignore[attr-defined] # fits have it
    for x in (-2.0, -0.5, 1.1, 2.3):
        y = float(predict(snapshot.runs[0].theta, np.array([x]))[0])
        assert has(colors(view, x, y), run_color(0)), x


def test_labels_are_dragged_from_0_to_1_and_nowhere_between(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot("logistic", [("gd", 0.5)])
    view = shown(qtbot, FitView(), snapshot)
    data = snapshot.problem.data
    assert data is not None
    place = int(np.argmin(data.x[0]))
    x, y = float(data.x[0, place]), float(data.y[place])
    edits: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    view.data_edited.connect(edits.append)
    viewport = view.plot.viewport()
    QTest.mousePress(viewport, LEFT, pos=pixel(view, x, y))
    QTest.mouseMove(viewport, pixel(view, x, 0.7))
    QTest.mouseRelease(viewport, LEFT, pos=pixel(view, x, 0.7))
    assert y == 0.0
    assert set(edits[-1][1].tolist()) == {0.0, 1.0}
    assert edits[-1][1].sum() == data.y.sum() + 1.0


def test_the_decision_line_is_where_both_labels_are_equally_likely(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot(
        "logistic", [("gd", 0.5)], steps=80, settings={"columns": 2, "standardise": True}
    )
    view = shown(qtbot, BoundaryView(), snapshot)
    problem, theta = snapshot.problem, snapshot.runs[0].theta
    assert isinstance(problem, LogisticRegression)
    found = 0
    (left, right), (low, high) = view.plot.box.viewRange()
    for x in np.linspace(left, right, 23)[2:-2]:
        heights = np.linspace(low, high, 2001)
        p = problem.predict(theta, np.stack([np.full(2001, x), heights]))
        at = int(np.argmin(np.abs(p - 0.5)))
        if 50 < at < 1950:
            found += has(colors(view, float(x), float(heights[at])), run_color(0))
    assert found >= 5


def test_predictions_stand_over_what_was_observed(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot("linear", [("gd", 0.05)], steps=30, settings={"columns": 3})
    view = shown(qtbot, PredictionView(), snapshot)
    problem, run = snapshot.problem, snapshot.runs[0]
    assert problem.data is not None
    predicted = problem.predict(run.theta, problem.data.x)  # type: ignore[attr-defined] # fits have it
    for y, guess in list(zip(problem.data.y.tolist(), predicted.tolist(), strict=True))[::7]:
        assert has(colors(view, y, guess), run_color(0), 70)


def test_residuals_are_squares_only_where_squares_are_counted(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.workspace.choose_problem("linear")
    until(qtbot, interior, lambda s: s.problem.name == "linear")
    view = interior.central.view(FitView)
    qtbot.waitUntil(lambda: view.snapshot is not None and view.snapshot.problem.name == "linear")
    button = view.switches["residuals"]
    assert button.isVisible()
    interior.workspace.choose_problem("logistic")
    qtbot.waitUntil(lambda: not button.isVisible())


def test_a_hovered_point_of_the_plane_shows_its_fit(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.choose_problem("polynomial")
    until(qtbot, interior, lambda s: s.problem.name == "polynomial")
    interior.workspace.step_by(40)
    until(qtbot, interior, lambda s: s.step == 40)
    view = interior.central.view(ParameterView)
    caught: list[tuple[float, ...] | None] = []
    view.hovered.connect(caught.append)
    QTest.mouseMove(view.plot.viewport(), QPoint(120, 90))
    qtbot.waitUntil(lambda: bool(caught))
    here = interior.workspace.snapshot.runs[0].theta
    assert caught[-1] is not None
    assert caught[-1][2:] == pytest.approx(here[2:].tolist())


def test_a_log_scale_gives_way_where_losses_are_negative_and_comes_back(
    qtbot: QtBot, interior: Interior
) -> None:
    view = interior.central.view(LossView)
    interior.workspace.set_option("above_minimum", False)
    qtbot.waitUntil(lambda: view.base == 0.0)
    assert view.log_scale
    for name, log in (("double_well", False), ("article", True), ("expression", False)):
        interior.workspace.choose_problem(name)
        qtbot.waitUntil(lambda log=log: view.log_scale is log)  # type: ignore[misc] # a default's type
    interior.workspace.change_problem("expression", "x^2 + y^2")
    qtbot.waitUntil(lambda: view.log_scale)
    # Who wants no log scale is not given one.
    interior.workspace.set_option("log_scale", False)
    interior.workspace.choose_problem("rosenbrock")
    until(qtbot, interior, lambda s: s.problem.name == "rosenbrock")
    qtbot.wait(100)
    assert not view.log_scale
