"""How large a dialog opens: by its type, as far as the screen goes."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gdsim.ui.theme import unit_of

FRAME = 40, 60
"""Pixels that a screen keeps for a window's frame and what stands beside it."""


def open_at(window: QWidget, width: float, height: float) -> None:
    """Give it that size, in pixels of type 13 pixels high, or what the screen has room for.

    Before a class type is larger, and what was wide enough for it is not any more.
    """
    unit, free = unit_of(window.font()), window.screen().availableGeometry()
    window.resize(
        min(round(width * unit), free.width() - FRAME[0]),
        min(round(height * unit), free.height() - FRAME[1]),
    )
