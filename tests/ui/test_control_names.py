"""Every control has a name that lessons can lock and hide by, and one that is read aloud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QComboBox, QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS
from gdsim.engine.run import make_run
from gdsim.engine.schedules import SCHEDULES
from gdsim.ui.dialogs.crash_dialog import CrashDialog
from gdsim.ui.interior import Interior
from tests.ui.conftest import until

LESSONS = (
    "run.1.learning_rate", "run.1.momentum", "run.1.optimizer", "run.1.schedule", "run.1.beta2",
    "run.1.batch_size", "run.1.weight_decay", "run.1.gauge", "run.1.verdict", "problem.kind",
    "problem.standardise", "problem.start.theta_0", "transport.play", "transport.timeline",
    "view.parameters", "view.loss", "view.rate", "view.fit", "formula.numbers",
)  # fmt: skip
"""What lessons are about: these names must stay."""


def controls(root: QWidget) -> Iterator[QWidget]:
    """What can be focused, without the parts that Qt makes inside of a control."""
    for widget in root.findChildren(QWidget):
        inside = widget.objectName().startswith("qt_") or widget.focusProxy() is not None
        parent = widget.parentWidget()
        while parent is not None and not inside and parent is not root:
            inside = isinstance(parent, QComboBox)  # its list
            parent = parent.parentWidget()
        of_another = widget.window() is not root.window()  # a dialog has its own turn
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not inside and not of_another:
            yield widget


def check(root: QWidget) -> set[str]:
    """Hold that all controls have a name, no two the same, and something to be read aloud."""
    found = list(controls(root))
    assert found
    for widget in found:
        said = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        assert widget.objectName(), (widget, said)
        assert said.strip(), widget.objectName()
    counts = Counter(widget.objectName() for widget in found)
    assert not [name for name, count in counts.items() if count > 1]
    return set(counts)


def test_the_window_with_every_problem(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    for problem in PROBLEMS:
        interior.workspace.choose_problem(problem.name)
        until(qtbot, interior, lambda s, name=problem.name: s.problem.name == name)  # type: ignore[misc] # a default's type
        for view in interior.central.serving():
            interior.central.places[view.where].choose(view.name)
        check(interior.window)


def test_the_window_with_every_method(qtbot: QtBot, interior: Interior) -> None:
    for number in range(max(len(OPTIMIZERS), len(SCHEDULES))):
        optimizer = OPTIMIZERS[number % len(OPTIMIZERS)].name
        schedule = SCHEDULES[number % len(SCHEDULES)].name
        rate = {"learning_rate": 0.01}
        run = make_run(interior.workspace.snapshot.problem, optimizer, rate, schedule)
        interior.workspace.change_run(0, run)
        until(qtbot, interior, lambda s, run=run: s.runs[0].run == run)  # type: ignore[misc] # a default's type
        assert "run.1.learning_rate" in check(interior.window)


def test_what_lessons_name_is_there(qtbot: QtBot, interior: Interior) -> None:
    met: set[str] = set()
    for optimizer in ("gd", "momentum", "adam"):
        run = make_run(interior.workspace.snapshot.problem, optimizer)
        interior.workspace.change_run(0, run)
        until(qtbot, interior, lambda s, run=run: s.runs[0].run == run)  # type: ignore[misc] # a default's type
        met |= {widget.objectName() for widget in interior.window.findChildren(QWidget)}
    assert not [name for name in LESSONS if name not in met]


def test_the_dialogs(qtbot: QtBot, interior: Interior, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,2\n2,3\n", encoding="utf-8")
    interior.side.sweep()
    interior.side.export_code()
    interior.side.export_film()
    interior.side.edit_starts()
    interior.side.edit_points()
    interior.documents.open_data(table)
    crash = CrashDialog("report", None, interior.window)
    crash.show()
    dialogs = [d for d in interior.window.findChildren(QDialog) if not isinstance(d, QMessageBox)]
    assert len(dialogs) == 7
    names = [name for dialog in dialogs for name in check(dialog)]
    assert len(set(names)) == len(names)
    assert "starts.close" in names
    for dialog in dialogs:
        dialog.close()


@pytest.mark.parametrize("name", ["a.b", ""])
def test_a_control_without_a_name_would_be_found(interior: Interior, name: str) -> None:
    interior.central.transport.play.setObjectName(name)
    interior.central.transport.step.setObjectName(name)
    with pytest.raises(AssertionError):
        check(interior.window)
