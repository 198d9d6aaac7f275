"""What an optimizer or a schedule does: a sentence and its formula."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from gdsim.ui.controls.formula_bar import SYMBOL
from gdsim.ui.language import tr
from gdsim.ui.plain_label import PlainLabel


class MethodNote(PlainLabel):
    """The sentence and the formula of the method that a box has chosen; the box tells them too."""

    def __init__(self, box: QComboBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = box
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setProperty("muted", True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def tell(self, title: str, summary: str, formula: Sequence[str]) -> None:
        """Show the method here and as the box's tool tip; its title is in the language in use."""
        # A narrow column: one equation a line.
        parts = [part for line in formula for part in re.split(r"[,;]  ", line)]
        lines = "<br>".join(SYMBOL.sub(r"<i>\g<0></i>", html.escape(part)) for part in parts)
        text = f"<b>{html.escape(title)}</b> · {html.escape(tr(summary))}<br>{lines}"
        if text != self.text():
            self.setText(text)
        spoken = "\n".join([tr(summary), *formula])
        self._box.setToolTip(spoken)
        self._box.setAccessibleDescription(spoken)


def explain_choices(box: QComboBox, summaries: Sequence[str]) -> None:
    """Give each entry of the box its sentence as a tool tip."""
    for place, summary in enumerate(summaries):
        box.setItemData(place, tr(summary), Qt.ItemDataRole.ToolTipRole)
