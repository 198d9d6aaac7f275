"""What the selected run predicts at an x that is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdsim.engine.answer import prediction
from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Fault, sentence
from gdsim.ui.language import say, tr
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.steady import SteadyLine


class PredictRow(QWidget):
    """A field for x, and beneath it what follows; hidden where nothing is predicted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem: Problem | None = None
        self._theta: Array | None = None
        self.word = PlainLabel()
        self.at = SteadyLine()
        self.at.setObjectName("problem.predict")
        self.word.setBuddy(self.at)
        self.told = PlainLabel()
        self.told.setTextFormat(Qt.TextFormat.PlainText)  # columns are called as their file says
        self.told.setWordWrap(True)
        self.told.setProperty("muted", True)
        self.told.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.word)
        row.addWidget(self.at, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self.told)
        self.at.textChanged.connect(self._tell)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        self.word.setText(tr("Predict at"))
        self.at.setAccessibleName(tr("Predict at"))
        tip = tr("Numbers of the columns of x, with commas between")
        self.at.setToolTip(tip)
        self.at.setAccessibleDescription(tip)
        self._tell()

    def show_theta(
        self, problem: Problem | None, theta: Array | None, hides: frozenset[str]
    ) -> None:
        """Follow the selected run."""
        other = problem is not self._problem
        self._problem, self._theta = problem, theta
        # Made data are for looking at: who has data of their own asks what follows for another x.
        there = problem is not None and problem.own_data is not None and hasattr(problem, "predict")
        if other and there and problem is not None and problem.data is not None:
            self.at.setPlaceholderText(", ".join(problem.data.names)[:60])
        self.setVisible(there and theta is not None and "fit" not in hides)
        self._tell()

    @Slot()
    def _tell(self) -> None:
        text = self.at.text().replace("，", ",").replace(";", ",").strip()
        said = ""
        if text and self._problem is not None and self._theta is not None:
            try:
                numbers = [float(part) for part in text.split(",")]
            except ValueError:
                fault = sentence("'{text}' is no list of numbers such as 1650, 3.", text=text[:40])
                said = say(fault)
            else:
                try:
                    said = say(prediction(self._problem, self._theta, numbers))
                except Fault as refused:
                    said = say(refused.sentence)
        if said != self.told.text():
            self.told.setText(said)
            self.told.setVisible(bool(said))
