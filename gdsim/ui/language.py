"""The window's language, switched live. What it says in it stands in `system/catalogue.py`."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLocale

from gdsim.engine.sentences import Sentence
from gdsim.system.catalogue import translated
from gdsim.system.resources import translations

_current = "en"


def use(code: str) -> None:
    """Switch to a language; widgets re-read their texts when they get a LanguageChange event."""
    global _current
    _current = code if code in translations() else "en"


def names() -> dict[str, str]:
    """{code: its own name} of the languages there are."""
    others = {
        code: (folder / "name.txt").read_text(encoding="utf-8").strip()
        for code, folder in translations().items()
    }
    return {"en": "English", **others}


def system_language() -> str:
    """What the system speaks, as far as we do; else English."""
    name = QLocale.system().name()  # zh_CN
    return next((code for code in (name, name.split("_")[0]) if code in translations()), "en")


def current() -> str:
    """The language in use."""
    return _current


def tr(text: str, context: str = "", /, **values: object) -> str:
    """`text` in the language in use, with `values` put in by `str.format`.

    `context` says what kind of thing is named, for languages that have two words where English
    has one: `tr("Fit", "view")`, `tr("Fit", "button")`.
    """
    said = translated(_current, text, context)
    return said.format(**values) if values else said


def say(sentence: Sentence) -> str:
    """A sentence of the engine in the language in use; values that are sentences are said too."""
    values = {k: say(v) if isinstance(v, Sentence) else v for k, v in sentence.values.items()}
    return tr(sentence.template, **values)


def listed(texts: Iterable[str]) -> str:
    """Texts one after the other, as the language does it."""
    return tr(", ").join(texts)
