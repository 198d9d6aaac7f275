"""What a regression has come to: its coefficients in the data's units, R², and the exact fit."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gdsim.engine.answer import answer_of, formula
from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.ui.language import say, tr
from gdsim.ui.step_to_come import DEAR


class AnswerLabel(QLabel):
    """Follows θ of the selected run; hidden where nothing is fitted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)  # columns are called as their file says
        self.setWordWrap(True)
        self.setProperty("muted", True)

    def show_theta(
        self, problem: Problem | None, theta: Array | None, hides: frozenset[str]
    ) -> None:
        """What is hidden is not said: the fit, its loss (R² tells it), least squares."""
        text = ""
        if problem is not None and theta is not None and problem.own_terms:
            text = "\n".join(_lines(problem, theta, hides))
        if self.text() != text:
            self.setText(text)
        if self.isHidden() == bool(text):
            self.setVisible(bool(text))


def _lines(problem: Problem, theta: Array, hides: frozenset[str]) -> list[str]:
    lines = []
    own = problem.own_units(theta)
    if not np.array_equal(own, theta) and "fit" not in hides:
        sum_of_terms = formula(problem.own_terms, own)
        lines.append(tr("In the data's units: {formula}", formula=sum_of_terms))
    dear = problem.size * len(problem.parameters) > DEAR
    found = None if dear else answer_of(problem, theta)
    if found is None or "least_squares" in hides:
        return lines
    lines.append(say(found.exact_told))
    if not hides & {"fit", "loss"}:
        lines.append(say(found.run_told))
    return lines
