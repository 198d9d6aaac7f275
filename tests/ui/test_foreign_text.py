"""Columns, files and faults may be called like a picture's tag: they are shown as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6 import QtGui
from PySide6.QtCore import QModelIndex, Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QLabel,
    QListView,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gdsim.engine.data import Data
from gdsim.engine.problems import make_problem
from gdsim.experiment.autosave import Autosave, Origin
from gdsim.experiment.document import Experiment, default_experiment, load, save
from gdsim.experiment.tables import chosen, data_from, look
from gdsim.ui.autosaver import Autosaver
from gdsim.ui.complaint import PlainBox
from gdsim.ui.dialogs.crash_dialog import CrashDialog
from gdsim.ui.interior import Interior
from gdsim.ui.looks import plain_tip
from gdsim.ui.plot.canvas import Canvas
from tests.ui.conftest import until

TAG = '<img src="file:///etc/hostname" width=30000 height=30000>'
TABLE = f'"{TAG.replace(chr(34), chr(34) * 2)}",<b>y</b>\n1,2\n2,4\n3,5\n5,9\n'
might_be_rich: Callable[[str], bool] = QtGui.Qt.mightBeRichText


def faults(root: QWidget) -> list[str]:
    """Labels that choose their format themselves, and where a file's text would be a tag."""
    found: list[str] = []
    widgets = [root, *root.findChildren(QWidget)]
    for widget in widgets:
        name = f"{type(widget).__name__} {widget.objectName()}"
        if isinstance(widget, QLabel):
            if widget.textFormat() == Qt.TextFormat.AutoText and widget.text():
                found.append(f"{name}: automatic format, {widget.text()!r}")
            if widget.textFormat() == Qt.TextFormat.RichText and "<img" in widget.text():
                found.append(f"{name}: a tag in {widget.text()!r}")
        for tip in (widget.toolTip(), widget.whatsThis()):
            if might_be_rich(tip) and "<img" in tip:
                found.append(f"{name}: a tag in the tip {tip!r}")
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            model, whole = widget.model(), QModelIndex()
            columns = 1 if isinstance(widget, QListView) else model.columnCount(whole)
            for row in range(min(model.rowCount(whole), 50)):
                for column in range(min(columns, 20)):
                    tip = str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")
                    if might_be_rich(tip) and "<img" in tip:
                        found.append(f"{name}: a tag in the tip of a cell {tip!r}")
    for action in root.actions():
        if might_be_rich(action.toolTip()) and "<img" in action.toolTip():
            found.append(f"action {action.objectName()}: a tag in its tip")
    return found


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What rich text has asked for."""
    asked: list[str] = []
    before = QTextDocument.loadResource

    def load_resource(self: QTextDocument, kind: int, name: Any) -> Any:
        asked.append(name.toString() if isinstance(name, QUrl) else str(name))
        return before(self, kind, name)

    monkeypatch.setattr(QTextDocument, "loadResource", load_resource)
    return asked


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A table whose first column is called like a picture."""
    path = tmp_path / "<b>t.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_a_column_called_like_a_picture_is_shown_as_it_is(
    qtbot: QtBot, interior: Interior, hostile: Path, tmp_path: Path, loaded: list[str]
) -> None:
    seen = look(hostile)
    data = data_from(seen, *chosen(seen, None, None))
    assert data.names == (TAG,)
    labelled = Data(data.x[:, :4], np.array([0.0, 0.0, 1.0, 1.0]), data.names, data.target)
    for name, given in (("linear", data), ("polynomial", data), ("logistic", labelled)):
        interior.workspace.take_problem(make_problem(name, given), TAG)
        until(qtbot, interior, lambda s, name=name: s.problem.name == name)  # type: ignore[misc] # a default's type
        for view in interior.central.serving():
            interior.central.places[view.where].choose(view.name)
            qtbot.wait(30)
        for plot in interior.window.findChildren(Canvas):
            for axis in (plot.left, plot.bottom):
                assert "<img" not in axis.label.toHtml()
        assert not faults(interior.window)
    interior.workspace.take_problem(make_problem("linear", data), TAG)
    assert not [name for name in loaded if "hostname" in name]
    path = tmp_path / "a.gdsim"
    save(path, interior.documents.experiment())
    assert load(path).setup.problem.own_data == data
    assert isinstance(interior.documents.experiment(), Experiment)


def test_no_dialog_chooses_its_format_itself(
    qtbot: QtBot, interior: Interior, hostile: Path, loaded: list[str]
) -> None:
    seen = look(hostile)
    interior.workspace.choose_problem("linear")
    until(qtbot, interior, lambda s: s.problem.name == "linear")
    side, documents = interior.side, interior.documents
    opens: tuple[Callable[[], object], ...] = (
        side.sweep, side.race, side.export_code, side.export_film, side.edit_starts,
        side.edit_points,
        lambda: side.explain(0), side.show_shortcuts, side.show_about, side.choose_lesson,
        lambda: documents.open_data(hostile), lambda: documents.complain(TAG),
        CrashDialog(TAG, Path(TAG), interior.window).show,
    )  # fmt: skip
    assert seen.columns[0].name == TAG
    for act in opens:
        act()
        qtbot.wait(300)
        dialogs = [
            one for one in QApplication.topLevelWidgets()
            if isinstance(one, QDialog) and one.isVisible()
        ]  # fmt: skip
        assert dialogs
        for dialog in dialogs:
            assert not faults(dialog)
            dialog.close()
        qtbot.wait(20)
    assert not [name for name in loaded if "hostname" in name]


def test_what_a_crashed_session_was_called_is_asked_as_it_is(
    interior: Interior, tmp_path: Path
) -> None:
    session = Autosave(tmp_path)
    session.keep(default_experiment(), Origin(Path(f"/{TAG}".replace("file:///etc/", "")), 0))
    session.abandon()
    keeper = Autosaver(interior.documents, tmp_path)
    keeper.offer(TAG)
    assert isinstance(keeper.question, QMessageBox)
    assert not faults(keeper.question)
    keeper.question.close()
    keeper.end()


def test_a_question_is_asked_as_it_is(qtbot: QtBot, interior: Interior) -> None:
    button = QMessageBox.StandardButton
    box = PlainBox(interior.window, QMessageBox.Icon.Question, TAG, button.Yes, TAG)
    assert not faults(box)
    assert len([one for one in box.findChildren(QLabel) if one.text() == TAG]) == 2
    box.deleteLater()


def test_a_tool_tip_is_shown_as_it_is(qtbot: QtBot) -> None:
    """Qt itself takes such a text for a page."""
    assert might_be_rich(TAG)
    document = QTextDocument()
    document.setHtml(plain_tip(f"{TAG}\n& more"))
    assert document.toPlainText() == f"{TAG}\n& more"


def test_a_label_that_chose_its_format_would_be_found(interior: Interior) -> None:
    label = QLabel(TAG, interior.window)
    assert len(faults(interior.window)) == 1
    label.setTextFormat(Qt.TextFormat.RichText)
    assert len(faults(interior.window)) == 1
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setToolTip(TAG)
    assert len(faults(interior.window)) == 1
    label.deleteLater()
