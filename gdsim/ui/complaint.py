"""Says what is wrong in a dialog that waits for nobody."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def complain(window: QWidget, text: str) -> None:
    """Say what is wrong in a dialog that waits for nobody."""
    box = QMessageBox(
        QMessageBox.Icon.Warning, "gdsim", text, QMessageBox.StandardButton.Ok, window
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
