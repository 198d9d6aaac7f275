"""The local log: a few rotating files in the user's state folder; never a reason to fail."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from gdsim import __version__

if TYPE_CHECKING:
    import logging

# Levels of `logging`, which is imported only after the window's first paint.
DEBUG, INFO, WARNING, ERROR, CRITICAL = 10, 20, 30, 40, 50

BYTES = 256 * 1024
FILES = 3
NAME = "gdsim"

_early: list[tuple[float, int, str]] = []
"""What was noted before the log was started, and when (seconds since the epoch)."""
_logger: logging.Logger | None = None


def start_log(file: Path | None) -> bool:
    """Write to `file` from now on (None: nowhere); whether it can be written."""
    global _logger
    import logging
    import platform
    from logging.handlers import RotatingFileHandler

    class QuietHandler(RotatingFileHandler):
        """A full disk, or another gdsim that turns the files over, costs a line and no more."""

        def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
            pass

    stop_log()
    handler: logging.Handler = logging.NullHandler()
    if file is not None:
        try:
            handler = QuietHandler(
                file, maxBytes=BYTES, backupCount=FILES, encoding="utf-8", errors="backslashreplace"
            )
        except OSError:
            file = None
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    logging.captureWarnings(True)
    _logger = logging.getLogger(NAME)
    for logger in (_logger, logging.getLogger("py.warnings")):
        logger.handlers = [handler]
        logger.propagate = False
    _logger.setLevel(INFO)
    # Not platform.platform(): it starts a process to ask what the processor is called.
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    note(f"gdsim {__version__}, Python {platform.python_version()}, {system}")
    for moment, level, text in _early:
        record = _logger.makeRecord(NAME, level, __file__, 0, "%s", (text,), None)
        record.created, record.msecs = moment, moment % 1 * 1000
        _logger.handle(record)
    _early.clear()
    return file is not None


def stop_log() -> None:
    """Close the file; what is noted afterwards waits for the next start."""
    global _logger
    if _logger is None:
        return
    import logging

    logging.captureWarnings(False)
    for logger in (_logger, logging.getLogger("py.warnings")):
        for handler in logger.handlers:
            handler.close()
        logger.handlers = []
    _logger = None


def note(text: str, level: int = INFO) -> None:
    """One entry."""
    if _logger is None:
        _early.append((time.time(), level, text))
        del _early[:-100]
    else:
        _logger.log(level, "%s", text)
