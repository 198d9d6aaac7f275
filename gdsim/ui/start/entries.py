"""What can be chosen on the start page: cards of examples, lines of lessons and files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gdsim.experiment.examples import Example
from gdsim.ui.language import tr
from gdsim.ui.looks import plain_tip
from gdsim.ui.theme import Theme, unit_of

PICTURE = 88
"""Height of an example's picture, in pixels of type 13 pixels high."""
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class Entry(QPushButton):
    """A button that Return presses, and that leaves the arrows to the page."""

    def __init__(self, name: str, said: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"start.{name}")
        self.setAccessibleName(said)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Button(Entry):
    """One with a text of its own."""

    def __init__(self, name: str, text: str, *, primary: bool = False) -> None:
        super().__init__(name, text)
        self.setText(text)
        self.setProperty("primary", primary)


class Link(Entry):
    """A text in the colour of what can be pressed."""

    def __init__(self, name: str, text: str, theme: Theme) -> None:
        super().__init__(name, text)
        self._text, self._theme = text, theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 16, metrics.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _draw_ground(painter, self, self._theme)
            painter.setPen(self._theme.color("accent"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class Line(Entry):
    """A row of a list: a sign or number, a title, what is to be said at its end."""

    def __init__(
        self, name: str, number: str, title: str, end: str, theme: Theme, *, done: bool = False
    ) -> None:
        spoken = [f"{number} {title}".strip(), end] + [tr("done")] * done
        super().__init__(name, ", ".join(part for part in spoken if part))
        self._number, self._title, self._end = number, title, end
        self._done, self._theme = done, theme
        self.is_next = False
        """Whether it is the one to go on with."""
        self.setToolTip("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(160, round(32 * unit_of(self.font())))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, unit = self._theme, unit_of(self.font())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _draw_ground(painter, self, theme, on=self.is_next)
            room = QRect(self.rect()).adjusted(round(8 * unit), 0, -round(8 * unit), 0)
            middle = Qt.AlignmentFlag.AlignVCenter
            if self._number:
                painter.setPen(theme.color("muted"))
                number = QRect(room.left(), 0, round(20 * unit), self.height())
                painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, self._number)
                room.setLeft(number.right() + round(8 * unit))
            font = QFont(self.font())
            font.setPointSizeF(0.86 * font.pointSizeF())
            painter.setFont(font)
            painter.setPen(theme.color("muted"))
            painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, self._end)
            end = QFontMetrics(font).horizontalAdvance(self._end)
            room.setRight(room.right() - end - round(8 * unit))
            if self._done:
                side = round(12 * unit)
                _draw_tick(painter, QRectF(room.right() - side, (self.height() - side) / 2, side,
                                           side), theme)  # fmt: skip
                room.setRight(room.right() - side - round(6 * unit))
            painter.setFont(self.font())
            painter.setPen(theme.color("text"))
            title = self.fontMetrics().elidedText(
                self._title, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, middle, title)


class FileLine(Line):
    """A file that was open lately."""

    def __init__(self, number: int, path: Path, kind: str, title: str, theme: Theme) -> None:
        super().__init__(f"recent.{number}", "", title, kind, theme)
        self.path = path
        self.setToolTip(plain_tip(str(path)))


class ExampleCard(Entry):
    """Picture, title, and what to look for."""

    def __init__(self, example: Example, theme: Theme) -> None:
        title, look_for = tr(example.title, "example"), tr(example.look_for)
        super().__init__(f"example.{example.name}", f"{title}. {look_for}")
        self.example, self._title, self._look_for = example, title, look_for
        self._theme = theme
        self._pixmap = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def picture_size(self) -> QSizeF:
        """What its picture has room for."""
        return QSizeF(max(self.width() - 2, 60), round(PICTURE * unit_of(self.font())))

    @property
    def lacks_picture(self) -> bool:
        """Whether its picture is still to be drawn."""
        return self._pixmap.isNull()

    def show_picture(self, pixmap: QPixmap) -> None:
        self._pixmap = pixmap
        self.update()

    def sizeHint(self) -> QSize:
        unit = unit_of(self.font())
        return QSize(round(150 * unit), round((PICTURE + 70) * unit))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, unit = self._theme, unit_of(self.font())
        high = round(PICTURE * unit)
        whole = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        frame = QPainterPath()
        frame.addRoundedRect(whole, 6, 6)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            lit = self.underMouse() or self.isDown()
            painter.fillPath(frame, theme.color("hover" if lit else "panel"))
            painter.setClipPath(frame)
            if not self._pixmap.isNull():
                painter.drawPixmap(QRectF(1, 1, self.width() - 2, high).toRect(), self._pixmap)
            painter.setClipping(False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            focus = self.hasFocus()
            inset = 1.0 if focus else 0.0
            painter.setPen(QPen(theme.color("accent" if focus else "line"), 3.0 if focus else 1.0))
            painter.drawRoundedRect(whole.adjusted(inset, inset, -inset, -inset), 6, 6)
            room = QRect(0, high, self.width(), self.height() - high)
            room.adjust(round(10 * unit), round(8 * unit), -round(8 * unit), -round(4 * unit))
            font = QFont(self.font())
            font.setBold(True)
            painter.setFont(font)
            metrics = QFontMetrics(font)
            painter.setPen(theme.color("text"))
            title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, 0, title)
            room.setTop(room.top() + metrics.height() + round(2 * unit))
            font.setBold(False)
            font.setPointSizeF(0.86 * font.pointSizeF())
            painter.setFont(font)
            painter.setPen(theme.color("muted"))
            painter.drawText(room, Qt.TextFlag.TextWordWrap, self._look_for)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


def _draw_ground(painter: QPainter, button: Entry, theme: Theme, *, on: bool = False) -> None:
    """Lit beneath the pointer, a ring where the keyboard is."""
    whole = QRectF(button.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
    lit = button.underMouse() or button.isDown()
    painter.setBrush(theme.color("pressed" if on else "hover") if on or lit
                     else Qt.BrushStyle.NoBrush)  # fmt: skip
    painter.setPen(QPen(theme.color("accent"), 3.0) if button.hasFocus() else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(whole, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_tick(painter: QPainter, box: QRectF, theme: Theme) -> None:
    painter.setPen(QPen(theme.color("good"), box.width() / 6.0))
    at = (QPointF(0.05, 0.55), QPointF(0.38, 0.88), QPointF(0.95, 0.15))
    painter.drawPolyline(QPolygonF([
        QPointF(box.x() + point.x() * box.width(), box.y() + point.y() * box.height())
        for point in at
    ]))  # fmt: skip
