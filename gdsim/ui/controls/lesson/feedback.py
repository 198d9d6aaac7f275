"""What was measured of the last try of a task, and all tries in a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gdsim.experiment.lessons.stages import Try
from gdsim.ui.language import say, tr
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.theme import LIGHT, Theme

MOST_SHOWN = 4
"""So many tries stand in the row, the last ones."""


class Feedback(QFrame):
    """✓ or ✗ with the sentence that has the number; beneath, what was tried and what is asked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson.feedback")
        self.said, self.tries = PlainLabel(), PlainLabel()
        self.said.setWordWrap(True)
        self.tries.setWordWrap(True)
        self.tries.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(4)
        column.addWidget(self.said)
        column.addWidget(self.tries)

    def show_tries(self, tries: Sequence[Try], theme: Theme) -> None:
        """Show the last one, and the row of all."""
        if not tries:
            return
        last = tries[-1]
        self.setProperty("feedback", "passed" if last.passed else "failed")
        font = QFont(self.font())
        font.setPointSizeF(15 / 13 * theme.text_points)
        font.setBold(True)
        self.said.setFont(font)
        palette = self.said.palette()
        color = theme.color("good" if last.passed else "warning")
        palette.setColor(self.said.foregroundRole(), color)
        self.said.setPalette(palette)
        self.said.setText(f"{'✓' if last.passed else '✕'} {say(last.sentence)}")
        shown = [f"{one.change} → {one.measured}" for one in tries[-MOST_SHOWN:]]
        asked = tr("asked {range}", range=last.asked)
        self.tries.setText(f"{tr('Your tries:')} {'   ·   '.join([*shown, asked])}")
        self.style().unpolish(self)
        self.style().polish(self)
        unit = theme.text_points / LIGHT.text_points
        self.setMinimumWidth(round(240 * unit))
