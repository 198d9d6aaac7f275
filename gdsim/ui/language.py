"""English and Chinese, switched live. English is the key; the catalogue holds the Chinese."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QLocale

from gdsim.engine.sentences import Sentence
from gdsim.system.resources import resource

LANGUAGES = {"en": "English", "zh": "简体中文"}

_current = "en"


def use(language: str) -> None:
    """Switch to `en` or `zh`; widgets re-read their texts when they get a LanguageChange event."""
    global _current
    _current = language if language in LANGUAGES else "en"


def system_language() -> str:
    """Chinese where the system speaks it, else English."""
    return "zh" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def current() -> str:
    """The language in use."""
    return _current


def tr(text: str, **values: object) -> str:
    """`text` in the language in use, with `values` put in by `str.format`."""
    translated = catalogue().get(text, text) if _current == "zh" else text
    return translated.format(**values) if values else translated


def say(sentence: Sentence) -> str:
    """A sentence of the engine in the language in use; values that are sentences are said too."""
    values = {k: say(v) if isinstance(v, Sentence) else v for k, v in sentence.values.items()}
    return tr(sentence.template, **values) if values else tr(sentence.template)


@cache
def catalogue() -> dict[str, str]:
    """English → Chinese, of all files in resources/translations/zh."""
    import json  # English windows show themselves without it

    merged: dict[str, str] = {}
    for path in sorted(Path(resource("translations/zh")).glob("*.json")):
        merged.update(json.loads(path.read_text(encoding="utf-8")))
    return merged
