"""Work beside the window: in a thread of its own, with its share told, until it is cancelled."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QProgressBar

from gdsim.engine.sentences import Fault, Sentence, sentence
from gdsim.engine.sweep.pieces import Cancelled
from gdsim.runtime.sweeping import Report
from gdsim.ui.language import tr
from gdsim.ui.plain_label import PlainLabel

T = TypeVar("T")

_POLL_MILLISECONDS = 50


def jobs() -> int:
    """Threads for it: one core stays the window's."""
    return max(1, (os.cpu_count() or 2) - 1)


class Computation(Generic[T]):
    """Begins at once; `results` gets shares of the work and at last what came of it, or why
    nothing did."""

    def __init__(self, work: Callable[[Report], T]) -> None:
        self.results: queue.SimpleQueue[float | T | Sentence] = queue.SimpleQueue()
        self._work = work
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._compute, name="gdsim-sweeping", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop and wait for the threads."""
        self._cancelled.set()
        self._thread.join(10.0)

    def _report(self, share: float) -> bool:
        self.results.put(share)
        return not self._cancelled.is_set()

    def _compute(self) -> None:
        try:
            self.results.put(self._work(self._report))
        except Cancelled:
            pass
        except Fault as fault:
            self.results.put(fault.sentence)
        except Exception as error:
            self.results.put(sentence("The computation failed: {reason}.", reason=str(error)))


class Watch(QObject):
    """Shows how far a computation is and how long it will take, and tells what came of it."""

    working = Signal(bool)
    """It has begun, or has ended in whatever way."""
    ended = Signal(object)
    """What came of it, or a sentence why nothing did."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.progress, self.left = QProgressBar(), PlainLabel()
        self.progress.setRange(0, 1000)
        self._running: Computation[Any] | None = None
        self._began = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)

    @property
    def is_working(self) -> bool:
        return self._running is not None

    def begin(self, work: Callable[[Report], object]) -> None:
        """Compute that beside the window."""
        self._began = time.monotonic()
        self._running = Computation(work)
        self._tell()
        self._timer.start()

    def stop(self) -> None:
        """Cancel it; nothing comes of it any more."""
        self._timer.stop()
        if self._running is not None:
            self._running.cancel()
            self._running = None
            self._tell()

    def _tell(self) -> None:
        self.progress.setValue(0)
        self.left.clear()
        self.working.emit(self.is_working)

    @Slot()
    def _poll(self) -> None:
        while self._running is not None:
            try:
                result = self._running.results.get_nowait()
            except queue.Empty:
                return
            if isinstance(result, float):
                self._show_share(result)
            else:
                self._timer.stop()
                self._running.cancel()
                self._running = None
                self.ended.emit(result)
                self._tell()

    def _show_share(self, share: float) -> None:
        self.progress.setValue(round(1000 * share))
        passed = time.monotonic() - self._began
        if share > 0.0 and passed > 1.0:
            seconds = f"{passed * (1.0 - share) / share:,.0f}"
            self.left.setText(tr("{seconds} s left", seconds=seconds))
