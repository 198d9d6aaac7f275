"""Ctrl+C, a system that ends the program, a window closed amid an error: in order, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gdsim.experiment.autosave import leftovers

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals")

WINDOW = """
import os, signal, sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from gdsim import app
from gdsim.engine.run import make_run
from gdsim.system.places import find_places

how, change = sys.argv[1], "change" in sys.argv

def send():
    os.kill(os.getpid(), getattr(signal, how))

def fail():
    raise ZeroDivisionError("in a slot")

def shown():
    return [one for one in QApplication.topLevelWidgets() if one.isVisible()]

def close_amid(app):
    QTimer.singleShot(0, fail)
    QTimer.singleShot(500, lambda: print("dialogs", len(shown()) - 1))
    QTimer.singleShot(600, app.window.close)
    QTimer.singleShot(900, QApplication.instance().quit)

def close_then_fail(app):
    app.window.close()
    fail()

def finished(self):
    finish(self)
    workspace = self.interior.workspace
    if change:
        workspace.change_run(0, make_run(workspace.setup.problem, "adam", {"learning_rate": 0.3}))
    if how == "amid":
        close_amid(self)
    elif how == "closing":
        QTimer.singleShot(0, lambda: close_then_fail(self))
    else:
        # From a thread, while the window has nothing to do: nothing else wakes it.
        threading.Timer(0.5, send).start()

def asked(window, text, buttons):
    print("asked", text)
    return int(QMessageBox.StandardButton.Discard.value)

finish, app.App.finish = app.App.finish, finished
from gdsim.ui import documents
documents.ask = asked
status = app.open_window(None, find_places())
print("dialogs", len([one for one in shown() if isinstance(one, QDialog)]))
sys.exit(status)
"""


def heard() -> None:
    """A child hears the signals that whoever runs the tests may have ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    variables = {"HOME": str(home), "XDG_STATE_HOME": "", "XDG_CONFIG_HOME": ""}
    return subprocess.run(
        [sys.executable, "-c", WINDOW, *words],
        env={**os.environ, **variables, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, check=False, timeout=120, preexec_fn=heard,
    )  # fmt: skip


def sessions(home: Path) -> Path:
    return home / ".local" / "state" / "gdsim" / "sessions"


@posix
def test_ctrl_c_closes_the_window_as_its_button_does(tmp_path: Path) -> None:
    done = run(tmp_path, "SIGINT", "change")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["asked Save the changes to this experiment?", "dialogs 0"]
    assert list(sessions(tmp_path).iterdir()) == []


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_system_that_ends_the_program_asks_nothing_and_loses_nothing(
    tmp_path: Path, name: str
) -> None:
    done = run(tmp_path, name, "change")
    assert (done.returncode, done.stderr) == (128 + getattr(signal, name), "")
    assert "asked" not in done.stdout
    (left,) = leftovers(sessions(tmp_path))
    assert left.experiment().setup.tracks[0].run.optimizer == "adam"
    assert list(sessions(tmp_path).parent.glob("crash-*")) == []


@posix
def test_where_nothing_was_changed_nothing_is_kept(tmp_path: Path) -> None:
    done = run(tmp_path, "SIGTERM")
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")
    assert list(sessions(tmp_path).iterdir()) == []


@posix
def test_what_the_starter_has_ignored_stays_ignored(tmp_path: Path) -> None:
    """As under nohup, or behind a shell's &."""
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    ends = WINDOW.replace("threading.Timer(0.5, send).start()", "end_later(self)").replace(
        "def finished", "def end_later(self):\n    send()\n"
        "    QTimer.singleShot(300, self.window.close)\n\ndef finished", 1
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", ignoring + ends, "SIGHUP"],
        env={**os.environ, "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, check=False, timeout=120, preexec_fn=heard,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("how", ["amid", "closing"])
def test_a_window_that_is_closed_amid_an_error_leaves_no_dialog(tmp_path: Path, how: str) -> None:
    done = run(tmp_path, how)
    assert done.returncode == 0
    assert "ZeroDivisionError: in a slot" in done.stderr
    assert done.stdout.splitlines() == ["dialogs 1", "dialogs 0"][how == "closing" :]
