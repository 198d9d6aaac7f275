"""One timer for the whole window: the newest snapshot goes to the panels that can be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot

from gdsim.runtime.runner import Runner
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.theme import Scene

FRAME_MILLISECONDS = 16
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
        self, runner: Runner, scene: Callable[[], Scene], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._scene = scene
        self._views: Sequence[Panel] = ()
        self._controls: Sequence[Panel] = ()
        self._shown: tuple[Snapshot, Scene, bool] | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._tick)

    def start(self, views: Sequence[Panel], controls: Sequence[Panel]) -> None:
        """Begin to feed the panels."""
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
        # Controls follow only what the engine has obeyed, or an edit would flicker back.
        snapshot = self._runner.snapshot
        if self._shown is None or snapshot is not self._shown[0]:
            self.moved_on.emit(snapshot)
        now = (snapshot, self._scene(), self._runner.is_settled)
        if self._shown is not None and all(a is b for a, b in zip(now, self._shown, strict=True)):
            return
        self._runner.gate.shut()
        self._shown = now
        _, scene, settled = now
        for panel in (*self._views, *self._controls) if settled else self._views:
            if panel.isVisible():
                panel.show_snapshot(snapshot, scene)
        # Behind all painting in the queue of events.
        QCoreApplication.postEvent(self, QEvent(_PAINTED), _AFTER_PAINT)

    def event(self, event: QEvent) -> bool:
        if event.type() == _PAINTED:
            self._runner.gate.open()
            self.painted.emit()
            return True
        return super().event(event)
