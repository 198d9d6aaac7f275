"""Settings declared once: symbol, range, scale, default and help in one place.

The window's controls, the command line, the document and the generated scripts are all built from
these declarations, so a setting is added by one line in the dataclass that owns it.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from gdsim.engine.sentences import Fault, Sentence, number, sentence, some

Value = float | int | bool | str
Kind = Literal["float", "int", "bool", "choice", "text"]

_KEY = "gdsim.field"


@dataclass(frozen=True)
class Settings:
    """The base of every settings class: a frozen dataclass of declared fields."""


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class Field:
    """One declared setting.

    `minimum` and `maximum` are inclusive; `above` and `below` exclusive. `scale` says how a
    control should travel through the range. `advanced` settings stand under "More".
    `needs` names (other field, value) pairs that must hold for this one to matter. A `text` has
    a `reader` that raises `Fault` where it cannot be used, and `wanted` says what it wants.
    `aliases` are the frameworks' own names for it, which are understood wherever it is set.
    """

    name: str
    kind: Kind
    default: Value
    label: str
    help: str
    symbol: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    scale: Literal["linear", "log"] = "linear"
    choices: tuple[str, ...] = ()
    advanced: bool = False
    needs: tuple[tuple[str, Value], ...] = ()
    reader: Callable[[str], object] | None = None
    wanted: str = ""
    aliases: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    """What people read for each of the choices."""
    menu: str = ""
    """The menu that shows it, for settings of the window."""
    key: str = ""
    """The key that changes it, as Qt spells it."""
    beside: bool = False
    """Whether a form shows it beside the one before: both have short names and values."""

    def allowed(self) -> Sentence:
        """What it may be, for error messages and tool tips."""
        if self.kind == "choice":
            return sentence("{values}", values=some(self.choices))
        if self.kind == "bool":
            return sentence("true or false")
        if self.kind == "text":
            return sentence(self.wanted)
        low = f"{'≥' if self.above is None else '>'} {_bound(self.minimum, self.above)}"
        high = f"{'≤' if self.below is None else '<'} {_bound(self.maximum, self.below)}"
        parts = [
            text
            for text, bound in (
                (low, (self.minimum, self.above)),
                (high, (self.maximum, self.below)),
            )
            if bound != (None, None)
        ]
        if self.kind == "int" and parts:
            return sentence("a whole number {range}", range=_bounds(parts))
        if parts:
            return _bounds(parts)
        return sentence("a whole number" if self.kind == "int" else "a number")

    def check(self, value: object) -> Value:
        """Return `value` in the field's type; raise `Fault` naming the field and its range."""
        try:
            typed = self._typed(value)
        except Fault:
            raise
        except (TypeError, ValueError, OverflowError):
            raise self._fault(value) from None
        if self.kind in ("float", "int"):
            number = float(typed)
            inside = (
                math.isfinite(number)
                and (self.minimum is None or number >= self.minimum)
                and (self.maximum is None or number <= self.maximum)
                and (self.above is None or number > self.above)
                and (self.below is None or number < self.below)
            )
            if not inside:
                raise self._fault(value)
        return typed

    def applies(self, values: Mapping[str, Value]) -> bool:
        """Whether the setting has an effect, given the values of its neighbours."""
        return all(values.get(name) == wanted for name, wanted in self.needs)

    def _typed(self, value: object) -> Value:
        if self.kind == "text":
            if not isinstance(value, str):
                raise TypeError
            if self.reader is not None:
                self.reader(value)
            return value.strip()
        if self.kind == "choice":
            if isinstance(value, str) and value in self.choices:
                return value
            raise ValueError
        if self.kind == "bool":
            if isinstance(value, bool):
                return value
            lowered = str(value).strip().lower()
            if lowered in ("true", "yes", "on", "1"):
                return True
            if lowered in ("false", "no", "off", "0"):
                return False
            raise ValueError
        if isinstance(value, bool) or getattr(value, "ndim", 0) > 0:
            raise TypeError  # an array of one number is a number to older NumPy only
        number = float(cast(Any, value))
        if self.kind == "float":
            return number
        if not number.is_integer():
            raise ValueError
        return int(number) if not isinstance(value, int) else value

    def _fault(self, value: object) -> Fault:
        return Fault(
            "{name} cannot be {value}: allowed is {range}.",
            name=self.name,
            value="''" if isinstance(value, str) and not value else value,
            range=self.allowed(),
        )


def _bounds(parts: list[str]) -> Sentence:
    """One bound or two."""
    if len(parts) == 2:
        return sentence("{low}, {high}", low=parts[0], high=parts[1])
    return sentence("{range}", range=parts[0])


def _bound(inclusive: float | None, exclusive: float | None) -> str:
    bound = inclusive if exclusive is None else exclusive
    return number(bound) if bound is not None else ""


