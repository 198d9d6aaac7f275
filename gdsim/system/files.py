"""The one way to open a file for reading, and the one to write one: whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from gdsim.engine.sentences import Fault, Sentence, sentence

REASONS = {
    errno.ENOSPC: "the disk is full", errno.EDQUOT: "your share of the disk is used up",
    errno.EROFS: "the disk is read-only", errno.EACCES: "permission denied",
    errno.EPERM: "permission denied", errno.ENOENT: "there is no such folder",
    errno.EISDIR: "it is a folder", errno.ENOTDIR: "a part of its path is no folder",
    errno.ENAMETOOLONG: "its name is too long", errno.EIO: "the disk reports an error",
    errno.ELOOP: "it is a link that leads nowhere", errno.EINVAL: "no file can be called so",
    errno.ETIMEDOUT: "the network does not answer", errno.EHOSTDOWN: "the network does not answer",
    errno.ENOTCONN: "the network does not answer", errno.ESTALE: "the network does not answer",
    errno.EHOSTUNREACH: "the network does not answer",
}  # fmt: skip
"""What systems say in English only."""
_BINARY = getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | _BINARY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""A pipe that takes the file's place at the last moment is opened at once, and refused."""


def _reason(error: OSError | ValueError) -> Sentence | str:
    """Why a file could not be read or written, to be put into a sentence."""
    code = error.errno if isinstance(error, OSError) else errno.EINVAL  # a NUL in its name
    if code in REASONS:
        return sentence(REASONS[code])
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


class RegularFile(io.RawIOBase):
    """A file on a disk, open: no more bytes than there were when it was opened, or than `most`."""

    def __init__(self, path: Path, most: int | None = None) -> None:
        """`Fault` where a folder, a device or a pipe stands, which may never end, or nothing."""
        self._path = path
        try:
            _check_regular(path, path.stat())  # to open a device may be to move it
            self._raw = io.FileIO(os.open(path, _READ))
            status = os.fstat(self._raw.fileno())
            _check_regular(path, status)
        except (OSError, ValueError) as error:
            self.close()
            raise unreadable(path, error) from None
        self.size = status.st_size if most is None else min(most, status.st_size)
        self._left = self.size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # bytes are all it gets
        try:
            data = self._raw.read(min(len(buffer), self._left)) or b""
        except OSError as error:
            raise unreadable(self._path, error) from None
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def share(self) -> float:
        """The fraction that is read."""
        return 1.0 - self._left / max(self.size, 1)

    def close(self) -> None:
        if raw := getattr(self, "_raw", None):  # none where it was refused
            raw.close()
        super().close()


def _check_regular(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise Fault("{file} is a folder: choose a file in it.", file=path)
    if not stat.S_ISREG(status.st_mode):
        raise Fault("{file} is not a file on a disk: save its contents first.", file=path)


def read_at_most(path: Path, count: int) -> bytes:
    """The first `count` bytes of a file on a disk; `Fault` where it cannot be read."""
    with RegularFile(path, count) as file:
        return file.readall()


@contextlib.contextmanager
def written_aside(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `target`; when the block succeeds, it takes the target's place.

    Its bytes are on the disk before it is renamed, and the new name before this returns: a power
    cut leaves the old file or the new one. A link stays and what it leads to is written; mode and
    group stay. After a failure nothing is left of it.
    """
    path = Path(target)
    try:
        final = Path(os.path.realpath(path)) if path.is_symlink() else path
        before = _replaced(final)
        # Named before it is there, so that no interruption leaves a file that nobody knows of.
        aside = final.with_name(f".{final.stem[:60]}-{secrets.token_hex(4)}{final.suffix}")
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None
    try:
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield aside
        _make_alike(aside, before)
        _flush(aside)
        os.replace(aside, final)
        if sys.platform != "win32":  # which opens no folders
            _flush(final.parent)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        with contextlib.suppress(OSError):  # there may be no folder to look in
            aside.unlink(missing_ok=True)


def _replaced(path: Path) -> os.stat_result | None:
    """What is there, None where nothing is; `Fault` or `OSError` where it may not be replaced."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "")
    if not stat.S_ISREG(status.st_mode):
        raise Fault("{file} is not a file on a disk. Choose another place.", file=path)
    if not os.access(path, os.W_OK):  # to rename onto it would be allowed
        raise PermissionError(errno.EACCES, "")
    return status


def _make_alike(aside: Path, before: os.stat_result | None) -> None:
    """Mode and group of the file that goes, or those of a new one."""
    if before is None:
        mask = os.umask(0)
        os.umask(mask)
        aside.chmod(0o666 & ~mask)
        return
    if sys.platform != "win32" and before.st_gid != aside.stat().st_gid:
        with contextlib.suppress(OSError):  # a group that this user does not belong to
            os.chown(aside, -1, before.st_gid)
    aside.chmod(before.st_mode & 0o777)


def _flush(path: Path) -> None:
    """Wait until it is on the disk."""
    try:
        file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | _BINARY)
    except PermissionError:  # a folder, or a mode, that lets nobody read
        return
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network folders know no such wish
            raise
    finally:
        os.close(file)


def unreadable(path: Path, error: OSError | ValueError) -> Fault:
    """What to say of a file that cannot be read."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, FileNotFoundError):
        return Fault("There is no file {file}.", file=path)
    return Fault(
        "{file} cannot be read: {reason}. Choose another file.", file=path, reason=_reason(error)
    )


def unwritable(path: Path, error: OSError | ValueError) -> Fault:
    """What to say of a file or folder that cannot be written."""
    if isinstance(error, Fault):
        return error
    return Fault(
        "{file} cannot be written: {reason}. Choose another place.",
        file=path, reason=_reason(error),
    )  # fmt: skip
