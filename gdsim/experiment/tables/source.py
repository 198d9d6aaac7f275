"""A table's file: what may be opened, in bounded time and memory, and its lines as text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gdsim.engine.sentences import Fault, quoted
from gdsim.experiment.tables.encoding import Scan, scanned
from gdsim.system.files import RegularFile

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
        """That of the file, without what no document can hold."""
        return quoted(self.path.name, 255)

    @contextmanager
    def text(self, encoding: str) -> Iterator[tuple[io.TextIOWrapper, Callable[[], float]]]:
        """Its text, line by line, and a function that tells the share that is read."""
        try:
            raw: io.BufferedIOBase
            if self.pasted is not None:
                raw, share = io.BytesIO(self.pasted), lambda: 1.0
            else:
                file = RegularFile(self.path, self.size)
                raw, share = io.BufferedReader(file, BLOCK), file.share
            with io.TextIOWrapper(raw, encoding, newline=None) as stream:
                yield stream, share
        except UnicodeDecodeError:
            raise Fault(
                "{file} is no text in the encoding {encoding}. Choose another one.",
                file=self.name, encoding=encoding,
            ) from None  # fmt: skip


def source_of(path: Path, progress: Progress | None = None) -> Source:
    """Look at the bytes of a file; `Fault` where it is none that holds a text table."""
    with RegularFile(path) as file:
        if file.size > MOST_BYTES:
            raise Fault("{file} is larger than 2 GB: cut it into parts.", file=path.name)
        stream = io.BufferedReader(file, BLOCK)
        _check_kind(path, stream.peek(1 << 12))
        found = scanned(_blocks(stream, file, progress))
        return _checked(Source(path, file.size, found))


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


def _blocks(
    stream: io.BufferedIOBase, file: RegularFile, progress: Progress | None
) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block
        if progress is not None and not progress(file.share()):
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
