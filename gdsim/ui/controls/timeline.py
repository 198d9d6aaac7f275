"""The timeline: the whole length that is played, the part that is recorded, and the cursor."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from gdsim.engine.arrival import TOLERANCE
from gdsim.ui.language import tr
from gdsim.ui.plot.axis import ticks
from gdsim.ui.theme import LIGHT, Theme

HANDLE = 9.0
"""The handle's radius in pixels."""
_GROOVE = 5.0
TICK, WIDE = 6.0, 3.0
"""Height and width of the mark where a run stays within the tolerance, in pixels."""


class Timeline(QSlider):
    """A slider over steps, that goes no further than what is recorded.

    Its value is the step itself; `sought` is sent where the user moves it, by pointer or keys.
    """

    sought = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme: Theme = LIGHT
        self._recorded = 0
        self._arrivals: tuple[tuple[int, QColor, str], ...] = ()
        self._handle = HANDLE
        self.setMinimumWidth(80)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.valueChanged.connect(self._seek)

    def show_steps(self, step: int, recorded: int, limit: int, theme: Theme) -> None:
        """Show the cursor at `step`, with so much recorded of what is to be played."""
        state = (self.value(), self._recorded, self.maximum(), self._theme)
        self._recorded, self._theme = recorded, theme
        handle = HANDLE * theme.text_points / LIGHT.text_points
        if handle != self._handle:
            self._handle = handle
            self.updateGeometry()
        with QSignalBlocker(self):
            last = max(limit, recorded, 1)
            self.setMaximum(last)
            self.setPageStep(max(last // 20, 1))
            if not self.isSliderDown():
                self.setValue(step)
        if state != (self.value(), recorded, self.maximum(), theme):
            self.update()

    def show_arrivals(self, arrivals: tuple[tuple[int, QColor, str], ...]) -> None:
        """Mark where each run stays within the tolerance: (step, its colour, its number)."""
        if arrivals != self._arrivals:
            self._arrivals = arrivals
            self.update()

    @property
    def arrivals(self) -> tuple[tuple[int, QColor, str], ...]:
        """What is marked above the groove."""
        return self._arrivals

    def x_of(self, step: float) -> float:
        """Where a step is, in pixels."""
        return self._handle + (self.width() - 2.0 * self._handle) * step / self.maximum()

    def sizeHint(self) -> QSize:
        return QSize(200, round(self.groove + self._handle + self._caption_height() + 2))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    @Slot(int)
    def _seek(self, step: int) -> None:
        if step > self._recorded:  # what is to come is not there yet
            with QSignalBlocker(self):
                self.setValue(self._recorded)
            self.update()
        self.sought.emit(min(step, self._recorded))

    # Pointer

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A notch is a step, with the keyboard on it; a wheel on its way past moves nothing."""
        turned = event.angleDelta().y()
        if self.hasFocus() and turned:
            self.setValue(self.value() + (1 if turned > 0 else -1))
            event.accept()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go_to(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _go_to(self, event: QMouseEvent) -> None:
        share = (event.position().x() - self._handle) / max(self.width() - 2.0 * self._handle, 1.0)
        self.setValue(min(round(share * self.maximum()), self._recorded))

    # Painting

    @property
    def groove(self) -> float:
        """How far down the groove's middle is: beneath the handle's upper half and the marks."""
        return self._handle + TICK + 1.0

    def _caption_height(self) -> float:
        return 0.85 * self.fontMetrics().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            y = self.groove
            self._paint_captions(painter, y)
            groove = _GROOVE * self._handle / HANDLE
            painter.setPen(Qt.PenStyle.NoPen)
            for purpose, end in (
                ("line", self.maximum()), ("recorded", self._recorded), ("accent", self.value()),
            ):  # fmt: skip
                bar = QRectF(self._handle, y - groove / 2, self.x_of(end) - self._handle, groove)
                painter.setBrush(theme.color(purpose))
                painter.drawRoundedRect(bar, 2.5, 2.5)
            if 0 < self._recorded < self.maximum():
                painter.setPen(QPen(theme.color("accent"), 2.0))
                x = self.x_of(self._recorded)
                painter.drawLine(QPointF(x, y - 6.0), QPointF(x, y + 6.0))
            self._paint_arrivals(painter, y)
            at = QPointF(self.x_of(self.value()), y)
            if self.hasFocus():
                painter.setPen(QPen(theme.color("recorded"), 3.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(at, self._handle - 0.5, self._handle - 0.5)
            painter.setPen(QPen(theme.color("accent"), 3.0))
            painter.setBrush(theme.color("panel"))
            painter.drawEllipse(at, self._handle - 3.0, self._handle - 3.0)

    def _paint_arrivals(self, painter: QPainter, y: float) -> None:
        """A tick in the run's colour above the groove; several at one place beside each other."""
        taken: list[float] = []
        bottom = y - self._handle - 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        for step, color, _ in sorted(self._arrivals, key=lambda mark: mark[0]):
            x = self.x_of(step) - WIDE / 2.0
            x = max([x, *(other + WIDE + 1.0 for other in taken)])
            taken.append(x)
            painter.setBrush(color)
            painter.drawRect(QRectF(x, bottom - TICK, WIDE, TICK))

    def event(self, event: QEvent) -> bool:
        """The tip names the mark that is pointed at."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            near = [
                mark for mark in self._arrivals if abs(self.x_of(mark[0]) - event.pos().x()) <= 4.0
            ]
            if near:
                told = [
                    tr("Run {number} stays within {tolerance} from step {step} on",
                       number=label, tolerance=f"{TOLERANCE:g}", step=f"{step:,}")
                    for step, _, label in near
                ]  # fmt: skip
                QToolTip.showText(event.globalPos(), "\n".join(told), self)
                return True
        return bool(super().event(event))

    def _paint_captions(self, painter: QPainter, y: float) -> None:
        """Round steps beneath the groove, as many as have room."""
        theme, font = self._theme, painter.font()
        font.setPointSizeF(max(0.82, theme.least_share) * theme.text_points)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        last = self.maximum()
        room = 3.0 * metrics.horizontalAdvance(f"{last:,}") + 24.0
        steps = ticks(0.0, float(last), self.width() / max(room, 60.0), whole=True)
        painter.setPen(theme.color("muted"))
        for step in steps:
            text, x = f"{round(step):,}", self.x_of(step)
            wide = metrics.horizontalAdvance(text)
            left = min(max(x - wide / 2.0, 0.0), self.width() - wide)
            painter.drawLine(QPointF(x, y + self._handle - 2.0), QPointF(x, y + self._handle))
            painter.drawText(QPointF(left, y + self._handle + metrics.ascent()), text)
