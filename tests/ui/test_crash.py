"""gdsim fails or is killed: the user sees what happened, goes on, and loses no experiment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gdsim.app import App
from gdsim.experiment import document
from gdsim.system import log
from gdsim.ui.dialogs.crash_dialog import CrashDialog
from gdsim.ui.file_opener import FileOpener
from gdsim.ui.guard import Guard
from gdsim.ui.settings import LayeredSettings
from tests.ui.conftest import MakeApp


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
