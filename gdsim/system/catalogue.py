"""What texts are in other languages; English is the key.

A language is a folder `resources/translations/CODE` with its own name in `name.txt` and its
sentences in `*.json`: {English: translation}, or {English: {context: translation}} where English
has one word for two things. A context that is not named there takes the translation of "".
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gdsim.engine.sentences import Sentence
from gdsim.system.resources import translations


def translated(code: str, text: str, context: str = "") -> str:
    """`text` in the language of that code; the text itself where it has no translation."""
    if code == "en":
        return text
    found = _catalogue(translations()[code]).get(text, text)
    return found if isinstance(found, str) else found.get(context, found.get("", text))


def said_in(code: str, sentence: Sentence) -> str:
    """A sentence in the language of that code; values that are sentences are said too."""
    values = {
        name: said_in(code, value) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }
    text = translated(code, sentence.template)
    return text.format(**values) if values else text


@cache
def _catalogue(folder: Path) -> dict[str, str | dict[str, str]]:
    """All files of a language in one."""
    import json  # English windows show themselves without it

    merged: dict[str, str | dict[str, str]] = {}
    for path in sorted(folder.glob("*.json")):
        merged.update(json.loads(path.read_text(encoding="utf-8")))
    return merged
