"""Every step of all runs as a file, computed and written beside the window."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gdsim.engine.sentences import Fault
from gdsim.experiment.results import FORMATS, check_length, check_target, write_results
from gdsim.experiment.setup import Setup
from gdsim.experiment.trajectories import accounts_of, blocks_of
from gdsim.ui.language import say

GRACE_SECONDS = 1.0


class _Stopped(Exception):
    """Nobody wants the file any more."""


class RunWriter(QObject):
    """Writes what `gdsim run --out` would; of a file that is stopped nothing is left."""

    proceeded = Signal(int)
    """So many steps are written."""
    written = Signal(object)
    """The path."""
    failed = Signal(str)
    """A sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def write(self, path: Path, setup: Setup, steps: int) -> None:
        """Begin; `Fault` where such a file cannot be written."""
        check_target(path, FORMATS)
        check_length(path, steps, len(setup.tracks))
        self._thread = threading.Thread(
            target=self._write, args=(path, setup, steps), name="gdsim-writing", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait for a moment."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(GRACE_SECONDS)

    def _write(self, path: Path, setup: Setup, steps: int) -> None:
        accounts = accounts_of(setup.problem, [(one.run, one.changes) for one in setup.tracks])
        try:
            write_results(path, accounts, steps, blocks_of(accounts, steps, self._report))
        except _Stopped:
            return
        except Fault as fault:
            self.failed.emit(say(fault.sentence))
        else:
            self.written.emit(path)

    def _report(self, step: int) -> None:
        if self._stop.is_set():
            raise _Stopped
        self.proceeded.emit(step)
