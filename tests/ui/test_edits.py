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
from gdsim.ui.interior import Interior
from gdsim.ui.views.parameter_view import ParameterView
from tests.setups import experiment_of
from tests.ui.conftest import until


def rate_field(interior: Interior, key: int = 0) -> NumberEdit:
    field = interior.central.run_list.cards[key].findChild(
        NumberEdit, f"run.{key + 1}.learning_rate"
    )
    assert isinstance(field, NumberEdit)
    return field


def rates(interior: Interior) -> list[float]:
    return [track.run.learning_rate for track in interior.workspace.setup.tracks]


def cards_rate(interior: Interior, key: int = 0) -> float:
    return float(rate_field(interior, key).value)


def set_rate(interior: Interior, rate: float, key: int = 0) -> None:
    interior.workspace.edit_run(key, "settings", "learning_rate", rate)


@pytest.fixture
def busy(interior: Interior, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The engine is amid a step that takes a minute, or until the event is set."""
    go_on, amid = threading.Event(), threading.Event()

    def advance(session: Session, steps: int, breathe: object = None) -> int:
        amid.set()
        go_on.wait(60.0)
        return real(session, steps)

    real = Session.advance
    monkeypatch.setattr(Session, "advance", advance)
    interior.workspace.step_by(1)
    assert amid.wait(5.0)
    yield go_on
    go_on.set()


# Two edits within a frame


def test_a_start_for_four_runs_and_a_rate_within_a_frame(qtbot: QtBot, interior: Interior) -> None:
    for _ in range(3):
        interior.workspace.add_run()
    until(qtbot, interior)
    interior.workspace.set_start((1.5, -0.5))
    set_rate(interior, 0.02, key=2)
    shown = until(qtbot, interior)
    assert [run.run.start for run in shown.runs] == [(1.5, -0.5)] * 4
    assert [run.run.learning_rate for run in shown.runs] == [0.01, 0.01, 0.02, 0.01]


def test_an_edit_and_its_undo_within_a_frame(qtbot: QtBot, interior: Interior) -> None:
    before = interior.workspace.setup
    set_rate(interior, 0.02)
    assert cards_rate(interior) == 0.02
    interior.workspace.undo()
    assert interior.workspace.setup is before
    assert cards_rate(interior) == 0.01
    assert until(qtbot, interior).runs[0].run.learning_rate == 0.01


def test_a_problem_is_chosen_and_a_rate_already_typed_is_confirmed(
    qtbot: QtBot, interior: Interior
) -> None:
    field = rate_field(interior)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.05")
    interior.workspace.choose_problem("network")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    shown = until(qtbot, interior)
    assert shown.failure is None
    assert shown.problem.name == "network"
    assert shown.runs[0].run.learning_rate == 0.05
    assert shown.runs[0].run.start == shown.problem.start


def test_edits_of_two_fields_within_a_frame_both_hold(qtbot: QtBot, interior: Interior) -> None:
    card = interior.central.run_list.cards[0]
    card.optimizer.setCurrentIndex(card.optimizer.findData("momentum"))
    card.optimizer.activated.emit(card.optimizer.currentIndex())
    card.gauge.rate_chosen.emit(0.004)
    card.gauge.rate_chosen.emit(0.0025)
    run = interior.workspace.setup.tracks[0].run
    assert (run.optimizer, run.learning_rate) == ("momentum", 0.0025)


# Undo


def test_what_follows_an_undo_a_new_or_an_opened_document_is_an_edit_of_its_own(
    interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interior.workspace, "_clock", lambda: 0.0)  # all within a moment
    workspace = interior.workspace
    set_rate(interior, 0.02)
    workspace.undo()
    set_rate(interior, 0.03)
    workspace.undo()
    assert rates(interior) == [0.01]
    workspace.redo()
    set_rate(interior, 0.04)
    workspace.undo()
    assert rates(interior) == [0.03]
    assert interior.documents._save_to(tmp_path / "a.gdsim")
    set_rate(interior, 0.05)
    workspace.undo()
    assert rates(interior) == [0.03]
    set_rate(interior, 0.06)
    interior.documents.open(tmp_path / "a.gdsim")
    assert not workspace.can_undo
    set_rate(interior, 0.07)
    workspace.undo()
    assert rates(interior) == [0.03]
    assert not workspace.can_undo
    monkeypatch.setattr(interior.documents, "may_discard", lambda: True)
    interior.documents.new()
    set_rate(interior, 0.08)
    workspace.undo()
    assert rates(interior) == [0.01]


def test_runs_added_and_removed_in_a_moment_are_steps_of_their_own(
    interior: Interior, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interior.workspace, "_clock", lambda: 0.0)
    workspace = interior.workspace
    for _ in range(3):
        workspace.add_run()
    workspace.branch(0)
    workspace.remove(1)
    workspace.remove(2)
    assert workspace.setup.keys == (0, 3, 4)
    for expected in ((0, 2, 3, 4), (0, 1, 2, 3, 4), (0, 1, 2, 3), (0, 1, 2), (0, 1), (0,)):
        workspace.undo()
        assert workspace.setup.keys == expected


def test_a_drag_is_one_step_and_another_field_is_another(
    interior: Interior, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(interior.workspace, "_clock", lambda: now)
    interior.workspace.add_run()
    for moment in range(20):
        now += 0.3
        set_rate(interior, 0.01 * (moment + 1))
    for moment in range(20):
        now += 0.3
        interior.workspace.set_start((0.25 * moment, 0.0))
    set_rate(interior, 0.5)
    set_rate(interior, 0.6, key=1)
    now += 5.0
    set_rate(interior, 0.7, key=1)
    seen = []
    while interior.workspace.can_undo:
        interior.workspace.undo()
        seen.append((*rates(interior), interior.workspace.setup.tracks[0].run.start[0]))
    assert seen == [
        (0.5, 0.6, 4.75), (0.5, 0.01, 4.75), (0.2, 0.01, 4.75),
        (0.2, 0.01, 0.0), (0.01, 0.01, 0.0), (0.01, 0.0),
    ]  # fmt: skip


def test_undo_reaches_the_first_document_however_many_edits_there_were(interior: Interior) -> None:
    first = interior.workspace.setup
    for number in range(1, 600):
        interior.workspace.set_limit(1000 + number)
        interior.workspace._undo.rest()
    assert interior.window.isWindowModified()
    while interior.workspace.can_undo:
        interior.workspace.undo()
    assert interior.workspace.setup is first
    assert not interior.window.isWindowModified()


# Saving


def test_a_save_writes_what_is_set_and_waits_for_nothing(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    """To take up another rate the engine computes all steps of a network again."""
    workspace = interior.workspace
    workspace.choose_problem("network")
    workspace.change_problem("hidden", "16, 16")
    workspace.set_limit(10**6)
    workspace.step_by(900)
    until(qtbot, interior, lambda s: s.step == 900)
    set_rate(interior, 0.0321)
    assert interior.documents._save_to(tmp_path / "net.gdsim")
    assert not workspace.snapshot.shows(workspace.setup)
    again = document.load(tmp_path / "net.gdsim")
    assert again.setup.tracks[0].run.learning_rate == 0.0321
    assert again.setup == workspace.setup
    assert not interior.window.isWindowModified()


@pytest.mark.parametrize("restart", [True, False])
@pytest.mark.parametrize("step", [0, 7])
def test_what_is_branched_is_saved_and_opens(
    qtbot: QtBot, interior: Interior, tmp_path: Path, step: int, restart: bool
) -> None:
    interior.workspace.step_by(step)
    until(qtbot, interior, lambda s: s.step == step)
    interior.workspace.set_restart(False)
    set_rate(interior, 0.02)
    interior.workspace.set_restart(restart)
    interior.workspace.branch(0)
    set_rate(interior, 0.03, key=1)
    assert interior.documents._save_to(tmp_path / "branch.gdsim")
    again = document.load(tmp_path / "branch.gdsim").setup
    assert again.tracks == interior.workspace.setup.tracks
    assert [at for track in again.tracks for at, _ in track.changes] == [step] * (2 if step else 0)
    assert [track.at(step).learning_rate for track in again.tracks] == [0.02, 0.03]


@pytest.mark.parametrize("count", [12, 13, 40, 63, 64])
def test_as_many_runs_open_as_a_document_may_have_and_one_more_is_refused_in_words(
    interior: Interior, tmp_path: Path, count: int
) -> None:
    problem = make_problem("article")
    document.save(tmp_path / "many.gdsim", experiment_of(problem, *[make_run(problem)] * count))
    interior.documents.open(tmp_path / "many.gdsim")
    assert len(interior.central.run_list.cards) == count
    for wanted in range(count, min(count + 2, MOST_RUNS)):
        interior.workspace.add_run()
        assert len(interior.workspace.setup.tracks) == wanted + 1
    if count >= MOST_RUNS - 1:
        for ask in (interior.workspace.add_run, lambda: interior.workspace.branch(0)):
            ask()
            assert len(interior.workspace.setup.tracks) == MOST_RUNS
        boxes = interior.window.findChildren(QMessageBox)
        assert [box.text() for box in boxes] == [f"At most {MOST_RUNS} runs: remove one first."] * 2
        for box in boxes:
            box.close()


# While the engine is busy


def test_while_the_engine_is_busy_every_edit_and_undo_answers_at_once(
    qtbot: QtBot, interior: Interior, busy: threading.Event, tmp_path: Path
) -> None:
    workspace, x = interior.workspace, np.arange(6.0)
    busy_with = workspace.snapshot
    edits: list[Callable[[], object]] = [
        lambda: set_rate(interior, 0.02),
        lambda: workspace.edit_run(0, "optimizer", "", "adam"),
        lambda: workspace.edit_run(0, "schedule", "", "cosine"),
        lambda: workspace.set_start((2.0, 1.0)),
        workspace.add_run,
        lambda: workspace.branch(0),
        lambda: workspace.set_limit(77),
        lambda: workspace.remove(0),
        lambda: workspace.edit_data((x, 2 * x + 1)),
        lambda: workspace.choose_problem("quadratic"),
        lambda: workspace.change_problem("angle", 20.0),
        workspace.undo,
        workspace.undo,
        workspace.redo,
        workspace.reset,
        workspace.undo,
    ]
    for edit in edits:
        before = workspace.setup
        edit()
        assert edit == workspace.reset or workspace.setup is not before
        desk_says = document.to_json(interior.documents.experiment())
        assert f'"step_limit": {workspace.setup.step_limit}' in desk_says
        assert tuple(interior.central.run_list.cards) == workspace.setup.keys
        assert interior.central.problem_panel.shown is workspace.setup.problem
    assert interior.documents._save_to(tmp_path / "busy.gdsim")
    # Who had waited for the engine would have found it free, and its answer here.
    assert workspace.snapshot is busy_with
    assert (
        document.load(tmp_path / "busy.gdsim").setup.tracks[0].run == workspace.setup.tracks[0].run
    )
    interior.documents.open(tmp_path / "busy.gdsim")
    assert not workspace.snapshot.shows(workspace.setup)
    assert workspace.step == 0
    busy.set()
    assert until(qtbot, interior).problem is workspace.setup.problem


def test_while_the_engine_is_busy_the_window_goes_on(
    qtbot: QtBot, interior: Interior, busy: threading.Event
) -> None:
    interior.workspace.add_run()
    with qtbot.waitSignal(interior.clock.painted, timeout=2000):
        interior.workspace.edit_run(1, "optimizer", "", "adam")
    card = interior.central.run_list.cards[1]
    assert card.optimizer.currentData() == "adam"
    assert card.verdict.text() == ""
    interior.workspace.remove(0)
    interior.workspace.set_limit(5)
    qtbot.waitUntil(lambda: interior.central.view(ParameterView).visible_runs() == [])
    assert interior.central.transport.limit.value() == 5


def test_closing_does_not_wait_for_a_busy_engine(
    qtbot: QtBot, interior: Interior, busy: threading.Event
) -> None:
    began = time.monotonic()
    interior.shut()
    assert time.monotonic() - began < 20.0  # the engine takes a minute
    busy.set()
    qtbot.waitUntil(lambda: "gdsim-engine" not in [t.name for t in threading.enumerate()])


def test_a_change_from_here_on_is_at_the_step_that_is_shown(
    qtbot: QtBot, interior: Interior
) -> None:
    workspace = interior.workspace
    workspace.set_limit(10**9)
    workspace.set_restart(False)
    workspace.set_speed(None)
    workspace.play()
    until(qtbot, interior, lambda s: s.step > 200)
    here = workspace.step
    set_rate(interior, 0.02)
    set_rate(interior, 0.03)
    (change,) = workspace.setup.tracks[0].changes
    assert (change[0], change[1].learning_rate) == (here, 0.03)
    shown = until(qtbot, interior, lambda s: s.playing and s.step > here)
    assert shown.runs[0].track == workspace.setup.tracks[0]
    workspace.pause()
    end = until(qtbot, interior, lambda s: not s.playing)
    fresh = Session(workspace.setup)
    fresh.go(end.step)
    assert fresh.snapshot(0, False, 0.0).runs[0].theta.tobytes() == end.runs[0].theta.tobytes()


def test_a_document_that_opens_is_at_step_0_before_the_engine_says_so(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    document.save(tmp_path / "a.gdsim", document.Experiment(first_setup()))
    interior.workspace.step_by(300)
    until(qtbot, interior, lambda s: s.step == 300)
    interior.documents.open(tmp_path / "a.gdsim")
    interior.workspace.set_restart(False)
    set_rate(interior, 0.02)
    assert interior.workspace.setup.tracks[0].changes == ()
    assert rates(interior) == [0.02]
    assert until(qtbot, interior).step == 0
