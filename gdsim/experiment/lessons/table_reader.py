"""Checks the tables of a lesson's file; what is wrong becomes a `Fault` with its line."""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from gdsim.engine.fields import nearest
from gdsim.engine.sentences import Fault, Sentence, sentence, some
from gdsim.experiment.lessons.lesson import Text
from gdsim.experiment.lessons.toml_lines import Path, line_of
from gdsim.system.resources import translations

LONGEST_TEXT = 4000
"""Characters of a text: more fits no strip."""

T = TypeVar("T")


class TableReader:
    """A table of the file and the way to it; each question answers or says what is wrong where."""

    def __init__(
        self, file: str, lines: Mapping[Path, int], values: Mapping[str, Any], way: Path = ()
    ) -> None:
        self.file, self._lines, self.values, self.way = file, lines, values, way

    # What is wrong

    def fail(self, key: str | int | None, why: Sentence) -> NoReturn:
        """Say what is wrong with the value of `key`, or with the table itself."""
        way = self.way if key is None else (*self.way, key)
        place = _spelt(way)
        line = line_of(self._lines, way)
        if not place:
            raise Fault(
                "{file}, line {line}: {reason}", file=self.file, line=line, reason=why
            ) from None
        raise Fault(
            "{file}, line {line}: {place}: {reason}",
            file=self.file, line=line, place=place, reason=why,
        ) from None  # fmt: skip

    def only(self, *known: str) -> None:
        """Refuse every key that is not among these."""
        for key in self.values:
            if key in known:
                continue
            near = nearest(key[:60], known)
            if near:
                self.fail(
                    key[:60], sentence("there is no such key. Did you mean '{near}'?", near=near)
                )
            self.fail(
                key[:60], sentence("there is no such key; known: {known}.", known=some(known))
            )

    # What is there

    def has(self, key: str) -> bool:
        return key in self.values

    def of(self, key: str, kind: type[T], wanted: Sentence, default: T | None = None) -> T:
        """The value of that kind; `Fault` where it is of another, or is missing with no default."""
        if key not in self.values:
            if default is not None:
                return default
            self.fail(None, sentence("'{key}' is missing: {wanted}.", key=key, wanted=wanted))
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fail(key, sentence("it must be {wanted}.", wanted=wanted))
        return value

    def word(self, key: str, default: str | None = None) -> str:
        return self.of(key, str, sentence("a text"), default)

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        wanted = sentence("a whole number from {low} to {high}", low=low, high=high)
        value = self.of(key, int, wanted, default)
        if not low <= value <= high:
            self.fail(key, sentence("it must be {wanted}.", wanted=wanted))
        return value

    def number(self, key: str, default: float | None = None) -> float:
        wanted = sentence("a finite number")
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e300:
            return float(value)
        found = self.of(key, float, wanted, default)
        if not math.isfinite(found):
            self.fail(key, sentence("it must be {wanted}.", wanted=wanted))
        return found

    def truth(self, key: str) -> bool:
        """True or false; false where it is missing."""
        return key in self.values and self.of(key, bool, sentence("true or false"))

    def words(self, key: str, known: Iterable[str], *, least: int = 0) -> tuple[str, ...]:
        """A list of words, each among those known."""
        listed = self.of(key, list, sentence("a list of texts"), [] if not least else None)
        known = tuple(known)
        for one in listed:
            self._known(key, one, known)
        if len(listed) < least:
            self.fail(key, sentence("it names nothing: {known}.", known=some(known)))
        return tuple(dict.fromkeys(listed))

    def one_of(self, key: str, known: Sequence[str]) -> str:
        """A word among those known."""
        word = self.word(key)
        self._known(key, word, known)
        return word

    def _known(self, key: str, word: object, known: Sequence[str]) -> None:
        if word in known:
            return
        near = nearest(str(word)[:60], known)
        values = {"word": str(word)[:60], "near": near, "known": ", ".join(known)}
        if near:
            self.fail(key, sentence("there is no '{word}'. Did you mean '{near}'?", **values))
        self.fail(key, sentence("there is no '{word}'; known: {known}.", **values))

    def places(self, key: str, count: int) -> tuple[int, ...] | None:
        """Numbers of runs, from 1 on in the file and from 0 on here; None without the key."""
        if key not in self.values:
            return None
        listed = self.of(key, list, sentence("a list of runs' numbers"))
        for one in listed:
            if isinstance(one, bool) or not isinstance(one, int) or not 1 <= one <= count:
                self.fail(key, sentence("runs are numbered from 1 to {count}.", count=count))
        return tuple(one - 1 for one in listed)

    def text(self, key: str = "") -> Text:
        """The texts by language that stand under `key`, or in this table itself."""
        table = self.table(key) if key else self
        texts = {
            language: table.word(language).strip() for language in LANGUAGES if table.has(language)
        }
        if key:
            table.only(*LANGUAGES)
        for language, text in texts.items():
            if len(text) > LONGEST_TEXT:
                table.fail(language, sentence("a text of at most {count} characters is wanted.",
                                              count=LONGEST_TEXT))  # fmt: skip
        if not any(texts.values()):
            self.fail(key or None, sentence(
                "a text is missing: give one by language ({languages}).",
                languages=", ".join(LANGUAGES),
            ))  # fmt: skip
        return Text(texts)

    # Tables within it

    def table(self, key: str) -> TableReader:
        """A table that must be there."""
        value = self.of(key, dict, sentence("a table of names and values"))
        return TableReader(self.file, self._lines, value, (*self.way, key))

    def tables(self, key: str, least: int, most: int) -> list[TableReader]:
        """A list of tables, `[[…]]` in the file."""
        wanted = sentence("a list of tables, [[{name}]]", name=_spelt((*self.way, key)))
        listed = self.of(key, list, wanted, [] if not least else None)
        if not all(isinstance(one, dict) for one in listed):
            self.fail(key, sentence("it must be {wanted}.", wanted=wanted))
        if not least <= len(listed) <= most:
            self.fail(key, sentence(
                "there must be {least} to {most} of them, not {count}.",
                least=least, most=most, count=len(listed),
            ))  # fmt: skip
        return [
            TableReader(self.file, self._lines, one, (*self.way, key, place))
            for place, one in enumerate(listed)
        ]

    def made(self, cls: type[T], renamed: Mapping[str, str]) -> T:
        """An instance of a dataclass of whole numbers, numbers and texts, each by its name.

        `renamed` are names of fields that have another one in the file.
        """
        hints = typing.get_type_hints(cls)
        given: dict[str, Any] = {}
        declared = dataclasses.fields(cls)  # type: ignore[arg-type] # cls is a dataclass
        self.only(*(renamed.get(one.name, one.name) for one in declared))
        for one in declared:
            key = renamed.get(one.name, one.name)
            if key not in self.values and one.default is not dataclasses.MISSING:
                continue
            kind = hints[one.name]
            if kind is int:
                given[one.name] = self.whole(key, -1, 10**9)
            elif kind is float:
                given[one.name] = self.number(key)
            else:
                given[one.name] = self.word(key)
        return cls(**given)


LANGUAGES: Sequence[str] = ("en", *translations())


def _spelt(way: Path) -> str:
    """predict.choice[2].en: lists are counted from 1 on, as people do."""
    spelt = ""
    for part in way:
        spelt += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return spelt.lstrip(".")[:120]
