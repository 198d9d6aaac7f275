"""Lessons in the real window, by keys alone: predict, watch, understand, try, and leave."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.lessons.stages import Course, Stage
from gdsim.ui import language
from gdsim.ui.controls.lesson.choice_card import ChoiceCard
from gdsim.ui.controls.method_note import MethodNote
from gdsim.ui.controls.stability_gauge import StabilityGauge
from gdsim.ui.interior import Interior
from gdsim.ui.language import say
from gdsim.ui.lessons import lesson_player
from tests.ui.conftest import until

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
RATES = next(path for path in bundled() if "rates" in path.name)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs play as fast as they go."""
    monkeypatch.setattr(lesson_player, "WATCHED_SECONDS", 1e-6)


def press(interior: Interior, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
    """A key to whatever has the focus."""
    focus = QApplication.focusWidget() or interior.window.focusWidget() or interior.window
    QTest.keyClick(focus, key, modifiers or Qt.KeyboardModifier.NoModifier)


def course(interior: Interior) -> Course:
    found = interior.lessons.course
    assert found is not None
    return found


def arrive(qtbot: QtBot, interior: Interior) -> None:
    """Until an observation has played to its end and its text stands in the picture."""
    step = course(interior).scene.play_to
    until(qtbot, interior, lambda s: s.step == step and not s.playing)
    qtbot.waitUntil(interior.lessons.scenery.caption.isVisible)


def begin(qtbot: QtBot, interior: Interior, path: Path = RATES) -> None:
    interior.lessons.open(path)
    until(qtbot, interior, lambda s: s.shows(interior.workspace.setup) and s.step == 0)


def texts(interior: Interior) -> str:
    """All that can be read in the window, pointed at, or heard."""
    found = [interior.window.windowTitle()]
    for widget in interior.window.findChildren(QWidget):
        if widget.isVisible():
            found += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
            if isinstance(widget, QLabel):
                found.append(widget.text())
    return "\n".join(found)


def seen(interior: Interior, kind: type[QWidget]) -> list[QWidget]:
    return [one for one in interior.window.findChildren(kind) if one.isVisible()]


@pytest.mark.parametrize("spoken", ["en", "zh"])
@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_every_lesson_is_played_by_keys_alone(
    qtbot: QtBot, interior: Interior, path: Path, spoken: str
) -> None:
    language.use(spoken)
    interior.window.retranslate()
    interior.retranslate()
    setup = interior.workspace.setup
    qtbot.wait(60)  # the menus of another language have another height
    above = interior.central.stage.mapTo(interior.window, QPoint()).y()
    begin(qtbot, interior, path)
    press(interior, Key.Key_PageDown)
    assert course(interior).stage is Stage.QUESTION
    hides = course(interior).scene.hide
    check_hidden(interior, hides)
    press(interior, Key.Key_Space)  # no run before an answer
    press(interior, Key.Key_PageDown)
    assert course(interior).stage is Stage.QUESTION
    assert until(qtbot, interior).step == 0
    check_fits(qtbot, interior)
    press(interior, Key.Key_B)
    assert course(interior).chosen == 1
    for number in range(1, len(course(interior).lesson.observations) + 1):
        press(interior, Key.Key_PageDown)
        assert (course(interior).stage, course(interior).seen) == (Stage.OBSERVATION, number)
        arrive(qtbot, interior)
        check_hidden(interior, course(interior).scene.hide)
        check_fits(qtbot, interior)
    press(interior, Key.Key_PageDown)
    assert course(interior).stage is Stage.ANSWER
    right = course(interior).lesson.question.right
    cards = [one for one in seen(interior, ChoiceCard) if isinstance(one, ChoiceCard)]
    assert [card.place for card in cards if card.tick.isVisible()] == [right]
    assert all(card.says.isVisible() for card in cards)
    check_fits(qtbot, interior)
    press(interior, Key.Key_PageDown)
    assert course(interior).stage is Stage.EXPLANATION
    check_fits(qtbot, interior)
    press(interior, Key.Key_PageDown)
    assert course(interior).stage is Stage.TASK
    until(qtbot, interior, lambda s: s.shows(interior.workspace.setup))
    check_fits(qtbot, interior)
    press(interior, Key.Key_Escape)
    assert not interior.lessons.is_on
    assert not interior.central.lesson.isVisible()
    stage = interior.central.stage
    qtbot.waitUntil(lambda: stage.mapTo(interior.window, QPoint()).y() == above)
    assert interior.workspace.setup == setup
    assert not interior.locks.reasons


def check_hidden(interior: Interior, hides: frozenset[str]) -> None:
    """What the lesson hides is nowhere in the window."""
    workspace = interior.workspace
    snapshot = workspace.snapshot
    if "gauge" in hides:
        assert not seen(interior, StabilityGauge)
    if "verdict" in hides:
        said = texts(interior)
        for run in snapshot.runs:
            assert say(run.verdict) not in said
        for card in interior.central.run_list.cards.values():
            assert not card.verdict.isVisible()
            assert card.line.said.endswith(card.line.said.split("α")[-1])
    if "note" in hides:
        assert not interior.central.problem_panel.notes.isVisible()
        assert not seen(interior, MethodNote)
    if "critical" in hides:
        panel = interior.central.side.findChildren(QLabel)
        assert not [one.text() for one in panel if one.isVisible() and "2/λmax" in one.text()]
    if "formula" in hides:
        assert not interior.central.formula_bar.isVisible()
    assert workspace.scene.hides == hides


def check_fits(qtbot: QtBot, interior: Interior) -> None:
    """The strip shows all of its text without scrolling, and leaves the picture its room."""
    strip = interior.central.lesson
    labels = [label for label in strip.findChildren(QLabel) if label.wordWrap()]

    def fits() -> None:
        for label in labels:
            if label.isVisible():
                needed = label.heightForWidth(label.width())
                assert label.height() >= needed - 1, label.text()

    qtbot.waitUntil(fits)
    assert strip.height() <= 0.45 * interior.window.height()


def test_hands_are_counted_and_taken_back(qtbot: QtBot, interior: Interior) -> None:
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)
    for key in (Key.Key_2, Key.Key_2, Key.Key_4):
        press(interior, key)
    press(interior, Key.Key_2, SHIFT)
    assert course(interior).votes == (0, 1, 0, 1)
    assert "2 hands, first vote" in texts(interior)
    press(interior, Key.Key_PageDown)
    assert course(interior).stage is Stage.DISCUSSION
    press(interior, Key.Key_3)
    press(interior, Key.Key_PageDown)
    assert course(interior).stage is Stage.OBSERVATION


