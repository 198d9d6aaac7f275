"""Open a table of the user's own: what was found out is shown, and each finding can be changed."""

from __future__ import annotations

import queue
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.problems import FIRST_FIT, Problem, find_problem
from gdsim.engine.sentences import Fault, Sentence, number
from gdsim.experiment.tables import Kind, Look, Source, Wishes
from gdsim.ui.dialogs.room import open_at
from gdsim.ui.dialogs.same_words import same_on_the_command_line
from gdsim.ui.dialogs.scatter_sketch import ScatterSketch
from gdsim.ui.dialogs.table_findings import TableFindings
from gdsim.ui.dialogs.table_preview import TablePreview
from gdsim.ui.dialogs.table_work import Seen, TableWork, Wanted, is_hopeless, problem_of
from gdsim.ui.language import say, tr
from gdsim.ui.looks import set_look
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.theme import Theme

_POLL_MILLISECONDS = 30


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table that was read and makes a problem."""

    problem: Problem
    source: str


class DataDialog(QDialog):
    """Shows a table as it was read, live; accepted once a problem is made of it."""

    loaded = Signal(object)
    """A `Loaded`; the dialog closes after it."""
    refused = Signal(str)
    """Why there is nothing to show; the dialog closes after it."""

    def __init__(
        self,
        table: Path | Source,
        theme: Theme,
        present: Problem | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`present` is the problem that may take the data, if it can."""
        super().__init__(parent)
        self._present = present
        fits = present is not None and present.fits_data
        model = present.name if present is not None and fits else FIRST_FIT
        self._wanted = Wanted(table, Wishes(), model)
        self._work: TableWork | None = None
        self._left: list[TableWork] = []
        """Threads that were cancelled and may still be at it."""
        self._look: Look | None = None
        self.seen: Seen | None = None
        self._asked_to_scale: bool | None = None
        self.file = PlainLabel()
        self.file.setProperty("muted", True)
        self.other = QPushButton(tr("Another file…"))
        self.other.setAutoDefault(False)
        self.other.clicked.connect(self._choose_other)
        self.findings = TableFindings(self._wanted)
        self.findings.changed.connect(self._change)
        self.model = self.findings.model
        self.line = PlainLabel()
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self.font().pointSizeF())
        self.line.setFont(fixed)
        self.preview = TablePreview(theme)
        self.preview.asked.connect(self._use)
        self.message, self.chosen = PlainLabel(), PlainLabel()
        self.all = QPushButton(tr("All columns"))
        self.all.setToolTip(tr("Take every column of numbers but y as x"))
        self.all.setAutoDefault(False)
        self.all.clicked.connect(self._use_all)
        self.gaps = QCheckBox()
        self.gaps.setAccessibleName(tr("Numbers that mean a gap"))
        self.gaps.toggled.connect(self._take_gaps)
        self.scale = QCheckBox(tr("Standardise x"))
        self.scale.toggled.connect(self._scaled)
        self.scale_note, self.same = PlainLabel(), PlainLabel()
        for label in (self.message, self.chosen, self.scale_note, self.same):
            label.setWordWrap(True)
        for label in (self.line, self.scale_note, self.same):
            label.setProperty("muted", True)
        self.sketch = ScatterSketch(theme)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self.use = self.buttons.button(QDialogButtonBox.StandardButton.Open)
        self.use.setText(tr("Use these data"))
        for button in self.buttons.buttons():
            button.setIcon(QIcon())
        self.use.setProperty("primary", True)
        self.buttons.accepted.connect(self._open)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        name_controls(self, "data")
        name_controls(self.findings, "data")
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)
        self._name()
        self._begin()
        self.preview.setFocus()
        open_at(self, 960, 640)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(self.file, 1)
        head.addWidget(self.all)
        head.addWidget(self.other)
        column.addLayout(head)
        column.addWidget(self.findings)
        column.addWidget(self.line)
        column.addWidget(self.preview, 1)
        told = QGridLayout()
        told.setHorizontalSpacing(16)
        for row, widget in enumerate(
            (self.message, self.gaps, self.chosen, self.scale, self.scale_note)
        ):
            told.addWidget(widget, row, 0)
        told.addWidget(self.sketch, 0, 1, 5, 1)
        told.setColumnStretch(0, 1)
        told.setRowStretch(4, 1)
        column.addLayout(told)
        column.addWidget(self.progress)
        foot = QHBoxLayout()
        foot.addWidget(self.same, 1)
        foot.addWidget(self.buttons)
        column.addLayout(foot)

    def done(self, result: int) -> None:
        """However the dialog ends, no thread goes on reading."""
        self._timer.stop()
        for work in (*self._left, *([self._work] if self._work is not None else [])):
            work.join()
        self._work, self._left = None, []
        super().done(result)

    @property
    def columns(self) -> list[str]:
        """The columns taken for x."""
        return [] if self.seen is None else [one.name for one in self.seen.x]

    @property
    def target(self) -> str:
        """The column taken for y."""
        return "" if self.seen is None or self.seen.y is None else self.seen.y.name

    @property
    def is_working(self) -> bool:
        """Whether the table is being looked at or read."""
        return self._work is not None

    # What the user asks for

    @Slot()
    def _choose_other(self) -> None:
        table = self._wanted.table
        folder = str(table.parent) if isinstance(table, Path) else ""
        name, _ = QFileDialog.getOpenFileName(
            self, tr("Open data"), folder, tr("Tables (*.csv *.tsv *.txt);;All files (*)")
        )
        if name:
            self._wanted = Wanted(Path(name), Wishes(), self._wanted.model)
            self._look = None
            self._name()
            self._begin()

    @Slot()
    def _change(self) -> None:
        """Of what was found, or the model, or what becomes of gaps."""
        wishes, model = self.findings.wishes, str(self.model.currentData())
        changed = replace(
            self._wanted, wishes=wishes, model=model, missing=self.findings.wanted_missing
        )
        if wishes != self._wanted.wishes:
            self._look = None
            changed = replace(changed, x=None, y=None)
        elif find_problem(model).labels != find_problem(self._wanted.model).labels:
            changed = replace(changed, x=None, y=None)
        self._wanted = changed
        self._asked_to_scale = None
        self._begin()

    @Slot(int, str)
    def _use(self, place: int, role: str) -> None:
        """Take a column as x, as y or as neither."""
        if self.seen is None:
            return
        x = [one.place for one in self.seen.x if one.place != place]
        y = None if self.seen.y is None or self.seen.y.place == place else self.seen.y.place
        if role == "x":
            x = sorted([*x, place])
        elif role == "y":
            y = place
        self._wanted = replace(self._wanted, x=tuple(x), y=y)
        self._begin()

    @Slot()
    def _use_all(self) -> None:
        if self.seen is None or self.seen.y is None:
            return
        kinds = (Kind.NUMBER, Kind.DATE)
        y = self.seen.y.place
        x = [c.place for c in self.seen.look.columns if c.kind in kinds and c.place != y]
        self._wanted = replace(self._wanted, x=tuple(x), y=y)
        self._begin()

    @Slot(bool)
    def _take_gaps(self, on: bool) -> None:
        """Numbers that stand far apart are gaps, or numbers like all others."""
        self._wanted = replace(self._wanted, codes_are_gaps=on)
        self._begin()

    def _tell_codes(self, seen: Seen) -> None:
        self.gaps.setVisible(bool(seen.codes))
        if seen.codes:
            numbers = ", ".join(number(code) for code in seen.codes)
            self.gaps.setText(tr("{numbers} means a gap", numbers=numbers))
            with QSignalBlocker(self.gaps):
                self.gaps.setChecked(seen.wanted.codes_are_gaps)

    @Slot(bool)
    def _scaled(self, scaled: bool) -> None:
        self._asked_to_scale = scaled

    # Reading

    def _name(self) -> None:
        table = self._wanted.table
        self.setWindowTitle(tr("Open data – {file}", file=table.name))
        try:
            size = table.stat().st_size if isinstance(table, Path) else table.size
            self.file.setText(f"{table.name} · {_size(size)}")
        except OSError:
            self.file.setText(table.name)

    def _begin(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._left.append(self._work)
        self.use.setEnabled(False)
        self.progress.setValue(0)
        self._work = TableWork(self._wanted, self._look)
        self._timer.start()

    @Slot()
    def _poll(self) -> None:
        while self._work is not None:
            try:
                result = self._work.results.get_nowait()
            except queue.Empty:
                return
            if isinstance(result, float):
                self.progress.setValue(round(1000 * result))
                continue
            self._timer.stop()
            self._work = None
            self.progress.setValue(0)
            if isinstance(result, Seen):
                self._show(result)
            elif self.seen is None:
                self.refused.emit(say(result))
                self.reject()
            else:
                self._tell(say(result), is_fault=True)

    def _show(self, seen: Seen) -> None:
        self.seen, self._look = seen, seen.look
        self.findings.show_seen(seen)
        line, text = seen.look.first_lines[0][0], seen.line
        shown = tr("Line {line} of the file", line=line)
        metrics = self.line.fontMetrics()
        room = max(self.line.width(), 400) - metrics.horizontalAdvance(shown) - 30
        text = metrics.elidedText(text.replace("\t", "→"), Qt.TextElideMode.ElideRight, room)
        self.line.setText(f"{shown}   {text}")
        self.preview.show_seen(seen)
        self.sketch.show_data(seen.data)
        self._tell_chosen(seen)
        self._tell_codes(seen)
        self._tell_scale(seen)
        self.same.setText(same_on_the_command_line(seen))
        if seen.data is None:
            self._tell("" if seen.fault is None else say(seen.fault), is_fault=True)
            return
        left = seen.look.rows - seen.data.size
        used = tr(
            "{count} of {total} lines are used.",
            count=f"{seen.data.size:,}", total=f"{seen.look.rows:,}",
        )  # fmt: skip
        if left:
            used = tr("{used} {count} incomplete lines are left out.", used=used, count=f"{left:,}")
        self._tell(f"✓ {used}", is_fault=False)
        self.use.setEnabled(True)

    def _tell(self, text: str, *, is_fault: bool) -> None:
        self.message.setText(text)
        set_look(self.message, danger=is_fault)
        if is_fault:
            self.sketch.show_data(None)

    def _tell_chosen(self, seen: Seen) -> None:
        names = ", ".join(one.name[:40] for one in seen.x[:8]) + (" …" if len(seen.x) > 8 else "")
        target = "" if seen.y is None else seen.y.name[:40]
        taken = f"x: {names or '–'}    y: {target or '–'}"
        hint = tr("Click the mark above a column, or press X, Y or – on it.")
        notes = [
            tr("{low} → 0, {high} → 1", low=one.labels[0][:30], high=one.labels[1][:30])
            for one in (*seen.x, *([seen.y] if seen.y else []))
            if one.kind is Kind.LABELS
        ]
        self.chosen.setText("\n".join(["→ " + "   ".join([taken, *notes]), hint]))

    def _tell_scale(self, seen: Seen) -> None:
        plain, scaled = seen.plain, seen.scaled
        self.scale.setVisible(plain is not None)
        self.scale_note.setVisible(plain is not None)
        if plain is None or scaled is None:
            return
        wanted = self._asked_to_scale
        with QSignalBlocker(self.scale):
            self.scale.setChecked(is_hopeless(seen) if wanted is None else wanted)
        self.scale_note.setText(
            tr(
                "κ {before} → {after}; critical rate {rate} → {then}. σ of the population.",
                before=number(plain.kappa, 4), after=number(scaled.kappa, 3),
                rate=number(plain.critical, 4), then=number(scaled.critical, 3),
            )
        )  # fmt: skip

    @Slot()
    def _open(self) -> None:
        seen = self.seen
        if seen is None or seen.data is None:
            return
        standardise = self.scale.isChecked() if seen.plain is not None else None
        try:
            problem = problem_of(seen, self._present, standardise=standardise)
        except Fault as fault:
            self._refuse(fault.sentence)
            return
        self.loaded.emit(Loaded(problem, seen.look.name))
        self.accept()

    def _refuse(self, reason: Sentence) -> None:
        self._tell(say(reason), is_fault=True)
        self.use.setEnabled(False)


def _size(count: int) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count = count // 100 / 10  # type: ignore[assignment] # shown with one decimal at most
    return f"{count:.3g} GB"
