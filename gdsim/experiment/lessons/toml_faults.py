"""What is wrong with a text that is no TOML: its line, in words for who wrote it, with a remedy.

The standard library says it in English, some of it without a line; and there are texts that it
reads for hours.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from gdsim.engine.sentences import Fault, Sentence, sentence

MOST_PARTS = 30
"""Names in one key, with dots between: the standard library's time grows with their square."""

_DOTTED = re.compile(rf"(?<![\w\"'-])(?:[\w\"'-]+[ \t]*\.[ \t]*){{{MOST_PARTS}}}")
_LONG_NUMBER = re.compile(r"\d{4000}")
_WHERE = re.compile(r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)

_REASONS: tuple[tuple[str, Sentence], ...] = (
    ("Invalid value", sentence(
        "there is no value that can be read: a text stands in quotes, a list in [ ], 1.5 is a "
        "number."
    )),
    ("Invalid statement", sentence("a line is 'name = value' or '[table]'; '#' begins a remark.")),
    ("Invalid initial character", sentence("a name is missing here, or is to stand in quotes.")),
    ("Expected '='", sentence("'=' is missing: a line is 'name = value'.")),
    ("Expected newline", sentence(
        "something follows the value: begin a new line. Quotes within a text are written \\\"."
    )),
    ("Expected ']", sentence("the table's name is not closed: write [name] or [[name]].")),
    ("Cannot overwrite", sentence("this name is given twice in one table: leave one out.")),
    ("Duplicate", sentence("this name is given twice in one table: leave one out.")),
    ("Cannot", sentence(
        "this table is there already, or is a value: write [name] once, or [[name]] each time."
    )),
    ("Unclosed", sentence("a bracket is opened and not closed.")),
    ("Unterminated", sentence("quotes are not closed: put them at the end of the text.")),
    ("Illegal", sentence(
        "a text in quotes ends on its own line; one of several lines stands in three of them."
    )),
    ("Expected", sentence("quotes are not closed: put them at the end of the text.")),
    ("Unescaped", sentence("in a text in quotes \\ is written \\\\.")),
    ("Escaped", sentence("in a text in quotes \\ is written \\\\.")),
    ("Invalid hex", sentence("in a text in quotes \\ is written \\\\.")),
    ("Invalid date", sentence("there is no such date or time: put it into quotes.")),
    ("Found invalid character", sentence("there is a control character: take it out.")),
)  # fmt: skip


def toml_values(text: str, file: str) -> dict[str, Any]:
    """What a TOML text holds; `Fault` names `file`, the line and a remedy."""
    dotted = _DOTTED.search(text)
    if dotted is not None:
        raise _fault(file, text, dotted.start(), sentence("a name has too many dots."))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _translated(str(error), text, file) from None
    except RecursionError:
        raise _fault(file, text, _deepest(text), sentence("brackets stand in too many brackets.")
                     ) from None  # fmt: skip
    except ValueError:  # Python reads no whole number so long
        found = _LONG_NUMBER.search(text)
        raise _fault(file, text, found.start() if found else 0,
                     sentence("a number has too many digits.")) from None  # fmt: skip


def _fault(file: str, text: str, at: int, reason: Sentence) -> Fault:
    line = text.count("\n", 0, at) + 1
    return Fault("{file}, line {line}: {reason}", file=file, line=line, reason=reason)


def _translated(error: str, text: str, file: str) -> Fault:
    """The standard library's sentence in the house's words."""
    found = _WHERE.match(error)
    said, line, column = found.groups() if found is not None else (error, None, None)
    reason = next((words for begin, words in _REASONS if said.startswith(begin)),
                                  sentence("{reason}.", reason=said[:200]))  # fmt: skip
    if line is None:
        return _fault(file, text, len(text.rstrip()), reason)
    return Fault("{file}, line {line}, column {column}: {reason}",
                 file=file, line=line, column=column, reason=reason)  # fmt: skip


def _deepest(text: str) -> int:
    """Where most brackets are open."""
    depth = deepest = place = 0
    for found in re.finditer(r"[\[{]|[\]}]", text):
        depth += 1 if found[0] in "[{" else -1
        if depth > deepest:
            deepest, place = depth, found.start()
    return place
