"""The real window and its dialogs at all sizes, in both languages, alone and before a class."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from gdsim.experiment.setup import first_setup
from gdsim.ui.interior import Interior
from tests.ui.clipping import faults
from tests.ui.conftest import until

SIZES = [(1024, 728), (1366, 728), (1920, 1040)]
"""What a task bar leaves of usual screens."""
METHODS = ("momentum", "adam", "rmsprop", "nesterov", "adagrad", "adamw", "lion")


def arrange(interior: Interior, size: tuple[int, int], lang: str, *, present: bool) -> None:
    window = interior.window
    window.actions_by_name[f"language_{lang}"].trigger()
    window.actions_by_name["present"].setChecked(present)
    window.resize(*size)


@pytest.mark.parametrize("present", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_in_the_window_is_cut_off(
    qtbot: QtBot, interior: Interior, size: tuple[int, int], lang: str, present: bool
) -> None:
    workspace = interior.workspace
    arrange(interior, size, lang, present=present)
    assert (interior.window.width(), interior.window.height()) == size

    def check(what: str) -> None:
        until(qtbot, interior)
        qtbot.wait(60)
        assert not faults(interior.window), what

    check("as it opens")
    workspace.edit_run(0, "settings", "learning_rate", 0.12)
    workspace.step_by(60)
    until(qtbot, interior, lambda s: s.step == 60)
    check("a run that left the limit")
    for problem in ("expression", "logistic", "network"):
        workspace.choose_problem(problem)
        check(problem)
    workspace.change_problem("hidden", "8,8")
    check("a network of two layers")
    workspace.load(first_setup())
    for place, method in enumerate(METHODS, 1):
        workspace.add_run()
        workspace.edit_run(place, "optimizer", "", method)
    workspace.step_by(240)
    until(qtbot, interior, lambda s: s.step == 240 and len(s.runs) == 8)
    check("eight runs")


@pytest.mark.parametrize("present", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_in_a_dialog_is_cut_off(
    qtbot: QtBot,
    interior: Interior,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    present: bool,
) -> None:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: QRect(0, 0, 1920, 1040))
    arrange(interior, (1920, 1040), lang, present=present)
    until(qtbot, interior)
    table = tmp_path / "cars.csv"
    lines = "\n".join(f"{1 + 0.1 * i:.1f};{3 + 0.3 * i:.2f}" for i in range(40))
    table.write_text(f"engine (litres);consumption\n{lines}", encoding="utf-8")
    side = interior.side
    opened = {
        "sweep": side.sweep, "race": side.race, "why": lambda: side.explain(0),
        "code": side.export_code, "film": side.export_film,
        "table": lambda: interior.documents.open_data(table),
    }  # fmt: skip
    for name, opens in opened.items():
        opens()
        qtbot.wait(400)
        dialogs = [
            w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()
        ]
        assert len(dialogs) == 1, name
        found = faults(dialogs[0])
        dialogs[0].close()
        qtbot.wait(20)
        assert not found, name
