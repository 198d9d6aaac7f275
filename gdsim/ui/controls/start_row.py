"""Where the runs begin: a field for each of few parameters, or a button that opens the table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gdsim.engine.fields import Field
from gdsim.engine.problems import Problem
from gdsim.ui.controls.form import NumberEdit
from gdsim.ui.language import tr
from gdsim.ui.plain_label import PlainLabel

LARGEST_START = 1e150
MOST_SPOTS = 2
"""Up to so many parameters have their start in a row; more have it in a dialog."""
MOST_SHOWN = 4
"""So many are written on the button."""


class StartRow(QWidget):
    """Follows the start of the runs, and asks for another."""

    start_changed = Signal(object)
    table_requested = Signal()
    refused = Signal(str)
    """Why a number cannot be a start; nothing where all is well again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem: Problem | None = None
        self._spots: list[NumberEdit] = []
        self._start: tuple[float, ...] = ()
        self._label = PlainLabel()
        self.table = QToolButton()
        self.table.setProperty("boxed", True)
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.table.clicked.connect(self.table_requested)
        self._fields = QHBoxLayout()
        self._fields.setSpacing(6)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addLayout(self._fields, 1)
        row.addWidget(self.table, 1)
        self.retranslate()

    @property
    def is_short(self) -> bool:
        """Whether each number has a field of its own."""
        return bool(self._spots)

    def show_problem(self, problem: Problem) -> None:
        """Build what these parameters need."""
        if self._problem is not None and self._problem.parameters == problem.parameters:
            return
        self._problem = problem
        while (item := self._fields.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._spots, self._start = [], ()
        many = len(problem.parameters) > MOST_SPOTS
        self.table.setVisible(many)
        for parameter in () if many else problem.parameters:
            field = Field(
                parameter.name, "float", 0.0, parameter.symbol, "Where the runs begin.",
                minimum=-LARGEST_START, maximum=LARGEST_START,
            )  # fmt: skip
            spot = NumberEdit(field)
            spot.setObjectName(f"problem.start.{parameter.name}")
            spot.applied.connect(self._move)
            spot.refused.connect(self.refused)
            label = PlainLabel(parameter.symbol)
            label.setBuddy(spot)
            self._fields.addWidget(label)
            self._fields.addWidget(spot, 1)
            self._spots.append(spot)
        self.retranslate()

    def show_start(self, start: tuple[float, ...]) -> None:
        """Show these numbers."""
        self._start = start
        for spot, value in zip(self._spots, start, strict=False):
            spot.set_value(value)
        shown = ", ".join(f"{value:.3g}" for value in start[:MOST_SHOWN])
        rest = f" … ({len(start)})" if len(start) > MOST_SHOWN else ""
        self.table.setText(shown.replace("-", "−") + rest)

    def retranslate(self) -> None:
        self._label.setText(tr("Start"))
        self.table.setToolTip(tr("Where all runs begin, as a table, or at random"))
        self.table.setAccessibleName(tr("All starts"))
        parameters = self._problem.parameters if self._problem is not None else ()
        for spot, parameter in zip(self._spots, parameters, strict=False):
            spot.setAccessibleName(tr("Start {name}", name=parameter.symbol))

    @Slot()
    def _move(self) -> None:
        start = tuple(float(spot.value) for spot in self._spots)
        if start != self._start:
            self.start_changed.emit(start)
