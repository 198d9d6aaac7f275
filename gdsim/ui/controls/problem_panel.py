"""Problem and data: which landscape, where to start, and how it is curved."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.diagnosis import Curvature, curvature_at, number
from gdsim.engine.fields import Field
from gdsim.engine.problems import PROBLEMS, LinearRegression, Problem
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.data_table import MOST_POINTS, DataTable
from gdsim.ui.controls.form import ChoiceBox, NumberEdit
from gdsim.ui.language import tr
from gdsim.ui.theme import Scene

LARGEST_START = 1e150


class ProblemPanel(QFrame):
    """Chooses the problem and its start; shows the curvature that decides the critical rate."""

    problem_chosen = Signal(str)
    open_data_requested = Signal()
    start_changed = Signal(object)
    data_edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem: Problem | None = None
        self._start: tuple[float, ...] = ()
        self._spots: list[NumberEdit] = []
        self._curvature: Curvature | None = None
        self.setProperty("card", True)
        self.problem = ChoiceBox()
        self.problem.activated.connect(self._choose)
        self.open = QPushButton()
        self.open.clicked.connect(self.open_data_requested)
        self.edit = QPushButton()
        self.edit.clicked.connect(self._edit_data)
        self.formula = QLabel()
        self.formula.setWordWrap(True)
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setProperty("muted", True)
        self._start_label = QLabel()
        self._start_row = QHBoxLayout()
        self._start_row.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.problem, 1)
        row.addWidget(self.edit)
        row.addWidget(self.open)
        start = QGridLayout()
        start.addWidget(self._start_label, 0, 0)
        start.addLayout(self._start_row, 0, 1)
        start.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.formula)
        column.addLayout(start)
        column.addWidget(self.facts)
        self.retranslate()

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow the problem and the selected run's start."""
        run = snapshot.run(scene.selected) or snapshot.runs[0]
        if snapshot.problem is not self._problem:
            self._take(snapshot.problem)
        if run.run.start != self._start:
            self._start = run.run.start
            for spot, value in zip(self._spots, self._start, strict=True):
                spot.set_value(value)
            self._tell_curvature()

    def retranslate(self) -> None:
        self.problem.setAccessibleName(tr("Problem"))
        self.open.setText(tr("Open CSV…"))
        self.open.setToolTip(tr("Open data of your own; a file can also be dropped on the window"))
        self.edit.setText(tr("Edit…"))
        self.edit.setToolTip(tr("Edit the points as a table"))
        self._start_label.setText(tr("Start"))
        if self._problem is not None:
            self._name_problem(self._problem)
            self._tell_curvature()

    def _take(self, problem: Problem) -> None:
        old = self._problem
        self._problem = problem
        if old is None or old.parameters != problem.parameters:
            self._build_start(problem)
        self.edit.setVisible(isinstance(problem, LinearRegression) and problem.size <= MOST_POINTS)
        self._name_problem(problem)
        self._tell_curvature()

    def _name_problem(self, problem: Problem) -> None:
        choices = {cls.name: tr(cls.title) for cls in PROBLEMS if cls is not LinearRegression}
        if problem.name == LinearRegression.name:
            choices = {problem.name: tr("Own data"), **choices}
        self.problem.show_choices(choices, problem.name)
        if isinstance(problem, LinearRegression):
            text = tr(
                "{formula}, loss: {loss} over {count} points",
                formula=problem.formula, loss=problem.loss_name, count=f"{problem.size:,}",
            )  # fmt: skip
        else:
            text = f"J = {problem.formula}"
        self.formula.setText(text)

    def _build_start(self, problem: Problem) -> None:
        while (item := self._start_row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._spots = []
        self._start = ()
        for parameter in problem.parameters:
            field = Field(
                parameter.name, "float", 0.0, parameter.symbol, "Where the runs begin.",
                minimum=-LARGEST_START, maximum=LARGEST_START,
            )  # fmt: skip
            spot = NumberEdit(field)
            spot.setAccessibleName(tr("Start {name}", name=parameter.symbol))
            spot.applied.connect(self._move)
            spot.refused.connect(self._refuse)
            label = QLabel(parameter.symbol)
            label.setBuddy(spot)
            self._start_row.addWidget(label)
            self._start_row.addWidget(spot, 1)
            self._spots.append(spot)

    def _tell_curvature(self) -> None:
        problem = self._problem
        if problem is None or not self._start:
            return
        here = self._curvature = curvature_at(problem, np.array(self._start))
        if here is None:
            self.facts.setText(tr("The curvature here is not finite."))
            return
        low, high = float(here.eigenvalues[0]), here.largest
        texts = [tr("Curvature λ {low} … {high}", low=number(low), high=number(high))]
        if high > 0.0:
            if low > 0.0:
                texts.append(tr("condition {value}", value=number(here.condition_number)))
            texts.append(tr("critical rate 2/λmax = {rate}", rate=number(2.0 / high)))
        self.facts.setText(", ".join(texts))

    @Slot()
    def _choose(self) -> None:
        self.problem_chosen.emit(str(self.problem.currentData()))

    @Slot()
    def _move(self) -> None:
        start = tuple(float(spot.value) for spot in self._spots)
        if start != self._start:
            self.start_changed.emit(start)

    @Slot(str)
    def _refuse(self, text: str) -> None:
        if text:
            self.facts.setText(text)
        else:
            self._tell_curvature()

    @Slot()
    def _edit_data(self) -> None:
        if isinstance(self._problem, LinearRegression):
            table = DataTable(self._problem.x, self._problem.y, self)
            table.edited.connect(self.data_edited)
            table.open()
