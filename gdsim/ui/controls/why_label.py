"""Why a run goes as it goes, in one line under its settings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gdsim.engine.why import Why
from gdsim.ui.language import say


class WhyLabel(QLabel):
    """What a step makes of the error along the axis that decides; empty where theory is silent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("muted", True)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def show_why(self, why: Why | None) -> None:
        text = "" if why is None else say(why.sentence).replace(" %", "\u00a0%")
        if self.text() != text:
            self.setText(text)
