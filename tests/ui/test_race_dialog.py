"""The fair race in the window, by real clicks."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import gdsim
from gdsim.engine.run import make_run
from gdsim.experiment.lessons.shelf import bundled
from gdsim.ui.dialogs.race_dialog import RaceDialog
from gdsim.ui.interior import Interior
from tests.ui.conftest import until

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def race(qtbot: QtBot, interior: Interior) -> RaceDialog:
    """The race of the window's demonstration: gradient descent, momentum and Adam."""
    workspace = interior.workspace
    for name, rate in (("momentum", 0.01), ("adam", 0.1)):
        workspace.add(make_run(workspace.setup.problem, name, {"learning_rate": rate}))
    interior.window.actions_by_name["race"].trigger()
    (dialog,) = interior.window.findChildren(RaceDialog)
    qtbot.waitExposed(dialog)
    return dialog


def tune(qtbot: QtBot, dialog: RaceDialog) -> None:
    qtbot.mouseClick(dialog.start_race, LEFT)
    qtbot.waitUntil(lambda: dialog.start_race.isEnabled(), timeout=20_000)


def texts(dialog: RaceDialog) -> list[list[str]]:
    table = dialog.table
    found = [
        [table.item(row, column) for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]
    return [[item.text() if item is not None else "" for item in row] for row in found]


def test_the_table_tells_before_and_after_the_best_first(qtbot: QtBot, race: RaceDialog) -> None:
    tune(qtbot, race)
    gd, adam, momentum = texts(race)
    assert gd[:5] == ["1  Gradient descent", "0.01 → 0.0794", "548 → 69", "0.0398 … 0.0794", "0.35"]
    assert adam[:5] == ["3  Adam", "0.1 → 0.398", "213 → 72", "0.158 … 10", "> 1.85"]
    assert momentum[:3] == ["2  Momentum", "0.01 was best", "76"]
    assert momentum[4] == "1.7"
    found = gdsim.race("article", ["gd"], steps=1000)
    assert gd[5] == found["gd"].verdict
    assert "81 rates from 0.001 to 10" in race.message.text()


def test_the_tuned_rates_are_taken_and_put_back_on_a_word(
    qtbot: QtBot, interior: Interior, race: RaceDialog
) -> None:
    def rates() -> list[float]:
        return [round(t.run.learning_rate, 4) for t in interior.workspace.setup.tracks]

    assert not race.take.isEnabled()
    tune(qtbot, race)
    assert rates() == [0.01, 0.01, 0.1]
    qtbot.mouseClick(race.take, LEFT)
    assert rates() == [0.0794, 0.01, 0.3981]
    until(qtbot, interior, lambda s: round(s.runs[0].run.learning_rate, 4) == 0.0794)
    interior.workspace.undo()  # one edit
    assert rates() == [0.01, 0.01, 0.1]
    qtbot.mouseClick(race.take, LEFT)
    qtbot.mouseClick(race.put_back, LEFT)
    assert rates() == [0.01, 0.01, 0.1]


def test_what_has_changed_since_stays(qtbot: QtBot, interior: Interior, race: RaceDialog) -> None:
    tune(qtbot, race)
    workspace = interior.workspace
    other = make_run(workspace.setup.problem, "adam", {"learning_rate": 0.7})
    workspace.change_run(0, other)
    qtbot.mouseClick(race.take, LEFT)
    assert workspace.setup.track(0).run == other
    assert round(workspace.setup.track(2).run.learning_rate, 4) == 0.3981
    assert "stay as they are: 1" in race.message.text()
    workspace.choose_problem("rosenbrock")
    qtbot.mouseClick(race.put_back, LEFT)
    assert "race again" in race.message.text()


def test_a_lesson_keeps_its_runs(qtbot: QtBot, interior: Interior, race: RaceDialog) -> None:
    """The dialog may have been open when the lesson began."""
    interior.lessons.open(bundled()[0])
    told: list[str] = []
    interior.workspace.refused.connect(told.append)
    runs = [track.run for track in interior.workspace.setup.tracks]
    race.steps.setValue(200)
    tune(qtbot, race)
    qtbot.mouseClick(race.take, LEFT)
    assert [track.run for track in interior.workspace.setup.tracks] == runs
    assert "Leave the lesson" in told[0]


def test_a_second_setting_is_tuned_too(qtbot: QtBot, interior: Interior, race: RaceDialog) -> None:
    assert race.field.currentText() == "none"
    race.field.setCurrentIndex(race.field.findData("momentum"))
    race.steps.setValue(200)
    tune(qtbot, race)
    assert texts(race)[0][0] == "2  Momentum"
    assert texts(race)[0][1].endswith(", β 0.619")
    qtbot.mouseClick(race.take, LEFT)
    tuned = interior.workspace.setup.track(1).run.settings
    assert tuned.momentum != 0.9  # type: ignore[attr-defined] # momentum's own


def test_cancelling_and_closing_leave_no_thread(qtbot: QtBot, race: RaceDialog) -> None:
    tune(qtbot, race)
    before = texts(race)
    race.steps.setValue(1_000_000)
    for end in (
        lambda: qtbot.mouseClick(race.cancel, LEFT),
        lambda: qtbot.keyClick(race, Qt.Key.Key_Escape),
    ):
        qtbot.mouseClick(race.start_race, LEFT)
        assert race.progress.isVisible()
        qtbot.waitUntil(lambda: race.progress.value() > 0, timeout=20_000)
        end()
        assert not any(t.name.startswith("gdsim-sweep") for t in threading.enumerate())
        assert texts(race) == before
        assert race.start_race.isEnabled()


def test_what_cannot_be_is_said(qtbot: QtBot, interior: Interior, race: RaceDialog) -> None:
    interior.workspace.choose_problem("saddle")
    race.steps.setValue(300)
    tune(qtbot, race)
    assert "target loss" in race.message.text()
    assert not race.take.isEnabled()


def test_theme_and_language_change_under_it(
    qtbot: QtBot, interior: Interior, race: RaceDialog
) -> None:
    tune(qtbot, race)
    interior.window.actions_by_name["theme_dark"].trigger()
    interior.window.actions_by_name["language_zh"].trigger()
    qtbot.wait(50)
    assert race.windowTitle() == "公平对比"
    assert texts(race)[2][1] == "0.01 已是最佳"
    assert "每个运行" in race.message.text()
    interior.window.actions_by_name["theme_light"].trigger()


def test_every_control_has_a_name_and_fits_a_small_screen(qtbot: QtBot, race: RaceDialog) -> None:
    tune(qtbot, race)
    assert race.minimumSizeHint().width() <= 800
    assert race.minimumSizeHint().height() <= 500
    reached = [
        widget
        for widget in race.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
    ]
    assert race.table in reached
    for widget in reached:
        text = widget.accessibleName() or getattr(widget, "text", lambda: "")()
        assert text or widget.objectName().startswith("qt_"), widget
