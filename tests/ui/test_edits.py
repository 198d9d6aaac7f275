"""What the user sets is the window's: no edit waits for the engine, and none undoes another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.experiment import document
from gdsim.experiment.setup import MOST_RUNS, first_setup
from gdsim.runtime.session import Session
from gdsim.ui.controls.form import NumberEdit
from gdsim.ui.desk import Desk
from gdsim.ui.views.parameter_view import ParameterView
from tests.setups import experiment_of
from tests.ui.conftest import until


def rate_field(desk: Desk, key: int = 0) -> NumberEdit:
    field = desk.bench.run_list.cards[key].findChild(NumberEdit, f"run.{key + 1}.learning_rate")
    assert isinstance(field, NumberEdit)
    return field


def rates(desk: Desk) -> list[float]:
    return [track.run.learning_rate for track in desk.lab.setup.tracks]


def cards_rate(desk: Desk, key: int = 0) -> float:
    return float(rate_field(desk, key).value)


def set_rate(desk: Desk, rate: float, key: int = 0) -> None:
    desk.lab.edit_run(key, "settings", "learning_rate", rate)


@pytest.fixture
def busy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The engine is amid a step that takes 10 s, or until the event is set."""
    go_on, amid = threading.Event(), threading.Event()

    def advance(session: Session, steps: int, breathe: object = None) -> int:
        amid.set()
        go_on.wait(10.0)
        return real(session, steps)

    real = Session.advance
    monkeypatch.setattr(Session, "advance", advance)
    desk.lab.step_by(1)
    assert amid.wait(5.0)
    yield go_on
    go_on.set()


# Two edits within a frame


def test_a_start_for_four_runs_and_a_rate_within_a_frame(qtbot: QtBot, desk: Desk) -> None:
    for _ in range(3):
        desk.lab.add_run()
    until(qtbot, desk)
    desk.lab.set_start((1.5, -0.5))
    set_rate(desk, 0.02, key=2)
    shown = until(qtbot, desk)
    assert [run.run.start for run in shown.runs] == [(1.5, -0.5)] * 4
    assert [run.run.learning_rate for run in shown.runs] == [0.01, 0.01, 0.02, 0.01]


def test_an_edit_and_its_undo_within_a_frame(qtbot: QtBot, desk: Desk) -> None:
    before = desk.lab.setup
    set_rate(desk, 0.02)
    assert cards_rate(desk) == 0.02
    desk.lab.undo()
    assert desk.lab.setup is before
    assert cards_rate(desk) == 0.01
    assert until(qtbot, desk).runs[0].run.learning_rate == 0.01


def test_a_problem_is_chosen_and_a_rate_already_typed_is_confirmed(
    qtbot: QtBot, desk: Desk
) -> None:
    field = rate_field(desk)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.05")
    desk.lab.choose_problem("network")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    shown = until(qtbot, desk)
    assert shown.failure is None
    assert shown.problem.name == "network"
    assert shown.runs[0].run.learning_rate == 0.05
    assert shown.runs[0].run.start == shown.problem.start


def test_edits_of_two_fields_within_a_frame_both_hold(qtbot: QtBot, desk: Desk) -> None:
    card = desk.bench.run_list.cards[0]
    card.optimizer.setCurrentIndex(card.optimizer.findData("momentum"))
    card.optimizer.activated.emit(card.optimizer.currentIndex())
    card.halve.click()
    card.halve.click()
    run = desk.lab.setup.tracks[0].run
    assert (run.optimizer, run.learning_rate) == ("momentum", 0.0025)


# Undo


def test_what_follows_an_undo_a_new_or_an_opened_document_is_an_edit_of_its_own(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.lab, "_clock", lambda: 0.0)  # all within a moment
    lab = desk.lab
    set_rate(desk, 0.02)
    lab.undo()
    set_rate(desk, 0.03)
    lab.undo()
    assert rates(desk) == [0.01]
    lab.redo()
    set_rate(desk, 0.04)
    lab.undo()
    assert rates(desk) == [0.03]
    assert desk._save_to(tmp_path / "a.gdsim")
    set_rate(desk, 0.05)
    lab.undo()
    assert rates(desk) == [0.03]
    set_rate(desk, 0.06)
    desk.open(tmp_path / "a.gdsim")
    assert not lab.can_undo
    set_rate(desk, 0.07)
    lab.undo()
    assert rates(desk) == [0.03]
    assert not lab.can_undo
    monkeypatch.setattr(desk, "may_discard", lambda: True)
    desk.new()
    set_rate(desk, 0.08)
    lab.undo()
    assert rates(desk) == [0.01]


