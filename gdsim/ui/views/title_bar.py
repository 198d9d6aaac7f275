"""The slim bar above a view: its title to the left, its tools to the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QIcon,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from gdsim.ui.icons import drawn_icon
from gdsim.ui.looks import plain_tip
from gdsim.ui.plain_label import PlainLabel

Strokes = Sequence[Sequence[tuple[float, float]]]
"""Lines of an icon in a unit square."""

MAXIMISE = [
    [(0.6, 0.12), (0.88, 0.12), (0.88, 0.4)], [(0.88, 0.12), (0.58, 0.42)],
    [(0.4, 0.88), (0.12, 0.88), (0.12, 0.6)], [(0.12, 0.88), (0.42, 0.58)],
]  # fmt: skip
RESTORE = [
    [(0.58, 0.14), (0.58, 0.42), (0.86, 0.42)], [(0.58, 0.42), (0.88, 0.12)],
    [(0.42, 0.86), (0.42, 0.58), (0.14, 0.58)], [(0.42, 0.58), (0.12, 0.88)],
]  # fmt: skip
UNZOOM = [
    [(0.1, 0.36), (0.1, 0.1), (0.36, 0.1)], [(0.64, 0.1), (0.9, 0.1), (0.9, 0.36)],
    [(0.9, 0.64), (0.9, 0.9), (0.64, 0.9)], [(0.36, 0.9), (0.1, 0.9), (0.1, 0.64)],
]  # fmt: skip


NOTE_GAP = 10
"""Pixels between a title and the note behind it."""


class TitleLabel(PlainLabel):
    """A title that shortens itself where room is scarce."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setProperty("heading", True)
        self._short = self._note = ""

    def call(self, title: str, short: str = "", note: str = "") -> None:
        """Show that title, the short one where there is less room, a note where there is more."""
        self._short, self._note = short, note
        self.setText(title)
        self._tell_whole()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_whole()

    def _tell_whole(self) -> None:
        """What is not seen whole is said by the tool tip."""
        self.setToolTip("" if self.shown == self.text() else plain_tip(self.text()))

    @property
    def note(self) -> str:
        """What stands behind the title, as far as there is room: all of it, or its first part."""
        room = self.width() - self.wanted() - NOTE_GAP
        metrics = QFontMetricsF(self._plain())
        parts = [self._note, self._note.partition(";")[0]]
        return next((text for text in parts if metrics.horizontalAdvance(text) <= room), "")

    def _plain(self) -> QFont:
        plain = QFont(self.font())
        plain.setBold(False)
        return plain

    def wanted(self) -> int:
        """The width that shows all of it."""
        return self._wide(self.text())

    def least(self) -> int:
        """The width that shows its short form, if it has one, whole."""
        return min(self.wanted(), self._wide(self._short or self.text()))

    def _wide(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + 1

    @property
    def shown(self) -> str:
        """What there is room for; no dots alone."""
        is_cut = self.wanted() > self.width()
        text = self.fontMetrics().elidedText(
            self._short if is_cut and self._short else self.text(),
            Qt.TextElideMode.ElideRight, self.width(),
        )  # fmt: skip
        return "" if text == "…" else text

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), int(flags), self.shown)
            if self._note and self.shown == self.text():
                painter.setFont(self._plain())
                painter.setPen(self.palette().color(QPalette.ColorRole.ButtonText))
                behind = self.rect().adjusted(self.wanted() + NOTE_GAP, 0, 0, 0)
                painter.drawText(behind, int(flags), self.note)


class TitleBar(QWidget):
    """Title to the left, tools to the right; a double click on it asks for the whole window."""

    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = TitleLabel(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 2, 4, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self.label, 1)
        self._foldable: list[QToolButton] = []
        self._switches: list[QToolButton] = []
        self._folded: list[QToolButton] = []
        self._withheld: set[QToolButton] = set()
        self.more = QToolButton(self)
        self.more.setText("⋯")
        self.more.setAutoRaise(True)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.aboutToShow.connect(self._list)
        self.more.setMenu(menu)
        self.more.hide()
        self._row.addWidget(self.more)

    def add(self, tool: QWidget) -> None:
        """Put a tool at the right end."""
        self._row.addWidget(tool)

    def insert(self, tool: QWidget) -> None:
        """Put a tool right behind the title."""
        self._row.insertWidget(1, tool)

    def set_foldable(self, tools: Sequence[QToolButton], switches: Sequence[QToolButton]) -> None:
        """These go into a menu where the title would be cut off: tools first, then switches."""
        self._foldable, self._switches = list(tools), list(switches)
        self._fit()

    def offer(self, tool: QToolButton, on: bool) -> None:
        """Whether that switch has a meaning now; only then is it seen, here or in the menu."""
        if (tool in self._withheld) is on:
            (self._withheld.discard if on else self._withheld.add)(tool)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a tool has come, gone, or another text
            self._fit()
        return bool(super().event(event))

    def _fit(self) -> None:
        others = (self.label, self.more, *self._foldable, *self._switches)
        switches = [tool for tool in self._switches if tool not in self._withheld]
        always = [
            tool for tool in self.children()
            if isinstance(tool, QWidget) and tool not in others and not tool.isHidden()
        ]  # fmt: skip
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right()

        def needs(title: int, *tools: QWidget) -> bool:
            wide = sum(tool.sizeHint().width() + self._row.spacing() for tool in tools)
            return title + wide > room

        folded: list[QToolButton] = []
        if needs(self.label.wanted(), *always, *self._foldable, *switches):
            folded += self._foldable
        menu = [self.more] if folded else []
        if needs(self.label.least(), *always, *menu, *switches):
            folded += switches
        for tool in (*self._foldable, *self._switches):
            shown = tool not in folded and tool not in self._withheld
            if tool.isHidden() is shown:
                tool.setVisible(shown)
        if self.more.isHidden() is bool(folded):
            self.more.setVisible(bool(folded))
        self._folded = folded

    @Slot()
    def _list(self) -> None:
        menu = self.more.menu()
        menu.clear()
        for tool in self._folded:
            action = menu.addAction(tool.text(), tool.click)
            action.setCheckable(tool.isCheckable())
            action.setChecked(tool.isChecked())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()


def icon(strokes: Strokes, size: int, color: QColor) -> QIcon:
    """The strokes in a square of `size` pixels."""

    def paint(painter: QPainter) -> None:
        painter.setPen(QPen(color, max(1.4, size / 11)))
        for stroke in strokes:
            path = QPainterPath(QPointF(stroke[0][0] * size, stroke[0][1] * size))
            for x, y in stroke[1:]:
                path.lineTo(x * size, y * size)
            painter.drawPath(path)

    return drawn_icon(size, paint)


def name_tool(button: QToolButton, text: str) -> None:
    """What a tool does, seen and heard."""
    button.setToolTip(text)
    button.setAccessibleName(text)
