"""The choice of a speed; at full speed the box says how fast that is, where the choice stands."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from gdsim.ui.controls.form import ChoiceBox
from gdsim.ui.language import tr

_WIDEST = "8,888,888"
"""Steps in a second that the box has room for at any time."""


class SpeedBox(ChoiceBox):
    """As wide with every speed: what stands beside it stays where it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.measured = ""
        """What is said in place of the choice."""

    def say_measured(self, text: str) -> None:
        """Say so many steps a second in place of the choice; "" shows the choice again."""
        if text != self.measured:
            self.measured = text
            self.setAccessibleDescription(text)
            self.update()

    def make_room(self) -> None:
        """Be wide enough for every choice and for what may be measured."""
        widest = self.fontMetrics().horizontalAdvance(tr("{speed} steps/s", speed=_WIDEST))
        texts = [
            self.fontMetrics().horizontalAdvance(self.itemText(i)) for i in range(self.count())
        ]
        room = self.sizeHint().width() - max(texts, default=0)
        self.setFixedWidth(room + max([widest, *texts]))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.measured:
            super().paintEvent(event)
            return
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.measured
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