def test_back_restores_the_question_and_the_observation(qtbot: QtBot, interior: Interior) -> None:
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)
    press(interior, Key.Key_A)
    press(interior, Key.Key_PageDown)
    arrive(qtbot, interior)
    press(interior, Key.Key_PageDown)
    arrive(qtbot, interior)
    press(interior, Key.Key_PageUp)
    shown = until(qtbot, interior, lambda s: s.step == 20 and s.recorded == 20)
    assert not shown.playing  # a run that was seen only moves its cursor back
    press(interior, Key.Key_PageUp)
    until(qtbot, interior, lambda s: s.step == 0 and s.recorded == 0)
    assert course(interior).chosen == 0


def solve(qtbot: QtBot, interior: Interior, rate: str) -> None:
    """Type a rate into the only open field, and play."""
    card = next(iter(interior.central.run_list.cards.values()))
    field = card.findChild(QWidget, "run.1.learning_rate")
    assert field is not None
    field.setFocus()
    QTest.keyClick(field, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, rate)
    QTest.keyClick(field, Key.Key_Return)
    until(qtbot, interior, lambda s: s.shows(interior.workspace.setup))
    interior.workspace.play()
    count = len(course(interior).tries)
    qtbot.waitUntil(lambda: len(course(interior).tries) > count, timeout=8000)


