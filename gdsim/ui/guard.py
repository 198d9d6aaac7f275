"""Catches what nobody expected: into the log, the experiment into safety, a dialog, and on."""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
    qVersion,
)  # fmt: skip
from PySide6.QtWidgets import QWidget

from gdsim import __version__
from gdsim.system import log
from gdsim.ui.dialogs.crash_dialog import CrashDialog

_LEVELS = {
    QtMsgType.QtDebugMsg: log.DEBUG,
    QtMsgType.QtInfoMsg: log.INFO,
    QtMsgType.QtWarningMsg: log.WARNING,
    QtMsgType.QtCriticalMsg: log.ERROR,
    QtMsgType.QtFatalMsg: log.CRITICAL,
}


class Guard(QObject):
    """While installed, nothing unexpected ends the program or goes unseen.

    An error that comes again and again (each time that something is drawn, say) is shown once.
    """

    _failed = Signal(str)

    def __init__(self, window: QWidget, keep: Callable[[], Path | None]) -> None:
        """`keep` brings the experiment into safety and says where, None if it cannot."""
        super().__init__()
        self._window = window
        self._keep = keep
        self._seen: set[str] = set()
        self.dialog: CrashDialog | None = None
        # Queued: shown by the event loop, in the window's thread, not amid what failed.
        self._failed.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over Python's and Qt's last words."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._take
        threading.excepthook = self._take_thread
        qInstallMessageHandler(_take_message)

    def remove(self) -> None:
        """Give them back."""
        sys.excepthook, threading.excepthook = self._before
        qInstallMessageHandler(None)

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, Exception):  # Ctrl+C in a terminal is nobody's failure
            sys.__excepthook__(kind, error, trace)
            return
        lines = "".join(traceback.format_exception(kind, error, trace))
        log.note(lines.rstrip(), log.ERROR)
        with contextlib.suppress(OSError):  # a terminal that was closed
            print(lines, end="", file=sys.stderr)
        place = traceback.extract_tb(trace)[-1:] if trace is not None else []
        sign = f"{kind.__name__} {place}"
        if sign not in self._seen:
            self._seen.add(sign)
            self._failed.emit(lines)

    def _take_thread(self, found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None:
            self._take(found.exc_type, found.exc_value, found.exc_traceback)

    @Slot(str)
    def _show(self, lines: str) -> None:
        kept = None
        try:
            kept = self._keep()
        except Exception as error:  # what failed may be what is to be kept
            log.note(f"the experiment could not be kept: {error!r}", log.ERROR)
        if not self._window.isVisible():  # it was closed in the meantime: a dialog alone stays long
            return
        head = f"gdsim {__version__}, Python {sys.version.split()[0]}, Qt {qVersion()}"
        report = f"{head}, {sys.platform}\n\n{lines}".rstrip()
        if self.dialog is not None:
            self.dialog.report.appendPlainText("\n" + report)
            return
        self.dialog = CrashDialog(report, kept, self._window)
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()

    @Slot()
    def _forget_dialog(self) -> None:
        self.dialog = None


def _take_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Qt's own words: into the log, and on as before."""
    log.note(f"Qt: {text}", _LEVELS.get(kind, log.WARNING))
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr)
