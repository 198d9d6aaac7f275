"""The table of the runs: what it says, how it sorts, what it gives to a spreadsheet."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gdsim.ui.controls.run_table import DISTANCE, HEIGHT, RUN, STEPS, RunTable
from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def filled(qtbot: QtBot, interior: Interior, steps: int = 250) -> RunTable:
    """Gradient descent at 0.0794, momentum at 0.01, Adam at 0.398: facts of the mock-up."""
    workspace, table = interior.workspace, interior.central.table
    workspace.edit_run(0, "settings", "learning_rate", 0.0794)
    for key, (name, rate) in enumerate((("momentum", 0.01), ("adam", 0.398)), 1):
        workspace.add_run()
        workspace.edit_run(key, "optimizer", "", name)
        workspace.edit_run(key, "settings", "learning_rate", rate)
    workspace.step_by(steps)
    until(qtbot, interior, lambda s: s.step == steps)
    interior.window.actions_by_name["table"].trigger()
    qtbot.waitUntil(table.isVisible)
    until(qtbot, interior)
    qtbot.waitUntil(lambda: len(table.model.rows) == 3)
    return table


def column(table: RunTable, place: int) -> list[str]:
    model = table.view.model()
    return [str(model.index(row, place).data()) for row in range(model.rowCount())]


def test_it_is_sorted_by_the_steps_and_by_any_other_column(
    qtbot: QtBot, interior: Interior
) -> None:
    table = filled(qtbot, interior)
    assert column(table, STEPS) == ["✓ 69 steps", "✓ 72 steps", "✓ 76 steps"]
    assert [one[0] for one in column(table, RUN)] == ["1", "3", "2"]
    table.view.sortByColumn(DISTANCE, Qt.SortOrder.AscendingOrder)
    shown = interior.workspace.snapshot
    best = np.array(shown.problem.minima[0])
    ways = {run.key: float(np.linalg.norm(run.theta - best)) for run in shown.runs}
    order = sorted(ways, key=lambda key: ways[key])
    assert [one[0] for one in column(table, RUN)] == [str(key + 1) for key in order]


def test_those_that_have_not_arrived_stand_by_their_loss(qtbot: QtBot, interior: Interior) -> None:
    table = filled(qtbot, interior, steps=20)
    losses = {run.key: run.loss for run in interior.workspace.snapshot.runs}
    order = sorted(losses, key=lambda key: losses[key])
    assert [one[0] for one in column(table, RUN)] == [str(key + 1) for key in order]


def test_a_row_selects_its_run_and_follows_the_selected_one(
    qtbot: QtBot, interior: Interior
) -> None:
    table, workspace = filled(qtbot, interior), interior.workspace
    for key in (0, 1):
        rows = [one[0] for one in column(table, RUN)]
        table.view.setCurrentIndex(table.view.model().index(rows.index(str(key + 1)), RUN))
        assert workspace.scene.selected == key
    workspace.select(2)
    until(qtbot, interior)
    qtbot.waitUntil(lambda: table.view.currentIndex().row() == 1)


def test_a_spreadsheet_gets_every_digit(qtbot: QtBot, interior: Interior) -> None:
    table = filled(qtbot, interior)
    table.copy.click()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [row["steps_to_tolerance"] for row in rows] == ["69", "72", "76"]
    runs = {str(run.key + 1): run for run in interior.workspace.snapshot.runs}
    for row in rows:
        assert float(row["loss"]) == runs[row["run"]].loss
        assert float(row["above_minimum"]) == pytest.approx(runs[row["run"]].loss - 0.56)
        assert row["step"] == "250"


def test_it_gives_way_and_comes_back(qtbot: QtBot, interior: Interior) -> None:
    table = filled(qtbot, interior)
    loss = interior.central.places["loss"]
    assert loss.isVisible()
    assert not interior.central.places["rate"].isVisible()
    interior.window.resize(1024, 728)
    qtbot.waitUntil(lambda: not loss.isVisible())
    table.loss.click()
    qtbot.waitUntil(lambda: loss.isVisible() and not table.isVisible())
    assert not interior.workspace.scene.options.table


def test_what_a_lesson_hides_is_not_in_it(qtbot: QtBot, interior: Interior) -> None:
    table = filled(qtbot, interior)
    interior.workspace.set_curtain(hides=frozenset({"loss"}))
    until(qtbot, interior)
    qtbot.waitUntil(lambda: set(column(table, HEIGHT)) == {"–"})
    assert set(column(table, STEPS)) == {""}
    assert set(column(table, DISTANCE)) == {"–"}
    table.copy.click()
    assert "0.56" not in QGuiApplication.clipboard().text()
