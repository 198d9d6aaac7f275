"""The run of a sweep that is pointed at: its values, what its rate does, what became of it."""

from __future__ import annotations

import queue
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QSizePolicy

from gdsim.runtime.sweep_teller import Question, SweepTeller
from gdsim.ui.language import say
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.views.sweep_map import SweepMap

_POLL_MILLISECONDS = 30
LINES = 4
"""Kept free, so that the map does not jump under the pointer."""


class PointedRun(PlainLabel):
    """What the map knows of a run at once; regime and verdict once they are worked out."""

    def __init__(self, breathe: Callable[[], None]) -> None:
        super().__init__()
        self._teller = SweepTeller(breathe)
        self._question: Question | None = None
        self._known = ""
        self.setWordWrap(True)
        self.setMinimumHeight(LINES * self.fontMetrics().lineSpacing() + 4)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)

    def point(self, shown: SweepMap | None, places: tuple[int, ...] | None) -> None:
        """Tell the run at these places of the map; nothing where there is none."""
        self._question = None
        self._known = ""
        if shown is not None and places is not None:
            outcomes = shown.outcomes
            self._known = shown.told(places)
            self._question = Question(outcomes.grid, places, outcomes.steps)
        self.setText(self._known)
        if self._teller.ask(self._question):
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def _poll(self) -> None:
        try:
            question, regime, verdict = self._teller.answers.get_nowait()
        except queue.Empty:
            return
        if question is self._question:
            self._timer.stop()
            self.setText(f"{self._known}\n{say(regime)}\n{say(verdict.sentence)}")
