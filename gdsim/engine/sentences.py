"""Sentences for people, kept as template and values: the window says them in any language."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
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


KEPT, PATH_KEPT, MOST = 60, 120, 300
"""Characters of a quoted text, of a path, and of a whole refusal."""
_USUAL = "\u00a0\u2002\u2003\u2009\u202f\u3000\u200c\u200d"
"""Spaces, and the joiners that Persian, Hindi and pictures in a text are written with."""


def quoted(text: str, most: int = KEPT, *, end: bool = False) -> str:
    """A text that others wrote, on one line, its beginning (or end) if it is longer than `most`.

    What cannot be seen, or changes what stands beside it, is shown as Python writes it: `\\x1b`.
    """
    part = text[-most - 1 :] if end else text[: most + 1]
    shown = "".join(one if one.isprintable() or one in _USUAL else ascii(one)[1:-1] for one in part)
    if len(shown) <= most:
        return shown
    return f"…{shown[1 - most :]}" if end else f"{shown[: most - 1]}…"


def some(names: Iterable[object]) -> object:
    """Names for a sentence, as `listed` says them: all, or as many as one reads."""
    found: list[object] = []
    room = 190
    for name in names:
        text = quoted(str(name), 40)
        room -= len(text) + 2
        if room < 0:
            return listed([*found, "…"])
        found.append(text)
    return listed(found or ["–"])


def _short(value: object, share: int = 1) -> object:
    """What a user gave as a sentence can hold it: it may be a whole file."""
    if isinstance(value, Sentence):
        inner = {k: _short(v, share) for k, v in value.values.items()}
        return sentence(value.template, **inner)
    if isinstance(value, PurePath):
        return quoted(str(value), PATH_KEPT // share, end=True)
    if isinstance(value, int) and abs(value) >= 10**KEPT:  # some have more digits than are printed
        return f"{'−' if value < 0 else ''}10{superscript(int(math.log10(abs(value))))}"
    one = not isinstance(value, str) and not getattr(value, "shape", ())
    if one and type(value).__format__ is not object.__format__:
        return value  # a number, which the template may give its form
    return quoted(str(value), KEPT // share)


class Fault(ValueError):
    """Something a user gave cannot be used: names the thing, the place and the remedy.

    Texts among the values are quoted, paths by their end, so that the whole is one short line.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        for share in (1, 2, 4, 8):
            short = {name: _short(value, share) for name, value in values.items()}
            self.sentence = sentence(template, **short)
            if len(str(self.sentence)) <= MOST:
                break
        super().__init__(str(self.sentence))

    def __reduce__(self) -> tuple[Callable[..., Fault], tuple[Sentence]]:
        return _refused_again, (self.sentence,)


def _refused_again(told: Sentence) -> Fault:
    """A fault that was raised in another process."""
    fault = Fault.__new__(Fault)
    fault.sentence = told
    ValueError.__init__(fault, str(told))
    return fault


def superscript(power: int) -> str:
    """−3 as ⁻³."""
    return str(power).translate(_SUPERSCRIPTS)


def rate_number(rate: float) -> str:
    """A rate or its limit: three digits, beside a power of ten too, for they are compared."""
    text = number(rate, 3)
    return number(rate, 5) if "×" in text else text


def number(value: float, digits: int = 6) -> str:
    """A number as people read it: so many significant digits, powers of ten written out."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "NaN"
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = f"{value:.{max(digits - 3, 0)}e}".split("e")
        text = f"{float(mantissa):g}×10{superscript(int(exponent))}"
    return text.replace("-", "−")