def to_task(qtbot: QtBot, interior: Interior, path: Path = RATES, answer: Key = Key.Key_C) -> None:
    begin(qtbot, interior, path)
    press(interior, Key.Key_PageDown)
    press(interior, answer)
    while course(interior).stage is not Stage.TASK:
        press(interior, Key.Key_PageDown)
    until(qtbot, interior, lambda s: s.shows(interior.workspace.setup) and s.step == 0)


def test_the_task_is_checked_with_the_measured_number(qtbot: QtBot, interior: Interior) -> None:
    to_task(qtbot, interior)
    done: list[str] = []
    interior.lessons.finished.connect(done.append)
    solve(qtbot, interior, "0.05")
    (one,) = course(interior).tries
    assert (one.change, one.measured, one.asked, one.passed) == ("α 0.05", "109", "< 70", False)
    assert "from step 109 on" in texts(interior)
    assert not course(interior).may_see_hint
    solve(qtbot, interior, "0.02")
    assert course(interior).may_see_hint
    assert "zigzag band" in texts(interior)
    assert not done
    solve(qtbot, interior, "0.08")
    assert course(interior).solved
    assert done == ["rates"]
    assert "rates" in interior.window.user.now.lessons_done.split()


def test_only_what_is_free_can_be_touched(qtbot: QtBot, interior: Interior) -> None:
    to_task(qtbot, interior)
    locked = interior.locks.reasons
    assert "run.1.optimizer" in locked
    assert "problem.standardise" in locked
    assert "run.1.learning_rate" not in locked
    assert "run.1.gauge" not in locked
    setup = interior.workspace.setup
    interior.workspace.set_start((1.0, 1.0))  # as a click in the picture does
    assert interior.workspace.setup is setup
    for name in ("add_run", "branch", "sweep", "race", "new", "open"):
        assert not interior.window.actions_by_name[name].isEnabled(), name


def test_another_method_leaves_its_other_fields_locked(qtbot: QtBot, interior: Interior) -> None:
    path = next(one for one in bundled() if "adam-loses" in one.name)
    to_task(qtbot, interior, path, Key.Key_B)
    interior.workspace.edit_run(0, "optimizer", "", "lion")
    qtbot.waitUntil(lambda: "run.1.beta1" in interior.locks.reasons)
    assert "run.1.beta2" not in interior.locks.reasons
    assert "run.1.optimizer" not in interior.locks.reasons


def test_the_experiment_comes_back_with_its_undo(qtbot: QtBot, interior: Interior) -> None:
    workspace = interior.workspace
    workspace.edit_run(0, "settings", "learning_rate", 0.02)
    workspace.step_by(7)
    until(qtbot, interior, lambda s: s.step == 7)
    setup, changed = workspace.setup, interior.window.isWindowModified()
    assert changed
    to_task(qtbot, interior)
    solve(qtbot, interior, "0.08")
    # What would be saved meanwhile, or offered again after a crash:
    assert interior.documents.experiment().setup is setup
    assert interior.documents.step == 7
    press(interior, Key.Key_Escape)
    assert workspace.setup is setup
    assert interior.window.isWindowModified()
    until(qtbot, interior, lambda s: s.step == 7 and s.shows(setup))
    workspace.undo()
    assert workspace.setup.tracks[0].run.learning_rate == 0.01


def test_a_lesson_that_is_given_or_dropped_is_played(qtbot: QtBot, interior: Interior) -> None:
    interior.documents.take_file(RATES)
    assert course(interior).lesson.id == "rates"
    assert interior.lessons._place() == (2, 16)


