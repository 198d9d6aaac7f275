"""Which columns are taken first: what a person would try before anything else."""

from __future__ import annotations

from collections.abc import Sequence

from gdsim.engine.sentences import Fault, listed, sentence
from gdsim.experiment.tables.column import Column, Kind
from gdsim.experiment.tables.look import Look

_KINDS = {
    Kind.NUMBER: "numbers", Kind.RUNNING: "running numbers", Kind.DATE: "dates",
    Kind.LABELS: "two labels", Kind.MIXED: "numbers and words", Kind.TEXT: "text",
    Kind.EMPTY: "empty",
}  # fmt: skip
"""What stands in columns of each kind, in words."""


def sensible(columns: Sequence[Column], *, labelled: bool = False) -> tuple[Column, Column] | None:
    """One column for x and one for y; None where fewer than two can be numbers.

    Complete numbers go before those with gaps, these before dates and labels; a column that only
    counts the rows is x where nothing else is. y is the last of the best; a problem that wants two
    classes (`labelled`) takes the last column that has two values.
    """
    usable = [one for one in columns if one.is_usable]
    if len(usable) < 2:  # then what was meant to be numbers: reading says what is wrong in it
        usable = [one for one in columns if one.is_usable or one.kind is Kind.MIXED]
    if len(usable) < 2:
        return None
    two = [one for one in usable if one.labels]
    if len(usable) == 2 and not labelled:
        return usable[0], usable[1]
    target = two[-1] if labelled and two else _best(usable)[-1]
    others = [one for one in usable if one is not target]
    return _best(others)[0], target


def _best(columns: Sequence[Column]) -> list[Column]:
    """Those of the best rank, in the order of the table."""
    rank = min(map(_rank, columns))
    return [one for one in columns if _rank(one) == rank]


def _rank(column: Column) -> int:
    if column.kind is Kind.NUMBER:
        unnamed = column.name == "row names"
        return 5 if unnamed else 1 if column.gaps else 0
    return {Kind.DATE: 2, Kind.LABELS: 3, Kind.RUNNING: 4, Kind.MIXED: 6}[column.kind]


def chosen(
    look: Look, x: Sequence[str] | None, y: str | None, *, labelled: bool = False
) -> tuple[list[Column], Column]:
    """The columns of those names or numbers; what is not named is what is sensible beside it."""
    wanted = None if x is None else [look.column(name) for name in x]
    target = None if y is None else look.column(y)
    for column in wanted or ():
        if (wanted or []).count(column) > 1:
            raise Fault("The column '{name}' is named twice.", name=column.name)
    if target is not None and target in (wanted or ()):
        raise Fault("The column '{name}' cannot be both x and y.", name=target.name)
    if wanted is not None and target is not None:
        return wanted, target
    taken = [*(wanted or ()), *([] if target is None else [target])]
    left = [one for one in look.columns if one not in taken]
    if taken:
        usable = [one for one in left if one.is_usable or one.kind is Kind.MIXED]
        if not usable:
            raise _too_few(look)
        best = _best(usable)
        return (wanted, best[-1]) if wanted is not None else ([best[0]], taken[0])
    both = sensible(look.columns, labelled=labelled)
    if both is None:
        raise _too_few(look)
    return [both[0]], both[1]


def _too_few(look: Look) -> Fault:
    if len(look.columns) < 2:
        return Fault(
            "{file} has one column only: separate two columns by a comma, semicolon or tab.",
            file=look.name,
        )
    kinds = (
        sentence("{column} ({kind})", column=one.name[:40], kind=sentence(_KINDS[one.kind]))
        for one in look.columns[:8]
    )
    return Fault(
        "{file} has no two columns that can be made numbers, only {columns}.",
        file=look.name, columns=listed(kinds),
    )  # fmt: skip
