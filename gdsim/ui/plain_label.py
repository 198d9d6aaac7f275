"""The label of this house: what it is given is shown as it is."""

from __future__ import annotations

from typing import Any

from PySide6 import QtCore  # not Qt itself, which is dear: theme.py
from PySide6.QtWidgets import QLabel


class PlainLabel(QLabel):
    """Columns, files and faults may be called like a picture's tag: by itself Qt would load it."""

    def __init__(self, *given: Any) -> None:
        """`given` as to a `QLabel`: a text, a parent, both, or nothing."""
        super().__init__(*given)
        self.setTextFormat(QtCore.Qt.TextFormat.PlainText)
