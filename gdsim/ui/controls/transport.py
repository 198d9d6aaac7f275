"""The bar below everything: reset, step, play, the timeline, the speed."""

from __future__ import annotations

import re
import time

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QWidget,
)

from gdsim.engine.arrival import arrival
from gdsim.engine.run import epoch_steps
from gdsim.experiment import view_state
from gdsim.experiment.setup import Setup
from gdsim.experiment.view_state import OPTIONS
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.speed_box import SpeedBox
from gdsim.ui.controls.timeline import Timeline
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.scene import Scene
from gdsim.ui.steady import SteadyNumber
from gdsim.ui.theme import LIGHT, Theme

SPEEDS: dict[str, float | None] = {
    f"{speed:g}" if speed else "max": speed or None for speed in view_state.SPEEDS
}
LIMIT = 10**9
_TEXT_SECONDS = 0.25
# Outlines in a square of 24; Qt's own media icons look different on every system.
_SHAPES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "play": (((7, 4), (20, 12), (7, 20)),),
    "pause": (((6, 4), (10, 4), (10, 20), (6, 20)), ((14, 4), (18, 4), (18, 20), (14, 20))),
    "step": (((5, 4), (15, 12), (5, 20)), ((16, 4), (19, 4), (19, 20), (16, 20))),
    "back": (((19, 4), (9, 12), (19, 20)), ((5, 4), (8, 4), (8, 20), (5, 20))),
    "reset": (
        ((3, 4), (6, 4), (6, 20), (3, 20)),
        ((14, 4), (7, 12), (14, 20)),
        ((21, 4), (14, 12), (21, 20)),
    ),
}


