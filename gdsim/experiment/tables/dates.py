"""Dates and times in cells, as days: one pattern for a whole column."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from gdsim.experiment.tables.numbers import is_gap

YEARS_FROM = 1500.0
"""Days of a column, from which on it is told in years."""
DAYS_A_YEAR = 365.2425
_TIME = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?:\s*(Z|[+-]\d{2}:?\d{2}))?)?"
_MONTHS = {
    name: place + 1
    for place, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write dates: its name as people say it, and what its parts mean."""

    name: str
    expression: re.Pattern[str]
    order: str
    """Which of the first three groups is year, month, day: "ymd", "dmy", "mdy"."""


def _pattern(name: str, text: str, order: str) -> Pattern:
    return Pattern(name, re.compile(text + _TIME, re.IGNORECASE), order)


PATTERNS = (
    _pattern("2024-03-01", r"(\d{4})-(\d{1,2})-(\d{1,2})", "ymd"),
    _pattern("2024/03/01", r"(\d{4})/(\d{1,2})/(\d{1,2})", "ymd"),
    _pattern("2024.03.01", r"(\d{4})\.(\d{1,2})\.(\d{1,2})", "ymd"),
    _pattern("2024年3月1日", r"(\d{4})年(\d{1,2})月(\d{1,2})日", "ymd"),
    _pattern("01.03.2024", r"(\d{1,2})\.(\d{1,2})\.(\d{4})", "dmy"),
    _pattern("month/day/year", r"(\d{1,2})/(\d{1,2})/(\d{4})", "mdy"),
    _pattern("day/month/year", r"(\d{1,2})/(\d{1,2})/(\d{4})", "dmy"),
    _pattern("01-03-2024", r"(\d{1,2})-(\d{1,2})-(\d{4})", "dmy"),
    _pattern("1 Mar 2024", r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4})", "dmy"),
    _pattern("Mar 1 2024", r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})", "mdy"),
    _pattern("2024-03", r"(\d{4})[-/](\d{1,2})()", "ymd"),
)
"""Tried in this order; month before day is taken where both are possible, and said."""
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}(?:\.\d+)?))?")
_EPOCH = datetime(1970, 1, 1)


def days_in(cell: str, pattern: Pattern) -> float:
    """Days since 1970 of a cell, NaN for a gap; `ValueError` where it is no such date."""
    if is_gap(cell):
        return math.nan
    found = pattern.expression.fullmatch(cell.strip())
    if found is None:
        raise ValueError(cell)
    parts = dict(zip(pattern.order, found.groups()[:3], strict=True))
    month = _MONTHS.get(parts["m"].lower()) if parts["m"].isalpha() else int(parts["m"])
    hours, minutes, seconds, zone = found.groups()[3:]
    moment = datetime(int(parts["y"]), month or 0, int(parts["d"] or 1))
    if hours is not None:
        if int(hours) > 24 or int(minutes) > 59:
            raise ValueError(cell)
        moment += timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds or 0))
        if zone and zone.upper() != "Z":
            away = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            moment += -away if zone[0] == "+" else away
    return (moment - _EPOCH) / timedelta(days=1)


def hours_in(cell: str) -> float:
    """Hours of a time of day or a duration; NaN for a gap, `ValueError` for anything else."""
    if is_gap(cell):
        return math.nan
    found = _CLOCK.fullmatch(cell.strip())
    if found is None or int(found[2]) > 59:
        raise ValueError(cell)
    return int(found[1]) + int(found[2]) / 60.0 + float(found[3] or 0.0) / 3600.0


READERS: Mapping[str, Callable[[str], float]] = {
    **{pattern.name: partial(days_in, pattern=pattern) for pattern in PATTERNS},
    "hours": hours_in,
}
"""Every way to read a date or a time, by its name; they are tried in this order."""


def day_named(days: float) -> str:
    """Days since 1970 as 2024-03-01."""
    return f"{_EPOCH + timedelta(days=days):%Y-%m-%d}"
