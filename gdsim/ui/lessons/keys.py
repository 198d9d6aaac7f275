"""The keys of a lesson: answers, hands, on."""

from __future__ import annotations

from PySide6.QtCore import Qt

LETTERS = {Qt.Key.Key_A: 0, Qt.Key.Key_B: 1, Qt.Key.Key_C: 2, Qt.Key.Key_D: 3}
NUMBERS = {Qt.Key.Key_1: 0, Qt.Key.Key_2: 1, Qt.Key.Key_3: 2, Qt.Key.Key_4: 3}
SHIFTED = {
    Qt.Key.Key_Exclam: 0, Qt.Key.Key_At: 1, Qt.Key.Key_QuoteDbl: 1, Qt.Key.Key_NumberSign: 2,
    Qt.Key.Key_section: 2, Qt.Key.Key_Dollar: 3,
}  # fmt: skip
"""What Shift with 1 to 4 gives on keyboards of several countries."""
NEXT = (Qt.Key.Key_PageDown, Qt.Key.Key_Return, Qt.Key.Key_Enter)
