"""What a look found out about a table, each finding as a small choice that says the other."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gdsim.engine.problems import PROBLEMS
from gdsim.experiment.tables import Look, Missing, Wishes
from gdsim.experiment.tables.encoding import CHOICES
from gdsim.ui.dialogs.table_work import Seen, Wanted
from gdsim.ui.language import tr
from gdsim.ui.looks import set_look
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.steady import SteadyChoice
from gdsim.ui.theme import unit_of


class TableFindings(QWidget):
    """Six choices in a row: encoding, delimiter, decimal sign, first line, gaps, model."""

    changed = Signal()

    def __init__(self, wanted: Wanted, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.encoding, self.delimiter, self.decimal = (SteadyChoice() for _ in range(3))
        self.first_line, self.missing, self.model = (SteadyChoice() for _ in range(3))
        self._wishes = wanted.wishes
        self._notes: list[QLabel] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        titles = (
            (tr("Encoding"), self.encoding), (tr("Columns apart by"), self.delimiter),
            (tr("Decimal sign"), self.decimal), (tr("First line"), self.first_line),
            (tr("Incomplete lines"), self.missing), (tr("Model"), self.model),
        )  # fmt: skip
        for place, (title, box) in enumerate(titles):
            label, note = PlainLabel(title), PlainLabel()
            label.setBuddy(box)
            for muted in (label, note):
                muted.setProperty("muted", True)
            note.setWordWrap(True)
            box.setAccessibleName(title)
            box.setMinimumWidth(round(96 * unit_of(self.font())))
            box.setSizeAdjustPolicy(
                SteadyChoice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            grid.addWidget(label, 0, place)
            grid.addWidget(box, 1, place)
            grid.addWidget(note, 2, place)
            grid.setColumnStretch(place, 1)
            self._notes.append(note)
            box.activated.connect(self._change)
        self._fill(wanted)

    def _fill(self, wanted: Wanted) -> None:
        for name in CHOICES:
            self.encoding.addItem(name.upper(), name)
        for title, sign in (
            (tr("comma  ,"), ","), (tr("semicolon  ;"), ";"), (tr("tab"), "\t"),
            (tr("bar  |"), "|"), (tr("spaces"), " "), (tr("wide comma  ，"), "，"),
        ):  # fmt: skip
            self.delimiter.addItem(title, sign)
        self.decimal.addItem(tr("point  ."), ".")
        self.decimal.addItem(tr("comma  ,"), ",")
        self.first_line.addItem(tr("names of columns"), True)
        self.first_line.addItem(tr("a sample"), False)
        self.missing.addItem(tr("leave out"), "drop")
        self.missing.addItem(tr("do not read"), "refuse")
        for cls in PROBLEMS:
            if cls.fits_data:
                self.model.addItem(tr(cls.title, "problem"), cls.name)
        self.model.setCurrentIndex(max(self.model.findData(wanted.model), 0))

    @property
    def wishes(self) -> Wishes:
        """What the user chose; None where the look decides."""
        return self._wishes

    @property
    def wanted_missing(self) -> Missing:
        """What becomes of lines with gaps."""
        return "drop" if self.missing.currentData() == "drop" else "refuse"

    def show_seen(self, seen: Seen) -> None:
        """The choices as they were found, and why."""
        look = seen.look
        _choose(self.encoding, look.encoding.removesuffix("-sig"), look.encoding.upper())
        _choose(self.delimiter, look.delimiter, look.delimiter)
        signs = {one.decimal for one in (*seen.x, *([seen.y] if seen.y else []))}
        _choose(self.decimal, signs.pop() if len(signs) == 1 else look.decimal, "")
        _choose(self.first_line, look.has_header, "")
        doubt = next((one.doubt for one in (*seen.x, seen.y) if one and one.doubt), None)
        if doubt is not None:
            with QSignalBlocker(self.decimal):
                self.decimal.setCurrentIndex(-1)
        notes = (
            tr("sure") if look.encoding_is_sure else tr("guessed: are the letters right?"),
            _told_length(look),
            _told_decimal(look, doubt),
            _told_first(look),
            _told_gaps(seen),
            "",
        )
        for label, text in zip(self._notes, notes, strict=True):
            label.setText(text)
        self._name_choices()
        warns = not look.encoding_is_sure, look.ragged is not None, doubt is not None
        for label, warn in zip(self._notes, warns, strict=False):
            set_look(label, danger=warn, muted=not warn)

    def _name_choices(self) -> None:
        """What a list has no room to show whole."""
        for box in (self.encoding, self.delimiter, self.decimal, self.first_line, self.missing,
                    self.model):  # fmt: skip
            box.setToolTip(box.currentText())

    @Slot()
    def _change(self) -> None:
        fields = {
            self.encoding: "encoding", self.delimiter: "delimiter", self.decimal: "decimal",
            self.first_line: "header",
        }  # fmt: skip
        box = self.sender()
        for one, name in fields.items():
            if one is box and one.currentIndex() >= 0:
                self._wishes = replace(self._wishes, **{name: one.currentData()})
        self._name_choices()
        self.changed.emit()


def _choose(box: SteadyChoice, value: object, title: str) -> None:
    with QSignalBlocker(box):
        place = box.findData(value)
        if place < 0 and title:
            box.addItem(title, value)
            place = box.count() - 1
        box.setCurrentIndex(place)


def _told_length(look: Look) -> str:
    if look.ragged is not None:
        return tr("{count}, but {other} in one line", count=look.length, other=look.ragged[1])
    return tr("{count} in every line", count=look.length)


def _told_decimal(look: Look, doubt: tuple[int, str] | None) -> str:
    if doubt is not None:
        return tr("{cell}: which is it?", cell=doubt[1].strip()[:20])
    for _, cells in look.first_lines:
        for one in look.columns:
            cell = cells[one.place].strip() if one.place < len(cells) else ""
            if one.is_number and one.decimal in cell and len(cell) < 20:
                return tr("as in {cell}", cell=cell)
    return tr("no cell has one")


def _told_first(look: Look) -> str:
    skipped = (
        "" if not look.skipped else tr("behind {count} lines that are none", count=look.skipped)
    )
    return skipped or (tr("text above numbers") if look.has_header else tr("numbers like the next"))


def _told_gaps(seen: Seen) -> str:
    if seen.data is None:
        gaps = max((one.gaps for one in (*seen.x, seen.y) if one), default=0)
        return tr("{count} of {total}", count=f"{gaps:,}", total=f"{seen.look.rows:,}")
    return tr(
        "{count} of {total}", count=f"{seen.look.rows - seen.data.size:,}",
        total=f"{seen.look.rows:,}",
    )  # fmt: skip
