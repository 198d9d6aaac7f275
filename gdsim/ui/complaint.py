"""Boxes that say what is wrong, or ask, in text as it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

Buttons = QMessageBox.StandardButton


class PlainBox(QMessageBox):
    """What it says may quote a file: none of it is taken for a page."""

    def __init__(
        self,
        window: QWidget,
        icon: QMessageBox.Icon,
        text: str,
        buttons: QMessageBox.StandardButton = Buttons.NoButton,
        more: str = "",
    ) -> None:
        """`more` stands beneath in smaller type."""
        super().__init__(icon, "gdsim", text, buttons, window)
        if more:
            self.setInformativeText(more)
        for label in self.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)


def complain(window: QWidget, text: str) -> None:
    """Say what is wrong in a dialog that waits for nobody."""
    box = PlainBox(window, QMessageBox.Icon.Warning, text, Buttons.Ok)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def ask(window: QWidget, text: str, buttons: QMessageBox.StandardButton) -> int:
    """Wait for an answer: the button that was pressed."""
    return PlainBox(window, QMessageBox.Icon.Question, text, buttons).exec()
