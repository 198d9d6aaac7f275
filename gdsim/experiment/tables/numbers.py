"""How numbers are written in a cell, and what they are: decimal sign, thousands, gaps."""

from __future__ import annotations

import math
import re
from enum import Enum

MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "null", "none", "nil", "?", "-", "--",
     "—", "–", ".", "..", "...", "…", "missing", "#value!", "#div/0!", "#ref!", "#name?", "#num!",
     "not available", "无", "缺失", "空")
)  # fmt: skip
"""What stands in a cell that has no value, in lower case."""
_PLAIN = str.maketrans(
    {"−": "-", "–": "-", "－": "-", "＋": "+", "．": ".", "，": ",", "\u00a0": " ", "\u202f": " ",
     "\u2009": " ", "\ufeff": "", "’": "'", **{chr(0xFF10 + i): str(i) for i in range(10)}}
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?(?:\d[\d.,' ]*|[.,]\d+)(?:[eE][+-]?\d{1,4})?")
_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?")
_THREE = r"[+-]?[1-9]\d{{0,2}}(?:{0}\d{{3}})"
_COMMA_GROUPS = re.compile(_THREE.format(",") + r"+(?:\.\d+)?")
_POINT_GROUPS = re.compile(_THREE.format(r"\.") + r"+(?:,\d+)?")
_OPEN_GROUPS = re.compile(r"[+-]?\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?")


class Notation(Enum):
    """What a cell tells of the way in which numbers are written."""

    GAP = "gap"
    WHOLE = "whole"
    POINT = "point"
    """Its point is the decimal sign: 1.25, 1,234.5."""
    COMMA = "comma"
    """Its comma is the decimal sign: 1,25 and 1.234,5."""
    POINT_OR_GROUP = "point or group"
    """1.234 may be a little more than 1, or more than a thousand."""
    COMMA_OR_GROUP = "comma or group"
    NONE = "none"
    """It is no number."""


def tidy(cell: str) -> str:
    """The cell with plain signs, without spaces around it."""
    return cell.strip() if cell.isascii() else cell.translate(_PLAIN).strip()


def is_gap(cell: str) -> bool:
    """Whether a cell says that it has no value."""
    text = cell.strip()
    return not text or (len(text) < 14 and text.lower() in MISSING)


def notation(cell: str) -> Notation:
    """What a cell tells of the decimal sign."""
    text = tidy(cell)
    if is_gap(text):
        return Notation.GAP
    if not _NUMBER.fullmatch(text):
        return Notation.NONE
    if " " in text or "'" in text:
        if not _OPEN_GROUPS.fullmatch(text):
            return Notation.NONE
        if "," in text:
            return Notation.COMMA
        return Notation.POINT if "." in text else Notation.WHOLE
    point, comma = "." in text, "," in text
    if not (point or comma):
        return Notation.WHOLE
    if point and comma:
        if _COMMA_GROUPS.fullmatch(text):
            return Notation.POINT
        return Notation.COMMA if _POINT_GROUPS.fullmatch(text) else Notation.NONE
    if point:
        if _POINT_GROUPS.fullmatch(text):
            return Notation.POINT_OR_GROUP if text.count(".") == 1 else Notation.COMMA
        return Notation.POINT if _POINT.fullmatch(text) else Notation.NONE
    if _COMMA_GROUPS.fullmatch(text):
        return Notation.COMMA_OR_GROUP if text.count(",") == 1 else Notation.POINT
    return Notation.COMMA if _COMMA.fullmatch(text) else Notation.NONE


def number_in(cell: str, decimal: str) -> float:
    """The number of a cell, its decimal sign being "." or ","; NaN for a gap.

    `ValueError` where the cell is no finite number in that notation.
    """
    text = tidy(cell)
    if is_gap(text):
        return math.nan
    if " " in text or "'" in text:
        if not _OPEN_GROUPS.fullmatch(text):
            raise ValueError(cell)
        text = text.replace(" ", "").replace("'", "")
    if decimal == ",":
        if _POINT_GROUPS.fullmatch(text):
            text = text.replace(".", "")
        if not _COMMA.fullmatch(text):
            raise ValueError(cell)
        text = text.replace(",", ".")
    else:
        if _COMMA_GROUPS.fullmatch(text):
            text = text.replace(",", "")
        if not _POINT.fullmatch(text):
            raise ValueError(cell)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(cell)
    return value


def label_of(cell: str, decimal: str) -> str:
    """A cell, no gap, as a label: 1, 1.0 and +1 are one, words stand as they are."""
    try:
        return f"{number_in(cell, decimal) + 0.0:.15g}"
    except ValueError:
        return tidy(cell)


def fast_numbers(cells: tuple[str, ...] | list[str], decimal: str) -> list[float] | None:
    """All cells at once, where each is a plain number; None where one is anything else."""
    try:
        if decimal == ",":
            joined = "\n".join(cells)
            if "." in joined:
                return None
            cells = joined.replace(",", ".").split("\n")
        values = list(map(float, cells))
    except (ValueError, OverflowError):
        return None
    # Python reads 1_000 and ١, and infinity: they are looked at one by one.
    if not math.isfinite(sum(values)) or any("_" in cell for cell in cells):
        return None
    return values