class Transport(QFrame):
    """Plays, steps and seeks; the timeline shows how far the runs have come."""

    play_requested = Signal()
    pause_requested = Signal()
    step_requested = Signal(int)
    seek_requested = Signal(int)
    play_to_requested = Signal(int)
    told = Signal(str)
    """Why it goes to another step than the one that was asked for."""
    reset_requested = Signal()
    speed_changed = Signal(object)
    limit_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing = self._waits = False
        self._theme: Theme | None = None
        self._text_at = 0.0
        self.reset = self._tool()
        self.back = self._tool()
        self.play = QPushButton()
        self.play.setProperty("primary", True)
        self.play.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("bar", True)
        self.step = self._tool()
        self.timeline = Timeline()
        self.at = self._spin_box(0, LIMIT)
        self.limit = self._spin_box(1, LIMIT)
        self.instead = PlainLabel()
        """What stands in place of the timeline where a lesson waits for something."""
        self.instead.setProperty("heading", True)
        self.instead.hide()
        self.word = PlainLabel()
        self.word.setProperty("muted", True)
        self.of = PlainLabel("/")
        self.of.setProperty("muted", True)
        self.epoch = PlainLabel()
        """How often the selected run has seen all samples, where it draws them."""
        self.epoch.setProperty("muted", True)
        self.epoch.hide()
        self.speed = SpeedBox()
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)  # as the views above: keep_to
        row.setSpacing(8)
        for button in (self.reset, self.back, self.play, self.step):
            row.addWidget(button)
        row.addWidget(self.timeline, 1)
        row.addWidget(self.instead, 1)
        for widget in (self.word, self.at, self.of, self.limit, self.epoch, self.speed):
            row.addWidget(widget)
        self.play.clicked.connect(self._toggle)
        self.reset.clicked.connect(self.reset_requested)
        self.back.clicked.connect(self._step_back)
        self.step.clicked.connect(self._step)
        self.timeline.sought.connect(self.seek_requested)
        self.at.valueChanged.connect(self._go_to)
        self.limit.valueChanged.connect(self.limit_changed)
        self.limit.valueChanged.connect(self._make_room)
        self.speed.activated.connect(self._choose_speed)
        name_controls(self, "transport")
        self._draw_icons(LIGHT)  # they take room, which nothing shall come to need later
        self.retranslate()

    def keep_to(self, margin: int) -> None:
        """Leave so many pixels at either side, as what stands above leaves."""
        self._row.setContentsMargins(margin, 4, margin, 4)

    def ask_for(self, text: str) -> None:
        """Say what has to be done before anything is played; "" lets it be played again."""
        self.instead.setText(text)
        self.instead.setVisible(bool(text))
        self.timeline.setVisible(not text)
        self._waits = bool(text)
        self._draw_play()
        for tool in (self.reset, self.back, self.step):
            tool.setEnabled(not text)
        for widget in (self.word, self.at, self.of, self.limit):
            widget.setVisible(not text)
        if text:
            self.epoch.hide()

    def show_setup(self, setup: Setup, step: int, scene: Scene) -> None:
        """Follow the limit and the speed that are set."""
        self._show_speed(scene.options.steps_per_second or None)
        if not self.limit.hasFocus() and self.limit.value() != setup.step_limit:
            with QSignalBlocker(self.limit):
                self.limit.setValue(setup.step_limit)
            self._make_room()

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow the runs."""
        if scene.setup is not None:
            self.show_setup(scene.setup, scene.step(snapshot), scene)
        if scene.theme is not self._theme or snapshot.playing != self._playing:
            self._theme, self._playing = scene.theme, snapshot.playing
            self._draw_icons(scene.theme)
            self._name_play()
        limit = max(self.limit.value(), snapshot.step_limit)
        self.timeline.show_steps(snapshot.step, snapshot.recorded, limit, scene.theme)
        self.timeline.show_arrivals(_arrivals(snapshot, scene))
        self._show_epoch(snapshot, scene)
        self.back.setEnabled(snapshot.step > 0 and not self._waits)
        now = time.monotonic()
        if not self.at.hasFocus() or not snapshot.playing:
            with QSignalBlocker(self.at):
                self.at.setValue(snapshot.step)
        if not snapshot.playing or self.speed.currentData() != "max":
            self.speed.say_measured("")  # else the box says it already
        elif now - self._text_at > _TEXT_SECONDS:
            self._text_at = now
            speed = f"{snapshot.steps_per_second:,.0f}" if snapshot.steps_per_second else "…"
            self.speed.say_measured(tr("{speed} steps/s", speed=speed))

    def _show_epoch(self, snapshot: Snapshot, scene: Scene) -> None:
        run = snapshot.run(scene.selected)
        each = 1 if run is None else epoch_steps(snapshot.problem, run.run)
        if each > 1:
            self.epoch.setText(tr("epoch {count}", count=f"{snapshot.step / each:,.1f}"))
            widest = f"{max(self.limit.value(), snapshot.step) / each:,.1f}"
            widest = tr("epoch {count}", count=re.sub(r"\d", "8", widest))
            wide = self.epoch.fontMetrics().horizontalAdvance(widest)
            if self.epoch.minimumWidth() != wide:  # no number pushes another control
                self.epoch.setFixedWidth(wide)
        if self.epoch.isHidden() is (each > 1):
            self.epoch.setVisible(each > 1)

    def _show_speed(self, speed: float | None) -> None:
        known = [name for name, value in SPEEDS.items() if value == speed]
        with QSignalBlocker(self.speed):
            self.speed.setCurrentIndex(self.speed.findData(known[0]) if known else -1)

    def retranslate(self) -> None:
        chosen = self.speed.currentData() or "20"
        self.speed.show_choices(
            {
                name: tr("maximum") if value is None else tr("{speed} steps/s", speed=f"{value:g}")
                for name, value in SPEEDS.items()
            },
            chosen,
        )
        self.speed.make_room()
        names: dict[QWidget, str] = {
            self.reset: tr("Reset all to step 0"),
            self.back: tr("Step back"),
            self.step: tr("Step", "button"),
            self.timeline: tr("Timeline"),
            self.at: tr("Step number"),
            self.limit: tr("Play up to this step"),
            self.speed: tr(OPTIONS["steps_per_second"].label, "setting"),
        }
        for widget, name in names.items():
            widget.setAccessibleName(name)
            widget.setToolTip(name)
        self.word.setText(tr("Step", "axis"))
        self._name_play()
        self._text_at = 0.0

    def _tool(self) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(18, 18))
        button.setProperty("boxed", True)
        button.setFixedSize(32, 32)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _spin_box(self, low: int, high: int) -> SteadyNumber:
        box = SteadyNumber()
        box.setRange(low, high)
        box.setKeyboardTracking(False)
        box.setGroupSeparatorShown(True)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        return box

    def _name_play(self) -> None:
        text = tr("Pause") if self._playing else tr("Play")
        self.play.ensurePolished()  # its type is bold only then
        widest = 0
        for word in (tr("Pause"), tr("Play"), text):  # one width for both: nothing shall move
            self.play.setText(word)
            widest = max(widest, self.play.sizeHint().width())
        self.play.setAccessibleName(text)
        self.play.setToolTip(tr("{name} (Space)", name=text))
        unit = 1.0 if self._theme is None else self._theme.text_points / LIGHT.text_points
        self.play.setFixedWidth(widest + round(16 * unit))
        self.play.setMinimumHeight(round(32 * unit))

    def _draw_icons(self, theme: Theme) -> None:
        unit = theme.text_points / LIGHT.text_points
        side = round(32 * unit)
        for button in (self.reset, self.back, self.step):
            button.setFixedSize(side, side)
            button.setIconSize(QSize(round(18 * unit), round(18 * unit)))
        self.play.setIconSize(QSize(round(16 * unit), round(16 * unit)))
        self.play.setMinimumHeight(side)
        self._make_room()
        self.speed.make_room()
        color = theme.text
        for button, shape in ((self.reset, "reset"), (self.back, "back"), (self.step, "step")):
            button.setIcon(_icon(shape, color))
        self._draw_play()

    def _draw_play(self) -> None:
        """Its sign, in a colour that is seen on the ground that it has."""
        if self._theme is not None:
            color = self._theme.muted if self._waits else self._theme.on_accent
            self.play.setIcon(_icon("pause" if self._playing else "play", color))

    @Slot()
    def _make_room(self) -> None:
        """For the last step to be played, in the box of the step that is shown too."""
        unit = 1.0 if self._theme is None else self._theme.text_points / LIGHT.text_points
        widest = re.sub(r"\d", "8", f"{max(self.limit.value(), 10**6):,}")
        for box in (self.at, self.limit):
            wide = box.fontMetrics().horizontalAdvance(widest)
            box.setFixedWidth(wide + round(20 * unit))

    @Slot()
    def _toggle(self) -> None:
        (self.pause_requested if self._playing else self.play_requested).emit()

    @Slot(int)
    def _go_to(self, step: int) -> None:
        """To that step, recorded or not; beyond the last one to be played, to the last one."""
        last = self.limit.value()
        if step > last:
            self.told.emit(
                tr("Step {step} is beyond the last to be played: this is step {last}.",
                   step=f"{step:,}", last=f"{last:,}")
            )  # fmt: skip
        self.play_to_requested.emit(min(step, last))

    @Slot()
    def _step(self) -> None:
        self.step_requested.emit(1)

    @Slot()
    def _step_back(self) -> None:
        self.step_requested.emit(-1)

    @Slot()
    def _choose_speed(self) -> None:
        self.speed_changed.emit(SPEEDS[str(self.speed.currentData())])


def _arrivals(snapshot: Snapshot, scene: Scene) -> tuple[tuple[int, QColor, str], ...]:
    """Where each visible run stays within the tolerance of the least loss, if that is known."""
    least = snapshot.problem.least_loss
    if least is None or "verdict" in scene.hides:
        return ()
    found = (
        (arrival(run.trace, least), scene.styles[run.key])
        for run in snapshot.runs
        if run.key in scene.styles and run.key not in scene.hidden
    )
    return tuple((step, style.color, style.label) for step, style in found if step is not None)


def _icon(shape: str, color: str) -> QIcon:
    pixmap = QPixmap(48, 48)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(2.0, 2.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        for outline in _SHAPES[shape]:
            path = QPainterPath()
            path.moveTo(*outline[0])
            for point in outline[1:]:
                path.lineTo(*point)
            path.closeSubpath()
            painter.drawPath(path)
    return QIcon(pixmap)
