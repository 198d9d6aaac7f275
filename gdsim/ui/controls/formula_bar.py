"""The update rule of the selected run, and the same rule with the numbers of the present step."""

from __future__ import annotations

import html
import math
import re
import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.scene import Scene
from gdsim.ui.theme import Theme

TEXT_SECONDS = 0.25
FULL_DIGITS = 12
_TERMS = {"θ": 0, "x": 0, "y": 0, "g": 1, "α": 2, "η": 2, "β": 4, "ρ": 4, "λ": 4}
"""Which of the theme's term colours a symbol has; the symbol itself says what it is."""
_STATE = 3
"""The colour of what the optimizer remembers."""
MOST_ROWS = 2
"""Parameters whose numbers are shown; the head says how many more there are."""
_TAG = re.compile(r"<[^>]*>")
_BOLD = re.compile(r"<b>([^<]*)</b>")
SYMBOL = re.compile(r"(?<![A-Za-z])[θgαηvmubGDdwnzxyβρλ](?![A-Za-z])(?:[₀-₉]*)")
"""A letter that stands alone: not the g of "sign"."""


class FormulaBar(QFrame):
    """Left the rule, right each parameter's step in numbers, one colour a term."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._shown: tuple[object, ...] = ()
        self._told_at = 0.0
        self.rule = QLabel()
        self.numbers = QLabel()
        for label in (self.rule, self.numbers):
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self.rule.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.numbers.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.numbers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(18)
        row.addWidget(self.rule)
        row.addWidget(self.numbers, 1)
        self._fix_height(Scene().theme)
        name_controls(self, "formula")
        self.retranslate()

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow the selected run; a few times a second while playing, at once otherwise."""
        if scene.setup is None:
            return
        run = scene.setup.track(scene.selected).at(scene.step(snapshot))
        shown = snapshot.run(scene.selected) if snapshot.problem is scene.setup.problem else None
        now = time.monotonic()
        what = (scene.theme, scene.selected, run, shown is None)
        if snapshot.playing and what == self._shown and now - self._told_at < TEXT_SECONDS:
            return
        if what != self._shown:
            self._fix_height(scene.theme)
        self._shown, self._told_at = what, now
        self._set(self.rule, rule_html(run.method.rule(), scene.theme))
        width = self.numbers.fontMetrics().horizontalAdvance
        room = self.numbers.width()
        numbers = numbers_html(snapshot, shown, scene.theme, width, room) if shown else ""
        self._set(self.numbers, numbers)

    def retranslate(self) -> None:
        self.rule.setAccessibleName(tr("Update rule"))
        self.numbers.setAccessibleName(tr("Update rule with the present numbers"))
        self._shown = ()

    def _fix_height(self, theme: Theme) -> None:
        """Three lines at most in any rule: a fixed height keeps the picture above from jumping."""
        key = QFont(self.font())
        key.setPointSizeF(theme.key_points)
        line, tall = self.fontMetrics().lineSpacing(), QFontMetrics(key).lineSpacing()
        self.setFixedHeight(2 * line + max(line, tall) + 18)

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)


def rule_html(lines: tuple[str, ...], theme: Theme) -> str:
    """The rule's lines with one colour a term and its letters in italics."""
    return "<br>".join(_coloured(line, theme) for line in lines)


