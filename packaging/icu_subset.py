"""Make Qt's copy of the ICU data small: our own languages and what has no language (32 → 5 MB).

The data are one read-only symbol, `icudt73_dat`, in libicudata.so.73: a header, a table of contents
and the items. Left out are the other languages' items, converters (Python decodes files) and the
dictionaries of the break iterators (Qt has its own). For a language that is missing ICU falls back
to its root, which is where an unknown language ends too.
"""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from building import languages

LANGUAGES = frozenset(code.split("_")[0] for code in languages())
_LOCALE = re.compile(r"([a-z]{2,3})(_\w+)?\.res")
_ALIGNMENT = 16

_ASSEMBLY = """\
    .section .rodata, "a", @progbits
    .balign 16
    .globl {symbol}
    .type {symbol}, @object
{symbol}:
    .incbin "{data}"
    .size {symbol}, . - {symbol}
    .section .note.GNU-stack, "", @progbits
"""


class Symbol(NamedTuple):
    """Where the data lie in the library."""

    name: str
    offset: int
    size: int


def is_wanted(item: str) -> bool:
    """Whether an item ("icudt73l/curr/de.res") is kept."""
    name = item.rpartition("/")[2]
    if name.endswith((".cnv", ".dict")):
        return False
    locale = _LOCALE.fullmatch(name)
    return not locale or locale[1] in LANGUAGES or name == "res_index.res"


def subset(data: bytes) -> bytes:
    """The ICU data with the wanted items only; ValueError if these are no ICU data."""
    (header_size,) = struct.unpack_from("<H", data)
    if data[2:4] != b"\xda\x27" or data[12:16] != b"CmnD":
        raise ValueError("these are not ICU's common data in little-endian form")
    table = data[header_size:]
    (count,) = struct.unpack_from("<I", table)
    entries = list(struct.iter_unpack("<II", table[4 : 4 + 8 * count]))
    ends = [start for _, start in entries[1:]] + [len(table)]
    kept: list[tuple[bytes, bytes]] = []
    for (name_at, start), end in zip(entries, ends, strict=True):
        name = table[name_at : table.index(b"\0", name_at)]
        if is_wanted(name.decode("ascii")):
            kept.append((name, table[start:end]))
    return data[:header_size] + _table_of(kept)


def _table_of(items: list[tuple[bytes, bytes]]) -> bytes:
    """Table of contents, names, items; all offsets count from its start."""
    names, contents, entries = bytearray(), bytearray(), bytearray()
    names_at = 4 + 8 * len(items)
    items_at = _aligned(names_at + sum(len(name) + 1 for name, _ in items))
    for name, content in items:
        entries += struct.pack("<II", names_at + len(names), items_at + len(contents))
        names += name + b"\0"
        contents += content.ljust(_aligned(len(content)), b"\0")
    head = struct.pack("<I", len(items)) + entries + names
    return head.ljust(items_at, b"\0") + contents


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def find_symbol(library: Path) -> Symbol:
    """The one data symbol of libicudata, which lies in the first segment (address = offset)."""
    listing = _run("readelf", "--dyn-syms", "--wide", str(library))
    for line in listing.splitlines():
        words = line.split()
        if words and re.fullmatch(r"icudt\d+_dat", words[-1]):
            return Symbol(words[-1], int(words[1], 16), int(words[2], 0))
    raise ValueError(f"{library.name} holds no ICU data")


def shrink(library: Path) -> None:
    """Replace the library by one with the same name, symbol and interface and fewer data."""
    symbol = find_symbol(library)
    content = library.read_bytes()
    data = library.with_suffix(".dat")
    source, object_file = library.with_suffix(".s"), library.with_suffix(".o")
    data.write_bytes(subset(content[symbol.offset : symbol.offset + symbol.size]))
    source.write_text(_ASSEMBLY.format(symbol=symbol.name, data=data))
    _run("as", "-o", str(object_file), str(source))
    _run("ld", "-shared", "-soname", library.name, "-o", str(library), str(object_file))
    for path in (data, source, object_file):
        path.unlink()


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    shrink(Path(sys.argv[1]))
