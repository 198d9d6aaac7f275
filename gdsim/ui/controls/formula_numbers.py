"""The numbers of one update, a column a term, as many columns as there is room for."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gdsim.engine.arrays import Array
from gdsim.engine.optimizers import Optimizer
from gdsim.engine.sentences import number
from gdsim.engine.simulation import LaneState
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.step_to_come import state_to_come
from gdsim.ui.theme import Theme

MOST_ROWS = 2
"""Parameters whose numbers are shown; the last says how many more there are."""
FEW_DIGITS = 4
"""Rather so many digits than a column less."""
_TERMS = {"θ": 0, "x": 0, "y": 0, "g": 1, "α": 2, "η": 2, "β": 4, "ρ": 4, "λ": 4}
"""Which of the theme's term colours a symbol has; the symbol itself says what it is."""
_STATE = 3
"""The colour of what the optimizer remembers."""
_TAG = re.compile(r"<[^>]*>")
_BOLD = re.compile(r"<b>([^<]*)</b>")
_CORRECTED = re.compile(r"(\S{1,2}) = (\w)/\(1 − β([₁₂])ᵗ\)")
"""How a rule says that it corrects an average for its start at zero."""

Width = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Column:
    """One term, a cell for each parameter; where room is short, the greatest `rank` goes first."""

    cells: tuple[str, ...]
    rank: int
    least: str = ""
    """No narrower than this text: numbers that change their length shall not push others out."""

    def width(self, width: Width) -> float:
        return max(width(self.least), *(_width(cell, width) for cell in self.cells))


def numbers_html(
    snapshot: Snapshot,
    run: RunSnapshot,
    theme: Theme,
    digits: int = 6,
    width: Width = len,
    room: float = math.inf,
    *,
    written_out: bool = True,
) -> str:
    """Per parameter: value, gradient, rate, what is remembered, and what becomes of the value.

    For plain descent the whole sum, if `written_out`. What would reach beyond `room` is left out,
    by the `width` of its text: whole columns, since a number that is cut off would be another one.
    """
    after = state_to_come(snapshot.problem, run)
    columns = _columns(snapshot, run, after, theme, digits, written_out)
    shown = _fitting(columns, width, room)
    if len(shown) < len(columns) and digits > FEW_DIGITS:
        rounded = _columns(snapshot, run, after, theme, FEW_DIGITS, written_out)
        fewer = _fitting(rounded, width, room)
        if len(fewer) > len(shown):
            shown = fewer
    if not shown:
        return ""
    rows = [list(cells) for cells in zip(*(column.cells for column in shown), strict=True)]
    more = len(snapshot.problem.parameters) - MOST_ROWS
    if more > 0:
        text = tr("and {count} more parameters", count=more)
        if _needed(shown, width) + 1.1 * width(f"   ({text})") <= room:
            rows[-1][-1] += f' &nbsp; <span style="color:{theme.muted}">({text})</span>'
    return "".join(
        ("<table cellspacing='0' cellpadding='0'>",
         *(f"<tr><td>{'&nbsp;&nbsp;&nbsp;</td><td>'.join(cells)}</td></tr>" for cells in rows),
         "</table>")
    )  # fmt: skip


def fixed(value: float, digits: int) -> str:
    """A number with so many decimals, or as many significant digits where it is small or large."""
    if value != 0.0 and 1e-3 <= abs(value) < 1e4:
        return f"{value:.{digits}f}".replace("-", "−")
    return number(value, digits)


def term(kind: str, text: str, theme: Theme) -> str:
    """A text in the colour of the symbol `kind`."""
    color = theme.terms[_TERMS.get(kind, _STATE) % len(theme.terms)]
    return f'<span style="color:{color}">{html.escape(text)}</span>'


def _alone(after: LaneState) -> Mapping[str, Array]:
    """What is remembered after the update, without the axis of lanes."""
    return {name: array[..., 0] for name, array in (after.state or {}).items()}


