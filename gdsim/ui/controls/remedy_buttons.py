"""What would help a run that is away, a button each."""

from __future__ import annotations

import functools

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gdsim.engine.remedies import Remedy
from gdsim.ui.language import say


class RemedyButtons(QWidget):
    """Hidden where nothing is to be helped."""

    chosen = Signal(object)
    """The `Remedy`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: tuple[QPushButton, ...] = ()
        self._name = name
        self._remedies: tuple[Remedy, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def show_remedies(self, remedies: tuple[Remedy, ...]) -> None:
        if remedies == self._remedies:
            return
        self._remedies = remedies
        for button in self.buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = tuple(self._made(remedy) for remedy in remedies)
        self.setVisible(bool(remedies))

    def retranslate(self) -> None:
        for button, remedy in zip(self.buttons, self._remedies, strict=True):
            button.setText(say(remedy.sentence))

    def _made(self, remedy: Remedy) -> QPushButton:
        button = QPushButton(say(remedy.sentence))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setObjectName(f"{self._name}.remedy.{remedy.name}")
        button.clicked.connect(functools.partial(self.chosen.emit, remedy))
        self._column.addWidget(button)
        return button
