"""A branch and a change from here on, as the window shows them."""

from __future__ import annotations

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.rate_view import RateView
from tests.ui.conftest import until
from tests.ui.seeing import colors
from tests.ui.test_edits import cards_rate, rate_field


def test_a_branch_with_another_rate_typed_goes_its_parents_way_up_to_there(
    qtbot: QtBot, interior: Interior
) -> None:
    workspace = interior.workspace
    workspace.step_by(61)
    until(qtbot, interior, lambda s: s.step == 61)
    workspace.branch_selected()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    field = rate_field(interior, 1)
    field.selectAll()
    QTest.keyClicks(field, "0.03\r")
    workspace.step_by(1)
    moved = until(qtbot, interior, lambda s: s.step == 62)
    parent, branch = (run.trace.rows[:, 0].tolist() for run in moved.runs)
    assert branch[:61] == parent[:61]
    assert branch[61] != parent[61]
    workspace.seek(0)  # the card tells the branch's own rate, which it has from step 61 on
    until(qtbot, interior, lambda s: s.step == 0)
    assert (cards_rate(interior, 0), cards_rate(interior, 1)) == (0.01, 0.03)


def test_a_new_experiment_is_looked_at_as_the_first_one_was(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.workspace.set_restart(False)
    interior.documents._take_as_saved(None)
    interior.documents.new()
    assert interior.workspace.scene.options.restart
    qtbot.waitUntil(interior.central.run_list.restart.isChecked)


def test_a_rate_changed_from_here_on_is_in_the_legend_and_a_step_of_the_curve(
    qtbot: QtBot, interior: Interior
) -> None:
    """The rate of step k holds for the whole update: none lies between two."""
    workspace = interior.workspace
    workspace.set_option("restart", False)
    workspace.set_limit(20)
    workspace.add_run()
    workspace.step_by(10)
    until(qtbot, interior, lambda s: s.step == 10)
    workspace.edit_run(0, "settings", "learning_rate", 0.05)
    workspace.step_by(6)
    moved = until(qtbot, interior, lambda s: s.step == 16)
    parameters = interior.central.view(ParameterView)
    told = [entry.value for entry in parameters._entries(list(moved.runs))]
    assert told == ["α 0.05", "α 0.01"]
    workspace.set_visible(1, False)
    qtbot.wait(60)
    rate, color = interior.central.view(RateView), LIGHT.run_style(0).color

    def drawn(step: float, value: float) -> bool:
        off = abs(colors(rate, step, value, 1) - [color.red(), color.green(), color.blue()])
        return bool((off.max(axis=1) < 40).any())

    assert drawn(9.5, 0.01)
    assert drawn(12.5, 0.05)
    assert drawn(10.0, 0.03)
    assert not drawn(9.5, 0.03)
    assert not drawn(9.0, 0.02)
    workspace.seek(5)  # what was in force there
    until(qtbot, interior, lambda s: s.step == 5)
    told = [one.value for one in parameters._entries(list(workspace.snapshot.runs))]
    assert told == ["α 0.01", "α 0.01"]