def numbers_html(
    snapshot: Snapshot,
    run: RunSnapshot,
    theme: Theme,
    width: Callable[[str], float] = len,
    room: float = math.inf,
) -> str:
    """Per parameter: state, gradient, rate, value; for plain descent the whole sum.

    At rest value and loss are shown in full, to be compared and copied. What would reach beyond
    `room` is left out, by the `width` of its text: columns, and the end of the head.
    """
    digits = 6 if snapshot.playing else FULL_DIGITS
    key_digits = digits if theme.key_points <= theme.text_points else 6
    parameters = snapshot.problem.parameters
    step, loss = tr("Step {step}", step=f"{run.step:,}"), number(run.loss, key_digits)
    name = snapshot.problem.loss_name
    needed = 1.05 * width(f"{step}   {name} = {loss}") * theme.key_points / theme.text_points
    points = theme.key_points * min(1.0, room / max(needed, 1.0))
    head = (
        f'<span style="font-size:{points:.1f}pt">{step} &nbsp; {html.escape(name)} = '
        f"<b>{loss}</b></span>"
    )
    further = [f"‖g‖ = {number(math.hypot(*run.gradient.tolist()))}"]
    if len(parameters) > MOST_ROWS:
        more = tr("and {count} more parameters", count=len(parameters) - MOST_ROWS)
        further.insert(0, f"({more})")
    for text in further:  # a number that is cut off would be another number
        needed += width(f"   {text}")
        if needed <= room:
            head += f" &nbsp; {text}"
    rows = _rows(snapshot, run, theme, digits)
    columns = _fitting(rows, width, room)
    if columns == 1:  # what becomes of θ says more than its last digits
        rows = _rows(snapshot, run, theme, 6)
        columns = _fitting(rows, width, room)
    table = "".join(
        f"<tr><td>{'&nbsp;&nbsp;&nbsp;</td><td>'.join(cells[:columns])}</td></tr>" for cells in rows
    )
    return f"{head}<table cellspacing='0' cellpadding='0'>{table}</table>"


def _rows(snapshot: Snapshot, run: RunSnapshot, theme: Theme, digits: int) -> list[list[str]]:
    """The cells of the first parameters."""
    rows = []
    chosen = run.run
    plain = chosen.method.is_plain() and not chosen.clipping.clips
    whole_sum = plain and not chosen.batch_size_for(snapshot.problem)
    for place, parameter in enumerate(snapshot.problem.parameters[:MOST_ROWS]):
        value, slope = float(run.theta[place]), float(run.gradient[place])
        symbol = _term("θ", parameter.symbol, theme)
        cells = [f"{symbol} = {_term('θ', number(value, digits), theme)}"]
        if whole_sum:
            after = value - run.rate * slope
            cells.append(
                f"− {_term('α', number(run.rate), theme)} · {_term('g', _signed(slope), theme)}"
                + (f" → <b>{number(after)}</b>" if run.alive else "")
            )
        else:
            cells.append(f"{_term('g', 'g', theme)} = {_term('g', number(slope), theme)}")
            cells.append(f"{_term('α', 'α', theme)} = {_term('α', number(run.rate), theme)}")
            cells.extend(_states(run, place, theme))
        rows.append(cells)
    return rows


def _fitting(rows: list[list[str]], width: Callable[[str], float], room: float) -> int:
    """How many columns there is room for; one at least."""
    used, count = 0.0, 0
    for column in zip(*rows, strict=False):
        used += max(_width(cell, width) for cell in column)
        if used > room and count:
            break
        used += width("   ")
        count += 1
    return count


def _width(cell: str, width: Callable[[str], float]) -> float:
    """How wide a cell is; bold figures are up to a seventh wider."""
    bold = "".join(_BOLD.findall(cell))
    return width(html.unescape(_TAG.sub("", cell))) + 0.15 * width(bold)


def _states(run: RunSnapshot, place: int, theme: Theme) -> list[str]:
    """What the optimizer remembers of one parameter, by the letters of its formula."""
    cells: list[str] = []
    for name, symbol in run.run.method.letters().items():
        values = run.state.get(name)
        if values is not None and _fits(values, place):
            text = number(float(values[place]))
            cells.append(f"{_term(symbol, symbol, theme)} = {_term(symbol, text, theme)}")
    return cells


def _fits(values: Array, place: int) -> bool:
    return values.ndim == 1 and place < len(values)


def _signed(value: float) -> str:
    text = number(value)
    return f"({text})" if value < 0 else text


def _term(kind: str, text: str, theme: Theme) -> str:
    color = theme.terms[_TERMS.get(kind, _STATE) % len(theme.terms)]
    return f'<span style="color:{color}">{html.escape(text)}</span>'


def _coloured(line: str, theme: Theme) -> str:
    parts, end = [], 0
    for found in SYMBOL.finditer(line):
        parts.append(html.escape(line[end : found.start()]))
        symbol = found.group()
        parts.append(f"<i>{_term(symbol[0], symbol, theme)}</i>")
        end = found.end()
    return "".join([*parts, html.escape(line[end:])])
