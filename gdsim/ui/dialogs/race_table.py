"""What came of a race as a table: each run before and after, and the width of its good rates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gdsim.engine.race.score import Score
from gdsim.engine.sentences import number
from gdsim.ui.icons import drawn_icon
from gdsim.ui.language import say, tr
from gdsim.ui.looks import plain_tip
from gdsim.ui.plot.legend import paint_swatch
from gdsim.ui.sweep_words import value_text
from gdsim.ui.theme import RunStyle, Theme, unit_of

WIDTHS = 3
"""The column in which the good rates are drawn."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_SCORE = int(Qt.ItemDataRole.UserRole)


class RaceTable(QTableWidget):
    """A row a run, the best first; nothing in it is edited."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(0, 6, parent)
        self.theme = theme
        self.styles: Mapping[int, RunStyle] = {}
        self.scores: list[tuple[int, Score]] = []
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        side = round(26 * unit_of(self.font()))
        self.setIconSize(QSize(side, side))
        self.verticalHeader().hide()
        self.setItemDelegateForColumn(WIDTHS, _Widths(self))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        self.retranslate()

    def show_scores(
        self, scores: Sequence[tuple[int, Score]], styles: Mapping[int, RunStyle]
    ) -> None:
        """Scores by the keys of their runs."""
        self.styles = styles
        self.scores = sorted(
            scores, key=lambda one: math.inf if one[1].steps is None else one[1].steps
        )
        self.retranslate()

    def set_theme(self, theme: Theme, styles: Mapping[int, RunStyle]) -> None:
        self.theme, self.styles = theme, styles
        self.retranslate()

    def retranslate(self) -> None:
        """Every text in the language in use."""
        self.setAccessibleName(tr("What came of the race"))
        self.setHorizontalHeaderLabels([
            tr("Run", "list"), "α", tr("Steps"), tr("Rates within 2×"), tr("Decades"),
            tr("At its best"),
        ])  # fmt: skip
        self.setRowCount(len(self.scores))
        for row, (key, score) in enumerate(self.scores):
            for column, item in enumerate(self._items(key, score)):
                item.setTextAlignment(_RIGHT if 0 < column < 5 else _LEFT)
                self.setItem(row, column, item)
        self.resizeRowsToContents()

    def ends(self) -> tuple[float, float]:
        """Powers of ten between which all rates lie."""
        rates = np.concatenate([score.rates for _, score in self.scores])
        return math.log10(float(rates.min())), math.log10(float(rates.max()))

    def _items(self, key: int, score: Score) -> list[QTableWidgetItem]:
        name = tr(score.run.family.title, "optimizer")
        style = self.styles.get(key)
        first = QTableWidgetItem(f"{key + 1}  {name}")
        if style is not None:
            side = self.iconSize().width()
            first.setIcon(drawn_icon(side, lambda p: paint_swatch(p, style, 0.0, side / 2.0, side)))
        texts = [_rates(score), _change(score), _good(score), _decades(score)]
        told = "" if score.told is None else say(score.told.sentence)
        items = [first, *map(QTableWidgetItem, [*texts, told])]
        items[WIDTHS].setData(_SCORE, (score, style))
        items[-1].setToolTip(plain_tip(told))
        return items


class _Widths(QStyledItemDelegate):
    """Draws the good rates as a bar on an axis that all rows share, and the best as a dot."""

    def __init__(self, table: RaceTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        unit = unit_of(self._table.font())
        return QSize(round(140 * unit), round(24 * unit))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        given = index.data(_SCORE)
        if given is None:
            return
        score, style = given
        box = QRectF(option.rect).adjusted(8, 4, -8, -4)
        theme, (low, high) = self._table.theme, self._table.ends()

        def x(power: float) -> float:
            share = (power - low) / max(high - low, 1e-9)
            return box.left() + box.width() * min(max(share, 0.0), 1.0)

        middle = box.center().y()
        painter.save()
        painter.fillRect(QRectF(box.left(), middle - 0.5, box.width(), 1.0), theme.color("line"))
        for power in range(math.ceil(low), math.floor(high) + 1):
            tick = QRectF(x(power) - 0.5, box.top(), 1.0, box.height())
            painter.fillRect(tick, theme.color("line"))
        color = theme.color("text") if style is None else QColor(style.color)
        powers = np.log10(score.rates)
        half = 0.5 * float(powers[-1] - powers[0]) / (len(powers) - 1)
        for power in powers[score.good].tolist():
            left, right = x(power - half), x(power + half)
            painter.fillRect(QRectF(left, middle - 4, right - left + 0.5, 8.0), color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("text"))
        painter.setBrush(theme.color("panel"))
        side = 9.0
        best = x(math.log10(score.best_lr))
        painter.drawEllipse(QRectF(best - side / 2, middle - side / 2, side, side))
        painter.restore()


def _rates(score: Score) -> str:
    best, field, value = number(score.best_lr, 3), score.field, score.field_value
    if score.run == score.before:
        return tr("{rate} was best", rate=best)
    text = f"{number(score.lr_before, 3)} → {best}"
    if field is None or value is None:
        return text
    name = field.field.symbol or tr(field.field.label, "setting")
    said = number(value, 3) if isinstance(value, float) else value_text(field, value)
    return f"{text}, {name} {said}"


def _change(score: Score) -> str:
    before, after = (_steps(steps) for steps in (score.steps_before, score.steps))
    return after if before == after else f"{before} → {after}"


def _steps(steps: int | None) -> str:
    return tr("never") if steps is None else f"{steps:,}"


def _good(score: Score) -> str:
    """In words, for those who hear it: the bar is painted."""
    rates = score.rates[score.good]
    return f"{number(float(rates[0]), 3)} … {number(float(rates[-1]), 3)}" if len(rates) else "–"


def _decades(score: Score) -> str:
    width = score.width_decades
    return "–" if width is None else f"{'> ' if score.is_cut else ''}{width:.3g}"