def _columns(
    snapshot: Snapshot,
    run: RunSnapshot,
    after: LaneState | None,
    theme: Theme,
    digits: int,
    written_out: bool,
) -> list[Column]:
    """All terms in the order of the rule."""
    parameters = snapshot.problem.parameters[:MOST_ROWS]
    places = range(len(parameters))
    symbols = [parameter.symbol for parameter in parameters]
    method = run.run.method
    plain = written_out and method.is_plain() and not run.run.clipping.clips
    if plain and not run.run.batch_size_for(snapshot.problem):
        return [
            Column(tuple(_sum(run, place, symbols[place], theme, digits) for place in places), 0)
        ]

    def whole(kind: str, values: Array, rank: int, sign: str = "=") -> Column:
        told = [number(float(value), digits) for value in values[: len(places)]]
        cells = (f"{term(kind, kind, theme)} {sign} {term(kind, text, theme)}" for text in told)
        return Column(tuple(cells), rank, f"{kind} {sign} −8.{'8' * (digits - 1)}")

    here = (
        f"{term('θ', name, theme)} = {term('θ', fixed(float(value), digits), theme)}"
        for name, value in zip(symbols, run.theta, strict=False)
    )
    rate = term("α", number(run.rate), theme)
    found = [
        Column(tuple(here), 0),
        whole("g", run.gradient, 2),
        Column((f"{term('α', 'α', theme)} = {rate}",) * len(places), 3),
    ]
    # What this update makes of it, for that is what θ goes by.
    remembered = run.state if after is None else _alone(after)
    sign = "=" if after is None else "←"
    letters = method.letters().items()
    known = {
        symbol: remembered[name] for name, symbol in letters if _fits(remembered.get(name), places)
    }
    found += [
        whole(symbol, values, 4 + i, sign) for i, (symbol, values) in enumerate(known.items())
    ]
    if after is not None:
        found += [
            whole(hat, values, 20 + i)
            for i, (hat, values) in enumerate(_corrected(run, method, after))
        ]
        becomes = (
            f"{term('θ', name, theme)} ← <b>{fixed(float(value), digits)}</b>"
            for name, value in zip(symbols, after.theta, strict=False)
        )
        found.append(Column(tuple(becomes), 1))
    return found


def _sum(run: RunSnapshot, place: int, symbol: str, theme: Theme, digits: int) -> str:
    """Plain descent, written out."""
    value, slope = float(run.theta[place]), float(run.gradient[place])
    after = value - run.rate * slope
    return (
        f"{term('θ', symbol, theme)} = {term('θ', fixed(value, digits), theme)}"
        f" − {term('α', number(run.rate), theme)} · "
        f"{term('g', _signed(fixed(slope, digits)), theme)}"
        + (f" = <b>{fixed(after, digits)}</b>" if run.alive else "")
    )


def _corrected(run: RunSnapshot, method: Optimizer, after: LaneState) -> list[tuple[str, Array]]:
    """The averages of this update that its rule corrects for their start, by their letters."""
    names = {symbol: name for name, symbol in method.letters().items()}
    count, found = run.step + 1 - after.birth, []
    for hat, symbol, which in _CORRECTED.findall(" ".join(method.rule())):
        state = (after.state or {}).get(names.get(symbol, ""))
        beta = getattr(run.run.settings, {"₁": "beta1", "₂": "beta2"}[which], None)
        if state is not None and beta is not None:
            found.append((hat, state[..., 0] / (1.0 - float(beta) ** count)))
    return found


def _fitting(columns: Sequence[Column], width: Width, room: float) -> list[Column]:
    """Those that there is room for; if not for the value itself, none."""
    gap = width("   ")
    kept = [(column, column.width(width) + gap) for column in columns]
    while kept and sum(wide for _, wide in kept) - gap > room:
        kept.remove(max(kept, key=lambda one: one[0].rank))
    return [column for column, _ in kept]


def _needed(columns: Sequence[Column], width: Width) -> float:
    """How wide columns are beside each other."""
    return sum(column.width(width) for column in columns) + (len(columns) - 1) * width("   ")


def _width(cell: str, width: Width) -> float:
    """How wide a cell is; bold figures are up to a seventh wider."""
    bold = "".join(_BOLD.findall(cell))
    return width(html.unescape(_TAG.sub("", cell))) + 0.15 * width(bold)


def _fits(values: Array | None, places: range) -> bool:
    return values is not None and values.ndim == 1 and len(values) >= len(places)


def _signed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text
