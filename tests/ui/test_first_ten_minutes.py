"""A class's first ten minutes with keys alone, on the real window: no pointer, no inner call."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from tests.ui.conftest import until

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


class Hands:
    """Somebody who has a keyboard and sees which control is focused."""

    def __init__(self, qtbot: QtBot, interior: Interior) -> None:
        self.qtbot, self.interior, self.window = qtbot, interior, interior.window

    def focus(self) -> QWidget:
        found = QApplication.focusWidget() or self.window.focusWidget()
        assert found is not None
        return found

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
        if modifiers is None:
            QTest.keyClick(self.focus(), key)
        else:
            QTest.keyClick(self.focus(), key, modifiers)
        self.qtbot.wait(20)

    def type(self, text: str) -> None:
        QTest.keyClick(self.focus(), Key.Key_A, CTRL)
        QTest.keyClicks(self.focus(), text)
        self.press(Key.Key_Return)

    def tab_to(self, name: str) -> None:
        """Tab until the control of that name is reached; it is reached, in one way around."""
        for _ in range(150):
            if self.focus().objectName() == name:
                return
            self.press_tab()
        raise AssertionError(f"Tab does not lead to {name}")

    def press_tab(self) -> None:
        QTest.keyClick(self.focus(), Key.Key_Tab)

    def choose(self, name: str, data: str) -> None:
        """In a list: arrows until the entry is chosen."""
        self.tab_to(name)
        box = self.focus()
        for key in (Key.Key_Home, *[Key.Key_Down] * 60):
            if isinstance(box, QComboBox) and box.currentData() == data:
                return
            self.press(key)
        raise AssertionError(f"{name} has no {data}")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_ten_minutes_with_keys_alone(
    qtbot: QtBot,
    interior: Interior,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    interior.window.activateWindow()
    workspace, hands = interior.workspace, Hands(qtbot, interior)

    # Play and pause; a step pauses and is one step from what is seen.
    hands.press(Key.Key_Space)
    until(qtbot, interior, lambda s: s.playing and s.step >= 3)
    hands.tab_to("transport.step")
    hands.press(Key.Key_Plus)  # faster, to be further each time that the window looks
    qtbot.wait(100)
    seen = workspace.snapshot.step
    hands.press(Key.Key_Space)
    shown = until(qtbot, interior, lambda s: not s.playing)
    assert shown.step == seen + 1

    # The rate by the gauge, finely by arrows, and by typing.
    hands.tab_to("run.1.gauge")
    before = workspace.setup.tracks[0].run.learning_rate
    hands.press(Key.Key_Right)
    assert workspace.setup.tracks[0].run.learning_rate > before
    hands.tab_to("run.1.learning_rate")
    hands.type("0.08")
    until(qtbot, interior)
    assert workspace.setup.tracks[0].run.learning_rate == 0.08

    # Another run, with momentum.
    hands.press(Key.Key_A, CTRL | Qt.KeyboardModifier.ShiftModifier)
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    hands.choose("run.2.optimizer", "momentum")
    until(qtbot, interior, lambda s: s.runs[1].run.optimizer == "momentum")
    hands.tab_to("run.2.learning_rate")
    hands.type("0.01")

    # On to step 40, back by the timeline, and a branch from there.
    hands.tab_to("transport.at")
    hands.press(Key.Key_Escape)
    hands.tab_to("transport.step")
    while workspace.step < 12:
        hands.press(Key.Key_Space)
        until(qtbot, interior)
    last = workspace.step
    hands.tab_to("transport.timeline")
    hands.press(Key.Key_Left)
    hands.press(Key.Key_Left)
    at = until(qtbot, interior).step
    assert at == last - 2
    hands.press(Key.Key_B, CTRL)
    shown = until(qtbot, interior, lambda s: len(s.runs) == 3)
    assert shown.step == at
    assert workspace.scene.selected == 2
    assert interior.central.run_list.cards[2].optimizer.isVisible()

    # A function of one's own.
    hands.choose("problem.kind", "expression")
    until(qtbot, interior, lambda s: s.problem.name == "expression")
    hands.tab_to("problem.expression")
    hands.type("(x-1)^2 + y^2")
    typed = "(x-1)^2 + y^2"
    until(qtbot, interior, lambda s: getattr(s.problem.settings, "expression", "") == typed)

    # Presenter mode, a view alone, full screen; Esc leaves them, one after the other.
    central = interior.central
    hands.press(Key.Key_F5)
    assert interior.window.actions_by_name["present"].isChecked()
    hands.tab_to("view.loss.maximise")
    hands.press(Key.Key_Space)
    assert central.is_maximised
    hands.press(Key.Key_F11)
    assert interior.window.isFullScreen()
    hands.press(Key.Key_Escape)
    assert not interior.window.actions_by_name["present"].isChecked()
    assert interior.window.isFullScreen()
    hands.press(Key.Key_Escape)
    assert not interior.window.isFullScreen()
    assert central.is_maximised
    hands.press(Key.Key_Escape)
    assert not central.is_maximised

    # Saved and opened again: all is as it was. (The system's own dialog is not ours to type into.)
    path = str(tmp_path / "class.gdsim")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (path, ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (path, ""))
    hands.press(Key.Key_S, CTRL)
    assert interior.window.notice.isVisible()
    saved = workspace.setup
    hands.press(Key.Key_N, CTRL)
    until(qtbot, interior, lambda s: len(s.runs) == 1)
    hands.press(Key.Key_O, CTRL)
    until(qtbot, interior, lambda s: len(s.runs) == 3)
    assert [track.run for track in workspace.setup.tracks] == [t.run for t in saved.tracks]
    hands.tab_to("transport.play")
    hands.press(Key.Key_Space)
    until(qtbot, interior, lambda s: s.step > 0)
    hands.press(Key.Key_Space)
    until(qtbot, interior, lambda s: not s.playing)


def test_escape_belongs_to_a_field_only_while_something_is_typed(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.window.activateWindow()
    hands = Hands(qtbot, interior)
    interior.central.maximise(interior.central.places["loss"])
    for name in ("run.1.learning_rate", "run.1.optimizer", "transport.speed", "transport.at",
                 "transport.play", "run.1.gauge"):  # fmt: skip
        interior.central.maximise(None)
        interior.central.maximise(interior.central.places["loss"])
        hands.tab_to(name)
        if name == "run.1.learning_rate":
            QTest.keyClicks(hands.focus(), "7")
            hands.press(Key.Key_Escape)
            assert interior.central.is_maximised
            assert interior.workspace.setup.tracks[0].run.learning_rate == 0.01
        hands.press(Key.Key_Escape)
        assert not interior.central.is_maximised, name


@pytest.mark.parametrize("name", ["run.1.learning_rate", "run.1.optimizer", "view.fit.maximise"])
def test_what_goes_from_sight_does_not_hand_the_keyboard_to_reset(
    qtbot: QtBot, interior: Interior, name: str
) -> None:
    interior.window.activateWindow()
    hands, central = Hands(qtbot, interior), interior.central
    outlasts = {central.transport.reset, central.transport.back}
    hands.tab_to(name)
    if name.startswith("view"):
        central.maximise(central.places["loss"])
        assert central.places["loss"].isAncestorOf(hands.focus())
    else:
        hands.press(Key.Key_A, CTRL | Qt.KeyboardModifier.ShiftModifier)
        until(qtbot, interior, lambda s: len(s.runs) == 2)
        assert central.run_list.isAncestorOf(hands.focus())
        hands.tab_to(name.replace("1", "2", 1))
        hands.press(Key.Key_F7)
        assert central.places["stage"].isAncestorOf(hands.focus())
    assert hands.focus() not in outlasts
    hands.press(Key.Key_Space)  # plays, and resets nothing
    until(qtbot, interior, lambda s: s.playing)
    interior.workspace.pause()
    until(qtbot, interior, lambda s: not s.playing)


def test_the_picture_has_the_keyboard_from_the_start(qtbot: QtBot, interior: Interior) -> None:
    """It had the keys, but not the focus: its ring stayed when Tab went on."""
    interior.window.activateWindow()
    plot = interior.central.places["stage"].shown.plot
    qtbot.waitUntil(plot.hasFocus)
    hands = Hands(qtbot, interior)
    hands.press_tab()
    assert not plot.hasFocus()
