"""The update rule of the selected run, and the same rule with the numbers of the present step."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.controls.swatch import Swatch
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.scene import Scene
from gdsim.ui.theme import Theme

FULL_WIDTH = 800
"""In less, numbers have four digits, and the gradient's norm stays out."""
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
    """Left the rule, then each parameter's step in numbers, one colour a term; right the result.

    It says the same step as the transport: both are shown by the same frames.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._shown: tuple[object, ...] = ()
        self._last: tuple[Snapshot, Scene] | None = None
        self.swatch = Swatch()
        self.rule = QLabel()
        self.numbers = QLabel()
        self.result = QLabel()
        for label in (self.rule, self.numbers, self.result):
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self.rule.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.result.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.numbers.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for label in (self.numbers, self.result):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        between = QFrame()
        between.setProperty("divider", True)
        between.setFixedWidth(1)
        between.setObjectName("formula.between")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(12)
        row.addWidget(self.swatch)
        row.addWidget(self.rule)
        row.addWidget(between)
        row.addWidget(self.numbers, 1)
        row.addWidget(self.result)
        self._suit(Scene().theme, 1)
        name_controls(self, "formula")
        self.retranslate()

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow the selected run."""
        if scene.setup is None:
            return
        self._last = snapshot, scene
        run = scene.setup.track(scene.selected).at(scene.step(snapshot))
        shown = snapshot.run(scene.selected) if snapshot.problem is scene.setup.problem else None
        what = (scene.theme, scene.selected, run, snapshot, self.width())
        if what == self._shown:
            return
        self._shown = what
        rule = run.method.rule()
        self._suit(scene.theme, len(rule))
        if scene.selected in scene.styles:
            self.swatch.show_style(scene.styles[scene.selected])
        self._set(self.rule, rule_html(rule, scene.theme))
        if shown is None:
            self._set(self.result, "")
            self._set(self.numbers, "")
            return
        few = scene.theme.key_points > scene.theme.text_points or self.width() < FULL_WIDTH
        digits = 4 if few else 6
        self._set(self.result, result_html(snapshot, shown, scene.theme, digits, norm=not few))
        width = self.numbers.fontMetrics().horizontalAdvance
        taken = sum(part.sizeHint().width() + 12 for part in (self.swatch, self.rule, self.result))
        room = self.width() - taken - 58
        self._set(self.numbers, numbers_html(snapshot, shown, scene.theme, digits, width, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._last is not None:
            self.show_snapshot(*self._last)

    def retranslate(self) -> None:
        self.rule.setAccessibleName(tr("Update rule"))
        self.numbers.setAccessibleName(tr("Update rule with the present numbers"))
        self.result.setAccessibleName(tr("Loss, gradient norm and step"))
        self._shown = ()

    def _suit(self, theme: Theme, lines: int) -> None:
        """Any rule has its place in one height: else the picture above would jump.

        A rule of three lines is written smaller.
        """
        small = QFont(self.font())
        small.setPointSizeF(theme.text_points * (0.85 if lines > MOST_ROWS else 1.0))
        self.rule.setFont(small)
        key = QFont(self.font())
        key.setPointSizeF(min(theme.key_points, 1.25 * theme.text_points))
        tall = QFontMetrics(key).lineSpacing() + self.fontMetrics().lineSpacing()
        height = max(tall, round(2.55 * self.fontMetrics().lineSpacing())) + 14
        if self.height() != height:
            self.setFixedHeight(height)

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)


def rule_html(lines: tuple[str, ...], theme: Theme) -> str:
    """The rule's lines with one colour a term and its letters in italics."""
    return "<br>".join(_coloured(line, theme) for line in lines)


def fixed(value: float, digits: int) -> str:
    """A number with so many decimals, or as many significant digits where it is small or large."""
    if value != 0.0 and 1e-3 <= abs(value) < 1e4:
        return f"{value:.{digits}f}".replace("-", "−")
    return number(value, digits)


def result_html(
    snapshot: Snapshot, run: RunSnapshot, theme: Theme, digits: int, *, norm: bool
) -> str:
    """The loss, what is above the minimum of it, the gradient's norm, and the step."""
    name = html.escape(snapshot.problem.loss_name)
    points = min(theme.key_points, 1.25 * theme.text_points)
    muted = f"color:{theme.muted}"
    loss = f'<span style="font-size:{points:.1f}pt">{name} <b>{fixed(run.loss, digits)}</b></span>'
    step = html.escape(_step(snapshot, run))
    if not norm:
        return (
            f"<table cellspacing='0' cellpadding='0'><tr><td align='right'>{loss}</td></tr>"
            f"<tr><td align='right' style='{muted}'>{step}</td></tr></table>"
        )
    size = number(math.hypot(*run.gradient.tolist()), 4)
    gap = "&nbsp;" * 4
    return (
        f"<table cellspacing='0' cellpadding='0'><tr><td align='right'>{loss}</td>"
        f"<td align='right'>{gap}‖g‖ <b>{size}</b></td></tr>"
        f"<tr><td align='right' style='{muted}'>{_above(snapshot, run, digits)}</td>"
        f"<td align='right' style='{muted}'>{gap}{step}</td></tr></table>"
    )


def _above(snapshot: Snapshot, run: RunSnapshot, digits: int) -> str:
    """The loss as the known least one and what is left above it."""
    least = snapshot.problem.least_loss
    if least is None or not math.isfinite(run.loss):
        return ""
    above = run.loss - least
    if least == 0.0 or not above >= 0.0:
        return ""
    return f"{number(least, digits)} + {fixed(above, digits)}"


def _step(snapshot: Snapshot, run: RunSnapshot) -> str:
    if not run.alive and run.step < snapshot.step:
        return tr("step {step}, its numbers end at {end}",
                  step=f"{snapshot.step:,}", end=f"{run.step:,}")  # fmt: skip
    if not run.alive:
        return tr("step {step}", step=f"{run.step:,}")
    return tr("step {step} → {following}", step=f"{run.step:,}", following=f"{run.step + 1:,}")


def numbers_html(
    snapshot: Snapshot,
    run: RunSnapshot,
    theme: Theme,
    digits: int = 6,
    width: Callable[[str], float] = len,
    room: float = math.inf,
) -> str:
    """Per parameter: state, gradient, rate, value; for plain descent the whole sum.

    What would reach beyond `room` is left out, by the `width` of its text: whole columns, since a
    number that is cut off would be another number.
    """
    rows = _rows(snapshot, run, theme, digits)
    columns = _fitting(rows, width, room)
    if columns < min(2, len(rows[0])) and digits > 4:
        # What becomes of θ says more than its last digits.
        rows = _rows(snapshot, run, theme, 4)
        columns = _fitting(rows, width, room)
    more = len(snapshot.problem.parameters) - MOST_ROWS
    if more > 0 and columns:
        text = tr("and {count} more parameters", count=more)
        if _row_width(rows, columns, width) + 1.1 * width(f"   ({text})") <= room:
            rows[-1][columns - 1] += f' &nbsp; <span style="color:{theme.muted}">({text})</span>'
    return "".join(
        ("<table cellspacing='0' cellpadding='0'>",
         *(f"<tr><td>{'&nbsp;&nbsp;&nbsp;</td><td>'.join(cells[:columns])}</td></tr>"
           for cells in rows),
         "</table>")
    )  # fmt: skip


def _rows(snapshot: Snapshot, run: RunSnapshot, theme: Theme, digits: int) -> list[list[str]]:
    """The cells of the first parameters."""
    rows = []
    chosen = run.run
    plain = chosen.method.is_plain() and not chosen.clipping.clips
    whole_sum = plain and not chosen.batch_size_for(snapshot.problem)
    for place, parameter in enumerate(snapshot.problem.parameters[:MOST_ROWS]):
        value, slope = float(run.theta[place]), float(run.gradient[place])
        symbol = _term("θ", parameter.symbol, theme)
        cells = [f"{symbol} = {_term('θ', fixed(value, digits), theme)}"]
        if whole_sum:
            after = value - run.rate * slope
            cells[0] += (
                f" − {_term('α', number(run.rate), theme)} · "
                f"{_term('g', _signed(fixed(slope, digits)), theme)}"
                + (f" = <b>{fixed(after, digits)}</b>" if run.alive else "")
            )
        else:
            cells.append(f"{_term('g', 'g', theme)} = {_term('g', number(slope), theme)}")
            cells.append(f"{_term('α', 'α', theme)} = {_term('α', number(run.rate), theme)}")
            cells.extend(_states(run, place, theme))
        rows.append(cells)
    return rows


def _fitting(rows: list[list[str]], width: Callable[[str], float], room: float) -> int:
    """How many columns there is room for."""
    used, count = 0.0, 0
    for column in zip(*rows, strict=False):
        used += max(_width(cell, width) for cell in column)
        if used > room:
            break
        used += width("   ")
        count += 1
    return count


def _row_width(rows: list[list[str]], columns: int, width: Callable[[str], float]) -> float:
    """How wide the widest cells of the first columns are beside each other."""
    table = list(zip(*rows, strict=False))[:columns]
    return sum(max(_width(cell, width) for cell in column) + width("   ") for column in table)


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


def _signed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


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
