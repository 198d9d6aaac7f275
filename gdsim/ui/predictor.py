"""Draw your prediction: a curve of the loss, a pin where the run will be; play, and compare."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gdsim.engine.history import THETA
from gdsim.engine.sentences import Sentence
from gdsim.experiment.lessons.stages import Course, Stage
from gdsim.experiment.predictions import Sketch, gap_of_pin, gap_of_sketch
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.language import say, tr
from gdsim.ui.plot.canvas import sized_font
from gdsim.ui.plot.marks import draw_note
from gdsim.ui.views import find_view
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.stage import StageView, Start
from gdsim.ui.workspace import Workspace

FINEST = 2.0
"""Pixels between two points of a curve."""
PIN = 9.0
"""Pixels of a pin's arms."""


class _Layer(QWidget):
    """Lies over the picture of a view; takes the pointer while something is to be drawn."""

    changed = Signal()

    def __init__(self, view: LossView | StageView) -> None:
        super().__init__(view.plot)
        self.view = view
        self.said = ""
        """What is written beside what was drawn."""
        self.setObjectName(f"prediction.{view.name}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        view.plot.installEventFilter(self)
        view.plot.box.sigRangeChanged.connect(self.update)
        view.plot.box.sigResized.connect(self.fit)
        self.fit()

    @Slot()
    def fit(self) -> None:
        """Lie over the plot area, where it is now."""
        box = self.view.plot.box
        self.setGeometry(box.mapRectToScene(box.rect()).toRect())

    def let_through(self, through: bool) -> None:
        """Leave the pointer to the picture, or take it."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, through)

    def write(self, text: str) -> None:
        if text != self.said:
            self.said = text
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False

    def paint_said(self, painter: QPainter, at: QPointF) -> None:
        """The words beneath `at`, within the picture."""
        if not self.said:
            return
        theme = self.view.theme
        font = sized_font(theme, 0.9, bold=True)
        painter.setFont(font)
        wide = float(painter.fontMetrics().horizontalAdvance(self.said)) + 12.0
        tall = float(painter.fontMetrics().height()) + 8.0
        x = min(max(at.x(), 4.0), max(self.width() - wide - 4.0, 4.0))
        y = min(max(at.y(), 4.0), max(self.height() - tall - 4.0, 4.0))
        room = self.width() - 12.0
        color, ground = theme.color("text"), theme.color("panel")
        draw_note(painter, QPointF(x, y), self.said, font, color, ground, room)


class SketchLayer(_Layer):
    """A curve that follows the pointer, in the loss view."""

    def __init__(self, view: LossView) -> None:
        super().__init__(view)
        self.loss_view = view
        self.sketch = Sketch(base=view.base)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.sketch = Sketch(base=self.loss_view.base)
        self._draw(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._draw(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.changed.emit()

    def _draw(self, at: QPointF) -> None:
        step, y = self.view.plot.projection().inverse(at)
        above = 10.0 ** min(y, 300.0) if self.loss_view.log_scale else y
        self.sketch = self.sketch.drawn(step, above)
        self.said = ""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        sketch, projection = self.sketch, self.view.plot.projection()
        theme = self.view.theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if len(sketch.steps) < 2 or sketch.base != self.loss_view.base:
                self.paint_said(painter, QPointF(0.3 * self.width(), 0.15 * self.height()))
                return
            above = np.array(sketch.above)
            with np.errstate(all="ignore"):
                heights = np.log10(above) if self.loss_view.log_scale else above
            x, y = projection.x(np.array(sketch.steps)), projection.y(heights)
            line = QPolygonF([QPointF(*one) for one in zip(x, y, strict=True)])
            for color, width in (
                (theme.color("casing"), theme.line_width + 4.0),
                (theme.color("text"), theme.line_width),
            ):
                pen = QPen(color, width)  # no run's colour: those mean runs
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                painter.drawPolyline(line)
            self.paint_said(painter, QPointF(0.35 * self.width(), 4.0))


class PinLayer(_Layer):
    """A pin in the parameter space."""

    def __init__(self, view: StageView) -> None:
        super().__init__(view)
        self.stage_view = view
        self.pin: Start | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        run = self.view.selected_run()
        if run is None:
            return
        projection = self.view.plot.projection()
        at = projection.rounded(*projection.inverse(event.position()))
        self.pin = self.stage_view.theta_at(at, tuple(run.theta.tolist()))
        self.said = ""
        self.update()
        self.changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.view.theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.pin is None:
                self.paint_said(painter, QPointF(0.1 * self.width(), 0.1 * self.height()))
                return
            at = self.view.plot.projection().point(*self.stage_view.place(self.pin))
            if not (math.isfinite(at.x()) and math.isfinite(at.y())):
                return
            for color, width in (
                (theme.color("casing"), theme.line_width + 3.0),
                (theme.color("text"), theme.line_width),
            ):
                painter.setPen(QPen(color, width))
                painter.drawEllipse(at, 0.6 * PIN, 0.6 * PIN)
                for x, y in ((PIN, 0.0), (-PIN, 0.0), (0.0, PIN), (0.0, -PIN)):
                    painter.drawLine(at + QPointF(0.5 * x, 0.5 * y), at + QPointF(1.5 * x, 1.5 * y))
            self.paint_said(painter, at + QPointF(14.0, 14.0))


class Predictor(QObject):
    """Lets a user draw, and says the gap once the run is there."""

    drawn = Signal()

    def __init__(self, workspace: Workspace, central: CentralWidget) -> None:
        super().__init__(central)
        self._workspace, self._central = workspace, central
        self.curve: SketchLayer | None = None
        self.pin: PinLayer | None = None
        self._snapshot: Snapshot | None = None

    @property
    def is_on(self) -> bool:
        """Whether there is something to draw on."""
        return self.curve is not None or self.pin is not None

    @property
    def has_drawn(self) -> bool:
        """Whether something was predicted."""
        curve = self.curve is not None and self.curve.sketch.is_there
        return curve or (self.pin is not None and self.pin.pin is not None)

    @Slot(bool)
    def set_on(self, on: bool, places: tuple[str, ...] = ("loss", "stage")) -> None:
        """Begin to draw in those places, on a clean sheet; or take away what was drawn."""
        for layer in (self.curve, self.pin):
            if layer is not None:
                layer.hide()
                layer.deleteLater()
        self.curve = self.pin = None
        if not on:
            return
        loss, stage = (self._central.places[name].shown for name in ("loss", "stage"))
        if isinstance(loss, LossView) and "loss" in places:
            self.curve = SketchLayer(loss)
            self.curve.write(tr("Draw here how the loss will go, then play."))
        if isinstance(stage, StageView) and "stage" in places:
            self.pin = PinLayer(stage)
            self.pin.write(tr("Click where the run will be at the end."))
        for layer in (self.curve, self.pin):
            if layer is not None:
                layer.changed.connect(self.drawn)
                layer.show()
                layer.raise_()

    def offer(self, course: Course) -> None:
        """What a lesson's question asks for; the run plays over it, and the task takes it away."""
        draw = course.lesson.question.draw
        if course.stage in (Stage.TITLE, Stage.TASK) or not draw:
            self.set_on(False)
        elif course.stage is Stage.QUESTION and not course.drawn:
            self.set_on(True, (find_view(draw).where,))

    @Slot(object)
    def follow(self, snapshot: Snapshot) -> None:
        """Play goes over what was drawn; once it rests the gap is told."""
        if not self.is_on:
            return
        begun = snapshot.playing or snapshot.step > 0
        run = snapshot.run(self._workspace.scene.selected)
        if self.curve is not None:
            self.curve.let_through(begun)
            if begun and not snapshot.playing and run is not None:
                gap = gap_of_sketch(self.curve.sketch, run.trace.until(snapshot.step))
                self.curve.write(_said(gap))
        if self.pin is not None:
            self.pin.let_through(begun)
            pin = self.pin.pin
            if pin is not None and begun and not snapshot.playing and run is not None:
                theta = run.trace.until(snapshot.step).rows[-1, THETA:]
                self.pin.write(_said(gap_of_pin(pin, theta, snapshot.step)))


def _said(gap: Sentence | None) -> str:
    return "" if gap is None else say(gap)
