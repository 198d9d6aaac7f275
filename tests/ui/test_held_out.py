"""Held-back samples in the window: hollow points, a dashed curve, a sentence."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.loss_view import HELD_DASH, LossView
from tests.ui.conftest import until
from tests.ui.test_views_drawing import like, pixels


def test_the_window_shows_what_is_held_back(qtbot: QtBot, interior: Interior) -> None:
    workspace, central = interior.workspace, interior.central
    workspace.choose_problem("linear")
    until(qtbot, interior)
    (fit,) = central.findChildren(FitView)
    (loss,) = central.findChildren(LossView)
    gray = fit.theme.color("text")
    before = like(pixels(fit), gray, 90).sum()
    workspace.change_problem("test_share", 0.5)
    workspace.step_by(40)
    shown = until(qtbot, interior, lambda s: s.step == 40)
    assert like(pixels(fit), gray, 90).sum() < 0.85 * before  # rings have less ink than dots
    (run,) = shown.runs
    assert run.held is not None
    problem = shown.problem
    theta = np.ascontiguousarray(run.trace.rows[:, 2:].T)
    assert np.array_equal(run.held.loss, problem.loss_on(theta, problem.held_data))
    (line,) = loss.beneath(run, gray, 1.0)
    assert line.dash == HELD_DASH
    assert "held-back" in loss.note()
    assert "held-back samples, training loss" in central.problem_panel.answer.text()
    assert "20 points, 20 held back" in central.problem_panel.formula.text()


def test_an_edited_point_keeps_the_others(qtbot: QtBot, interior: Interior) -> None:
    workspace = interior.workspace
    workspace.choose_problem("linear")
    workspace.change_problem("test_share", 0.5)
    until(qtbot, interior)
    (fit,) = interior.central.findChildren(FitView)
    assert len(fit.points.x) == 40
    fit.points.move(3, 9.0, 9.0)
    fit._send_edit()
    shown = until(qtbot, interior, lambda s: s.problem.own_data is not None)
    assert (shown.problem.size, len(shown.problem.held)) == (20, 20)
    assert shown.problem.own_data is not None
    assert shown.problem.own_data.size == 40
