"""The table of the runs: sorted by a click on a heading, a row selected is the run selected."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.arrival import TOLERANCE
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.run_rows import Row, as_csv, rows_of
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.plot.legend import paint_swatch
from gdsim.ui.plot.marks import mix
from gdsim.ui.scene import Scene
from gdsim.ui.theme import LIGHT, Theme

RUN, RATE, STEPS, HEIGHT, DISTANCE = range(5)
"""The columns; `HEIGHT` is the loss, above the minimum where that is known."""
SORTED_BY = int(Qt.ItemDataRole.UserRole)
BEHIND = 1e12
"""More steps than any run makes."""
REFRESH_SECONDS = 0.1
"""Between two states of the table while it plays."""
_LOOK, _SIDE = 26, 8
_Index = QModelIndex | QPersistentModelIndex


class RunTableModel(QAbstractTableModel):
    """The rows as a table shows them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self.theme: Theme = LIGHT
        self.loss_name = "J"
        self.is_above = False
        self._places: list[int] = []

    def take(self, rows: tuple[Row, ...], theme: Theme, loss_name: str, *, above: bool) -> None:
        """Show these rows."""
        other_shape = len(rows) != len(self.rows)
        if other_shape:
            self.beginResetModel()
        headed = (loss_name, above) != (self.loss_name, self.is_above)
        self.rows, self.theme, self.loss_name, self.is_above = rows, theme, loss_name, above
        losses = [math.inf if row.loss is None else row.loss for row in rows]
        order = sorted(range(len(rows)), key=lambda i: (math.isnan(losses[i]), losses[i]))
        self._places = [order.index(i) for i in range(len(rows))]
        if other_shape:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, DISTANCE))
        if headed:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, DISTANCE)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (as Qt declares it)
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (as Qt declares it)
        return 0 if parent.isValid() else DISTANCE + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        if orientation is Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        if section == HEIGHT:
            return tr("Above min.") if self.is_above else self.loss_name
        if section == STEPS:
            return tr("Steps to {tolerance}", tolerance=number(TOLERANCE))
        return {RUN: tr("Run", "list"), RATE: "α", DISTANCE: tr("Distance")}[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == SORTED_BY:
            return _order(row, column, self._places[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column, above=self.is_above)
        if role == Qt.ItemDataRole.ForegroundRole and column == STEPS:
            return self.theme.color(row.standing[2])
        return None


def _side(column: int) -> int:
    side = Qt.AlignmentFlag.AlignLeft if column == RUN else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _text(row: Row, column: int, *, above: bool) -> str:
    if column == RUN:
        return f"{row.style.label} {row.name}"
    if column == STEPS:
        return " ".join(part for part in row.standing[:2] if part)
    height = row.above if above else row.loss
    value = {RATE: row.rate, HEIGHT: height, DISTANCE: row.distance}[column]
    return "–" if value is None else number(value, 4)


def _order(row: Row, column: int, behind: int) -> float:
    """What a column is sorted by; what is not known comes last.

    `behind` is the run's place by its loss, which orders those that have not arrived.
    """
    values = {
        RUN: float(row.key), RATE: row.rate, STEPS: row.steps,
        HEIGHT: row.loss, DISTANCE: row.distance,
    }  # fmt: skip
    value = values[column]
    if column == STEPS and value is None:
        return BEHIND + behind
    return 1e300 if value is None or math.isnan(value) else float(value)


class _Cell(QStyledItemDelegate):
    """A cell with room at its sides; a run's look before its number and name."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        whole.text = ""
        widget = option.widget
        style = widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, whole, painter, widget)
        inner = QStyleOptionViewItem(option)
        inner.rect = option.rect.adjusted(_SIDE, 0, -_SIDE, 0)
        if index.column() == RUN:
            model = index.model()
            place = model.mapToSource(index).row()  # type: ignore[attr-defined] # of the sorting one
            row = model.sourceModel().rows[place]  # type: ignore[attr-defined] # likewise
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = option.rect.center().y() + 0.5
            paint_swatch(painter, row.style, option.rect.left() + _SIDE, middle, _LOOK)
            painter.restore()
            inner.rect = inner.rect.adjusted(_LOOK + 6, 0, 0, 0)
        super().paint(painter, inner, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        hint = super().sizeHint(option, index)
        look = _LOOK + 6 if index.column() == RUN else 0
        return QSize(hint.width() + look + 2 * _SIDE, hint.height())


class RunTable(QFrame):
    """The card that holds the table; follows snapshots as far as it is seen."""

    run_selected = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._scene = Scene()
        self._step = 0
        self._shown_at = 0.0
        self._others: object = None
        self.title, self.note = PlainLabel(), PlainLabel()
        self.title.setProperty("heading", True)
        self.note.setProperty("muted", True)
        self.copy, self.loss, self.close_button = QToolButton(), QToolButton(), QToolButton()
        self.close_button.setText("✕")
        for button in (self.copy, self.loss, self.close_button):
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.loss.hide()
        self.model = RunTableModel()
        self._sorted = QSortFilterProxyModel()
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORTED_BY)
        self._sorted.setDynamicSortFilter(True)
        self.view = QTableView()
        self.view.setModel(self._sorted)
        self.view.setItemDelegate(_Cell(self.view))
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(STEPS, Qt.SortOrder.AscendingOrder)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setShowGrid(False)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().hide()
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(RUN, QHeaderView.ResizeMode.Stretch)
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 6, 0)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.note)
        head.addStretch(1)
        for button in (self.copy, self.loss, self.close_button):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.copy.clicked.connect(self.copy_csv)
        self.loss.clicked.connect(self.closed)
        self.close_button.clicked.connect(self.closed)
        self.view.selectionModel().currentRowChanged.connect(self._select)
        name_controls(self, "table")
        self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(tr("Runs", "list"))
        self.copy.setText(tr("Copy CSV"))
        self.copy.setToolTip(tr("Copy the table, for a spreadsheet"))
        self.loss.setText(tr("Loss", "view"))
        self.loss.setToolTip(tr("Back to the loss"))
        name = tr("Close the table")
        self.close_button.setToolTip(name)
        self.close_button.setAccessibleName(name)
        self.view.setAccessibleName(tr("Table of the runs"))
        self.view.setAccessibleDescription(
            tr("A row for each run; a click on a heading sorts by it, a row selects its run.")
        )
        self._say_step()
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, DISTANCE)

    def take_whole_row(self, whole: bool) -> None:
        """It stands in the place of the loss, and offers the way back."""
        self.loss.setVisible(whole)
        self.close_button.setVisible(not whole)

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow the runs; ten times a second while they play."""
        others = scene, snapshot.playing, snapshot.generation
        now = time.monotonic()
        if others == self._others and snapshot.playing and now - self._shown_at < REFRESH_SECONDS:
            return
        self._others, self._shown_at = others, now
        self._scene = scene
        rows = rows_of(snapshot, scene)
        above = any(row.above is not None for row in rows)
        self.model.take(rows, scene.theme, snapshot.problem.loss_name, above=above)
        high = round(2.1 * self.view.fontMetrics().height())
        if self.view.verticalHeader().defaultSectionSize() != high:
            self.view.verticalHeader().setDefaultSectionSize(high)
        self._colour(scene.theme)
        self._step = scene.step(snapshot)
        self._say_step()
        self._follow_selected()

    def _colour(self, theme: Theme) -> None:
        """A selected row is tinted: the runs' own colours have to be seen upon it."""
        palette = self.view.palette()
        tint = mix(theme.color("accent"), theme.color("plot"), 0.16)
        if palette.color(QPalette.ColorRole.Highlight) != tint:
            palette.setColor(QPalette.ColorRole.Highlight, tint)
            palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("text"))
            self.view.setPalette(palette)

    def _say_step(self) -> None:
        self.note.setText(tr("values at step {step}", step=f"{self._step:,}"))

    def _shown_rows(self) -> list[Row]:
        """In the order in which they stand."""
        places = range(self._sorted.rowCount())
        return [
            self.model.rows[self._sorted.mapToSource(self._sorted.index(i, 0)).row()]
            for i in places
        ]

    def _follow_selected(self) -> None:
        rows = self._shown_rows()
        place = next((i for i, row in enumerate(rows) if row.key == self._scene.selected), -1)
        if place >= 0 and self.view.currentIndex().row() != place:
            selection = self.view.selectionModel()
            selection.blockSignals(True)
            self.view.selectRow(place)
            selection.blockSignals(False)
            self.view.viewport().update()

    @Slot(QModelIndex, QModelIndex)
    def _select(self, now: QModelIndex, before: QModelIndex) -> None:
        rows = self._shown_rows()
        if now.isValid() and now.row() < len(rows):
            key = rows[now.row()].key
            if key != self._scene.selected:
                self.run_selected.emit(key)

    @Slot()
    def copy_csv(self) -> None:
        """Put the table into the clipboard as CSV."""
        QGuiApplication.clipboard().setText(as_csv(self._shown_rows(), self._step))
