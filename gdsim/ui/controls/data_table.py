"""The points as a table: every drag in the picture has a number that does the same."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.arrays import Array
from gdsim.ui.language import tr

MOST_POINTS = 200


class DataTable(QDialog):
    """Edits points; each valid change takes effect at once."""

    edited = Signal(object)
    """(x, y) arrays."""

    def __init__(self, x: Array, y: Array, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Points"))
        self._x, self._y = list(map(float, x)), list(map(float, y))
        self.table = QTableWidget(0, 2)
        self.table.setHorizontalHeaderLabels(["x", "y"])
        self.table.setAccessibleName(tr("Points"))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(self._change)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.add = QPushButton(tr("Add point"))
        self.add.clicked.connect(self._add)
        self.remove = QPushButton(tr("Remove point"))
        self.remove.clicked.connect(self._remove)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.remove)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self.table)
        column.addWidget(self.message)
        column.addLayout(row)
        column.addWidget(buttons)
        self._fill()
        self.resize(280, 380)

    def _fill(self) -> None:
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(self._x))
            for row, point in enumerate(zip(self._x, self._y, strict=True)):
                for column, value in enumerate(point):
                    self.table.setItem(row, column, QTableWidgetItem(f"{value:.10g}"))

    def _send(self, x: list[float], y: list[float]) -> None:
        """Take the points, if they still make a line."""
        if len(set(x)) < 2:
            self.message.setText(tr("A line needs at least two different x."))
        else:
            self.message.clear()
            self._x, self._y = x, y
            self.edited.emit((np.array(x), np.array(y)))
        self._fill()

    @Slot(QTableWidgetItem)
    def _change(self, item: QTableWidgetItem) -> None:
        try:
            value = float(item.text())
        except ValueError:
            value = math.nan
        if not abs(value) <= 1e100:
            self.message.setText(
                tr("'{value}' is not a number that can be used.", value=item.text()[:40])
            )
            self._fill()
            return
        x, y = list(self._x), list(self._y)
        (x if item.column() == 0 else y)[item.row()] = value
        self._send(x, y)

    @Slot()
    def _add(self) -> None:
        if len(self._x) < MOST_POINTS:
            step = (max(self._x) - min(self._x)) / max(len(self._x) - 1, 1)
            self._send([*self._x, max(self._x) + step], [*self._y, self._y[-1]])
            self.table.setCurrentCell(len(self._x) - 1, 0)

    @Slot()
    def _remove(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self._send([*self._x[:row], *self._x[row + 1 :]], [*self._y[:row], *self._y[row + 1 :]])
