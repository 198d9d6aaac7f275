"""A line of one's own: laid by mouse or keys, and what the squares add up to beside the runs'."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gdsim.engine.data import data_of
from gdsim.engine.problems import make_problem
from gdsim.engine.problems.linear_model import LinearModel
from gdsim.ui.interior import Interior
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.my_line import MyLine
from tests.ui.conftest import until

X = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
Y = np.array([2.0, 3.0, 5.0, 7.0, 11.0])


def view(interior: Interior) -> FitView:
    (found,) = interior.central.findChildren(FitView)
    return found


def linear(**settings: object) -> LinearModel:
    made = make_problem("linear", data_of(X, Y), settings)
    assert isinstance(made, LinearModel)
    return made


@pytest.mark.parametrize(
    "settings",
    [{}, {"standardise": True, "standardise_y": True, "scaled_by": "range"},
     {"loss": "half_mse", "standardise": True}],
)  # fmt: skip
def test_its_sum_is_that_of_the_line_in_the_datas_units(settings: dict[str, object]) -> None:
    mine, problem = MyLine(), linear(**settings)
    mine.handles = [(1.0, 1.0), (3.0, 6.0)]  # 2.5x − 1.5
    (found,) = mine.sums(problem, None, LIGHT, best=False)
    assert found.total == pytest.approx(np.sum((2.5 * X - 1.5 - Y) ** 2))
    _, best = mine.sums(problem, None, LIGHT, best=True)
    line = np.polynomial.Polynomial.fit(X, Y, 1)
    assert best.total == pytest.approx(np.sum((line(X) - Y) ** 2))


def test_without_an_intercept_one_handle_turns_it() -> None:
    mine, problem = MyLine(), linear(intercept=False, standardise=True)
    mine.handles = [(2.0, 5.0)]
    (found,) = mine.sums(problem, None, LIGHT, best=False)
    assert found.total == pytest.approx(np.sum((2.5 * X - Y) ** 2))


def test_mouse_and_keys_lay_it(qtbot: QtBot, interior: Interior) -> None:
    fit, workspace = view(interior), interior.workspace
    assert not fit.switches["my_line"].isChecked()
    fit.switches["my_line"].click()
    until(qtbot, interior)
    qtbot.waitUntil(lambda: len(fit.mine.handles) == 2)
    before = list(fit.mine.handles)
    assert before[0][1] == before[1][1] == pytest.approx(Y.mean())
    projection = fit.plot.projection()
    at = projection.point(*before[0])
    corner = fit.plot.box.mapRectToScene(fit.plot.box.rect()).topLeft()
    place = QPoint(round(corner.x() + at.x()), round(corner.y() + at.y()))
    there = place + QPoint(0, 30)
    port = fit.plot.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(port, there)
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=there)
    assert fit.mine.handles[0][1] < before[0][1]
    assert workspace.setup.problem.data is not None
    assert workspace.setup.problem.data.y.tolist() == Y.tolist()  # no point went along
    fit.mine.held = None
    fit.plot.setFocus()
    qtbot.keyClick(fit.plot, Qt.Key.Key_Period)
    qtbot.keyClick(fit.plot, Qt.Key.Key_Period)
    assert fit.mine.held == 1
    qtbot.keyClick(fit.plot, Qt.Key.Key_Up)
    assert fit.mine.handles[1][1] > before[1][1]
    qtbot.keyClick(fit.plot, Qt.Key.Key_Escape)
    assert fit.mine.held is None


def test_it_is_offered_where_a_line_is_fitted_by_squares(qtbot: QtBot, interior: Interior) -> None:
    fit = view(interior)
    for problem, setting, offered in (
        ("linear", None, True), ("linear", ("loss", "mae"), False), ("polynomial", None, False),
        ("logistic", None, False),
    ):  # fmt: skip
        interior.workspace.choose_problem(problem)
        if setting is not None:
            interior.workspace.change_problem(*setting)
        until(qtbot, interior)
        assert fit.switches["my_line"].isVisibleTo(fit) is offered
