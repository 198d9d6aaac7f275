"""Open a table of the user's own: choose model and columns, see the progress, cancel any time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.fields import settings_values
from gdsim.engine.problems import PROBLEMS, Problem, find_problem, make_problem
from gdsim.engine.sentences import Fault, Sentence, sentence
from gdsim.experiment.tables import Cancelled, Look, chosen, data_from, sensible
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.steady import SteadyChoice

_POLL_MILLISECONDS = 30
_FREE = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table that was read and makes a problem."""

    problem: Problem
    source: str


class _Reading:
    """Reads in a thread of its own; `results` gets fractions and at last the outcome."""

    def __init__(
        self, look: Look, columns: Sequence[str], target: str, model: Problem | str
    ) -> None:
        self.results: queue.SimpleQueue[float | Loaded | Sentence] = queue.SimpleQueue()
        self._look, self._columns, self._target = look, tuple(columns), target
        self._model = model
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._read, name="gdsim-reading", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop reading and wait for the thread."""
        self._cancelled.set()
        self._thread.join(5.0)

    def _progress(self, fraction: float) -> bool:
        self.results.put(fraction)
        return not self._cancelled.is_set()

    def _read(self) -> None:
        try:
            # A model that is at work keeps its settings.
            name, settings = (
                (self._model, {})
                if isinstance(self._model, str)
                else (self._model.name, settings_values(self._model.settings))
            )
            data = data_from(
                self._look, *chosen(self._look, self._columns, self._target), "drop",
                labelled=find_problem(name).tells_classes, progress=self._progress,
            )  # fmt: skip
            self.results.put(Loaded(make_problem(name, data, settings), self._look.name))
        except Cancelled:
            pass
        except Fault as fault:
            self.results.put(fault.sentence)
        except Exception as error:
            self.results.put(
                sentence("{file} cannot be read: {reason}.", file=self._look.name,
                         reason=str(error))
            )  # fmt: skip


class DataDialog(QDialog):
    """Choose x and y among the columns of a table; accepted once a problem is made of them."""

    loaded = Signal(object)
    """A `Loaded`; the dialog closes after it."""

    def __init__(
        self, look: Look, present: Problem | None = None, parent: QWidget | None = None
    ) -> None:
        """`present` is the problem that may take the data, if it can."""
        super().__init__(parent)
        self.setWindowTitle(tr("Open data – {file}", file=look.name))
        self._look = look
        self._present = present
        self._reading: _Reading | None = None
        self.model = SteadyChoice()
        self.model.setAccessibleName(tr("Model"))
        for cls in PROBLEMS:
            if cls.fits_data:
                self.model.addItem(tr(cls.title, "problem"), cls.name)
        known = self.model.findData(present.name if present is not None else "")
        self.model.setCurrentIndex(max(known, 0))
        self.x_list, self.y_box = QListWidget(), SteadyChoice()
        self.x_list.setAccessibleName(tr("Columns for x"))
        both = sensible(look.columns)
        for one in look.columns:
            item = QListWidgetItem(one.name)
            item.setFlags(_FREE)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.x_list.addItem(item)
        first = 0 if both is None else both[0].place
        self.x_list.item(first).setCheckState(Qt.CheckState.Checked)
        self.x_list.setCurrentRow(first)
        self.x_list.itemChanged.connect(self._count)
        self.y_box.addItems([one.name for one in look.columns])
        self.y_box.setCurrentIndex(1 if both is None else both[1].place)
        self.y_box.setAccessibleName(tr("Column for y"))
        self.y_box.currentIndexChanged.connect(self._free_columns)
        self.all = QPushButton(tr("All columns"))
        self.all.setAutoDefault(False)
        self.all.clicked.connect(self._take_all)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setRange(0, 1000)
        self.progress.hide()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self._open)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout()
        lines = min(max(len(look.columns), 2), 6)
        self.x_list.setFixedHeight(lines * (self.fontMetrics().lineSpacing() + 6) + 6)
        beside = QVBoxLayout()
        beside.addWidget(self.x_list)
        if len(look.columns) > 2:
            beside.addWidget(self.all)
        form.addRow(tr("Model"), self.model)
        form.addRow(tr("Columns for x"), beside)
        form.addRow(tr("Column for y"), self.y_box)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self._preview())
        column.addWidget(self.message)
        column.addWidget(self.progress)
        column.addWidget(self.buttons)
        name_controls(self, "data")
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)
        self._free_columns()
        self.resize(460, 420)

    def done(self, result: int) -> None:
        """However the dialog ends, no thread goes on reading."""
        self._timer.stop()
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().done(result)

    def _preview(self) -> QTableWidget:
        rows = [cells for _, cells in self._look.first_lines[:6]]
        names = [one.name for one in self._look.columns]
        table = QTableWidget(len(rows), len(names))
        table.setObjectName("data.preview")
        table.setAccessibleName(tr("The first lines"))
        table.setHorizontalHeaderLabels(names)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.verticalHeader().hide()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells[: len(names)]):
                table.setItem(row, column, QTableWidgetItem(cell))
        return table

    @property
    def columns(self) -> list[str]:
        """The columns chosen for x."""
        items = [self.x_list.item(row) for row in range(self.x_list.count())]
        checked = Qt.CheckState.Checked
        return [item.text() for item in items if item.checkState() == checked]

    @Slot()
    def _free_columns(self) -> None:
        """The column of y is none of x."""
        taken = self.y_box.currentIndex()
        for row in range(self.x_list.count()):
            item = self.x_list.item(row)
            with QSignalBlocker(self.x_list):
                item.setFlags(_FREE if row != taken else Qt.ItemFlag.NoItemFlags)
                if row == taken:
                    item.setCheckState(Qt.CheckState.Unchecked)
        self._count()

    @Slot()
    def _take_all(self) -> None:
        for row in range(self.x_list.count()):
            if row != self.y_box.currentIndex():
                self.x_list.item(row).setCheckState(Qt.CheckState.Checked)

    @Slot()
    def _count(self) -> None:
        button = self.buttons.button(QDialogButtonBox.StandardButton.Open)
        button.setEnabled(self._reading is None and bool(self.columns))

    @Slot()
    def _open(self) -> None:
        name = str(self.model.currentData())
        present = self._present
        model = present if present is not None and present.name == name else name
        self.message.clear()
        self.progress.setValue(0)
        self.progress.show()
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(False)
        self._reading = _Reading(self._look, self.columns, self.y_box.currentText(), model)
        self._timer.start()

    @Slot()
    def _poll(self) -> None:
        while self._reading is not None:
            try:
                result = self._reading.results.get_nowait()
            except queue.Empty:
                return
            if isinstance(result, float):
                self.progress.setValue(round(1000 * result))
            elif isinstance(result, Loaded):
                self.loaded.emit(result)
                self.accept()
            else:
                self._refuse(result)

    def _refuse(self, reason: Sentence) -> None:
        self._timer.stop()
        self._reading = None
        self.progress.hide()
        self.message.setText(say(reason))
        self._count()
