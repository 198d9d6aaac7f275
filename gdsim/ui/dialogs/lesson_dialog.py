"""All lessons in a list: number, title, minutes, and which are done; the question of the chosen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.sentences import Fault
from gdsim.experiment.lessons.lesson import Lesson
from gdsim.experiment.lessons.reading import read_lesson
from gdsim.experiment.lessons.shelf import bundled
from gdsim.ui import language
from gdsim.ui.controls.lesson.markdown import rich_text
from gdsim.ui.dialogs.room import open_at
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel

SPACE = "\u2007"
"""As wide as a digit."""


class LessonDialog(QDialog):
    """Chooses a lesson; a file that cannot be read stands in the list with what is wrong."""

    chosen = Signal(object)
    """The path of a lesson."""

    def __init__(
        self, paths: Sequence[Path], done: frozenset[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Lessons"))
        self._read: list[tuple[Path, Lesson | Fault]] = [(path, _read(path)) for path in paths]
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Lessons"))
        self.list.setUniformItemSizes(True)
        spoken, ours = language.current(), bundled()
        first = None
        for place, (path, lesson) in enumerate(self._read, 1):
            if isinstance(lesson, Fault):
                item = QListWidgetItem(f"⚠  {path.name}")
            else:
                tick = "✓" if lesson.id in done else SPACE
                minutes = tr("{minutes} min", minutes=lesson.minutes)
                number, title = str(place).rjust(2, SPACE), lesson.title.said(spoken)
                item = QListWidgetItem(f"{tick}  {number}  {title}  ·  {minutes}")
                if first is None and lesson.id not in done:
                    first = place - 1
            if path not in ours:
                item.setText(f"{item.text()}  ·  " + tr("in {folder}", folder=path.parent))
            item.setSizeHint(QSize(0, round(1.7 * self.fontMetrics().height())))
            self.list.addItem(item)
        self.question = PlainLabel()
        self.question.setWordWrap(True)
        self.question.setTextFormat(Qt.TextFormat.RichText)
        self.question.setAlignment(Qt.AlignmentFlag.AlignTop)
        font = QFont(self.font())
        font.setPointSizeF(15 / 13 * font.pointSizeF())
        font.setBold(True)
        self.question.setFont(font)
        self.begin = QPushButton(tr("Begin"))
        self.begin.setProperty("primary", True)
        self.begin.setDefault(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.begin, QDialogButtonBox.ButtonRole.AcceptRole)
        told = tr(
            "Each asks a question, plays the answer, says why, and gives you something to do."
        )
        about = PlainLabel(told)
        about.setProperty("muted", True)
        about.setWordWrap(True)
        right = QVBoxLayout()
        right.addWidget(self.question, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.list, 3)
        row.addLayout(right, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(about)
        column.addLayout(row, 1)
        column.addWidget(buttons)
        self.list.currentRowChanged.connect(self._show)
        self.list.itemActivated.connect(self.accept)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        name_controls(self, "lessons")
        open_at(self, 760, 560)
        self.list.setCurrentRow(first or 0)
        self.list.setFocus()

    @Slot(int)
    def _show(self, place: int) -> None:
        if not 0 <= place < len(self._read):
            return
        lesson = self._read[place][1]
        faulty = isinstance(lesson, Fault)
        self.begin.setEnabled(not faulty)
        if isinstance(lesson, Fault):
            self.question.setTextFormat(Qt.TextFormat.PlainText)
            self.question.setText(say(lesson.sentence))
        else:
            self.question.setTextFormat(Qt.TextFormat.RichText)
            self.question.setText(rich_text(lesson.question.text.said(language.current())))

    @Slot()
    def accept(self) -> None:
        place = self.list.currentRow()
        if 0 <= place < len(self._read) and not isinstance(self._read[place][1], Fault):
            self.chosen.emit(self._read[place][0])
            super().accept()


def _read(path: Path) -> Lesson | Fault:
    try:
        return read_lesson(path)
    except Fault as fault:
        return fault
