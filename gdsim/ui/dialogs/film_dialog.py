"""What a film shall show, how long and how large it shall be; and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from gdsim.system.video import has_ffmpeg
from gdsim.ui.dialogs.room import open_at
from gdsim.ui.film_plan import WINDOW, FilmPlan, film_told
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.steady import SteadyChoice, SteadyNumber

SECONDS, MOST_SECONDS = 5, 60
RATES, RATE = (10, 20, 25), 20
"""Frames a second; a GIF counts hundredths of a second."""
WIDTH, LEAST_WIDTH, MOST_WIDTH = 720, 160, 1920


class FilmDialog(QDialog):
    """Asks, and shows the progress; closing it ends the film that is being made."""

    asked = Signal(object, object)
    """The path, and the plan."""
    cancelled = Signal()

    def __init__(
        self,
        pictures: Sequence[tuple[str, str]],
        at_hand: str,
        size_of: Callable[[str], QSize],
        recorded: int,
        folder: str,
        parent: QWidget | None = None,
    ) -> None:
        """`pictures` are names of views and their titles, and `size_of` says how large they are."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Export a film"))
        self._size_of, self._folder = size_of, folder
        self._working = False
        self._path = Path()
        self.picture, self.rate = SteadyChoice(), SteadyChoice()
        for name, title in (*pictures, (WINDOW, tr("The window"))):
            self.picture.addItem(title, name)
        self.picture.setCurrentIndex(max(self.picture.findData(at_hand), 0))
        self.first = _number(0, recorded, 0)
        self.last = _number(0, recorded, recorded)
        self.seconds = _number(1, MOST_SECONDS, SECONDS)
        for count in RATES:
            self.rate.addItem(tr("{count} frames a second", count=count), count)
        self.rate.setCurrentIndex(RATES.index(RATE))
        self.wide = _number(LEAST_WIDTH, MOST_WIDTH, WIDTH)
        self.wide.setSingleStep(80)
        self.told, self.message = PlainLabel(), PlainLabel()
        self.told.setProperty("muted", True)
        for label in (self.told, self.message):
            label.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Progress"))
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.save_button = buttons.addButton(tr("&Save…"), role.AcceptRole)
        self.close_button = buttons.addButton(tr("C&lose"), role.RejectRole)
        self.save_button.setDefault(True)
        buttons.accepted.connect(self.choose_and_begin)
        buttons.rejected.connect(self.reject)
        self._lay_out(buttons)
        name_controls(self, "film")
        for box in (self.picture, self.rate):
            box.currentIndexChanged.connect(self._tell)
        for number in (self.first, self.last, self.seconds, self.wide):
            number.valueChanged.connect(self._tell)
        self._show_working(False)
        self._tell()
        if not has_ffmpeg():
            self.message.setText(
                tr("Films are GIF here: MP4 needs ffmpeg, which this machine does not have.")
            )
        if not recorded:
            self.message.setText(tr("A film shows the steps that were played: press Play first."))
            self.save_button.setEnabled(False)
        open_at(self, 420, 330)

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        between = QHBoxLayout()
        to = PlainLabel(tr("to step"))
        to.setBuddy(self.last)
        for part in (self.first, to, self.last):
            between.addWidget(part)
        self.last.setAccessibleName(tr("to step"))
        rows: tuple[tuple[str, QWidget | QHBoxLayout, QWidget], ...] = (
            (tr("Picture"), self.picture, self.picture),
            (tr("From step"), between, self.first),
            (tr("Seconds"), self.seconds, self.seconds),
            (tr("Speed"), self.rate, self.rate),
            (tr("Width in pixels"), self.wide, self.wide),
        )
        for title, row, control in rows:
            label = PlainLabel(title)
            label.setBuddy(control)
            control.setAccessibleName(title)
            if isinstance(row, QWidget):
                form.addRow(label, row)
            else:
                form.addRow(label, row)
        column = QVBoxLayout(self)
        column.addWidget(self._form)
        column.addWidget(self.told)
        column.addWidget(self.progress)
        column.addWidget(self.message)
        column.addStretch(1)
        column.addWidget(buttons)

    @property
    def plan(self) -> FilmPlan:
        """What is asked for."""
        return FilmPlan(
            str(self.picture.currentData()), self.first.value(), self.last.value(),
            self.seconds.value(), int(self.rate.currentData()), self.wide.value(),
        )  # fmt: skip

    @Slot()
    def choose_and_begin(self) -> None:
        """Ask for a file, and make the film."""
        kinds = ["GIF (*.gif)"] + ["MP4 (*.mp4)"] * has_ffmpeg()
        proposed = Path(self._folder) / f"gdsim-{self.plan.picture}.gif"
        chosen, kind = QFileDialog.getSaveFileName(
            self, tr("Export a film"), str(proposed), ";;".join(kinds)
        )
        if not chosen:
            return
        path = Path(chosen)
        if not path.suffix:
            path = path.with_suffix(".mp4" if "mp4" in kind else ".gif")
        self._path = path
        self._show_working(True)
        self.asked.emit(path, self.plan)

    @Slot()
    def _tell(self) -> None:
        plan = self.plan
        self.told.setText(film_told(self._size_of(plan.picture), plan))

    @Slot(int, int)
    def show_progress(self, made: int, count: int) -> None:
        """So many frames of so many."""
        self.progress.setRange(0, count)
        self.progress.setValue(made)

    @Slot(str)
    def end(self, fault: str) -> None:
        """The film is whole, or (a sentence) will not be."""
        self._show_working(False)
        self.message.setText(fault or tr("Film written: {file}", file=str(self._path)))

    def _show_working(self, working: bool) -> None:
        self._working = working
        self._form.setEnabled(not working)
        self.save_button.setEnabled(not working)
        self.progress.setVisible(working)
        self.close_button.setText(tr("C&ancel") if working else tr("C&lose"))
        if working:
            self.message.clear()

    def reject(self) -> None:
        """Cancel ends the film; where none is being made it closes the dialog."""
        if self._working:
            self.cancelled.emit()
            self.end(tr("No film was written."))
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.cancelled.emit()
        super().closeEvent(event)


def _number(low: int, high: int, value: int) -> SteadyNumber:
    box = SteadyNumber()
    box.setRange(low, high)
    box.setValue(value)
    box.setGroupSeparatorShown(True)
    return box
