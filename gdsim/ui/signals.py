"""Ctrl+C in the terminal, and what a system sends that wants a program to end, as Qt's signals."""

from __future__ import annotations

import contextlib
import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot


class SystemSignals(QObject):
    """While installed, SIGINT, SIGTERM and SIGHUP are told by the event loop, not amid a slot.

    What the starter had ignored (nohup, a shell's background) stays ignored.
    """

    interrupted = Signal()
    ended = Signal(int)
    """The signal's number."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._came: list[int] = []
        self._before = -1
        self._taken: dict[int, object] = {}
        # Python looks for signals between its own instructions; Qt waits in none of them.
        self._out, self._in = socket.socketpair()
        self._out.setblocking(False)
        self._in.setblocking(False)
        self._woken = QSocketNotifier(self._out.fileno(), QSocketNotifier.Type.Read, self)
        self._woken.activated.connect(self._tell)

    def install(self) -> None:
        """Take them over, in the main thread."""
        self._before = signal.set_wakeup_fd(self._in.fileno(), warn_on_full_buffer=False)
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
            number = getattr(signal, name, None)
            own = (signal.SIG_DFL, signal.default_int_handler)
            if number is not None and signal.getsignal(number) in own:
                self._taken[number] = signal.signal(number, self._note)

    def remove(self) -> None:
        """Give them back."""
        for number, before in self._taken.items():
            signal.signal(number, before)  # type: ignore[arg-type] # what signal() gave
        self._taken.clear()
        signal.set_wakeup_fd(self._before)
        self._woken.setEnabled(False)
        self._out.close()
        self._in.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._came.append(number)

    @Slot()
    def _tell(self) -> None:
        with contextlib.suppress(OSError):
            self._out.recv(4096)
        while self._came:
            number = self._came.pop(0)
            if number == signal.SIGINT:
                self.interrupted.emit()
            else:
                self.ended.emit(number)
