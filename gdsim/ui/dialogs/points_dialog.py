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
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data
from gdsim.ui.controls.problem_panel import MOST_POINTS
from gdsim.ui.dialogs.room import open_at
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel


class PointsDialog(QDialog):
    """Edits points; each valid change takes effect at once."""

    edited = Signal(object)
    """(x, y) arrays; x is (n,), or (columns, n) where there are several."""

    def __init__(self, data: Data, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Points"))
        self._rows: Array = np.concatenate([data.x, data.y[None]]).T
        self.table = QTableWidget(0, data.columns + 1)
        self.table.setHorizontalHeaderLabels([*data.names, data.target])
        self.table.setAccessibleName(tr("Points"))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(self._change)
        self.message = PlainLabel()
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
        name_controls(self, "points")
        self._fill()
        open_at(self, min(180 + 90 * data.columns, 700), 380)

    def _fill(self) -> None:
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(self._rows))
            for row, point in enumerate(self._rows.tolist()):
                for column, value in enumerate(point):
                    self.table.setItem(row, column, QTableWidgetItem(f"{value:.10g}"))

    def _send(self, rows: Array) -> None:
        """Take the points, if they still make a line."""
        if len(rows) < 2 or (rows.shape[1] == 2 and len(set(rows[:, 0].tolist())) < 2):
            self.message.setText(tr("A line needs at least two different x."))
        else:
            self.message.clear()
            self._rows = rows
            x = np.ascontiguousarray(rows[:, :-1].T)
            self.edited.emit((x[0] if len(x) == 1 else x, rows[:, -1].copy()))
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
        rows = self._rows.copy()
        rows[item.row(), item.column()] = value
        self._send(rows)

    @Slot()
    def _add(self) -> None:
        if len(self._rows) < MOST_POINTS:
            first = self._rows[:, 0]
            new = self._rows[-1].copy()
            new[0] = first.max() + (first.max() - first.min()) / max(len(first) - 1, 1)
            self._send(np.concatenate([self._rows, new[None]]))
            self.table.setCurrentCell(len(self._rows) - 1, 0)

    @Slot()
    def _remove(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self._send(np.delete(self._rows, row, axis=0))
