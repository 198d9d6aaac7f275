"""Open a table of the user's own: choose two columns, see the progress, cancel at any time."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.data import data_of
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.sentences import Fault, Sentence, sentence
from gdsim.experiment.table import Cancelled, Layout, read_columns
from gdsim.ui.language import say, tr

_POLL_MILLISECONDS = 30


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table that was read and makes a problem."""

    problem: Problem
    source: str


class _Reading:
    """Reads in a thread of its own; `results` gets fractions and at last the outcome."""

    def __init__(self, layout: Layout, columns: tuple[str, str]) -> None:
        self.results: queue.SimpleQueue[float | Loaded | Sentence] = queue.SimpleQueue()
        self._layout, self._columns = layout, columns
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
            x, y = read_columns(self._layout, self._columns, self._progress)
            data = data_of(x, y, self._columns[:1], self._columns[1])
            self.results.put(Loaded(make_problem("linear", data), self._layout.path.name))
        except Cancelled:
            pass
        except Fault as fault:
            self.results.put(fault.sentence)
        except Exception as error:
            self.results.put(
                sentence("{file} cannot be read: {reason}.", file=self._layout.path.name,
                         reason=str(error))
            )  # fmt: skip


class DataDialog(QDialog):
    """Choose x and y among the columns of a table; accepted once a problem is made of them."""

    loaded = Signal(object)
    """A `Loaded`; the dialog closes after it."""

    def __init__(self, layout: Layout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Open data – {file}", file=layout.path.name))
        self._layout = layout
        self._reading: _Reading | None = None
        self.x_box, self.y_box = QComboBox(), QComboBox()
        for box, place, name in (
            (self.x_box, 0, tr("Column for x")),
            (self.y_box, 1, tr("Column for y")),
        ):
            box.addItems(list(layout.names))
            box.setCurrentIndex(place)
            box.setAccessibleName(name)
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
        form.addRow(tr("Column for x"), self.x_box)
        form.addRow(tr("Column for y"), self.y_box)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self._preview())
        column.addWidget(self.message)
        column.addWidget(self.progress)
        column.addWidget(self.buttons)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)
        self.resize(460, 360)

    def done(self, result: int) -> None:
        """However the dialog ends, no thread goes on reading."""
        self._timer.stop()
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().done(result)

    def _preview(self) -> QTableWidget:
        rows = self._layout.preview[1 if self._layout.has_header else 0 :]
        table = QTableWidget(len(rows), len(self._layout.names))
        table.setAccessibleName(tr("The first lines"))
        table.setHorizontalHeaderLabels(list(self._layout.names))
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.verticalHeader().hide()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells[: len(self._layout.names)]):
                table.setItem(row, column, QTableWidgetItem(cell))
        return table

    @Slot()
    def _open(self) -> None:
        columns = (self.x_box.currentText(), self.y_box.currentText())
        self.message.clear()
        self.progress.setValue(0)
        self.progress.show()
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(False)
        self._reading = _Reading(self._layout, columns)
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
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(True)
