"""An experiment leaves the window as a text and comes back by it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gdsim.experiment.examples import EXAMPLES
from gdsim.experiment.lessons.shelf import bundled
from gdsim.ui.interior import Interior
from tests.cli.calling import gdsim, refused
from tests.ui.conftest import until


def copied(interior: Interior) -> str:
    interior.window.actions_by_name["copy_text"].trigger()
    return QGuiApplication.clipboard().text()


def paste(interior: Interior, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    interior.window.actions_by_name["paste_text"].trigger()


def test_what_was_copied_comes_back_with_its_view(qtbot: QtBot, interior: Interior) -> None:
    workspace = interior.workspace
    interior.documents.begin(EXAMPLES[0].setup())
    workspace.edit_run(0, "settings", "learning_rate", 0.0123)
    workspace.set_visible(0, False)
    workspace.set_option("log_scale", False)
    text, setup, view = copied(interior), workspace.setup, workspace.view_state()
    assert f"{len(text)} characters" in interior.window.notice.text()
    interior.documents._take_as_saved(None)  # nothing is asked
    interior.documents.new()
    assert workspace.setup.problem.name != setup.problem.name
    paste(interior, "Hi,\n> " + text.replace("\n", "\n> "))
    until(qtbot, interior)
    assert (workspace.setup.tracks, workspace.view_state()) == (setup.tracks, view)
    assert workspace.setup.problem.name == setup.problem.name
    assert not interior.window.isWindowModified()


def test_what_is_no_text_of_an_experiment_is_said_and_all_stays(interior: Interior) -> None:
    before = interior.workspace.setup
    for text, words in (("1,2\n3,4", "no experiment"), ("gdsim1:abc", "copy it again")):
        paste(interior, text)
        (box,) = (one for one in interior.window.findChildren(QMessageBox) if one.isVisible())
        assert words in box.text()
        box.close()
    assert interior.workspace.setup is before


def test_unsaved_changes_are_asked_about_before_another_is_pasted(
    interior: Interior, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = copied(interior)
    interior.workspace.add_run()
    asked = []

    def keep(*question: object) -> QMessageBox.StandardButton:
        asked.append(question)
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr("gdsim.ui.documents.ask", keep)
    paste(interior, text)
    assert len(asked) == 1
    assert len(interior.workspace.setup.tracks) == 2


def test_the_start_page_takes_it_where_it_takes_cells(interior: Interior) -> None:
    text = copied(interior)
    interior.documents.begin(EXAMPLES[3].setup())
    interior.starter.show()
    page = interior.starter.page
    assert page is not None
    QGuiApplication.clipboard().setText(text)
    page.paste_requested.emit()
    assert interior.starter.page is None
    assert interior.workspace.setup.problem.name == "article"


def test_a_lesson_gives_its_experiment_away_only_once_it_is_explained(interior: Interior) -> None:
    interior.lessons.open(bundled()[0])
    actions = interior.window.actions_by_name
    assert not actions["copy_text"].isEnabled()
    assert not actions["paste_text"].isEnabled()
    interior.lessons.leave()
    assert actions["copy_text"].isEnabled()
    assert actions["paste_text"].isEnabled()


def test_the_command_line_opens_it_and_runs_it(
    qtbot: QtBot, interior: Interior, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    interior.documents.begin(EXAMPLES[3].setup())
    text = copied(interior)
    interior.documents._save_to(tmp_path / "a.gdsim")
    files = [tmp_path / name for name in ("a.csv", "b.csv", "a.png", "b.png")]
    quoted = "\n> " + text.replace("\n", "\n> ")
    for given, table in ((quoted, files[0]), (str(tmp_path / "a.gdsim"), files[1])):
        assert gdsim("run", given, "--steps", "50", "--out", str(table), "--quiet") == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert "copy it again" in refused(capsys, "run", text[:-5])
    assert "copy it again" in refused(capsys, "code", text[:-5], "--framework", "numpy")
    assert "no command or file" in refused(capsys, "x" * 5000).lower().replace("there is ", "")
    for given, picture in ((quoted, files[2]), (str(tmp_path / "a.gdsim"), files[3])):
        assert gdsim(given, "--screenshot", str(picture)) == 0
    pictures = [QImage(str(picture)) for picture in files[2:]]
    one, other = (np.frombuffer(picture.constBits(), np.uint8) for picture in pictures)
    # On a busy machine the fine landscape may still be on its way.
    assert np.abs(one.astype(int) - other).mean() < 1.0


@pytest.mark.parametrize("way", ["dropped", "pasted"])
def test_what_is_opened_in_a_lesson_ends_it_and_no_file_gets_another_experiment(
    qtbot: QtBot, interior: Interior, tmp_path: Path, way: str
) -> None:
    """Else leaving the lesson gave the former experiment the name of the file just opened."""
    mine, other = tmp_path / "mine.gdsim", tmp_path / "other.gdsim"
    interior.documents.begin(EXAMPLES[3].setup())
    interior.documents._save_to(other)
    text = copied(interior)
    interior.documents.begin(EXAMPLES[1].setup())
    interior.documents._save_to(mine)
    interior.lessons.open(bundled()[0])
    if way == "dropped":
        interior.window.file_dropped.emit(other)
    else:
        interior.documents.take_text(text)
    until(qtbot, interior)
    assert not interior.lessons.is_on
    assert interior.workspace.setup.problem.name == EXAMPLES[3].setup().problem.name
    assert interior.documents.path == (other if way == "dropped" else None)
    assert mine.read_text("utf-8") != other.read_text("utf-8")
