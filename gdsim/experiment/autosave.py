"""Experiments of sessions that have not ended yet, kept for the case that one ends badly.

Each session has three files: `NAME.lock`, held while it lives; `NAME.gdsim`, an ordinary experiment
that can be opened by hand; and `NAME.json` with the file that it came from, the step and a number
that is greater than that of all that was kept before, whatever the clock says. A session whose lock
is free has ended without saying so: what it left is offered again, by the one that takes the lock.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from gdsim.engine.sentences import Fault
from gdsim.experiment.document import Experiment, load, save
from gdsim.system.files import read_at_most, unwritable, written_aside

MOST = 20
"""So many sessions that ended badly are kept; older ones go."""
MOST_BYTES = 1 << 16
"""Of what a document does not say."""
NEW_SECONDS = 60.0
"""A lock so young may be about to be taken."""


@dataclass(frozen=True)
class Origin:
    """What an experiment's document does not say."""

    file: Path | None = None
    """Where it is saved, if it is."""
    step: int = 0


@dataclass
class Leftover:
    """What a session that ended badly has left."""

    document: Path
    origin: Origin
    saved_at: datetime
    number: int = 0
    """Greater for what was kept later."""
    _lock: IO[bytes] | None = None

    def experiment(self) -> Experiment:
        """Read it; `Fault` if it is damaged."""
        return load(self.document)

    def is_saved(self) -> bool:
        """Whether the file that it came from holds the same: then nothing is lost."""
        try:
            kept = read_at_most(self.document, self.document.stat().st_size)
            file = self.origin.file
            return file is not None and read_at_most(file, len(kept) + 1) == kept
        except (Fault, OSError):
            return False

    def claim(self) -> bool:
        """Whether it is this window's to offer, until it is released: no other one does."""
        try:
            self._lock = _locked(self.document.with_suffix(".lock"))
        except OSError:
            return False
        if not self.document.exists():  # another window was quicker
            self.discard()
            return False
        return True

    def release(self) -> None:
        """It stays, for whoever asks next."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def discard(self) -> None:
        """Take its files away."""
        self.release()
        _remove(self.document)


class Autosave:
    """Keeps one session's experiment in `folder`; every failure to write is a Fault."""

    def __init__(self, folder: Path) -> None:
        """`Fault` if the folder cannot be written."""
        self.document = folder / f"session-{uuid.uuid4().hex[:12]}.gdsim"
        self._lock = self._taken()

    def _taken(self) -> IO[bytes]:
        folder = self.document.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return _locked(self.document.with_suffix(".lock"))
        except OSError as error:
            raise unwritable(folder, error) from None

    def keep(self, experiment: Experiment, origin: Origin) -> None:
        """Write the experiment, whole or not at all; into a new folder where it was taken away."""
        if not self.document.with_suffix(".lock").exists():
            self._lock.close()
            self._lock = self._taken()
        save(self.document, experiment)
        self.keep_origin(origin)

    def keep_origin(self, origin: Origin) -> None:
        """Write only where the experiment stands."""
        file = str(origin.file.resolve()) if origin.file else None
        with written_aside(self.document.with_suffix(".json")) as aside:
            number = 1 + max(map(_number, self.document.parent.glob("session-*.json")), default=0)
            told = {"file": file, "step": origin.step, "number": number}
            aside.write_text(json.dumps(told), encoding="utf-8")

    def forget(self) -> None:
        """There is nothing to lose at present."""
        for suffix in (".gdsim", ".json"):
            with contextlib.suppress(OSError):
                self.document.with_suffix(suffix).unlink(missing_ok=True)

    def end(self) -> None:
        """The session ends well: nothing of it stays."""
        self._lock.close()
        _remove(self.document)

    def abandon(self) -> None:
        """The session ends badly: what was kept stays."""
        self._lock.close()


def leftovers(folder: Path) -> list[Leftover]:
    """What sessions that ended badly have left, the newest first."""
    found: list[Leftover] = []
    try:
        documents = list(folder.glob("session-*.gdsim"))
        locks = list(folder.glob("session-*.lock"))
        halves = list(folder.glob(".session-*"))
    except OSError:
        return []
    for document in documents:
        with contextlib.suppress(OSError):
            if not _is_alive(document.with_suffix(".lock")):
                moment = datetime.fromtimestamp(document.stat().st_mtime)
                number = _number(document.with_suffix(".json"))
                found.append(Leftover(document, _origin(document), moment, number))
    for lock in locks:  # of sessions that had nothing to lose
        with contextlib.suppress(OSError):
            is_new = time.time() - lock.stat().st_mtime < NEW_SECONDS
            if not (is_new or lock.with_suffix(".gdsim").exists() or _is_alive(lock)):
                _remove(lock)
    for half in halves:  # a session ended amid writing
        with contextlib.suppress(OSError):
            if time.time() - half.stat().st_mtime > NEW_SECONDS:
                half.unlink()
    found.sort(key=lambda one: (one.number, one.saved_at), reverse=True)
    for old in found[MOST:]:
        old.discard()
    return found[:MOST]


def _origin(document: Path) -> Origin:
    """What the file beside it says, if it can be read."""
    try:
        found = json.loads(read_at_most(document.with_suffix(".json"), MOST_BYTES))
        file, step = found["file"], found["step"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Origin()
    valid = isinstance(step, int) and step >= 0 and (file is None or isinstance(file, str))
    return Origin(Path(file) if file else None, step) if valid else Origin()


def _number(path: Path) -> int:
    """That of what was kept there; 0 where it says none."""
    try:
        number = json.loads(read_at_most(path, MOST_BYTES))["number"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
    return number if isinstance(number, int) and 0 <= number < 1 << 53 else 0


def _remove(document: Path) -> None:
    for suffix in (".gdsim", ".json", ".lock"):
        with contextlib.suppress(OSError):
            document.with_suffix(suffix).unlink(missing_ok=True)


def _locked(path: Path) -> IO[bytes]:
    """The file, open and locked for as long as it stays open; `OSError` if another holds it."""
    file = path.open("ab")
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if _is_held(error):
            file.close()
            raise
        # Some network folders know no locks: the session is kept all the same.
    return file


def _is_held(error: OSError) -> bool:
    return isinstance(error, BlockingIOError | PermissionError)


def _is_alive(lock: Path) -> bool:
    """Whether a session holds the lock."""
    if not lock.exists():
        return False
    try:
        _locked(lock).close()
    except OSError as error:
        return _is_held(error)
    return False
