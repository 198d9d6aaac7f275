"""The experiment of a session that ends badly is kept, offered again, and lost by nothing."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gdsim.app import App
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.experiment import document
from gdsim.experiment.autosave import Autosave, Origin, leftovers
from gdsim.system.crash_trace import take_traces
from tests.setups import experiment_of
from tests.ui.conftest import MakeApp


def button(app: App, text: str) -> None:
    assert app.keeper is not None
    box = app.keeper.question
    assert isinstance(box, QMessageBox)
    next(b for b in box.buttons() if b.text() == text).click()


def change(qtbot: QtBot, app: App) -> None:
    interior = app.interior
    assert interior is not None
    interior.workspace.change_run(
        0, make_run(interior.workspace.setup.problem, "adam", {"learning_rate": 0.3})
    )
    interior.workspace.step_by(4)
    assert interior.window.isWindowModified()
    qtbot.waitUntil(lambda: interior.workspace.snapshot.step == 4)


def test_changes_are_kept_and_what_is_saved_is_not(
    qtbot: QtBot, make_app: MakeApp, tmp_path: Path
) -> None:
    app = make_app()
    assert app.keeper is not None
    assert app.interior is not None
    app.keeper.keep_if_changed()
    app.keeper._wait()
    assert not list((tmp_path / "sessions").glob("*.gdsim"))
    change(qtbot, app)
    app.keeper.keep_if_changed()
    app.keeper._wait()
    (kept,) = (tmp_path / "sessions").glob("*.gdsim")
    assert document.load(kept) == app.interior.documents.experiment()
    assert app.interior.documents._save_to(tmp_path / "a.gdsim")
    app.keeper.keep_if_changed()
    assert not list((tmp_path / "sessions").glob("*.gdsim"))
    app.window.close()
    assert list((tmp_path / "sessions").iterdir()) == []


def crashed(folder: Path, file: Path | None = None) -> None:
    """What a session with Adam at 0.3 leaves that was killed at step 4."""
    article = make_problem("article")
    run = make_run(article, "adam", {"learning_rate": 0.3})
    session = Autosave(folder)
    session.keep(experiment_of(article, run), Origin(file, 4))
    session.abandon()


def test_the_experiment_of_a_killed_session_is_offered_and_restored(
    qtbot: QtBot, make_app: MakeApp, tmp_path: Path
) -> None:
    crashed(tmp_path / "sessions", tmp_path / "lesson.gdsim")
    app = make_app()
    button(app, "&Restore")
    interior = app.interior
    assert interior is not None
    qtbot.waitUntil(lambda: interior.workspace.snapshot.step == 4)
    assert interior.workspace.snapshot.runs[0].run.optimizer == "adam"
    assert interior.documents.path == tmp_path / "lesson.gdsim"
    assert interior.window.isWindowModified()
    assert leftovers(tmp_path / "sessions") == []  # kept under this session's name by now
    assert len(list((tmp_path / "sessions").glob("*.gdsim"))) == 1


def test_where_it_crashed_is_shown_with_the_question_on_demand(
    make_app: MakeApp, tmp_path: Path
) -> None:
    crashed(tmp_path / "sessions")
    (tmp_path / "crash-1-1.txt").write_text("Fatal Python error: Segmentation fault")
    (tmp_path / "crash-2-2.txt").touch()  # of a session that lives
    (trace,) = take_traces(tmp_path)
    app = make_app()
    assert app.keeper is not None
    app.keeper.offer(trace)
    assert app.keeper.question is not None
    assert "Segmentation fault" in app.keeper.question.detailedText()
    assert [path.name for path in tmp_path.glob("crash-*")] == ["crash-2-2.txt"]


CRASHING = """
import faulthandler, sys
from PySide6.QtCore import QTimer
from gdsim import app
from gdsim.system.places import find_places
from tests.setups import experiment_of

def end(self):
    finish(self)
    QTimer.singleShot(0, faulthandler._sigsegv if "crash" in sys.argv else self.window.close)

