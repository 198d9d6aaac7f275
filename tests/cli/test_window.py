"""The command line that opens the window, or says why it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gdsim import app
from gdsim.cli import main as cli
from gdsim.system.places import Places

ROOT = Path(__file__).resolve().parents[2]


def gdsim(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start it as a user does, on a machine without a display."""
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {k: v for k, v in os.environ.items() if k not in displays}
    return subprocess.run(
        [sys.executable, "-m", "gdsim", *arguments],
        cwd=ROOT, env={**environment, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_one_sentence_names_the_other_way() -> None:
    done = gdsim()
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "display" in done.stderr
    assert "gdsim run" in done.stderr


def test_a_screenshot_needs_no_display(tmp_path: Path) -> None:
    picture = tmp_path / "窗口 1.png"
    done = gdsim(
        "--screenshot", str(picture), "--steps", "10", "--size", "1024x768", "--theme", "dark",
        "--lang", "zh", LC_ALL="C.UTF-8",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    drawn = QImage(str(picture))
    assert (drawn.width(), drawn.height()) == (1024, 768)
    assert drawn.pixelColor(1020, 764).lightness() < 80  # the dark theme's ground
    assert not Path(os.devnull).is_file()  # root may put a file in the place of a device


def test_a_screenshot_waits_until_the_window_looks_the_same_twice(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that is laid out anew each time it is looked at, but for the last."""
    colors = iter(["red", "orange", "yellow", "green", "green", "blue"])

    class Window(QWidget):
        def grab(self, rectangle: Any = None) -> QPixmap:
            picture = QPixmap(4, 4)
            picture.fill(QColor(next(colors)))
            return picture

    window = Window()
    qtbot.addWidget(window)
    monkeypatch.setattr(app, "PAINT_SECONDS", 0.0)
    picture = app._picture_at_rest(window)
    assert picture.toImage().pixelColor(0, 0) == QColor("green")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--size", "wide"], "--size"),
        (["--steps", "-1"], "--steps"),
        (["--steps", "1000000000"], "--steps"),
        (["--theme", "pink"], "--theme"),
    ],
)
def test_bad_arguments_are_named_before_anything_is_drawn(
    arguments: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "window.png"
    try:
        status = cli.main(["--screenshot", str(target), *arguments])
    except SystemExit as left:  # argparse
        status = int(str(left.code))
    assert status == 2
    assert named in capsys.readouterr().err
    assert not target.exists()


def test_file_language_and_theme_reach_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []

    def open_window(file: Path | None, places: Places, **options: str | None) -> int:
        opened.append((file, places.portable, options))
        return 0

    monkeypatch.setattr(app, "open_window", open_window)
    monkeypatch.setenv("DISPLAY", ":0")
    assert cli.main(["my run.gdsim", "--lang", "zh"]) == 0
    assert opened == [(Path("my run.gdsim"), False, {"lang": "zh", "theme": None, "answers": None})]


def test_the_shell_needs_no_numpy_so_it_is_shown_before_it_is_imported() -> None:
    heavy = "{'numpy', 'pyqtgraph'}"
    program = f"import sys, gdsim.cli.main, gdsim.app; print(sorted({heavy} & {{*sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_shell_is_painted_first_and_what_no_window_needs_is_never_imported(
    tmp_path: Path,
) -> None:
    program = """
import sys
from PySide6 import QtCore, QtGui
from PySide6.QtCore import QTimer
from gdsim import app
from gdsim.system.places import find_places
from gdsim.ui.main_window import MainWindow

def tell():
    print("numpy" in sys.modules, "Qt" in vars(QtCore))
    print("QUndoStack" in vars(QtGui), "pyqtgraph.parametertree" in sys.modules)

def paint(self, event):
    tell()
    MainWindow.paintEvent = before
    QTimer.singleShot(0, lambda: QTimer.singleShot(0, self.close))
    before(self, event)

before, MainWindow.paintEvent = MainWindow.paintEvent, paint
app.open_window(None, find_places())
tell()
import pyqtgraph.Qt
print(pyqtgraph.Qt.QtGui.QUndoStack is QtGui.QUndoStack)
"""
    environment = {**os.environ, "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    painted, ready, asked_for = "False False False False", "True True False False", "True"
    assert " ".join(done.stdout.split()) == f"{painted} {ready} {asked_for}"
