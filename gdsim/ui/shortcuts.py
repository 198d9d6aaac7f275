"""The list of keys that the help shows, made from the declared actions."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from gdsim.ui.actions import GLYPHS, MENUS, Menu, key_rows, without_mnemonic
from gdsim.ui.language import tr

_COLUMNS = (("file", "edit", "lessons", "help"), ("run", "view"))
"""Menus beneath each other, beside each other."""
MANY = 4
"""So many keys of one meaning are told by the first and the last."""


def shortcut_rows(menu: Menu) -> list[tuple[str, str]]:
    """(keys, what they do) of a menu's actions, in the language in use."""
    return [(_together(keys), text) for keys, text in key_rows(menu, tr)]


def shortcuts_text() -> str:
    """The list as a table of rich text."""
    menus = {menu.name: menu for menu in MENUS}
    cells = "".join(
        f"<td style='padding-right: 24px'><table cellspacing='2'>"
        f"{''.join(_part(menus[name]) for name in column)}</table></td>"
        for column in _COLUMNS
    )
    note = tr("In the parameter view: move the start (finely with Shift)")
    lesson = tr("In a lesson: on and back; answers, hands (with Shift fewer), the hint")
    notes = {"← → ↑ ↓": note, "PgDn PgUp · A … D · 1 … 4 · H": lesson}
    lines = "".join(f"<p><b>{keys}</b>&nbsp;&nbsp;{text}</p>" for keys, text in notes.items())
    return f"<table><tr>{cells}</tr></table>{lines}"


def _part(menu: Menu) -> str:
    rows = "".join(
        f"<tr style='white-space: pre'><td><b>{keys}</b></td><td>  {text}</td></tr>"
        for keys, text in shortcut_rows(menu)
    )
    heading = without_mnemonic(tr(menu.text))  # no italics, which Chinese has not
    style = "padding-top: 8px; font-size: large; font-weight: 700"
    return f"<tr><td colspan='2' style='{style}'>{heading}</td></tr>{rows}"


def _together(keys: list[str]) -> str:
    """The keys as this system writes them."""
    format_ = QKeySequence.SequenceFormat.NativeText
    shown = [GLYPHS.get(k) or QKeySequence.fromString(k).toString(format_) for k in keys]
    return " ".join(shown) if len(shown) < MANY else f"{shown[0]} … {shown[-1]}"