def test_runs_added_and_removed_in_a_moment_are_steps_of_their_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.lab, "_clock", lambda: 0.0)
    lab = desk.lab
    for _ in range(3):
        lab.add_run()
    lab.branch(0)
    lab.remove(1)
    lab.remove(2)
    assert lab.setup.keys == (0, 3, 4)
    for expected in ((0, 2, 3, 4), (0, 1, 2, 3, 4), (0, 1, 2, 3), (0, 1, 2), (0, 1), (0,)):
        lab.undo()
        assert lab.setup.keys == expected


def test_a_drag_is_one_step_and_another_field_is_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(desk.lab, "_clock", lambda: now)
    desk.lab.add_run()
    for moment in range(20):
        now += 0.3
        set_rate(desk, 0.01 * (moment + 1))
    for moment in range(20):
        now += 0.3
        desk.lab.set_start((0.25 * moment, 0.0))
    set_rate(desk, 0.5)
    set_rate(desk, 0.6, key=1)
    now += 5.0
    set_rate(desk, 0.7, key=1)
    seen = []
    while desk.lab.can_undo:
        desk.lab.undo()
        seen.append((*rates(desk), desk.lab.setup.tracks[0].run.start[0]))
    assert seen == [
        (0.5, 0.6, 4.75), (0.5, 0.01, 4.75), (0.2, 0.01, 4.75),
        (0.2, 0.01, 0.0), (0.01, 0.01, 0.0), (0.01, 0.0),
    ]  # fmt: skip


def test_undo_reaches_the_first_document_however_many_edits_there_were(desk: Desk) -> None:
    first = desk.lab.setup
    for number in range(1, 600):
        desk.lab.set_limit(1000 + number)
        desk.lab._undo.rest()
    assert desk.window.isWindowModified()
    while desk.lab.can_undo:
        desk.lab.undo()
    assert desk.lab.setup is first
    assert not desk.window.isWindowModified()


# Saving


