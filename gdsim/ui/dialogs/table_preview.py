"""The first rows of a table, and those about a gap; a column's heading says what it is used as."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gdsim.experiment.tables import Column, Kind
from gdsim.experiment.tables.numbers import is_gap
from gdsim.ui.dialogs.table_work import Row, Seen
from gdsim.ui.language import tr
from gdsim.ui.looks import plain_tip
from gdsim.ui.plot.marks import mix
from gdsim.ui.theme import Theme

MOST_SHOWN = 200
"""Columns that a preview has."""
TOP = 4
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class TablePreview(QTableWidget):
    """Row 0 holds what each column is used as: a click, Space, or X, Y and – change it."""

    asked = Signal(int, str)
    """A column's place, and what it shall be: "x", "y" or "" (neither)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._roles: dict[int, str] = {}
        self._usable: set[int] = set()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setAccessibleName(tr("Columns and the first lines"))
        self.setAccessibleDescription(
            tr("X takes a column as x, Y as y, the minus key as neither; Space goes round.")
        )
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultAlignment(_RIGHT)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMaximumSectionSize(220)
        header.setMinimumSectionSize(56)
        self.verticalHeader().setDefaultSectionSize(round(1.5 * self.fontMetrics().height()))
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._next)
        self.cellClicked.connect(self._clicked)

    def show_seen(self, seen: Seen) -> None:
        """The columns as they are used, the first rows and those about the first gap."""
        look, columns = seen.look, seen.look.columns[:MOST_SHOWN]
        self._roles = {one.place: f"x{_below(i + 1)}" for i, one in enumerate(seen.x)}
        if len(seen.x) == 1:
            self._roles[seen.x[0].place] = "x"
        if seen.y is not None:
            self._roles[seen.y.place] = "y"
        self._usable = {one.place for one in columns if one.is_usable or one.kind is Kind.MIXED}
        rows: list[Row | None] = list(look.first_lines[:TOP])
        if seen.about_gap:
            rows += [None, *seen.about_gap]
        else:
            rows = list(look.first_lines[: TOP + 4])
        self.setColumnCount(len(columns))
        self.setRowCount(1 + len(rows))
        for place, one in enumerate(columns):
            self.setHorizontalHeaderItem(place, _heading(one))
            self.setItem(0, place, self._chip(one))
        titles = ["", *("⋮" if row is None else str(row[0]) for row in rows)]
        self.setVerticalHeaderLabels(titles)
        for number, row in enumerate(rows, 1):
            self._show_row(number, row, seen)
        if self.currentColumn() < 0:
            self.setCurrentCell(0, 0)

    def _show_row(self, number: int, row: Row | None, seen: Seen) -> None:
        cells = () if row is None else row[1]
        used = [one for one in (*seen.x, seen.y) if one is not None]
        gap = row is not None and any(
            one.place >= len(cells) or is_gap(cells[one.place]) for one in used
        )
        for one in seen.look.columns[:MOST_SHOWN]:
            text = cells[one.place].strip() if one.place < len(cells) else ""
            item = QTableWidgetItem(text[:60])
            if one.kind not in (Kind.TEXT, Kind.LABELS):
                item.setTextAlignment(_RIGHT)
            self._colour(item, one)
            if gap and row is not None:
                font = QFont(self.font())
                font.setStrikeOut(True)
                item.setFont(font)
                if one in used and is_gap(text):
                    item.setText(text or tr("empty"))
                    item.setForeground(QBrush(QColor(self._theme.warning)))
                    item.setFont(self.font())
            self.setItem(number, one.place, item)

    def _chip(self, column: Column) -> QTableWidgetItem:
        role = self._roles.get(column.place, "")
        usable = column.place in self._usable
        item = QTableWidgetItem(role or ("–" if usable else tr(_WORDS[column.kind])))
        item.setTextAlignment(_CENTRE)
        said = tr("{column}: {role}", column=column.name, role=role or item.text())
        item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
        item.setToolTip(plain_tip(_why(column)))
        if role:
            item.setBackground(QBrush(QColor(self._theme.accent)))
            item.setForeground(QBrush(QColor(self._theme.on_accent)))
            font = QFont(self.font())
            font.setBold(True)
            item.setFont(font)
        else:
            item.setForeground(QBrush(QColor(self._theme.muted)))
        return item

    def _colour(self, item: QTableWidgetItem, column: Column) -> None:
        theme = self._theme
        if column.place in self._roles:
            item.setBackground(QBrush(mix(QColor(theme.accent), QColor(theme.panel), 0.1)))
        elif column.place not in self._usable:
            item.setForeground(QBrush(QColor(theme.muted)))

    @Slot(int, int)
    def _clicked(self, row: int, column: int) -> None:
        if row == 0:
            self._next(column)

    @Slot(int)
    def _next(self, column: int) -> None:
        """Neither → x → y → neither."""
        self.setCurrentCell(0, column)
        role = self._roles.get(column, "")[:1]
        self._ask(column, {"": "x", "x": "y", "y": ""}[role])

    def _ask(self, column: int, role: str) -> None:
        if column in self._usable:
            self.asked.emit(column, role)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        column, text = self.currentColumn(), event.text().lower()
        if text in ("x", "y", "-", "–"):
            self._ask(column, text if text in "xy" else "")
        elif event.key() == Qt.Key.Key_Space:
            self._next(column)
        else:
            super().keyPressEvent(event)


_WORDS = {
    Kind.NUMBER: "–", Kind.RUNNING: "–", Kind.DATE: "–", Kind.LABELS: "–", Kind.MIXED: "–",
    Kind.TEXT: "text", Kind.EMPTY: "empty",
}  # fmt: skip


def _heading(column: Column) -> QTableWidgetItem:
    name = column.name if len(column.name) <= 40 else f"{column.name[:39]}…"
    item = QTableWidgetItem(name)
    item.setToolTip(plain_tip(_why(column)))
    return item


def _why(column: Column) -> str:
    """What stands in the column."""
    if column.kind is Kind.TEXT and column.bad is not None:
        return tr("Text, such as '{cell}'", cell=column.bad[1].strip()[:40])
    if column.kind is Kind.MIXED and column.bad is not None:
        return tr("Numbers, but '{cell}' is none", cell=column.bad[1].strip()[:40])
    if column.kind is Kind.LABELS:
        low, high = column.labels
        return tr("{low} → 0, {high} → 1", low=low[:40], high=high[:40])
    if column.kind is Kind.RUNNING:
        return tr("Counts the lines")
    if column.kind is Kind.DATE:
        return tr("Dates, read as {pattern}", pattern=column.pattern)
    return tr("Nothing stands in it") if column.kind is Kind.EMPTY else tr("Numbers")


def _below(number: int) -> str:
    return str(number).translate(_SUBSCRIPTS)
