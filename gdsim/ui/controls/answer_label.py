"""What a regression has come to: its coefficients in the data's units, R², and the exact fit."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from gdsim.engine.answer import answer_of, formula
from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Sentence, number
from gdsim.ui.language import say, tr
from gdsim.ui.looks import plain_tip
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.step_to_come import DEAR


class AnswerLabel(PlainLabel):
    """Follows θ of the selected run; hidden where nothing is fitted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setProperty("muted", True)

    def show_theta(
        self,
        problem: Problem | None,
        theta: Array | None,
        hides: frozenset[str],
        held: Sentence | None = None,
    ) -> None:
        """What is hidden is not said: the fit, its loss (R² and what is `held` back tell it)."""
        lines: list[str] = []
        whole = ""
        if problem is not None and theta is not None and problem.own_terms:
            lines, whole = _told(problem, theta, hides)
        if held is not None and not hides & {"loss", "verdict"}:
            lines.append(say(held))
        text = "\n".join(lines)
        if self.text() != text:
            self.setText(text)
            self.setToolTip(plain_tip(whole))
            self.setAccessibleDescription(whole)
        if self.isHidden() == bool(text):
            self.setVisible(bool(text))


def _told(problem: Problem, theta: Array, hides: frozenset[str]) -> tuple[list[str], str]:
    """What is shown, and the whole sentences of it."""
    lines = []
    own = problem.own_units(theta)
    if not np.array_equal(own, theta) and "fit" not in hides:
        lines.append(tr("In the data's units: {formula}", formula=formula(problem.own_terms, own)))
    dear = problem.size * len(problem.parameters) > DEAR
    found = None if dear else answer_of(problem, theta)
    if found is None or "least_squares" in hides:
        return lines, ""
    best = number(found.exact_r_squared, 5)
    if hides & {"fit", "loss"}:
        return [*lines, tr("Exact fit: R² {best}", best=best)], say(found.exact_told)
    r = number(found.r_squared, 5)
    lines.append(tr("R² {r}, of the exact fit {best}", r=r, best=best))
    return lines, f"{say(found.exact_told)} {say(found.run_told)}"
