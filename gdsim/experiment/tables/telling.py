"""What was taken of a table, in one line, and the data made of it: the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from gdsim.engine.data import Data, data_of
from gdsim.engine.sentences import Sentence, listed, sentence
from gdsim.experiment.tables.column import Column
from gdsim.experiment.tables.look import Look
from gdsim.experiment.tables.reading import Missing, Reading, read
from gdsim.experiment.tables.source import Progress

_DELIMITERS = {
    ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces", "，": "wide commas",
}  # fmt: skip


def told(look: Look, reading: Reading) -> Sentence:
    """Delimiter, decimal sign, header, what was passed over and left out, what labels became."""
    parts: list[object] = []
    if not look.encoding.startswith("utf-8"):
        parts.append(look.encoding)
    if look.length > 1:
        known = look.delimiter in _DELIMITERS
        parts.append(sentence(_DELIMITERS[look.delimiter]) if known else look.delimiter)
    if any(one.decimal == "," for one in look.columns):
        parts.append(sentence("decimal commas"))
    parts.append(sentence("header") if look.has_header else sentence("no header"))
    if look.skipped:
        parts.append(
            sentence("a line before it passed over")
            if look.skipped == 1
            else sentence("{count} lines before it passed over", count=look.skipped)
        )
    parts += reading.notes
    told_of = listed(parts)
    if not reading.left_out:
        return sentence("{file}: {findings}", file=look.name, findings=told_of)
    return sentence(
        "{file}: {findings}; left out {count} incomplete lines of {total}",
        file=look.name, findings=told_of, count=f"{reading.left_out:,}",
        total=f"{reading.total:,}",
    )  # fmt: skip


def data_from(
    look: Look,
    columns: Sequence[Column],
    target: Column,
    missing: Missing = "refuse",
    *,
    labelled: bool = False,
    progress: Progress | None = None,
) -> Data:
    """Those columns as data; y is made 0 and 1 of two values where it is to tell classes."""
    labels = target if labelled else None
    reading = read(look, [*columns, target], missing, labels=labels, progress=progress)
    *names, name = reading.names
    return data_of(reading.columns[:-1], reading.columns[-1], names, name, told(look, reading))
