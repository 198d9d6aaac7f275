"""The sweep in the window, by real clicks and keys."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

import gdsim
from gdsim.engine.run import make_run
from gdsim.engine.sweep.words import told_at
from gdsim.runtime.sweep_teller import Question
from gdsim.ui.dialogs.sweep_dialog import SweepDialog
from gdsim.ui.interior import Interior
from tests.ui.conftest import until

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def sweep(qtbot: QtBot, interior: Interior) -> SweepDialog:
    """The sweep of a momentum run, small enough to be quick."""
    interior.window.resize(1024, 768)
    interior.workspace.change_run(0, make_run(interior.workspace.setup.problem, "momentum"))
    interior.window.actions_by_name["sweep"].trigger()
    (dialog,) = interior.window.findChildren(SweepDialog)
    qtbot.waitExposed(dialog)
    # The offscreen platform gives a moving pointer to the window that was there first.
    dialog.move(1500, 0)
    dialog.axes[0].count.setValue(30)
    dialog.axes[1].count.setValue(20)
    return dialog


def compute(qtbot: QtBot, dialog: SweepDialog) -> None:
    before = dialog.view.map
    qtbot.mouseClick(dialog.compute, LEFT)
    qtbot.waitUntil(lambda: dialog.view.map is not before and dialog.compute.isEnabled())
    qtbot.wait(50)


def cell(dialog: SweepDialog, *places: int) -> QPoint:
    assert dialog.view.map is not None
    return dialog.view.map.cell(places).center().toPoint()


def hover(dialog: SweepDialog, *places: int) -> None:
    QTest.mouseMove(dialog.view, cell(dialog, *places) + QPoint(30, 30))
    QTest.mouseMove(dialog.view, cell(dialog, *places))


def test_a_click_on_the_map_adds_that_run(
    qtbot: QtBot, interior: Interior, sweep: SweepDialog
) -> None:
    assert [axis.key for axis in sweep.axes] == ["learning_rate", "momentum"]
    compute(qtbot, sweep)
    assert sweep.view.map is not None
    outcomes = sweep.view.map.outcomes
    hover(sweep, 12, 5)
    qtbot.waitUntil(lambda: "Momentum β" in sweep.told.text())
    qtbot.mouseClick(sweep.view, LEFT, pos=cell(sweep, 12, 5))
    added = until(qtbot, interior).runs
    assert len(added) == 2
    assert added[1].run == outcomes.grid.run_at(12, 5)
    assert interior.workspace.scene.selected == added[1].key
    # Played to the same step it is where the map says.
    interior.workspace.step_by(500)
    end = until(qtbot, interior, lambda s: s.step == 500)
    assert end.runs[1].loss == outcomes.loss[12, 5]


@pytest.mark.parametrize("places", [(0, 0), (12, 5), (29, 19)])
def test_the_run_pointed_at_is_told_as_simulate_tells_it(
    places: tuple[int, int], qtbot: QtBot, sweep: SweepDialog
) -> None:
    compute(qtbot, sweep)
    assert sweep.view.map is not None
    rate, momentum = (
        axis.value(place) for axis, place in zip(sweep.view.map.axes, places, strict=True)
    )
    alone = gdsim.simulate("article", "momentum", lr=float(rate), momentum=momentum, steps=500)
    hover(sweep, *places)
    qtbot.waitUntil(lambda: alone.verdict in sweep.told.text())
    assert sweep.told.text().splitlines()[1:] == [alone.regime, alone.verdict]


def test_an_answer_that_comes_late_is_not_told_of_another_run(
    qtbot: QtBot, sweep: SweepDialog
) -> None:
    compute(qtbot, sweep)
    assert sweep.view.map is not None
    grid = sweep.view.map.outcomes.grid
    late = Question(grid, (0, 0), 500)
    sweep.told._teller.answers.put((late, *told_at(grid, (0, 0), 500)))
    hover(sweep, 29, 19)
    verdict = str(told_at(grid, (29, 19), 500)[1].sentence)
    qtbot.waitUntil(lambda: verdict in sweep.told.text())
    assert str(told_at(grid, (0, 0), 500)[1].sentence) not in sweep.told.text()


def test_nothing_is_told_once_the_pointer_has_left(qtbot: QtBot, sweep: SweepDialog) -> None:
    compute(qtbot, sweep)
    hover(sweep, 12, 5)
    QTest.mouseMove(sweep.view, QPoint(1, 1))
    qtbot.waitUntil(lambda: not sweep.told.text())
    qtbot.wait(150)  # the verdict on the run that was left must not come in late
    assert sweep.told.text() == ""


def test_the_keys_reach_a_run_too(qtbot: QtBot, interior: Interior, sweep: SweepDialog) -> None:
    compute(qtbot, sweep)
    sweep.view.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Return):
        qtbot.keyClick(sweep.view, key)
    assert sweep.view.map is not None
    expected = sweep.view.map.outcomes.grid.run_at(14, 11)
    assert interior.workspace.setup.track(1).run == expected
    assert sweep.isVisible()


def test_cancelling_keeps_the_map_and_leaves_no_thread(qtbot: QtBot, sweep: SweepDialog) -> None:
    compute(qtbot, sweep)
    shown = sweep.view.map
    sweep.steps.setValue(1_000_000)
    qtbot.mouseClick(sweep.compute, LEFT)
    assert sweep.progress.isVisible()
    assert any(t.name == "gdsim-sweeping" for t in threading.enumerate())
    qtbot.mouseClick(sweep.cancel, LEFT)
    assert not any(t.name.startswith("gdsim-sweep") for t in threading.enumerate())
    assert sweep.view.map is shown
    assert sweep.compute.isEnabled()
    assert not sweep.progress.isVisible()


def test_closing_ends_the_work(qtbot: QtBot, sweep: SweepDialog) -> None:
    sweep.steps.setValue(1_000_000)
    qtbot.mouseClick(sweep.compute, LEFT)
    qtbot.keyClick(sweep, Qt.Key.Key_Escape)
    assert not sweep.isVisible()
    assert not any(t.name.startswith("gdsim-sweep") for t in threading.enumerate())


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        ("0", "1", "above zero"),
        ("1", "0.1", "low end"),
        ("x", "1", "no range"),
        ("1", "1e9", "≤ 1×10⁶"),
    ],
)
def test_a_bad_range_is_told_and_nothing_is_lost(
    low: str, high: str, told: str, qtbot: QtBot, sweep: SweepDialog
) -> None:
    compute(qtbot, sweep)
    shown = sweep.view.map
    for editor, text in ((sweep.axes[0].low, low), (sweep.axes[0].high, high)):
        editor.selectAll()
        qtbot.keyClicks(editor, text)
    qtbot.mouseClick(sweep.compute, LEFT)
    assert told in sweep.message.text()
    assert sweep.view.map is shown


def test_another_field_brings_its_range(qtbot: QtBot, sweep: SweepDialog) -> None:
    axis = sweep.axes[1]
    place = axis.field.findData("theta_0")
    axis.field.setFocus()
    axis.field.setCurrentIndex(place)
    axis.field.activated.emit(place)
    assert axis.spacing.currentData() == "lin"
    assert float(axis.low.text()) < -1.0 < float(axis.high.text())
    compute(qtbot, sweep)
    assert sweep.view.map is not None
    assert sweep.view.map.outcomes.grid.axes[1].name == "theta_0"


def test_a_run_of_another_problem_is_not_added(
    qtbot: QtBot, interior: Interior, sweep: SweepDialog
) -> None:
    compute(qtbot, sweep)
    interior.workspace.choose_problem("rosenbrock")
    qtbot.mouseClick(sweep.view, LEFT, pos=cell(sweep, 3, 3))
    (box,) = interior.window.findChildren(QMessageBox)
    assert "changed" in box.text()
    box.close()
    assert len(interior.workspace.setup.tracks) == 1
    compute(qtbot, sweep)
    assert sweep.view.map is not None
    assert sweep.view.map.outcomes.grid.problem.name == "rosenbrock"


def test_theme_and_language_change_under_it(
    qtbot: QtBot, interior: Interior, sweep: SweepDialog
) -> None:
    def brightness() -> float:
        image = sweep.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        return float(np.frombuffer(image.constBits(), np.uint8).mean())

    compute(qtbot, sweep)
    light = brightness()
    interior.window.actions_by_name["theme_dark"].trigger()
    qtbot.wait(50)
    assert brightness() < 0.6 * light
    interior.window.actions_by_name["language_zh"].trigger()
    qtbot.wait(50)
    assert sweep.compute.text() == "计算(&C)"
    hover(sweep, 2, 2)
    qtbot.waitUntil(lambda: "学习率" in sweep.told.text())
    interior.window.actions_by_name["theme_light"].trigger()


def test_every_control_has_a_name_and_fits_a_small_screen(qtbot: QtBot, sweep: SweepDialog) -> None:
    compute(qtbot, sweep)
    assert sweep.minimumSizeHint().width() <= 900
    assert sweep.minimumSizeHint().height() <= 600
    reached = [
        widget
        for widget in sweep.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
    ]
    assert sweep.view in reached
    for widget in reached:
        text = widget.accessibleName() or getattr(widget, "text", lambda: "")()
        inside = widget.objectName().startswith("qt_")
        assert text or inside, widget


def test_a_map_of_another_run_says_whose_it_is(
    qtbot: QtBot, interior: Interior, sweep: SweepDialog
) -> None:
    compute(qtbot, sweep)
    assert "Momentum" in sweep.base.text()
    assert "map is still" not in sweep.base.text()
    sweep.hide()
    problem = interior.workspace.setup.problem
    interior.workspace.change_run(0, make_run(problem, "adam"))
    sweep.show()
    first, second = sweep.base.text().split("\n")
    assert "Adam" in first
    assert "The map is still that of" in second
    assert "Momentum" in second
    compute(qtbot, sweep)
    assert "map is still" not in sweep.base.text()
