"""One answer to choose: its letter, its text, after the run what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gdsim.ui.controls.lesson.markdown import plain_text, rich_text
from gdsim.ui.language import tr
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.theme import Theme

LETTER = 26
"""Side of the letter's box, in pixels of type 13 pixels high."""


@dataclass(frozen=True)
class Shown:
    """What a card shows; `says` is empty before the run.

    `hands` are those counted for it, one number a vote, each with its `shares` of the most.
    """

    letter: str
    text: str
    says: str = ""
    chosen: bool = False
    right: bool = False
    hands: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()


class ChoiceCard(QPushButton):
    """A button as wide as its share of the row; chosen and right are told by outline and tick."""

    def __init__(self, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self.shown: Shown | None = None
        self._theme: Theme | None = None
        self.setObjectName(f"lesson.choice.{'abcd'[place]}")
        self.setProperty("choice", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.letter, self.text_label, self.says = PlainLabel(), PlainLabel(), PlainLabel()
        self.letter.setProperty("key", True)
        self.letter.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tally = _Tally()
        self.tick = _Tick()
        for label in (self.letter, self.text_label, self.says, self.tally, self.tick):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for label in (self.text_label, self.says):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.RichText)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.text_label, 1)
        head.addWidget(self.tally)
        head.addWidget(self.tick)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addLayout(head)
        texts.addWidget(self.says)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self.letter)
        row.addLayout(texts, 1)

    def show_choice(self, shown: Shown, theme: Theme, points: float) -> None:
        """Show it; `points` is the size of its text."""
        if (shown, theme, points) == (self.shown, self._theme, self.text_label.font().pointSizeF()):
            return
        self.shown, self._theme = shown, theme
        side = round(LETTER * theme.text_points / 10.0)
        self.letter.setFixedSize(side, side)
        self.letter.setText(shown.letter)
        for label, size in ((self.text_label, points), (self.says, 0.8 * points)):
            font = QFont(self.font())
            font.setPointSizeF(max(size, theme.text_points * 0.92))
            label.setFont(font)
        self.text_label.setText(rich_text(shown.text))
        self.says.setText(rich_text(shown.says))
        self.says.setVisible(bool(shown.says))
        self.tick.set_color(theme.color("good"), round(1.8 * theme.text_points))
        self.tick.setVisible(shown.right)
        self.tally.show_hands(shown.hands, shown.shares, theme)
        for name, value in (("chosen", shown.chosen), ("right", shown.right)):
            self.setProperty(name, value)
        self.style().unpolish(self)
        self.style().polish(self)
        parts = [f"{shown.letter}: {plain_text(shown.text)}"]
        parts += [tr("Your answer.")] * shown.chosen + [tr("The right answer.")] * shown.right
        parts += [plain_text(shown.says)] * bool(shown.says)
        votes = (tr("{count} hands, first vote"), tr("{count} hands, second vote"))
        parts += [vote.format(count=hands) for vote, hands in zip(votes, shown.hands, strict=False)]
        self.setAccessibleName(" ".join(parts))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        width = max(self.width(), 120)
        return QSize(
            200, max(layout.totalHeightForWidth(width), layout.totalMinimumSize().height())
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


class _Tick(QWidget):
    """The sign of the right answer: a shape, not a colour alone."""

    def __init__(self) -> None:
        super().__init__()
        self._color = QColor()

    def set_color(self, color: QColor, side: int) -> None:
        self._color = color
        self.setFixedSize(side, side)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        side = float(self.width())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._color, side / 7.0))
            painter.drawPolyline(QPolygonF([
                QPointF(0.1 * side, 0.55 * side), QPointF(0.4 * side, 0.82 * side),
                QPointF(0.92 * side, 0.2 * side),
            ]))  # fmt: skip


class _Tally(QWidget):
    """Hands counted: a bar as long as their share, and the number; each vote has a row."""

    def __init__(self) -> None:
        super().__init__()
        self._hands: tuple[int, ...] = ()
        self._shares: tuple[float, ...] = ()
        self._theme: Theme | None = None
        self.hide()

    def show_hands(self, hands: tuple[int, ...], shares: tuple[float, ...], theme: Theme) -> None:
        self._hands, self._shares, self._theme = hands, shares, theme
        self.setVisible(bool(hands))
        unit = theme.text_points / 10.0
        self.setFixedSize(round(96 * unit), round((22 if len(hands) < 2 else 34) * unit))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        if theme is None or not self._hands:
            return
        with QPainter(self) as painter:
            font = QFont(self.font())
            several = len(self._hands) > 1
            font.setPointSizeF((1.0 if several else 1.15) * theme.text_points)
            font.setBold(True)
            painter.setFont(font)
            wide = painter.fontMetrics().horizontalAdvance("888")
            room, high = self.width() - wide - 8, self.height() / len(self._hands)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            for vote, (hands, share) in enumerate(zip(self._hands, self._shares, strict=True)):
                now = vote == len(self._hands) - 1
                bar = QRectF(room * (1.0 - share), (vote + 0.28) * high, room * share, 0.44 * high)
                painter.fillRect(bar, theme.color("recorded" if now else "line"))
                font.setBold(now)
                painter.setFont(font)
                painter.setPen(theme.color("text" if now else "muted"))
                row = QRectF(0.0, vote * high, self.width(), high)
                painter.drawText(row, int(flags), str(hands))