finish, app.App.finish = app.App.finish, end
app.open_window(None, find_places())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks what to do about a crash")
def test_a_crash_below_python_leaves_its_place_in_the_log_of_the_next_start(tmp_path: Path) -> None:
    variables = {"HOME": str(tmp_path), "XDG_STATE_HOME": "", "QT_QPA_PLATFORM": "offscreen"}
    for how, status in (("crash", -signal.SIGSEGV), ("well", 0), ("well", 0)):
        done = subprocess.run(
            [sys.executable, "-c", CRASHING, how],
            env={**os.environ, **variables}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (status, "")
    state = tmp_path / ".local" / "state" / "gdsim"
    said = (state / "gdsim.log").read_text(encoding="utf-8")
    assert said.count("CRITICAL an earlier session crashed") == 1
    assert "Segmentation fault" in said
    assert "in open_window" in said
    assert list(state.glob("crash-*")) == []


def test_what_is_discarded_is_gone_and_what_is_put_off_stays(
    make_app: MakeApp, tmp_path: Path
) -> None:
    crashed(tmp_path / "sessions")
    button(make_app(), "Ask again &later")
    assert len(leftovers(tmp_path / "sessions")) == 1
    button(make_app(), "&Discard")
    assert leftovers(tmp_path / "sessions") == []


def test_a_damaged_leftover_is_said_and_stays(make_app: MakeApp, tmp_path: Path) -> None:
    crashed(tmp_path / "sessions")
    (left,) = (tmp_path / "sessions").glob("*.gdsim")
    left.write_text("{")
    app = make_app()
    button(app, "&Restore")
    said = [box.text() for box in app.window.findChildren(QMessageBox)]
    assert any("damaged" in text for text in said)
    assert left.exists()


def test_two_windows_at_once_leave_each_other_alone(
    qtbot: QtBot, make_app: MakeApp, tmp_path: Path
) -> None:
    first = make_app()
    change(qtbot, first)
    assert first.keeper is not None
    first.keeper.keep_now()
    second = make_app()
    assert second.keeper is not None
    assert second.keeper.question is None


def test_a_folder_that_cannot_be_written_costs_the_autosave_alone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "sessions").touch()
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    app = App(settings, lang="en", theme="light", state=tmp_path)
    app.finish()
    assert app.interior is not None
    assert app.keep() is None
    app.close()
    app.window.deleteLater()


def test_all_crashed_sessions_are_offered_each_by_one_window(
    qtbot: QtBot, make_app: MakeApp, tmp_path: Path
) -> None:
    names = [f"{number}.gdsim" for number in range(3)]
    for name in names:
        crashed(tmp_path / "sessions", tmp_path / name)

    def asked(app: App) -> str:
        assert app.keeper is not None
        question = app.keeper.question
        return "" if question is None else question.informativeText().split(" · ")[0]

    first, second, third, fourth = (make_app() for _ in range(4))
    assert [asked(one) for one in (first, second, third, fourth)] == [*reversed(names), ""]
    button(third, "&Discard")
    assert asked(third) == ""
    button(second, "Ask again &later")
    button(first, "Show &another")
    assert asked(first) == names[1]
    button(first, "&Restore")
    assert first.interior is not None
    assert first.interior.documents.path == tmp_path / names[1]
    assert [one.origin.file for one in leftovers(tmp_path / "sessions")] == [tmp_path / names[2]]


def test_what_cannot_be_kept_is_told_at_once_and_tried_again(
    qtbot: QtBot, make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    keeper = app.keeper
    assert keeper is not None
    change(qtbot, app)
    replace, full = os.replace, [True]

    def fail(source: Path, target: Path) -> None:
        if full[0]:
            raise OSError(errno.ENOSPC, "no room")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail)
    notice = app.window.notice
    for _ in range(2):
        keeper.keep_if_changed()
        keeper._wait()
        qtbot.waitUntil(lambda: "the disk is full" in notice.text())
        assert "Save the experiment yourself" in notice.text()
    full[0] = False
    keeper.keep_if_changed()  # nothing has changed but the disk
    keeper._wait()
    qtbot.waitUntil(lambda: notice.text() == "The experiment is kept again.")
    (kept,) = (tmp_path / "sessions").glob("*.gdsim")
    assert app.interior is not None
    assert document.load(kept) == app.interior.documents.experiment()


def test_a_folder_that_cannot_be_made_is_told_and_tried_again(
    qtbot: QtBot, make_app: MakeApp, tmp_path: Path
) -> None:
    (tmp_path / "sessions").touch()
    app = make_app()
    assert app.keeper is not None
    assert "Save the experiment yourself" in app.window.notice.text()
    (tmp_path / "sessions").unlink()
    change(qtbot, app)
    app.keeper.keep_if_changed()
    app.keeper._wait()
    qtbot.waitUntil(lambda: bool(list((tmp_path / "sessions").glob("*.gdsim"))))


def test_what_was_saved_is_not_offered_even_if_the_session_is_killed_at_once(
    qtbot: QtBot, make_app: MakeApp, tmp_path: Path
) -> None:
    app = make_app()
    assert app.keeper is not None
    assert app.interior is not None
    change(qtbot, app)
    app.keeper.keep_if_changed()
    app.keeper._wait()
    assert app.interior.documents._save_to(tmp_path / "a.gdsim")
    assert not list((tmp_path / "sessions").glob("*.gdsim"))