def test_a_save_writes_what_is_set_and_waits_for_nothing(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    """To take up another rate the engine computes all steps of a network again."""
    lab = desk.lab
    lab.choose_problem("network")
    lab.change_problem("hidden", "16, 16")
    lab.set_limit(10**6)
    lab.step_by(900)
    until(qtbot, desk, lambda s: s.step == 900)
    set_rate(desk, 0.0321)
    began = time.perf_counter()
    assert desk._save_to(tmp_path / "net.gdsim")
    assert time.perf_counter() - began < 0.2
    assert not lab.snapshot.shows(lab.setup)
    again = document.load(tmp_path / "net.gdsim")
    assert again.setup.tracks[0].run.learning_rate == 0.0321
    assert again.setup == lab.setup
    assert not desk.window.isWindowModified()


@pytest.mark.parametrize("step", [0, 7])
def test_what_is_branched_is_saved_and_opens(
    qtbot: QtBot, desk: Desk, tmp_path: Path, step: int
) -> None:
    desk.lab.step_by(step)
    until(qtbot, desk, lambda s: s.step == step)
    desk.lab.set_restart(False)
    set_rate(desk, 0.02)
    desk.lab.branch(0)
    set_rate(desk, 0.03, key=1)
    assert desk._save_to(tmp_path / "branch.gdsim")
    again = document.load(tmp_path / "branch.gdsim").setup
    assert again.tracks == desk.lab.setup.tracks
    assert [at for track in again.tracks for at, _ in track.changes] == [step] * (2 if step else 0)
    assert [track.at(step).learning_rate for track in again.tracks] == [0.02, 0.03]


@pytest.mark.parametrize("count", [12, 13, 40, 63, 64])
def test_as_many_runs_open_as_a_document_may_have_and_one_more_is_refused_in_words(
    desk: Desk, tmp_path: Path, count: int
) -> None:
    problem = make_problem("article")
    document.save(tmp_path / "many.gdsim", experiment_of(problem, *[make_run(problem)] * count))
    desk.open(tmp_path / "many.gdsim")
    assert len(desk.bench.run_list.cards) == count
    for wanted in range(count, min(count + 2, MOST_RUNS)):
        desk.lab.add_run()
        assert len(desk.lab.setup.tracks) == wanted + 1
    if count >= MOST_RUNS - 1:
        for ask in (desk.lab.add_run, lambda: desk.lab.branch(0)):
            ask()
            assert len(desk.lab.setup.tracks) == MOST_RUNS
        boxes = desk.window.findChildren(QMessageBox)
        assert [box.text() for box in boxes] == [f"At most {MOST_RUNS} runs: remove one first."] * 2
        for box in boxes:
            box.close()


# While the engine is busy


def test_while_the_engine_is_busy_every_edit_and_undo_answers_at_once(
    qtbot: QtBot, desk: Desk, busy: threading.Event, tmp_path: Path
) -> None:
    lab, x = desk.lab, np.arange(6.0)
    edits: list[Callable[[], object]] = [
        lambda: set_rate(desk, 0.02),
        lambda: lab.edit_run(0, "optimizer", "", "adam"),
        lambda: lab.edit_run(0, "schedule", "", "cosine"),
        lambda: lab.set_start((2.0, 1.0)),
        lab.add_run,
        lambda: lab.branch(0),
        lambda: lab.set_limit(77),
        lambda: lab.remove(0),
        lambda: lab.edit_data((x, 2 * x + 1)),
        lambda: lab.choose_problem("quadratic"),
        lambda: lab.change_problem("angle", 20.0),
        lab.undo,
        lab.undo,
        lab.redo,
        lab.reset,
        lab.undo,
    ]
    slowest, longest = 0.0, 0.0
    for edit in edits:
        before = lab.setup
        worked, began = time.thread_time(), time.perf_counter()
        edit()
        slowest = max(slowest, time.thread_time() - worked)
        longest = max(longest, time.perf_counter() - began)
        assert edit == lab.reset or lab.setup is not before
        desk_says = document.to_json(desk.experiment())
        assert f'"step_limit": {lab.setup.step_limit}' in desk_says
        assert tuple(desk.bench.run_list.cards) == lab.setup.keys
        assert desk.bench.problem_panel.shown is lab.setup.problem
    assert slowest < 0.05
    assert longest < 1.0  # others may want the machine; the engine would take 10 s
    began = time.perf_counter()
    assert desk._save_to(tmp_path / "busy.gdsim")
    assert time.perf_counter() - began < 0.2
    assert document.load(tmp_path / "busy.gdsim").setup.tracks[0].run == lab.setup.tracks[0].run
    desk.open(tmp_path / "busy.gdsim")
    assert not lab.snapshot.shows(lab.setup)
    assert lab.step == 0
    busy.set()
    assert until(qtbot, desk).problem is lab.setup.problem


def test_while_the_engine_is_busy_the_window_goes_on(
    qtbot: QtBot, desk: Desk, busy: threading.Event
) -> None:
    desk.lab.add_run()
    with qtbot.waitSignal(desk.clock.painted, timeout=2000):
        desk.lab.edit_run(1, "optimizer", "", "adam")
    card = desk.bench.run_list.cards[1]
    assert card.optimizer.currentData() == "adam"
    assert card.verdict.text() == ""
    desk.lab.remove(0)
    with qtbot.waitSignal(desk.clock.painted, timeout=2000):
        desk.lab.set_limit(5)
    assert desk.bench.view(ParameterView).visible_runs() == []
    assert desk.bench.transport.limit.value() == 5


def test_closing_while_the_engine_is_busy_takes_a_second_at_most(
    qtbot: QtBot, desk: Desk, busy: threading.Event
) -> None:
    began = time.monotonic()
    desk.shut()
    assert time.monotonic() - began < 1.5
    busy.set()
    qtbot.waitUntil(lambda: "gdsim-engine" not in [t.name for t in threading.enumerate()])


def test_a_change_from_here_on_is_at_the_step_that_is_shown(qtbot: QtBot, desk: Desk) -> None:
    lab = desk.lab
    lab.set_limit(10**9)
    lab.set_restart(False)
    lab.set_speed(None)
    lab.play()
    until(qtbot, desk, lambda s: s.step > 200)
    here = lab.step
    set_rate(desk, 0.02)
    set_rate(desk, 0.03)
    (change,) = lab.setup.tracks[0].changes
    assert (change[0], change[1].learning_rate) == (here, 0.03)
    shown = until(qtbot, desk, lambda s: s.playing and s.step > here)
    assert shown.runs[0].track == lab.setup.tracks[0]
    lab.pause()
    end = until(qtbot, desk, lambda s: not s.playing)
    fresh = Session(lab.setup)
    fresh.go(end.step)
    assert fresh.snapshot(0, False, 0.0).runs[0].theta.tobytes() == end.runs[0].theta.tobytes()


def test_a_document_that_opens_is_at_step_0_before_the_engine_says_so(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    document.save(tmp_path / "a.gdsim", document.Experiment(first_setup()))
    desk.lab.step_by(300)
    until(qtbot, desk, lambda s: s.step == 300)
    desk.open(tmp_path / "a.gdsim")
    desk.lab.set_restart(False)
    set_rate(desk, 0.02)
    assert desk.lab.setup.tracks[0].changes == ()
    assert rates(desk) == [0.02]
    assert until(qtbot, desk).step == 0
