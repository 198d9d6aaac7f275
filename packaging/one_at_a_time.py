"""A lock between processes, held while an environment is made. Standard library only."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from telling import say

PAUSE = 0.2  # seconds between two looks

if sys.platform == "win32":
    import msvcrt

    def _take(number: int) -> None:
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def one_at_a_time(path: Path, waiting: str) -> Iterator[None]:
    """Hold the lock, or say what is waited for until whoever holds it has ended.

    The system lets go of it when its holder ends, however it ends. The file stays: were it removed,
    a third process could lock a new one beside the second.
    """
    with path.open("a") as file:
        # Children inherit it, so that it is held until a pip whose parent was killed has ended.
        os.set_inheritable(file.fileno(), True)
        said = False
        while True:
            try:
                _take(file.fileno())
                break
            except (BlockingIOError, PermissionError):
                if not said:
                    say(waiting)
                said = True
                time.sleep(PAUSE)
            except OSError:  # a share without locks
                break
        yield
