"""The lessons on the start page: eight around the next one, its question, and on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gdsim.engine.sentences import Fault
from gdsim.experiment.lessons.lesson import Lesson
from gdsim.experiment.lessons.reading import read_lesson
from gdsim.ui import language
from gdsim.ui.controls.lesson.markdown import plain_text
from gdsim.ui.language import tr
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.start.entries import Button, Line, Link
from gdsim.ui.theme import Theme, unit_of

SHOWN = 8
NARROW = 680
"""In less width the next lesson stands beneath the others."""


class LessonLines(QFrame):
    """Reads one lesson a time, since all of them take some tenths of a second."""

    chosen = Signal(object)
    """The path of a lesson."""
    all_requested = Signal()

    def __init__(self, theme: Theme, done: frozenset[str]) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._theme, self._done = theme, done
        self._read: list[tuple[Path, Lesson | None]] = []
        self._is_filled = False
        self._next: Path | None = None
        unit = self._unit = unit_of(self.font())
        title = PlainLabel(tr("Lessons"))
        font = QFont(self.font())
        font.setPointSizeF(15 / 13 * font.pointSizeF())
        font.setBold(True)
        title.setFont(font)
        told = PlainLabel(tr("predict, watch, understand, try: some 8 minutes each"))
        told.setProperty("muted", True)
        told.setMinimumWidth(1)
        self.all = Link("all_lessons", tr("All lessons"), theme)
        self.all.clicked.connect(self.all_requested)
        head = QHBoxLayout()
        head.setSpacing(round(12 * unit))
        head.addWidget(title)
        head.addWidget(told, 1)
        head.addWidget(self.all)
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(round(12 * unit))
        self._rows.setVerticalSpacing(0)
        for row in range(SHOWN // 2):  # the room of the lines that are still to be read
            self._rows.setRowMinimumHeight(row, round(32 * unit))
        self._rows.setColumnStretch(0, 1)
        self._rows.setColumnStretch(1, 1)
        self.following, self.question = PlainLabel(), PlainLabel()
        self.following.setProperty("muted", True)
        self.question.setWordWrap(True)
        self.question.setProperty("heading", True)
        self.go_on = Button("go_on", tr("Go on"), primary=True)
        self.go_on.clicked.connect(self._choose_next)
        self._beside = QWidget()
        side = QVBoxLayout(self._beside)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(round(8 * unit))
        for widget in (self.following, self.question, self.go_on):
            side.addWidget(widget)
        side.addStretch(1)
        self._both = QGridLayout()
        self._both.setHorizontalSpacing(round(16 * unit))
        self._both.setColumnStretch(0, 1)
        self._both.addLayout(self._rows, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(round(side * unit) for side in (16, 12, 16, 12)))
        column.setSpacing(round(8 * unit))
        column.addLayout(head)
        column.addLayout(self._both)
        self.suit_width(1000)

    def suit_width(self, width: float) -> None:
        """The next lesson beside the others, or beneath them."""
        narrow = width < NARROW
        self._both.addWidget(self._beside, int(narrow), int(not narrow))
        self._beside.setFixedWidth(round(190 * self._unit)) if not narrow else (
            self._beside.setMaximumWidth(16777215)
        )

    def read_on(self, paths: Sequence[Path]) -> bool:
        """Read one more; False when all of them are shown."""
        if self._is_filled:
            return False
        if len(self._read) < len(paths):
            path = paths[len(self._read)]
            try:
                self._read.append((path, read_lesson(path)))
            except Fault:  # the list of all lessons says what is wrong with it
                self._read.append((path, None))
            return True
        self._is_filled = True
        self._fill()
        return False

    def _fill(self) -> None:
        open_ones = [
            place
            for place, (_, lesson) in enumerate(self._read)
            if lesson is not None and lesson.id not in self._done
        ]
        following = open_ones[0] if open_ones else 0
        first = following // SHOWN * SHOWN
        for place, (_, lesson) in enumerate(self._read[first : first + SHOWN], first):
            if lesson is None:
                continue
            line = Line(
                f"lesson.{place + 1}", str(place + 1), lesson.title.said(language.current()),
                tr("{minutes} min", minutes=lesson.minutes), self._theme,
                done=lesson.id in self._done,
            )  # fmt: skip
            line.is_next = place == following
            line.clicked.connect(self._choose)
            column, row = divmod(place - first, SHOWN // 2)
            self._rows.addWidget(line, row, column)
        if following < len(self._read):
            self._next, lesson = self._read[following]
            self.following.setText(tr("Next: lesson {number}", number=following + 1))
            if lesson is not None:
                self.question.setText(plain_text(lesson.question.text.said(language.current())))

    @Slot()
    def _choose(self) -> None:
        sender = self.sender()
        if isinstance(sender, Line):
            self.chosen.emit(self._read[int(sender.objectName().rsplit(".", 1)[1]) - 1][0])

    @Slot()
    def _choose_next(self) -> None:
        if self._next is not None:
            self.chosen.emit(self._next)
