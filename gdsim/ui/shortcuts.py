"""What the keys do: one table for the window and for the help that shows it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from gdsim.ui.language import tr

KEYS: dict[int, str] = {
    Qt.Key.Key_Space: "play",
    Qt.Key.Key_Right: "step",
    Qt.Key.Key_Left: "step_back",
    Qt.Key.Key_Home: "home",
    Qt.Key.Key_End: "end",
    Qt.Key.Key_Plus: "faster",
    Qt.Key.Key_Equal: "faster",
    Qt.Key.Key_Minus: "slower",
    Qt.Key.Key_R: "rerun",
    Qt.Key.Key_L: "log_scale",
}
"""Keys that act when the focused control has no use for them, and the menu entry they stand for."""


def shortcut_rows() -> list[tuple[str, str]]:
    """(keys, what they do), in the language in use."""
    return [
        ("Space", tr("Play or pause")),
        ("← →", tr("One step back or forward")),
        ("Home / End", tr("To the start, to the last recorded step")),
        ("+ −", tr("Faster, slower")),
        ("R", tr("Play again from the start")),
        ("Ctrl+R", tr("Reset all runs")),
        ("1 … 9", tr("Show or hide a run")),
        ("L", tr("Log scale of the loss")),
        ("F6", tr("To the next region of the window")),
        ("F5, F11", tr("Presenter mode, full screen")),
        ("Ctrl+N, O, S", tr("New, open, save the experiment")),
        ("Ctrl+D", tr("Open data of your own (CSV)")),
        ("Ctrl+G", tr("Sweep over settings")),
        ("Ctrl+E", tr("Export the window as a picture")),
        ("Ctrl+Shift+E", tr("Show the selected run as code")),
        ("Ctrl+Z, Ctrl+Shift+Z", tr("Undo, redo")),
        ("Ctrl+Shift+A, Ctrl+B", tr("Add a run, branch from here")),
        ("← → ↑ ↓", tr("In the parameter view: move the start (finely with Shift)")),
        ("Ctrl+/", tr("This list")),
    ]


def shortcuts_text() -> str:
    """The list as a small table of rich text."""
    rows = "".join(
        f"<tr><td><b>{keys}</b></td><td>&nbsp;&nbsp;{text}</td></tr>"
        for keys, text in shortcut_rows()
    )
    return f"<table cellspacing='4'>{rows}</table>"