def test_a_broken_lesson_is_refused_and_all_stays(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text(RATES.read_text(encoding="utf-8").replace("to = 100", "to = 10000"))
    said: list[str] = []
    monkeypatch.setattr(interior.documents, "complain", said.append)
    interior.lessons.open(broken)
    assert not interior.lessons.is_on
    assert said
    assert said[0].startswith("mine.toml, line ")


def test_a_question_may_ask_for_a_drawing(qtbot: QtBot, interior: Interior, tmp_path: Path) -> None:
    text = RATES.read_text(encoding="utf-8")
    first, last = text.index("[[predict.choice]]"), text.index("[[observe]]")
    drawing = tmp_path / "draw.toml"
    asked = 'views = ["parameters", "loss"]'
    drawing.write_text(
        (text[:first] + text[last:]).replace(asked, f'{asked}\ndraw = "loss"', 1),
        encoding="utf-8",
    )
    begin(qtbot, interior, drawing)
    press(interior, Key.Key_PageDown)
    press(interior, Key.Key_PageDown)
    assert course(interior).stage is Stage.QUESTION  # nothing is drawn yet
    layer = interior.predictor.curve
    assert layer is not None
    assert interior.predictor.pin is None
    qtbot.waitUntil(lambda: layer.width() > 100)
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    QTest.mouseMove(layer, layer.rect().center())
    QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=layer.rect().center())
    assert course(interior).drawn
    press(interior, Key.Key_PageDown)
    assert course(interior).stage is Stage.OBSERVATION
    arrive(qtbot, interior)
    while course(interior).stage is not Stage.ANSWER:
        press(interior, Key.Key_PageDown)
    qtbot.waitUntil(lambda: "on average" in layer.said)
    while course(interior).stage is not Stage.TASK:
        press(interior, Key.Key_PageDown)
    assert not interior.predictor.is_on


def test_answers_go_into_the_folder_that_was_named(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    interior.window.user.set("answers", str(tmp_path / "answers"))
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)
    press(interior, Key.Key_Escape)
    assert not (tmp_path / "answers").exists()  # nothing was answered
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)
    press(interior, Key.Key_D)
    press(interior, Key.Key_Escape)
    (table,) = (tmp_path / "answers").iterdir()
    assert ",rates,D,no," in table.read_text(encoding="utf-8-sig")


def test_texts_of_a_stranger_open_nothing(qtbot: QtBot) -> None:
    from gdsim.ui.controls.lesson.markdown import plain_text, rich_text

    text = "![x](file:///etc/passwd) <img src='/etc/passwd'> [here](http://example.org) **bold**"
    shown = rich_text(text)
    assert "<img" not in shown
    assert "href" not in shown
    assert "bold" in plain_text(text)
    assert "<script" not in rich_text("<script>alert(1)</script>")


@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080)])
def test_before_a_class_the_question_has_room_and_the_views_too(
    qtbot: QtBot, interior: Interior, size: tuple[int, int]
) -> None:
    interior.window.resize(*size)
    interior.window.actions_by_name["present"].setChecked(True)
    begin(qtbot, interior)
    press(interior, Key.Key_PageDown)
    qtbot.wait(60)
    strip, stage = interior.central.lesson, interior.central.stage
    assert strip.text.font().pointSizeF() >= 0.95 * interior.window.theme.key_points
    if size[0] > 1.5 * size[1]:
        assert strip.x() > stage.x() + stage.width()  # a column beside the views
        assert 560 <= strip.width() <= 0.45 * size[0]
    assert stage.height() >= 0.4 * size[1]
    check_fits_beside(interior, size)
    press(interior, Key.Key_C)
    while course(interior).stage is not Stage.TASK:
        press(interior, Key.Key_PageDown)
        qtbot.wait(30)
        assert stage.height() >= 0.25 * size[1], course(interior).stage
    assert interior.central.side.isVisible()  # its controls are what the task is about
    press(interior, Key.Key_Escape)
    assert interior.lessons.is_on  # Esc has left presenter mode
    press(interior, Key.Key_Escape)
    assert not interior.lessons.is_on


def check_fits_beside(interior: Interior, size: tuple[int, int]) -> None:
    for label in interior.central.lesson.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()) - 1, label.text()
