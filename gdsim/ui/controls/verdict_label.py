"""How a run is doing: a sign for the word, in its colour, and the sentence."""

from __future__ import annotations

import html
import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.engine.outcome import Outcome
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot
from gdsim.ui.language import say, tr
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.theme import Theme

_GLYPHS = {
    Outcome.READY: ("○", "muted"),
    Outcome.MOVING: ("➜", "accent"),
    Outcome.OSCILLATING: ("∿", "warning"),
    Outcome.DIVERGING: ("✕", "danger"),
    Outcome.CONVERGED: ("✓", "good"),
    Outcome.LOCAL_MINIMUM: ("✓", "warning"),
    Outcome.HOVERING: ("≈", "warning"),
    Outcome.STANDING: ("■", "warning"),
    Outcome.STALLED: ("‖", "warning"),
    Outcome.DIVERGED: ("✕", "danger"),
    Outcome.UNBOUNDED: ("↓", "warning"),
    Outcome.NO_VALUE: ("✕", "danger"),
}


class VerdictLabel(PlainLabel):
    """The verdict on one run; the length of its gradient is the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_run(self, shown: RunSnapshot | None, theme: Theme) -> None:
        """Tell of the run; nothing where there is none yet."""
        text = tip = ""
        if shown is not None:
            glyph, purpose = _GLYPHS[shown.outcome]
            color = getattr(theme, purpose)
            text = f'<span style="color:{color}"><b>{glyph}</b></span> '
            text += html.escape(say(shown.verdict))
            tip = tr("Gradient norm {size}", size=number(math.hypot(*shown.gradient.tolist())))
            if shown.outcome is Outcome.CONVERGED:
                tip = tr(
                    "Settled: the run rests, and its loss no longer changes to speak of. The "
                    "steps after a tick, in the list and on the loss, tell something else: from "
                    "there on it stays within the tolerance."
                ) + "\n" + tip  # fmt: skip
        if self.text() != text:
            self.setText(text)
            self.setToolTip(tip)
