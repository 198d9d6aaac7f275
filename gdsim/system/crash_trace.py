"""Where the program was when something below Python ended it: a driver, Qt, a library.

No dialog can be shown then and no log be written; Python's faulthandler still writes the stack into
a file that was opened before. The next start puts it into the log and beside the question whether
to restore the experiment.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import time
from pathlib import Path
from typing import TextIO

STEM = "crash"
OLD_SECONDS = 7 * 86400.0
"""An empty file so old is that of a session which was killed."""
BYTES = 64 * 1024
"""As much of a trace is read."""

_file: TextIO | None = None


def start_trace(folder: Path | None) -> None:
    """From now on a crash leaves its stack in `folder`, if a file can be made there."""
    global _file
    stop_trace()
    if folder is None:
        return
    with contextlib.suppress(OSError):
        path = folder / f"{STEM}-{os.getpid()}-{time.time_ns()}.txt"
        _file = path.open("x", encoding="utf-8")
        faulthandler.enable(_file)


def stop_trace() -> None:
    """The session ends well: its file goes."""
    global _file
    if _file is None:
        return
    faulthandler.disable()
    with contextlib.suppress(OSError):
        _file.close()
        Path(_file.name).unlink(missing_ok=True)
    _file = None


def take_traces(folder: Path | None) -> list[str]:
    """The stacks of sessions that crashed, oldest first; each is given once."""
    found: list[tuple[float, str]] = []
    for path in [] if folder is None else list(folder.glob(f"{STEM}-*.txt")):
        with contextlib.suppress(OSError):
            written = path.stat().st_mtime
            with path.open(encoding="utf-8", errors="replace") as file:
                text = file.read(BYTES).strip()
            if text or time.time() - written > OLD_SECONDS:  # else of a session that may live
                path.unlink()
            if text:
                found.append((written, text))
    return [text for _, text in sorted(found)]
