"""The update rule of the selected run, and the same rule with the numbers of the present step."""

from __future__ import annotations

import html
import math
import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.controls.formula_numbers import MOST_ROWS, fixed, numbers_html, term
from gdsim.ui.controls.swatch import Swatch
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.scene import Scene
from gdsim.ui.theme import Theme

FULL_WIDTH = 800
"""In less, numbers have four digits, and the gradient's norm stays out."""
SPARE = 4
"""Pixels by which a text may be wider than it was measured."""
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
        self.rule = PlainLabel()
        self.numbers = PlainLabel()
        self.result = PlainLabel()
        for label in (self.rule, self.numbers, self.result):
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self.rule.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.result.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.numbers.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for label in (self.numbers, self.result):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        between = self._between = QFrame()
        between.setProperty("divider", True)
        between.setFixedWidth(1)
        between.setObjectName("formula.between")
        row = self._row = QHBoxLayout(self)
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
        what = (scene.theme, scene.selected, run, snapshot, self.width(), scene.hides)
        if what == self._shown:
            return
        self._shown = what
        rule = run.method.rule()
        self._suit(scene.theme, len(rule))
        if scene.selected in scene.styles:
            self.swatch.show_style(scene.styles[scene.selected])
        self._set(self.rule, rule_html(rule, scene.theme))
        if shown is None:
            self.rule.show()
            self._between.show()
            self._set(self.result, "")
            self._set(self.numbers, "")
            return
        few = scene.theme.key_points > scene.theme.text_points or self.width() < FULL_WIDTH
        digits = 4 if few else 6
        self.result.setVisible("loss" not in scene.hides)
        self._set(self.result, result_html(snapshot, shown, scene.theme, digits, norm=not few))
        width = self.numbers.fontMetrics().horizontalAdvance
        # Where there is no room for both the numbers go before the rule: they say it too.
        for written_out, beside in ((True, True), (True, False), (False, True), (False, False)):
            told = numbers_html(
                snapshot, shown, scene.theme, digits, width, self._room(rule=beside),
                written_out=written_out,
            )  # fmt: skip
            if "<b>" in told or (told and not shown.alive):  # what becomes of θ is among them
                break
        self._set(self.numbers, told)
        for part in (self.rule, self._between):
            part.setVisible(beside)
        self.numbers.setToolTip("" if beside else self.rule.text())

    def _room(self, *, rule: bool) -> int:
        """What the other parts and all that is between them leave for the numbers."""
        margins, gap = self._row.contentsMargins(), self._row.spacing()
        taken = margins.left() + margins.right() + 2 * self.frameWidth() + SPARE
        taken += self.swatch.width() + gap + gap + self.result.sizeHint().width()
        if rule:
            taken += self.rule.sizeHint().width() + gap + self._between.width() + gap
        return self.width() - taken

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


def _coloured(line: str, theme: Theme) -> str:
    parts, end = [], 0
    for found in SYMBOL.finditer(line):
        parts.append(html.escape(line[end : found.start()]))
        symbol = found.group()
        parts.append(f"<i>{term(symbol[0], symbol, theme)}</i>")
        end = found.end()
    return "".join([*parts, html.escape(line[end:])])
