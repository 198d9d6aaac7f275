"""Does something as soon as a window has been painted for the first time, not before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

PATIENCE_MILLISECONDS = 3000
"""A window that starts minimised is not painted: it need not wait."""


class FirstPaint(QObject):
    """Calls `then` once: from the event loop, after the window's first paint."""

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._then: Callable[[], None] | None = then
        window.installEventFilter(self)
        QTimer.singleShot(PATIENCE_MILLISECONDS, self._go_on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and watched is self._window:
            self._window.removeEventFilter(self)
            # An event of this very moment is still being handled: the picture is not out yet.
            QTimer.singleShot(0, self._go_on)
        return super().eventFilter(watched, event)

    def _go_on(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()
