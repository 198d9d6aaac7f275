"""One answer to choose: its letter, its text, after the run what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gdsim.ui.controls.lesson.markdown import plain_text, rich_text
from gdsim.ui.language import tr
from gdsim.ui.theme import Theme

LETTER = 26
"""Side of the letter's box, in pixels of type 13 pixels high."""


@dataclass(frozen=True)
class Shown:
    """What a card shows; `says` is empty before the run, `hands` None where none are counted."""

    letter: str
    text: str
    says: str = ""
    chosen: bool = False
    right: bool = False
    hands: int | None = None
    share: float = 0.0


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
        self.letter, self.text_label, self.says = QLabel(), QLabel(), QLabel()
        self.letter.setProperty("key", True)
        self.letter.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tally = _Tally()
        self.tick = _Tick()
        for label in (self.letter, self.text_label, self.says, self.tally, self.tick):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for label in (self.text_label, self.says):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.RichText)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.text_label)
        texts.addWidget(self.says)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self.letter)
        row.addLayout(texts, 1)
        row.addWidget(self.tally)
        row.addWidget(self.tick)

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
        self.tally.show_hands(shown.hands, shown.share, theme)
        for name, value in (("chosen", shown.chosen), ("right", shown.right)):
            self.setProperty(name, value)
        self.style().unpolish(self)
        self.style().polish(self)
        parts = [f"{shown.letter}: {plain_text(shown.text)}"]
        parts += [tr("Your answer.")] * shown.chosen + [tr("The right answer.")] * shown.right
        parts += [plain_text(shown.says)] * bool(shown.says)
        if shown.hands is not None:
            parts.append(tr("{count} hands", count=shown.hands))
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
    """Hands counted: a bar as long as their share, and the number."""

    def __init__(self) -> None:
        super().__init__()
        self._hands: int | None = None
        self._share = 0.0
        self._theme: Theme | None = None
        self.hide()

    def show_hands(self, hands: int | None, share: float, theme: Theme) -> None:
        self._hands, self._share, self._theme = hands, share, theme
        self.setVisible(hands is not None)
        unit = theme.text_points / 10.0
        self.setFixedSize(round(96 * unit), round(22 * unit))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        if theme is None or self._hands is None:
            return
        with QPainter(self) as painter:
            font = QFont(self.font())
            font.setPointSizeF(1.15 * theme.text_points)
            font.setBold(True)
            painter.setFont(font)
            text = str(self._hands)
            wide = painter.fontMetrics().horizontalAdvance("888")
            room = self.width() - wide - 8
            bar = QRectF(room * (1.0 - self._share), 0.28 * self.height(), room * self._share,
                         0.44 * self.height())  # fmt: skip
            painter.fillRect(bar, theme.color("recorded"))
            painter.setPen(theme.color("text"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), flags, text)
