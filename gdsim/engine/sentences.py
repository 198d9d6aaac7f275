"""Sentences for people, kept as template and values: the window says them in any language."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template in `str.format` syntax and its values; `str()` gives the English text.

    A value may itself be a `Sentence`; translators turn both.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return self.template.format(**self.values)

    def __reduce__(self) -> tuple[Callable[..., Sentence], tuple[str, dict[str, object]]]:
        return _again, (self.template, dict(self.values))


def sentence(template: str, /, **values: object) -> Sentence:
    """Make a `Sentence`; the template is the key under which its translation is found."""
    return Sentence(template, MappingProxyType(values))


def _again(template: str, values: Mapping[str, object]) -> Sentence:
    """A sentence that was sent from another process, or kept in a file of Python's."""
    return Sentence(template, MappingProxyType(values))


def listed(texts: Iterable[object]) -> object:
    """Texts or sentences one after the other, as the language does it."""
    first, *others = texts
    for text in others:
        first = sentence("{first}, {then}", first=first, then=text)
    return first


LONGEST, KEPT = 400, 60
"""Characters of a quoted value, beyond which only the first are quoted."""


def _short(value: object) -> object:
    """What a user gave on one line, or its beginning: it may be a whole file."""
    if isinstance(value, Sentence):
        return sentence(value.template, **{k: _short(v) for k, v in value.values.items()})
    if isinstance(value, int) and abs(value) >= 10**KEPT:  # some have more digits than are printed
        return f"{'−' if value < 0 else ''}10{superscript(int(math.log10(abs(value))))}"
    one = not isinstance(value, str) and not getattr(value, "shape", ())
    if one and type(value).__format__ is not object.__format__:
        return value  # a number, which the template may give its form
    text = str(value)
    if len(text) > LONGEST:
        text = f"{text[:KEPT]}…"
    return " ".join(text.splitlines())


class Fault(ValueError):
    """Something a user gave cannot be used: names the thing, the place and the remedy."""

    def __init__(self, template: str, /, **values: object) -> None:
        short = {name: _short(value) for name, value in values.items()}
        self.sentence = sentence(template, **short)
        super().__init__(str(self.sentence))


def superscript(power: int) -> str:
    """−3 as ⁻³."""
    return str(power).translate(_SUPERSCRIPTS)


def number(value: float, digits: int = 6) -> str:
    """A number as people read it: so many significant digits, powers of ten written out."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "NaN"
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = f"{value:.{max(digits - 3, 0)}e}".split("e")
        text = f"{float(mantissa):g}×10{superscript(int(exponent))}"
    return text.replace("-", "−")
