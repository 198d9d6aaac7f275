"""The selected run as a script: choose a framework, read, copy, save."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from gdsim.codegen import FRAMEWORKS, Script, export, save, table_beside
from gdsim.engine.problems import Problem
from gdsim.engine.run import Changes, Run
from gdsim.engine.sentences import Fault
from gdsim.ui.dialogs.python_colors import PythonColors
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.settings import UserSettings
from gdsim.ui.steady import SteadyChoice
from gdsim.ui.theme import Theme

_COLUMNS = 102
"""So many characters of a line are seen without scrolling, where the screen has room for them."""


@dataclass(frozen=True)
class Subject:
    """What is exported: a run on a problem, by the number that the window calls it by."""

    problem: Problem
    run: Run
    changes: Changes
    steps: int
    number: int
    source: str = ""


class CodeDialog(QDialog):
    """Shows the script; `framework` is the choice, remembered for the next time."""

    def __init__(
        self,
        subject: Subject,
        theme: Theme,
        user: UserSettings,
        folder: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Export code – run {number}", number=subject.number))
        self._subject, self._user, self._folder = subject, user, folder
        self._script: Script | None = None
        self.framework = SteadyChoice()
        self.framework.setAccessibleName(tr("Framework"))
        for framework in FRAMEWORKS:
            self.framework.addItem(framework.title, framework.name)
        label = PlainLabel(tr("&Framework"))
        label.setBuddy(self.framework)
        about = PlainLabel(
            tr("{steps:,} steps of {optimizer}", steps=subject.steps,
               optimizer=tr(subject.run.family.title, "optimizer"))
        )  # fmt: skip
        about.setProperty("muted", True)
        self.code = QPlainTextEdit()
        self.code.setReadOnly(True)
        self.code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        # The arrow keys move a cursor in it, Tab leaves it.
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.code.setTabChangesFocus(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(theme.text_points)
        self.code.setFont(font)
        self.code.setAccessibleName(tr("Code"))
        self._colors = PythonColors(self.code.document(), theme)
        self.said = PlainLabel()
        self.said.setWordWrap(True)
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.copy_button = buttons.addButton(tr("&Copy"), role.ActionRole)
        self.save_button = buttons.addButton(tr("&Save…"), role.ActionRole)
        self.close_button = buttons.addButton(tr("C&lose"), role.RejectRole)
        self.copy_button.setDefault(True)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self.choose_and_save)
        buttons.rejected.connect(self.reject)
        head = QHBoxLayout()
        for part in (label, self.framework):
            head.addWidget(part)
        head.addSpacing(12)
        head.addWidget(about, 1)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.code, 1)
        column.addWidget(self.said)
        column.addWidget(buttons)
        name_controls(self, "code")
        kept = self.framework.findData(user.now.code_framework)
        self.framework.setCurrentIndex(max(kept, 0))
        self.framework.currentIndexChanged.connect(self._show)
        self._show()
        self._take_room(QFontMetricsF(font).horizontalAdvance("0"))

    @property
    def chosen(self) -> str:
        """The framework's name in files and on the command line."""
        return str(self.framework.currentData())

    @Slot()
    def copy(self) -> None:
        """The whole script to the clipboard."""
        if self._script is not None:
            QGuiApplication.clipboard().setText(self._script.text)
            self.said.setText(tr("Copied."))

    @Slot()
    def choose_and_save(self) -> None:
        """Ask for a file and write the script, and the table that it reads, beside it."""
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save the code"), str(Path(self._folder) / f"gdsim_{self.chosen}.py"),
            tr("Python scripts (*.py)"),
        )  # fmt: skip
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".py")
        try:
            script = self._made(table_beside(path).name)
            save(path, script)
        except Fault as fault:
            self.said.setText(say(fault.sentence))
            return
        beside = path.with_name(script.table_name) if script.columns else None
        self.said.setText(
            tr("Saved: {file}", file=str(path))
            if beside is None
            else tr("Saved: {file}, and its data: {table}", file=str(path), table=str(beside))
        )

    def _made(self, table_name: str = "data.csv") -> Script:
        one = self._subject
        return export(
            one.problem, one.run, one.steps, self.chosen,
            source=one.source, changes=one.changes, table_name=table_name,
        )  # fmt: skip

    @Slot()
    def _show(self) -> None:
        self._user.set("code_framework", self.chosen)
        try:
            self._script = self._made()
        except Fault as fault:
            self._script = None
            self.said.setText(say(fault.sentence))
        else:
            self.said.clear()
        self.code.setPlainText(self._script.text if self._script is not None else "")
        for button in (self.copy_button, self.save_button):
            button.setEnabled(self._script is not None)

    def _take_room(self, character: float) -> None:
        """As wide as the lines are, but no larger than the window that it belongs to."""
        width, height = round(_COLUMNS * character) + 60, 720
        parent = self.parentWidget()
        if parent is not None:
            width, height = min(width, parent.width() - 80), min(height, parent.height() - 80)
        self.resize(width, height)
