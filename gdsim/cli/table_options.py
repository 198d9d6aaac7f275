"""How a table is written, as a user says it: options of every command that reads one."""

from __future__ import annotations

import argparse
import codecs
from typing import cast

from gdsim.engine.sentences import Fault, some
from gdsim.experiment.tables import Missing, Wishes
from gdsim.experiment.tables.encoding import CHOICES
from gdsim.experiment.tables.layout import DELIMITERS

DECIMALS = {"point": ".", "comma": ",", ".": ".", ",": ","}
MISSING = ("refuse", "drop")


def table_options(parser: argparse.ArgumentParser) -> None:
    """Add them; all are absent unless given."""
    add = parser.add_argument
    add("--encoding", metavar="NAME", help="of the table, such as gb18030 (told by its bytes)")
    add(
        "--delimiter", metavar="SIGN",
        help="what parts its columns: a sign, or comma, semicolon, tab, bar, space",
    )  # fmt: skip
    add("--decimal", metavar="point|comma", help="the decimal sign of its numbers")
    add(
        "--header", action=argparse.BooleanOptionalAction, default=None,
        help="whether its first line names the columns",
    )  # fmt: skip
    add("--missing", metavar="drop|refuse", help="lines with gaps: leave them out (refuse)")
    add(
        "--gap", action="append", default=[], metavar="NUMBER",
        help="a number that means a gap, such as -999 (--gap=-999); several times if wished",
    )  # fmt: skip


def says_how(options: argparse.Namespace) -> bool:
    """Whether one of them is given."""
    texts = options.encoding, options.delimiter, options.decimal, options.missing
    return (
        options.header is not None or bool(options.gap) or any(text is not None for text in texts)
    )


def wishes_from(options: argparse.Namespace) -> Wishes:
    """What they say of the look."""
    return Wishes(
        encoding=None if options.encoding is None else encoding_named(options.encoding),
        delimiter=None if options.delimiter is None else delimiter_named(options.delimiter),
        decimal=None if options.decimal is None else decimal_named(options.decimal),
        header=options.header,
        gaps=tuple(map(_gap, options.gap)) or None,
    )


def _gap(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Fault("--gap takes a number, not '{text}'.", text=text) from None


def encoding_named(text: str) -> str:
    """An encoding that texts are written in; `Fault` where there is none of that name."""
    try:
        if not "x".encode(text).strip():
            raise LookupError(text)
        return codecs.lookup(text).name
    except (LookupError, TypeError, ValueError):
        raise Fault(
            "There is no encoding '{name}'. Some are {known}.", name=text, known=some(CHOICES)
        ) from None


def delimiter_named(text: str) -> str:
    """One sign, or its name; `Fault` for anything else."""
    found = DELIMITERS.get(text.lower(), "\t" if text == "\\t" else text)
    if len(found) != 1 or found in '"\r\n\0':
        raise Fault(
            "--delimiter takes one sign or {known}, not '{text}'.",
            known=some(DELIMITERS), text=text,
        )  # fmt: skip
    return found


def decimal_named(text: str) -> str:
    """The decimal sign by its name or itself."""
    if text.lower() not in DECIMALS:
        raise Fault("--decimal takes point or comma, not '{text}'.", text=text)
    return DECIMALS[text.lower()]


def missing_named(text: str) -> Missing:
    """What becomes of lines with gaps."""
    if text not in MISSING:
        raise Fault("--missing takes drop or refuse, not '{text}'.", text=text)
    return cast("Missing", text)
