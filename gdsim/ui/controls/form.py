"""Controls built from declared settings: one row a field, checked before anything is changed."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.fields import Field, Settings, Value, fields_of
from gdsim.engine.run import in_steps
from gdsim.engine.sentences import Fault
from gdsim.ui.controls.text_edit import TextEdit
from gdsim.ui.language import listed, say, tr
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.steady import SteadyChoice, SteadyLine

_LONG_POWER = re.compile(r"e(?:\+0*|(-)0*)(?=\d)")
LOG_STEPS = 20
"""Presses of an arrow key from one power of ten to the next."""
WIDE = 1e4
MOST_BESIDE = 2
"""So many fields stand in one row where there is little room."""
HALVES = 3, 4, 1, 6
"""The shares of a name, a value and, in the other half of a row, the same again."""
SHORT = 8
"""So many characters has a text at first that stands beside its name."""


class NumberEdit(SteadyLine):
    """A number as text (0.01, 1e-3): Return or leaving it applies, arrows and wheel change it.

    A value outside the field's range is refused with a sentence; the old one comes back.
    """

    applied = Signal(object)
    refused = Signal(str)
    """A sentence, or nothing where all is well again."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._value: Value = field.default
        self._zero = ""
        self.epoch = 0
        """The steps of an epoch, where it counts steps: 10 epochs may be typed then."""
        self.setText(self._shown(self._value))
        self.setMinimumWidth(64)
        self.editingFinished.connect(self._apply)

    @property
    def value(self) -> Value:
        """The last value that was accepted."""
        return self._value

    def call_zero(self, words: str) -> None:
        """Show 0 by what it means; whoever types it may type either."""
        if words != self._zero:
            self._zero = words
            if not self.isModified():
                self._restore()

    def _shown(self, value: Value) -> str:
        return self._zero if self._zero and value == 0 else _text(value)

    def set_value(self, value: Value) -> None:
        """Show a value, unless the user is about to type another."""
        if value != self._value or not self.hasFocus():
            self._value = value
            if not self.isModified() and self.text() != self._shown(value):
                self.setText(self._shown(value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if event.key() in ways:
            self._nudge(ways[Qt.Key(event.key())], event.modifiers())
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self._restore()
            self.refused.emit("")
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Only where the user is at work: scrolling past must change nothing.
        if self.hasFocus() and event.angleDelta().y():
            self._nudge(1 if event.angleDelta().y() > 0 else -1, event.modifiers())
            event.accept()
        else:
            event.ignore()

    def _nudge(self, way: int, modifiers: Qt.KeyboardModifier) -> None:
        fine = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        self._take(self._field_step(way, fine))

    def _field_step(self, way: int, fine: bool) -> Value:
        """The next value up or down: by a power of ten's share, or by a round step."""
        value, field = float(self._value), self._field
        if field.kind == "int":
            jump = max(1, 10 ** (len(str(abs(int(value)))) - 2)) if field.scale == "log" else 1
            return int(value) + way * (1 if fine else jump)
        if field.scale == "log" and value > 0.0:
            stepped = value * 10.0 ** (way / (LOG_STEPS * (10 if fine else 1)))
            return float(f"{stepped:.4g}" if fine else f"{stepped:.3g}")
        edge = field.maximum if field.maximum is not None else field.below
        span = 1.0 if edge is None else float(edge)
        if span > WIDE:
            # A bound so far off only keeps nonsense out: the value itself says what a step is.
            span = 5.0 * max(abs(value), 1.0)
        size = 10.0 ** math.floor(math.log10(max(span / 50.0, 1e-12)))
        return float(f"{value + way * size * (0.1 if fine else 1.0):.10g}")

    @Slot()
    def _apply(self) -> None:
        if self.isModified():
            self._take(self.text())

    def _take(self, wanted: Value) -> None:
        if self._zero and isinstance(wanted, str) and wanted.strip() == self._zero:
            wanted = "0"
        if self.epoch and isinstance(wanted, str):
            wanted = in_steps(wanted, self.epoch)
        try:
            value = self._field.check(wanted.strip() if isinstance(wanted, str) else wanted)
        except Fault as fault:
            self._restore()
            self.refused.emit(say(fault.sentence))
            return
        self.refused.emit("")
        changed = value != self._value
        self._value = value
        self._restore()
        if changed:
            self.applied.emit(value)

    def _restore(self) -> None:
        self.setText(self._shown(self._value))
        self.setModified(False)


class ChoiceBox(SteadyChoice):
    """A combo box of names with their texts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(80)

    def show_choices(self, choices: Mapping[str, str], chosen: str) -> None:
        """Fill with {name: text} and choose one, without a signal."""
        with QSignalBlocker(self):
            if [self.itemData(i) for i in range(self.count())] != list(choices):
                self.clear()
                for name, text in choices.items():
                    self.addItem(text, name)
            for i, text in enumerate(choices.values()):
                if self.itemText(i) != text:
                    self.setItemText(i, text)
            self.setCurrentIndex(self.findData(chosen))


Editor = NumberEdit | TextEdit | QCheckBox | ChoiceBox


class SettingsForm(QWidget):
    """A row for each field of a settings class; the advanced ones stand under "More"."""

    edited = Signal(str, object)
    """(name, checked value)."""

    def __init__(
        self,
        settings: type[Settings],
        parent: QWidget | None = None,
        *,
        name: str = "",
        without: tuple[str, ...] = (),
        advanced: bool | None = None,
    ) -> None:
        """Controls are named "name.field". `advanced` takes those fields, or only the others."""
        super().__init__(parent)
        self.fields = tuple(
            field
            for field in fields_of(settings)
            if field.name not in without and advanced in (None, field.advanced)
        )
        self._name = name
        self.editors: dict[str, Editor] = {}
        self._labels: dict[str, QLabel] = {}
        self._compact = False
        self._message = PlainLabel()
        self._message.setWordWrap(True)
        self._message.setProperty("danger", True)
        self._message.hide()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._stretch(HALVES)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._grid)
        self._asked = ""
        """The field that was edited last: what is wrong is said beneath it."""
        for row, field in enumerate(self.fields):
            self._add_row(row, field)
        self.retranslate()
        self.set_values({field.name: field.default for field in self.fields})

    def set_values(self, values: Mapping[str, Value], names: Collection[str] | None = None) -> None:
        """Show these values, and only the rows that have an effect with them (or those `names`)."""
        for field in self.fields:
            editor = self.editors[field.name]
            value = values.get(field.name, field.default)
            if isinstance(editor, NumberEdit | TextEdit):
                editor.set_value(value)
            elif isinstance(editor, QCheckBox):
                with QSignalBlocker(editor):
                    editor.setChecked(bool(value))
            else:
                editor.show_choices(_choices(field), str(value))
            shown = field.applies(values) if names is None else field.name in names
            if editor.isHidden() == shown:
                editor.setVisible(shown)
                self._labels[field.name].setVisible(shown)

    def retranslate(self) -> None:
        """Labels, choices and tool tips in the language in use."""
        for field in self.fields:
            editor, label = self.editors[field.name], self._labels[field.name]
            name = tr(field.label, "setting")
            full = f"{field.symbol}  {name}" if field.symbol else name
            label.setText(field.symbol if self._compact and field.symbol else full)
            tip = tr("{help} Range: {range}.", help=tr(field.help), range=_allowed(field))
            if isinstance(editor, NumberEdit) and editor.epoch:
                tip += " " + tr("Epochs can be typed, too: 10 epochs.")
            for widget in (editor, label):
                widget.setToolTip(tip)
            editor.setAccessibleName(name)
            editor.setAccessibleDescription(tip)
            if isinstance(editor, ChoiceBox):
                editor.show_choices(_choices(field), str(editor.currentData()))

    def call_zero(self, name: str, words: str) -> None:
        """Show 0 in that field by what it means."""
        editor = self.editors.get(name)
        if isinstance(editor, NumberEdit):
            editor.call_zero(words)

    def count_epochs(self, each: int) -> None:
        """Take epochs of so many steps where whole numbers of steps are asked for."""
        for field in self.fields:
            editor = self.editors[field.name]
            if isinstance(editor, NumberEdit) and field.kind == "int" and editor.epoch != each:
                editor.epoch, before = each, editor.epoch
                if not (before and each):
                    self.retranslate()

    def set_compact(self, compact: bool) -> None:
        """Two fields beside each other, called by their symbols; or a row for each."""
        if compact == self._compact:
            return
        self._compact = compact
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        for row, field in enumerate(self.fields):
            self._place(row, field)
        count = 2 * min(len(self.fields), MOST_BESIDE)
        self._stretch([place % 2 for place in range(count)] if compact else HALVES)
        self.retranslate()

    def _stretch(self, parts: Sequence[int]) -> None:
        for column, part in enumerate(parts):
            self._grid.setColumnStretch(column, part)

    def _add_row(self, row: int, field: Field) -> None:
        editor: Editor
        if field.kind == "bool":
            editor = QCheckBox()
            editor.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            editor.toggled.connect(self._take)
        elif field.kind == "choice":
            editor = ChoiceBox()
            editor.show_choices(_choices(field), str(field.default))
            editor.activated.connect(self._take)
        else:
            editor = TextEdit(field) if field.kind == "text" else NumberEdit(field)
            editor.applied.connect(self._take)
            editor.refused.connect(self._refuse)
        label = PlainLabel()
        label.setBuddy(editor)
        label.setWordWrap(True)
        self.editors[field.name] = editor
        self._labels[field.name] = label
        editor.setObjectName(f"{self._name}.{field.name}")
        self._place(row, field)

    def _place(self, row: int, field: Field) -> None:
        editor, label = self.editors[field.name], self._labels[field.name]
        for widget in (editor, label):
            self._grid.removeWidget(widget)
        followed = row + 1 < len(self.fields) and self.fields[row + 1].beside
        label.setWordWrap(not (field.beside or followed))
        if self._compact:
            line, place = divmod(row, MOST_BESIDE)
            self._grid.addWidget(label, line, 2 * place)
            self._grid.addWidget(editor, line, 2 * place + 1)
        elif isinstance(editor, TextEdit) and len(str(field.default)) > SHORT:
            # A text wants the whole width.
            self._grid.addWidget(label, 3 * row, 0, 1, 4)
            self._grid.addWidget(editor, 3 * row + 1, 0, 1, 4)
        elif field.beside and row:
            self._grid.addWidget(label, 3 * row - 3, 2)
            self._grid.addWidget(editor, 3 * row - 3, 3)
        elif followed:
            self._grid.addWidget(label, 3 * row, 0)
            self._grid.addWidget(editor, 3 * row, 1)
        else:
            self._grid.addWidget(label, 3 * row, 0, 1, 2)
            self._grid.addWidget(editor, 3 * row, 2, 1, 2)

    @Slot()
    def _take(self) -> None:
        sender = self.sender()
        name, editor = next(one for one in self.editors.items() if one[1] is sender)
        self._asked = name
        if isinstance(editor, QCheckBox):
            self.edited.emit(name, editor.isChecked())
        elif isinstance(editor, ChoiceBox):
            self.edited.emit(name, editor.currentData())
        else:
            self.edited.emit(name, editor.value)

    @Slot(str)
    def _refuse(self, text: str) -> None:
        sender = self.sender()
        self._asked = next(name for name, one in self.editors.items() if one is sender)
        self.complain(text)

    @Slot(str)
    def complain(self, text: str) -> None:
        """Say what is wrong beneath the field that was edited; nothing takes it away."""
        names = [field.name for field in self.fields]
        asked = self._asked in names and not self._compact
        row = 3 * names.index(self._asked) + 2 if asked else 3 * len(names)
        self._grid.removeWidget(self._message)
        self._grid.addWidget(self._message, row, 0, 1, max(self._grid.columnCount(), 4))
        self._message.setText(text)
        self._message.setVisible(bool(text))


class Fold(QToolButton):
    """A button that shows and hides what lies below it."""

    def __init__(self, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body = body
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._fold)
        self._fold(False)

    @Slot(bool)
    def _fold(self, open_: bool) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self._body.setVisible(open_)


def _allowed(field: Field) -> str:
    """What the field may be, in the words of its editor."""
    return listed(_choices(field).values()) if field.kind == "choice" else say(field.allowed())


def _choices(field: Field) -> dict[str, str]:
    """{name: text} of the choices, in the language in use."""
    return {
        name: tr(title, "choice") for name, title in zip(field.choices, field.titles, strict=True)
    }


def _text(value: Value) -> str:
    """As people type it: 1e-8, not 1e-08."""
    return _LONG_POWER.sub(r"e\1", f"{value:.10g}") if isinstance(value, float) else str(value)
