"""Why a run goes as it goes: its verdict, what its rates foretell, and each axis by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.axes import AxisMotion
from gdsim.engine.forecast import Motion
from gdsim.engine.sentences import Sentence, number
from gdsim.ui.dialogs.room import open_at
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.theme import unit_of


class WhyDialog(QDialog):
    """Sentences of the engine, and a table of the axes where an update has a factor on each."""

    def __init__(
        self,
        title: str,
        told: list[tuple[str, Sentence]],
        axes: tuple[AxisMotion, ...],
        parent: QWidget | None = None,
    ) -> None:
        """`told` are headings, each with its sentence."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(4)
        for heading, sentence in told:
            column.addWidget(_paragraph(heading, heading=True))
            column.addWidget(_paragraph(say(sentence)))
            column.addSpacing(8)
        self.table = QTableWidget(len(axes), 4)
        if axes:
            column.addWidget(_paragraph(tr("Axis by axis, from the steepest"), heading=True))
            self._fill(axes)
            column.addWidget(self.table)
            note = tr("On a quadratic this holds all over; elsewhere at the point shown.")
            column.addWidget(_paragraph(note, muted=True))
        self.table.setVisible(bool(axes))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addStretch(1)
        column.addWidget(buttons)
        name_controls(self, "why")
        open_at(self, 560, self.sizeHint().height() / unit_of(self.font()))

    def _fill(self, axes: tuple[AxisMotion, ...]) -> None:
        table = self.table
        table.setAccessibleName(tr("Axis by axis, from the steepest"))
        table.setHorizontalHeaderLabels(
            [tr("Curvature λ"), tr("Each step leaves"), tr("The error"), tr("Steps to a tenth")]
        )
        table.verticalHeader().hide()
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        words = {
            Motion.NEARING: tr("shrinks"),
            Motion.ALTERNATING: tr("changes sides"),
            Motion.SWINGING: tr("swings"),
            Motion.GROWING: tr("grows"),
        }
        for row, axis in enumerate(axes):
            texts = (
                number(axis.curvature, 4), f"×{number(axis.left, 4)}", words[axis.motion],
                "–" if axis.tenth is None else f"{float(f'{axis.tenth:.2g}'):,.10g}",
            )  # fmt: skip
            for place, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                table.setItem(row, place, item)
        rows = sum(table.rowHeight(row) for row in range(len(axes)))
        table.setFixedHeight(table.horizontalHeader().sizeHint().height() + rows + 4)


def _paragraph(text: str, *, heading: bool = False, muted: bool = False) -> QLabel:
    label = PlainLabel(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setProperty("heading", heading)
    label.setProperty("muted", muted)
    return label
