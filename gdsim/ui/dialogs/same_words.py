"""What reads a table on the command line as a dialog reads it."""

from __future__ import annotations

from gdsim.ui.dialogs.table_work import Seen
from gdsim.ui.language import tr


def same_on_the_command_line(seen: Seen) -> str:
    """The words that read the file so."""
    wishes, words = seen.wanted.wishes, []
    names = {";": '";"', "\t": "tab", " ": "space", "|": "bar"}
    if wishes.encoding is not None:
        words.append(f"--encoding {wishes.encoding}")
    if wishes.delimiter is not None:
        words.append(f"--delimiter {names.get(wishes.delimiter, wishes.delimiter)}")
    if wishes.decimal is not None:
        words.append(f"--decimal {'comma' if wishes.decimal == ',' else 'point'}")
    if wishes.header is not None:
        words.append("--header" if wishes.header else "--no-header")
    if seen.codes and seen.wanted.codes_are_gaps:
        words += [f"--gap={code:g}" for code in seen.codes]
    if seen.data is not None and seen.data.size < seen.look.rows:
        words.append("--missing drop")
    if not words:
        return tr("The file stays as it is.")
    return tr(
        "The file stays as it is. The same on the command line: {words}", words=" ".join(words)
    )