def field(
    default: Value,
    label: str,
    help: str,
    *,
    symbol: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
    below: float | None = None,
    scale: Literal["linear", "log"] = "linear",
    choices: tuple[str, ...] | Mapping[str, str] = (),
    advanced: bool = False,
    needs: tuple[tuple[str, Value], ...] = (),
    reader: Callable[[str], object] | None = None,
    wanted: str = "",
    aliases: tuple[str, ...] = (),
    menu: str = "",
    key: str = "",
    beside: bool = False,
) -> Any:
    """Declare one setting of a frozen settings dataclass (see `Field` for the arguments).

    `choices` with other titles than their names are {name: title}.
    """
    kind: Kind
    if choices:
        kind = "choice"
    elif isinstance(default, bool):
        kind = "bool"
    elif isinstance(default, str):
        kind = "text"
    else:
        kind = "int" if isinstance(default, int) else "float"
    titles = choices.values() if isinstance(choices, Mapping) else choices
    declared = Field(
        "", kind, default, label, help, symbol, minimum, maximum, above, below, scale,
        tuple(choices), advanced, needs, reader, wanted, aliases, tuple(titles), menu, key,
        beside,
    )  # fmt: skip
    return dataclasses.field(default=default, metadata={_KEY: declared})


def fields_of(settings: type[Settings] | Settings) -> tuple[Field, ...]:
    """The declared fields of a settings class or instance, in order of declaration."""
    return _fields_of(settings if isinstance(settings, type) else type(settings))  # type: ignore[arg-type] # a class is


@functools.cache
def _fields_of(settings: type[Settings]) -> tuple[Field, ...]:
    return tuple(
        dataclasses.replace(item.metadata[_KEY], name=item.name)
        for item in dataclasses.fields(settings)
        if _KEY in item.metadata
    )


def make_settings(cls: type[S], values: Mapping[str, object], owner: str = "") -> S:
    """Build settings from loose values; `Fault` for unknown names and values out of range.

    `owner` is whose settings they are, for the message.
    """
    declared = {item.name: item for item in fields_of(cls)}
    named = by_name(cls, values, owner)
    checked = {name: declared[name].check(value) for name, value in named.items()}
    return cls(**checked)


def by_name(
    cls: type[Settings], values: Mapping[str, object], owner: str = ""
) -> dict[str, object]:
    """The values under the declared names, aliases resolved; `Fault` for unknown or double ones."""
    declared = fields_of(cls)
    names = {alias: item.name for item in declared for alias in (item.name, *item.aliases)}
    found: dict[str, object] = {}
    before: dict[str, str] = {}
    for given, value in values.items():
        name = names.get(given)
        if name is None:
            raise _no_setting(given, names, [item.name for item in declared], owner)
        if name in found:
            raise given_twice(name, before[name], given)
        found[name], before[name] = value, given
    return found


def given_twice(name: str, first: str, second: str) -> Fault:
    """What to say of a setting that has two values, under one name or under two."""
    if first == second:
        return Fault("{name} is given twice.", name=name)
    return Fault(
        "{name} is given twice: as {first} and as {second}.", name=name, first=first, second=second
    )


def _no_setting(name: str, names: Mapping[str, str], known: list[str], owner: str) -> Fault:
    if not owner:
        return unknown(name, known, "setting")
    if not known:
        return Fault("'{owner}' has no settings, so no '{name}'.", owner=owner, name=name)
    near = nearest(name, names)
    if near:
        return Fault(
            "'{owner}' has no setting '{name}'. Did you mean '{near}'? It has: {known}.",
            owner=owner, name=name, near=names[near], known=some(known),
        )  # fmt: skip
    return Fault(
        "'{owner}' has no setting '{name}'. It has: {known}.",
        owner=owner, name=name, known=some(known),
    )  # fmt: skip


def settings_values(settings: Settings) -> dict[str, Value]:
    """The declared settings of an instance as a plain dictionary."""
    return {item.name: getattr(settings, item.name) for item in fields_of(settings)}


def unknown(name: str, known: Iterable[str], what: str, /, **values: object) -> Fault:
    """A `Fault` for a name that does not exist, with the nearest one and the whole list.

    `what` says what should have been named, with `values` put in: "optimizer".
    """
    names = list(known)
    near = nearest(name, names)
    if near:
        return Fault(
            "There is no {what} '{name}'. Did you mean '{near}'? Known: {known}.",
            what=sentence(what, **values), name=name, near=near, known=some(names),
        )  # fmt: skip
    return Fault(
        "There is no {what} '{name}'. Known: {known}.",
        what=sentence(what, **values), name=name, known=some(names),
    )  # fmt: skip


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that takes the fewest slips of the finger to `name`; "" if none is near."""
    lowered = name.lower()
    import difflib  # only for whoever has misspelt a word: the window's shell needs the fields

    near = difflib.get_close_matches(lowered, known, n=5)
    return min(near, key=lambda other: _slips(lowered, other), default="")


def _slips(one: str, other: str) -> int:
    """Letters to insert, drop, change or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
