"""The gauge of the learning rate, its presets, the why and the remedies, on the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from gdsim.engine.arrays import Array
from gdsim.engine.fields import settings_values
from gdsim.engine.plan import plan_of
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.ui.controls.run_card import RunCard
from gdsim.ui.interior import Interior
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.parameter_view import ParameterView
from tests.ui.conftest import until
from tests.ui.seeing import colors

LEFT = Qt.MouseButton.LeftButton


def card_of(qtbot: QtBot, interior: Interior, run: Run) -> RunCard:
    interior.workspace.change_run(0, run)
    until(qtbot, interior, lambda s: s.runs[0].run == run)
    qtbot.wait(50)
    return interior.central.run_list.cards[0]


def run_now(interior: Interior) -> Run:
    return interior.workspace.setup.tracks[0].run


@pytest.mark.parametrize("schedule", ["constant", "warmup_cosine", "noam", "one_cycle"])
def test_dragged_to_a_rate_the_peak_is_that_rate(
    qtbot: QtBot, interior: Interior, schedule: str
) -> None:
    problem = interior.workspace.setup.problem
    card = card_of(qtbot, interior, make_run(problem, "gd", {"lr": 0.01}, schedule))
    x = round(card.gauge.x_of(0.03))
    qtbot.mouseClick(card.gauge, LEFT, pos=QPoint(x, card.gauge.height() // 2))
    assert plan_of(run_now(interior), 1000).peak == pytest.approx(0.03, rel=0.05)


def test_every_method_has_a_gauge_that_keys_move(qtbot: QtBot, interior: Interior) -> None:
    problem = interior.workspace.setup.problem
    for name in ("gd", "adam", "lion", "newton"):
        card = card_of(qtbot, interior, make_run(problem, name, {"lr": 0.01}))
        assert card.gauge.isVisible()
        qtbot.keyClick(card.gauge, Qt.Key.Key_Right)
        assert run_now(interior).learning_rate == pytest.approx(0.01 * 10**0.02, rel=0.01)
        assert card.presets.isVisible() is (name in ("gd", "newton"))


def test_with_samples_both_limits_are_named(qtbot: QtBot, interior: Interior) -> None:
    problem = interior.workspace.setup.problem
    drawn = make_run(problem, "sgd", {"lr": 0.01}, "constant", None, Sampling(1, "random", 0))
    card = card_of(qtbot, interior, drawn)
    assert card.gauge.reading.limit == pytest.approx(0.0542, rel=2e-3)
    assert card.gauge.reading.whole == pytest.approx(0.08452, rel=1e-3)
    assert "0.0542: the limit with single samples drawn at random" in card.gauge.toolTip()
    assert "0.0845: the limit with all samples" in card.gauge.toolTip()


def test_with_momentum_the_bands_have_its_own_words(qtbot: QtBot, interior: Interior) -> None:
    """At 0.02 the roots of z² − (1.9 − 0.47)z + 0.9 are complex: it swings, and is not smooth."""
    problem = interior.workspace.setup.problem
    for method, rate, name in (
        ("momentum", 0.02, "underdamped"), ("momentum", 1e-5, "overdamped"),
        ("nesterov", 0.05, "alternating"), ("momentum", 0.17, "divergence"),
        ("nesterov", 0.02, "underdamped"), ("gd", 0.02, "smooth"),
    ):  # fmt: skip
        card = card_of(qtbot, interior, make_run(problem, method, {"lr": rate}))
        assert f"\n{name}\n" in card.gauge.toolTip()


def test_once_it_moves_adam_has_the_limit_of_its_scaled_curvature(
    qtbot: QtBot, interior: Interior
) -> None:
    problem = interior.workspace.setup.problem
    card = card_of(qtbot, interior, make_run(problem, "adam", {"lr": 0.1}))
    assert card.gauge.reading.limit is None
    interior.workspace.step_by(30)
    until(qtbot, interior, lambda s: s.step == 30)
    qtbot.waitUntil(lambda: card.gauge.reading.limit is not None)
    assert "λmax(P⁻¹H)" in card.gauge.toolTip()
    assert "P = √v̂ + ε" in card.why.text()


@pytest.mark.parametrize(
    ("preset", "rate"), [("safe", 0.0423), ("fastest", 0.0833), ("too_large", 0.093)]
)
def test_a_preset_sets_the_rate(qtbot: QtBot, interior: Interior, preset: str, rate: float) -> None:
    card = card_of(qtbot, interior, make_run(interior.workspace.setup.problem, "gd", {"lr": 0.01}))
    button = card.findChild(QToolButton, f"run.1.rate.{preset}")
    assert isinstance(button, QToolButton)
    qtbot.mouseClick(button, LEFT)
    assert run_now(interior).learning_rate == pytest.approx(rate, rel=0.005)


def test_the_why_names_the_axis_that_decides(qtbot: QtBot, interior: Interior) -> None:
    problem = interior.workspace.setup.problem
    card = card_of(qtbot, interior, make_run(problem, "gd", {"lr": 0.01}))
    qtbot.waitUntil(lambda: "flat axis" in card.why.text())
    assert "680 steps" in card.why.text()
    card = card_of(qtbot, interior, make_run(problem, "gd", {"lr": 0.09}))
    qtbot.waitUntil(lambda: "= −1.13" in card.why.text())


@pytest.mark.parametrize(("rate", "place"), [(0.01, 0), (0.09, 1)])
def test_pointing_at_the_why_lights_its_axis_in_the_picture(
    qtbot: QtBot, interior: Interior, rate: float, place: int
) -> None:
    """The flat axis at 0.01, the steep one at 0.09: H of the article is [[2, 6], [6, 22]]."""
    problem = interior.workspace.setup.problem
    card = card_of(qtbot, interior, make_run(problem, "gd", {"lr": rate}))
    view = interior.central.view(ParameterView)
    hessian = np.array([[2.0, 6.0], [6.0, 22.0]])
    way: Array = np.linalg.eigh(hessian)[1][:, place]
    across = np.array([way[1], -way[0]])
    ink = np.array(LIGHT.color("text").toTuple())[:3]

    def is_lit(along: Array) -> bool:  # beyond the arrow of the next step
        x, y = (np.array(interior.workspace.snapshot.runs[0].theta) + 4.7 * along).tolist()
        return bool((np.abs(colors(view, x, y, 2) - ink).max(axis=1) <= 6).any())

    qtbot.waitUntil(lambda: view.is_ready and not (is_lit(way) or is_lit(-way)))
    QApplication.sendEvent(card.why, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    qtbot.waitUntil(lambda: is_lit(way) or is_lit(-way))
    assert not is_lit(across)
    QApplication.sendEvent(card.why, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not (is_lit(way) or is_lit(-way)))


def test_one_press_helps_a_run_that_has_left_its_limit(qtbot: QtBot, interior: Interior) -> None:
    problem = interior.workspace.setup.problem
    card = card_of(qtbot, interior, make_run(problem, "gd", {"lr": 50.0}))
    assert not card.remedies.isVisible()
    interior.workspace.step_by(80)
    qtbot.waitUntil(card.remedies.isVisible)
    (button,) = card.remedies.buttons
    qtbot.mouseClick(button, LEFT)
    end = until(qtbot, interior, lambda s: s.runs[0].run.learning_rate < 0.05)
    assert np.isfinite(end.runs[0].loss)
    qtbot.waitUntil(lambda: not card.remedies.isVisible())


def test_standardise_is_a_press_where_scale_is_the_cause(qtbot: QtBot, interior: Interior) -> None:
    area = np.linspace(50.0, 250.0, 20)
    interior.workspace.edit_data((area, 3.0 * area + 7.0))
    card = card_of(qtbot, interior, make_run(interior.workspace.setup.problem, "gd", {"lr": 0.1}))
    interior.workspace.step_by(80)
    qtbot.waitUntil(card.remedies.isVisible)
    named = {button.objectName(): button for button in card.remedies.buttons}
    qtbot.mouseClick(named["run.1.remedy.standardise"], LEFT)
    shown = until(qtbot, interior, lambda s: s.problem is interior.workspace.setup.problem)
    assert settings_values(shown.problem.settings)["standardise"] is True
