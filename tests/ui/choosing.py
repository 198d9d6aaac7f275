"""Choosing problems in the panel, and what it shows."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gdsim.ui.controls.form import SettingsForm
from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def choose(qtbot: QtBot, interior: Interior, name: str) -> None:
    """Choose a problem by its entry in the list."""
    box = interior.central.problem_panel.problem
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())
    shown = until(qtbot, interior, lambda s: s.problem.name == name)
    qtbot.waitUntil(lambda: interior.central.problem_panel.shown is shown.problem)


def shown_settings(interior: Interior) -> set[str]:
    panel = interior.central.problem_panel
    return {
        name
        for form in panel.findChildren(SettingsForm)
        for name, field in form.editors.items()
        if field.isVisible()
    }
