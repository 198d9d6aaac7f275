"""Write files whole or not at all, and read no more of one than is wanted."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from gdsim.engine.sentences import Fault, Sentence, sentence

REASONS = {
    errno.ENOSPC: "the disk is full", errno.EDQUOT: "your share of the disk is used up",
    errno.EROFS: "the disk is read-only", errno.EACCES: "permission denied",
    errno.EPERM: "permission denied", errno.ENOENT: "there is no such folder",
    errno.EISDIR: "it is a folder", errno.ENOTDIR: "a part of its path is no folder",
    errno.ENAMETOOLONG: "its name is too long", errno.EIO: "the disk reports an error",
}  # fmt: skip
"""What systems say in English only."""


def _reason(error: OSError) -> Sentence | str:
    """Why a file could not be read or written, to be put into a sentence."""
    if error.errno in REASONS:
        return sentence(REASONS[error.errno])
    return error.strerror or str(error)


@contextlib.contextmanager
def written_aside(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `target`; rename it when the block succeeds, else remove it."""
    path = Path(target)
    # Named before it is there, so that no interruption leaves a file that nobody knows of.
    aside = path.with_name(f".{path.stem}-{secrets.token_hex(4)}{path.suffix}")
    try:
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield aside
        if path.exists():
            aside.chmod(path.stat().st_mode & 0o777)
        else:
            mask = os.umask(0)
            os.umask(mask)
            aside.chmod(0o666 & ~mask)
        os.replace(aside, path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        with contextlib.suppress(OSError):  # there may be no folder to look in
            aside.unlink(missing_ok=True)


def check_regular(path: Path) -> None:
    """`Fault` where a device or a pipe stands, which may never end; `OSError` where nothing is."""
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise Fault("{file} is not a file on a disk: save its contents first.", file=str(path))


def read_at_most(path: Path, count: int) -> bytes:
    """The first `count` bytes of a file on a disk; `Fault` where it cannot be read."""
    try:
        check_regular(path)
        with path.open("rb") as stream:
            return stream.read(count)
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> Fault:
    """What to say of a file that cannot be read."""
    if isinstance(error, FileNotFoundError):
        return Fault("There is no file {file}.", file=str(path))
    return Fault("{file} cannot be read: {reason}.", file=str(path), reason=_reason(error))


def unwritable(path: Path, error: OSError) -> Fault:
    """What to say of a file or folder that cannot be written."""
    return Fault(
        "{file} cannot be written: {reason}. Choose another place.",
        file=str(path), reason=_reason(error),
    )  # fmt: skip
