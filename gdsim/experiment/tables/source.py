"""A table's file: what may be opened, in bounded time and memory, and its lines as text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gdsim.engine.sentences import Fault
from gdsim.experiment.tables.encoding import Scan, scanned
from gdsim.system.files import check_regular, unreadable

MOST_BYTES = 2_000_000_000
LONGEST_LINE = 1_000_000
"""Bytes; a longer line is no row of a table."""
BLOCK = 1 << 20
_OTHERS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"SQLite format")
"""What pictures, documents, compressed files and databases begin with."""

Progress = Callable[[float], bool]
"""Called with the fraction done; returns False to cancel."""


class Cancelled(Exception):
    """The user stopped the reading."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file or a pasted text that was looked at as bytes; no more than `size` of it is read."""

    path: Path
    size: int
    scan: Scan
    pasted: bytes | None = None

    @property
    def name(self) -> str:
        return self.path.name

    @contextmanager
    def text(self, encoding: str) -> Iterator[tuple[io.TextIOWrapper, Callable[[], float]]]:
        """Its text, line by line, and a function that tells the share that is read."""
        try:
            raw = (
                self.path.open("rb", buffering=0) if self.pasted is None
                else io.BytesIO(self.pasted)
            )  # fmt: skip
            with raw:
                bounded = _Bounded(raw, self.size)
                buffered = io.BufferedReader(bounded, BLOCK)
                with io.TextIOWrapper(buffered, encoding, newline=None) as stream:
                    yield stream, bounded.share
        except UnicodeDecodeError:
            raise Fault(
                "{file} is no text in the encoding {encoding}. Choose another one.",
                file=self.name, encoding=encoding,
            ) from None  # fmt: skip
        except OSError as error:
            raise unreadable(self.path, error) from None


class _Bounded(io.RawIOBase):
    """No more bytes than there were when the file was opened, however it grows."""

    def __init__(self, raw: io.RawIOBase | io.BytesIO, size: int) -> None:
        self._raw, self._size, self._left = raw, size, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # bytes are all it gets
        data = self._raw.read(min(len(buffer), self._left))
        count = len(data or b"")
        buffer[:count] = data or b""
        self._left -= count
        return count

    def share(self) -> float:
        return 1.0 - self._left / max(self._size, 1)


def source_of(path: Path, progress: Progress | None = None) -> Source:
    """Look at the bytes of a file; `Fault` where it is none that holds a text table."""
    try:
        check_regular(path)
        size = path.stat().st_size
        if path.is_dir():
            raise Fault("{file} is a folder: choose a table in it.", file=path.name)
        if size > MOST_BYTES:
            raise Fault("{file} is larger than 2 GB: cut it into parts.", file=path.name)
        with path.open("rb") as stream:
            head = stream.read(1 << 12)
            _check_kind(path, head)
            stream.seek(0)
            found = scanned(_blocks(stream, size, progress))
    except OSError as error:
        raise unreadable(path, error) from None
    return _checked(Source(path, size, found))


def pasted_source(text: str, name: str) -> Source:
    """Cells that were pasted, as a table that is called so."""
    data = text.encode("utf-8", "replace")
    return _checked(Source(Path(name), len(data), scanned(iter([data])), data))


def _checked(source: Source) -> Source:
    scan = source.scan
    if scan.is_empty:
        raise Fault("{file} is empty.", file=source.name)
    if scan.is_binary:
        raise _no_table(source.name)
    if scan.longest > LONGEST_LINE:
        raise Fault(
            "{file} has a line of {count} bytes, which is no row of a table: put each sample on a "
            "line of its own.",
            file=source.name, count=scan.longest,
        )  # fmt: skip
    return source


def _blocks(stream: io.BufferedReader, size: int, progress: Progress | None) -> Iterator[bytes]:
    done = 0
    while done < size and (block := stream.read(min(BLOCK, size - done))):
        done += len(block)
        yield block
        if progress is not None and not progress(done / size):
            raise Cancelled


def _check_kind(path: Path, head: bytes) -> None:
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Fault(
            "{file} is a workbook, not a text table. Save it as CSV UTF-8 in the program that made "
            "it, or copy its cells and paste them here.",
            file=path.name,
        )
    if head.startswith(_OTHERS):
        raise _no_table(path.name)


def _no_table(name: str) -> Fault:
    return Fault(
        "{file} is not a text table. Save the data as CSV (UTF-8) and open that.", file=name
    )
