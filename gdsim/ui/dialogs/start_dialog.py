"""Where all runs begin, as a table: for problems of more parameters than a row has room for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.problems import Problem
from gdsim.ui.controls.start_row import LARGEST_START
from gdsim.ui.dialogs.room import open_at
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.steady import SteadyNumber


class StartDialog(QDialog):
    """Each valid change takes effect at once; a random start is the same for the same seed."""

    edited = Signal(object)
    """The start, a tuple of floats."""

    def __init__(
        self, problem: Problem, start: tuple[float, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Start"))
        self._problem, self._start = problem, start
        self.table = QTableWidget(len(start), 1)
        self.table.setAccessibleName(tr("Start"))
        self.table.setVerticalHeaderLabels([p.symbol for p in problem.parameters])
        self.table.horizontalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(self._change)
        self.message = PlainLabel()
        self.message.setWordWrap(True)
        self.seed = SteadyNumber()
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setAccessibleName(tr("Random seed"))
        self.seed.setToolTip(tr("The same seed gives the same start."))
        self.seed.setKeyboardTracking(False)
        self.seed.valueChanged.connect(self._draw)
        label = PlainLabel(tr("Random seed"))
        label.setBuddy(self.seed)
        self.draw = QPushButton(tr("Random start"))
        self.draw.setToolTip(tr("Anywhere in the range that the pictures show at first"))
        self.draw.setAutoDefault(False)
        self.draw.clicked.connect(self._draw_another)
        self.usual = QPushButton(tr("The problem's own start"))
        self.usual.setAutoDefault(False)
        self.usual.clicked.connect(self._take_usual)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.seed)
        row.addWidget(self.draw, 1)
        column = QVBoxLayout(self)
        column.addWidget(self.table)
        column.addWidget(self.message)
        column.addLayout(row)
        column.addWidget(self.usual)
        column.addWidget(buttons)
        name_controls(self, "starts")
        self._fill()
        open_at(self, 320, min(480, 240 + 24 * len(start)))

    def _fill(self) -> None:
        with QSignalBlocker(self.table):
            for row, value in enumerate(self._start):
                self.table.setItem(row, 0, QTableWidgetItem(f"{value:.10g}"))

    def _send(self, start: tuple[float, ...]) -> None:
        self.message.clear()
        self._start = start
        self._fill()
        self.edited.emit(start)

    @Slot(QTableWidgetItem)
    def _change(self, item: QTableWidgetItem) -> None:
        try:
            value = float(item.text())
        except ValueError:
            value = np.nan
        if not abs(value) <= LARGEST_START:
            self.message.setText(
                tr("'{value}' is not a number that can be used.", value=item.text()[:40])
            )
            self._fill()
            return
        start = list(self._start)
        start[item.row()] = value
        self._send(tuple(start))

    @Slot()
    def _draw(self) -> None:
        self._send(random_start(self._problem, self.seed.value()))

    @Slot()
    def _draw_another(self) -> None:
        """With the seed that is shown, or the next where that start is there already."""
        if self._start == random_start(self._problem, self.seed.value()):
            self.seed.stepUp()
        else:
            self._draw()

    @Slot()
    def _take_usual(self) -> None:
        self._send(self._problem.start)


def random_start(problem: Problem, seed: int) -> tuple[float, ...]:
    """Evenly anywhere within the bounds, to four digits so that the numbers stay short."""
    rng = np.random.default_rng(seed)
    return tuple(float(f"{rng.uniform(low, high):.4g}") for low, high in problem.bounds())
