"""One timer for the whole window: the newest snapshot goes to the panels that can be seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot

from gdsim.runtime.runner import Runner
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.scene import Scene

FRAME_SECONDS = 0.0145
"""Frames begin at least so far apart: 60 a second, and some slack for the timer."""
LOOK_MILLISECONDS = 2
"""How often the clock looks for a new snapshot: waiting a whole frame for one would halve them."""
HEAVY_SECONDS = 0.010
"""Where all views take longer, they take turns, and each is drawn with every second frame: first
those above, then those over the steps, whose cursors shall never stand at two steps."""
CONTROL_SECONDS = 0.08
"""The controls' numbers need not follow faster while playing."""
_PAINTED = QEvent.Type(QEvent.registerEventType())
_AFTER_PAINT = -1000


class Panel(Protocol):
    """A view or a control that follows the runs."""

    def isVisible(self) -> bool: ...

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None: ...


class FrameClock(QObject):
    """Draws at most once a frame, and shuts the worker's gate until the frame is painted."""

    painted = Signal()
    """A frame is on the screen."""
    moved_on = Signal(object)
    """There is a new snapshot; sent before the panels see it."""

    def __init__(
        self,
        runner: Runner,
        scene: Callable[[], Scene],
        parent: QObject | None = None,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._scene = scene
        self._now = now
        self._views: Sequence[Panel] = ()
        self._controls: Sequence[Panel] = ()
        self._shown: tuple[Snapshot, Scene] | None = None
        self._began = self._controls_at = 0.0
        self._cost = 0.0  # what a frame of all views takes, of late
        self._turn = 0
        self._halved = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._tick)

    def start(self, views: Sequence[Panel], controls: Sequence[Panel]) -> None:
        """Begin to feed the panels; of the views those that take one turn stand together."""
        self._views, self._controls = views, controls
        self._timer.start()

    def stop(self) -> None:
        """No more frames; the gate stays open."""
        self._timer.stop()
        self._runner.gate.open()

    @Slot()
    def refresh(self) -> None:
        """Show everything again at the next tick (language, visibility or size has changed)."""
        self._shown = None

    @Slot()
    def _tick(self) -> None:
        began = self._now()
        if began - self._began < FRAME_SECONDS:
            return
        snapshot = self._runner.snapshot
        if self._shown is None or snapshot is not self._shown[0]:
            self.moved_on.emit(snapshot)
        now = (snapshot, self._scene())
        if self._shown is not None and all(a is b for a, b in zip(now, self._shown, strict=True)):
            return
        self._runner.gate.shut()
        self._began = began
        due, self._shown = self._due(now, began), now
        # Behind all painting in the queue of events; posted now, lest an error keep the gate shut.
        QCoreApplication.postEvent(self, QEvent(_PAINTED), _AFTER_PAINT)
        for panel in due:
            if panel.isVisible():
                panel.show_snapshot(snapshot, now[1])

    def _due(self, now: tuple[Snapshot, Scene], began: float) -> list[Panel]:
        """The panels of this frame: all, but while playing what there is time for."""
        snapshot, scene = now
        before = self._shown
        hurried = (
            snapshot.playing
            and before is not None
            and before[0].playing
            and before[0].generation == snapshot.generation
            and before[1] is scene
        )
        views = list(self._views)
        self._halved = hurried and self._cost > HEAVY_SECONDS
        if self._halved:
            self._turn = 1 - self._turn
            half = len(views) // 2
            views = views[half:] if self._turn else views[:half]
        if hurried and began - self._controls_at < CONTROL_SECONDS:
            return views
        self._controls_at = began
        return [*views, *self._controls]

    def event(self, event: QEvent) -> bool:
        if event.type() == _PAINTED:
            self._runner.gate.open()
            taken = (self._now() - self._began) * (2.0 if self._halved else 1.0)
            self._cost += 0.1 * (taken - self._cost)
            self.painted.emit()
            return True
        return super().event(event)
