"""Where in a TOML text a key stands: `tomllib` tells lines of syntax errors only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""The way to a value: keys, and places in lists from 0 on."""

_HEADER = re.compile(r"\s*(\[\[?)([^\]\n]+)\]")
_NAME = r"(?:\"(?:\\.|[^\"\\])*\"|'[^']*'|[A-Za-z0-9_\-]+)"
_KEY = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=\s*(.*)")
_PART = re.compile(_NAME)
_QUOTES = ('"""', "'''")


def lines_of(text: str) -> dict[Path, int]:
    """{way to a table or key: its line, from 1 on} of a text that is valid TOML.

    What stands inside a list or an inline table has the line of the key that holds it; see
    `line_of`.
    """
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    closing, depth = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if closing:  # within a text of several lines
            if closing in line:
                closing = ""
            continue
        if depth:  # within a list of several lines
            depth += _opened(line)
            continue
        if header := _HEADER.match(line):
            table = _placed(_parts(header[2]), counts, listed=header[1] == "[[")
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            way = (*table, *_parts(key[1]))
            found.setdefault(way, number)
            for deep in range(len(table) + 1, len(way)):
                found.setdefault(way[:deep], number)
            closing = _left_open(key[2])
            depth = 0 if closing else _opened(key[2])
    return found


def line_of(lines: Mapping[Path, int], way: Path) -> int:
    """The line of what that way leads to, or else of the nearest thing around it."""
    while way not in lines:
        way = way[:-1]
    return lines[way]


def _parts(key: str) -> Path:
    return tuple(str(_read(part)) for part in _PART.findall(key))


def _read(name: str) -> str:
    """The name itself: quotes may enclose it."""
    if name[0] not in "\"'":
        return name
    (read,) = tomllib.loads(f"{name} = 0")
    return str(read)


def _placed(parts: Path, counts: dict[Path, int], *, listed: bool) -> Path:
    """The way with the places in lists: `[[a.b]]` begins another b of the last a."""
    way: Path = ()
    for i, part in enumerate(parts):
        way = (*way, part)
        if i == len(parts) - 1 and listed:
            counts[way] = counts.get(way, -1) + 1
        if way in counts:
            way = (*way, counts[way])
    return way


def _left_open(value: str) -> str:
    """The quotes that would close a text which this line does not."""
    for quotes in _QUOTES:
        if value.startswith(quotes) and quotes not in value[3:]:
            return quotes
    return ""


def _opened(line: str) -> int:
    """Brackets that the line opens and does not close, outside of texts and comments."""
    bare = re.sub(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*", "", line)
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
