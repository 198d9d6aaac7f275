"""gdsim fails or is killed: the user sees what happened, goes on, and loses no experiment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, qWarning
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from gdsim.app import App
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.experiment import document
from gdsim.experiment.autosave import Autosave, Origin, leftovers
from gdsim.system import log
from gdsim.system.crash_trace import take_traces
from gdsim.ui.dialogs.crash_dialog import CrashDialog
from gdsim.ui.file_opener import FileOpener
from gdsim.ui.guard import Guard
from gdsim.ui.settings import LayeredSettings
from tests.setups import experiment_of

MakeApp = Callable[[], App]


@pytest.fixture
def make_app(qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MakeApp]:
    """Windows whose log and sessions are kept in `tmp_path`; closed without a question."""
    apps: list[App] = []

    def make() -> App:
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        app = App(settings, lang="en", theme="light", state=tmp_path)
        apps.append(app)
        app.window.show()
        app.finish()
        return app

    yield make
    for app in apps:
        app.window.may_close = lambda: True
        app.window.close()
        app.window.deleteLater()
    apps.clear()
    request.node.funcargs.clear()


@pytest.fixture
def guard(make_app: MakeApp, capfd: pytest.CaptureFixture[str]) -> Iterator[Guard]:
    app = make_app()
    guard = Guard(app.window, app.keep)
    guard.install()
    yield guard
    guard.remove()
    if guard.dialog is not None:
        guard.dialog.close()


def fail() -> None:
    raise ZeroDivisionError("in a slot")


def shown(qtbot: QtBot, guard: Guard) -> CrashDialog:
    qtbot.waitUntil(lambda: guard.dialog is not None and guard.dialog.isVisible())
    assert guard.dialog is not None
    return guard.dialog


def raise_in_a_slot() -> None:
    try:
        fail()
    except ZeroDivisionError:
        kind, error, trace = sys.exc_info()
        assert kind is not None
        assert error is not None
        sys.excepthook(kind, error, trace)  # what PySide6 does


def test_an_error_shows_a_report_and_keeps_the_experiment(
    qtbot: QtBot, guard: Guard, tmp_path: Path
) -> None:
    log.start_log(tmp_path / "gdsim.log")
    raise_in_a_slot()
    dialog = shown(qtbot, guard)
    assert "ZeroDivisionError: in a slot" in dialog.report.toPlainText()
    assert "gdsim 0." in dialog.report.toPlainText()
    (kept,) = (tmp_path / "sessions").glob("*.gdsim")
    assert str(kept) in dialog.said.text()
    assert document.load(kept) == document.default_experiment()
    assert "ZeroDivisionError" in (tmp_path / "gdsim.log").read_text(encoding="utf-8")
    log.stop_log()


def test_the_report_can_be_copied_saved_and_left(
    qtbot: QtBot, guard: Guard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_in_a_slot()
    dialog = shown(qtbot, guard)
    dialog.copy_button.click()
    assert "ZeroDivisionError" in QGuiApplication.clipboard().text()
    file = tmp_path / "报告.txt"
    chosen = "gdsim.ui.dialogs.crash_dialog.QFileDialog.getSaveFileName"
    monkeypatch.setattr(chosen, lambda *a, **k: (str(file), ""))
    dialog.save_button.click()
    assert "ZeroDivisionError" in file.read_text(encoding="utf-8")
    monkeypatch.setattr(chosen, lambda *a, **k: (str(file / "below"), ""))
    dialog.save_button.click()
    assert "cannot be written" in dialog.said.text()
    dialog.continue_button.click()
    assert guard.dialog is None


def test_an_error_that_comes_with_every_frame_is_shown_once(qtbot: QtBot, guard: Guard) -> None:
    for _ in range(5):
        raise_in_a_slot()
    shown(qtbot, guard).continue_button.click()
    for _ in range(5):
        raise_in_a_slot()
    qtbot.wait(20)
    assert guard.dialog is None


def test_an_error_in_a_thread_is_shown_too(qtbot: QtBot, guard: Guard) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "in fail" in shown(qtbot, guard).report.toPlainText()


@pytest.mark.qt_no_exception_capture
def test_an_error_in_a_real_slot_reaches_the_dialog(qtbot: QtBot, guard: Guard) -> None:
    window = guard._window
    window.actions_by_name["log_scale"].toggled.connect(fail)  # type: ignore[attr-defined] # an action
    window.actions_by_name["log_scale"].toggle()  # type: ignore[attr-defined] # an action
    assert "in fail" in shown(qtbot, guard).report.toPlainText()
    window.actions_by_name["log_scale"].toggled.disconnect(fail)  # type: ignore[attr-defined] # an action


@pytest.mark.qt_log_ignore("words of Qt")
def test_qts_own_words_go_into_the_log(guard: Guard, tmp_path: Path) -> None:
    log.start_log(tmp_path / "gdsim.log")
    qWarning("words of Qt")
    assert "WARNING Qt: words of Qt" in (tmp_path / "gdsim.log").read_text(encoding="utf-8")
    log.stop_log()


# Sessions


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


# Settings of the user and of the machine


def test_the_machines_defaults_hold_where_the_user_has_chosen_nothing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    machine, beside = tmp_path / "machine.ini", tmp_path / "beside.ini"
    machine.write_text("[General]\nlanguage=zh\n", encoding="utf-8")
    beside.write_text("[General]\nlanguage=en\ntheme=dark\n", encoding="utf-8")
    layers = (machine, tmp_path / "absent.ini", beside)
    app = App(LayeredSettings(tmp_path / "user.ini", layers))
    assert app.window.theme.name == "dark"
    assert app.window.menus_by_name["file"].title() == "文件(&F)"
    app.window.actions_by_name["language_en"].trigger()
    app.window.actions_by_name["theme_light"].trigger()
    app.window.deleteLater()
    again = App(LayeredSettings(tmp_path / "user.ini", layers))
    assert again.window.theme.name == "light"
    assert again.window.menus_by_name["file"].title() == "&File"
    again.window.deleteLater()
    assert "zh" in machine.read_text(encoding="utf-8")


def test_a_file_that_macos_hands_over_is_opened(
    qtbot: QtBot, make_app: MakeApp, qapp: QApplication, tmp_path: Path
) -> None:
    file = tmp_path / "lesson.gdsim"
    document.save(file, document.default_experiment())
    app = make_app()
    opener = FileOpener(qapp)
    opener.opened.connect(app.take_file)
    QApplication.sendEvent(qapp, QFileOpenEvent(str(file)))
    assert app.interior is not None
    assert app.interior.documents.path == file
    qapp.removeEventFilter(opener)
    opener.deleteLater()
