"""The loss above the known minimum, the tolerance's line and where each run gets there for good."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import gdsim
from gdsim.engine.problems import make_problem
from gdsim.experiment.view_state import ViewOptions
from gdsim.ui.interior import Interior
from gdsim.ui.plot.arrivals import groups
from gdsim.ui.plot.ranges import reach
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.rate_view import RateView


@pytest.fixture
def played(qtbot: QtBot, interior: Interior) -> LossView:
    """The article's points by gradient descent at 0.01, 620 steps of it, at step 240."""
    view = interior.central.view(LossView)
    interior.workspace.step_by(620)
    qtbot.waitUntil(lambda: view.snapshot is not None and view.snapshot.recorded == 620)
    interior.workspace.seek(240)
    qtbot.waitUntil(lambda: view.snapshot is not None and view.snapshot.step == 240)
    return view


def test_a_line_is_as_high_as_the_loss_above_the_minimum(played: LossView) -> None:
    run = played.visible_runs()[0]
    loss = gdsim.simulate("article", lr=0.01, steps=240).loss[-1]
    assert played.end(run)[2] == pytest.approx(math.log10(loss - 0.56), rel=1e-9)
    assert played.bar.label.text() == "Loss above the minimum"
    assert played.bar.label.note.startswith("MSE − 0.56;")  # the strip of rates is beneath
    with played.alone():
        assert played.plot.left.labelText == "MSE − 0.56"
    low, high = played.plot.box.viewRange()[1]
    assert low < math.log10(0.01) < math.log10(40) < high


def test_a_tick_stands_where_the_run_gets_there_for_good(played: LossView) -> None:
    # facts.md: gradient descent at 0.01 stays within 0.01 of 0.56 from step 548 on.
    assert [one.step for one in played.arrivals()] == [548]


def test_m_shows_the_whole_loss_and_is_kept_with_the_experiment(
    qtbot: QtBot, interior: Interior, played: LossView
) -> None:
    qtbot.keyClick(QApplication.focusWidget() or played, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: played.bar.label.text() == "Loss")
    run = played.visible_runs()[0]
    loss = gdsim.simulate("article", lr=0.01, steps=240).loss[-1]
    assert played.end(run)[2] == pytest.approx(math.log10(loss), rel=1e-9)
    assert played.arrivals() == []
    assert interior.workspace.scene.options.above_minimum is False
    assert not played.switches["above_minimum"].isChecked()


def test_where_no_minimum_is_known_the_loss_is_shown_as_it_is(
    qtbot: QtBot, interior: Interior, played: LossView
) -> None:
    problem = make_problem("network")
    assert problem.least_loss is None
    interior.workspace.choose_problem(problem.name)
    qtbot.waitUntil(lambda: played.bar.label.text() == "Loss")
    assert played.switches["above_minimum"].isHidden()
    assert played.base == 0.0


def test_a_minimum_below_zero_keeps_its_log_scale(
    qtbot: QtBot, interior: Interior, played: LossView
) -> None:
    problem = make_problem("double_well")
    assert problem.least_loss is not None
    assert problem.least_loss < 0.0
    interior.workspace.choose_problem(problem.name)
    qtbot.waitUntil(lambda: played.base == problem.least_loss)
    assert played.log_scale
    assert played.note().startswith("J + 0.1")


def test_near_ticks_share_a_text() -> None:
    assert groups([]) == []
    assert groups([10.0, 49.0, 88.0, 200.0]) == [[0, 1, 2], [3]]
    assert groups([10.0, 50.0]) == [[0], [1]]


def test_the_option_is_on_unless_switched_off() -> None:
    assert ViewOptions().above_minimum
    assert not replace(ViewOptions(), above_minimum=False).above_minimum


def test_words_behind_the_last_step_lie_on_no_line(interior: Interior, played: LossView) -> None:
    """The strip of rates and the loss above it leave room for what is said of critical rates."""
    rate = interior.central.view(RateView)
    shown = interior.workspace.snapshot
    last = reach(shown.recorded, shown.step_limit)
    for view in (played, rate):
        projection = view.plot.projection()
        end = float(projection.x(last))
        assert projection.width - end >= 90.0
    (ahead,) = rate.beneath(shown.runs[0], QColor("red"), 1.0)
    assert ahead.last_step <= last
