"""Looks by properties that the style sheet knows, and foreign text in tool tips."""

from __future__ import annotations

import html

from PySide6.QtWidgets import QWidget


def set_look(widget: QWidget, **properties: bool) -> None:
    """Set properties of the style sheet, such as `danger`, and look like it where one is new."""
    if any(bool(widget.property(name)) is not on for name, on in properties.items()):
        for name, on in properties.items():
            widget.setProperty(name, on)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def plain_tip(text: str) -> str:
    """A tool tip that shows text of a file as it is: by itself Qt would take <b> for a tag."""
    return f"<span>{html.escape(text)}</span>".replace("\n", "<br>") if text else ""
