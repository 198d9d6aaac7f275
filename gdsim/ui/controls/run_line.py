"""A run in one line: look, number, name, rate, and how far it is from the minimum."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.engine.arrival import TOLERANCE, arrival, departure
from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot
from gdsim.ui.controls.eye import paint_eye
from gdsim.ui.language import tr
from gdsim.ui.plot.legend import paint_swatch
from gdsim.ui.theme import LIGHT, RunStyle, Theme

HEIGHT = 26
"""Pixels of a line, at a font 13 pixels high; its card adds the border."""
SHORT_BELOW = 300
"""In a narrower line a method goes by its short name."""
_GAP = 6
_LOOK = 26

Standing = tuple[str, str, str]
"""A sign, a few words, and the purpose of the colour that both have."""


def standing(problem: Problem, shown: RunSnapshot, step: int) -> Standing:
    """How a run stands at `step`, in a few words: the first that holds."""
    left = departure(shown.trace)
    if left is not None and left <= step:
        return "⚠", tr("left at {step}", step=f"{left:,}"), "danger"
    if shown.outcome is Outcome.NO_VALUE:
        return "⚠", tr("ended at {step}", step=f"{shown.step:,}"), "danger"
    least = problem.least_loss
    if least is None:
        return "", f"{problem.loss_name} {number(shown.loss, 4)}", "muted"
    inside = arrival(shown.trace, least)
    if inside is not None:
        text = tr("{steps} steps", steps=f"{inside:,}")
        return ("✓", text, "good") if inside <= step else ("→", text, "text")
    above = number(shown.loss - least, 3)
    return "", tr("{value} above", value=above), "muted"


def standing_told(problem: Problem, shown: RunSnapshot, step: int) -> str:
    """The same in a sentence, where the few words do not tell by themselves."""
    least = problem.least_loss
    if departure(shown.trace) is not None or shown.outcome is Outcome.NO_VALUE or least is None:
        return ""
    inside = arrival(shown.trace, least)
    if inside is None:
        return tr("Its loss at step {step}, above the least loss", step=f"{step:,}")
    return tr(
        "From step {inside} on its loss stays within the tolerance: at most {tolerance} above the "
        "least loss. 'Settled' says something else: that the run rests, and its loss no longer "
        "changes to speak of.",
        inside=f"{inside:,}", tolerance=number(TOLERANCE),
    )  # fmt: skip


class RunLine(QWidget):
    """Painted, not built of labels: eight of them change with every frame."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._style: RunStyle | None = None
        self._name = self._short = self._rate = ""
        self._standing: Standing = ("", "", "muted")
        self._hidden = False
        self._kept = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def said(self) -> str:
        """All that is written in it."""
        return f"{self._name} {self._rate} {' '.join(self._standing[:2])}".strip()

    def show_run(self, run: Run, style: RunStyle, theme: Theme, *, hidden: bool) -> None:
        """The run as it is set."""
        family = run.family
        name = tr(family.title, "optimizer")
        short = tr(family.short, "optimizer") if family.short else name
        rate = f"α {number(run.learning_rate, 4)}"
        if (name, short, rate, style, theme, hidden) != (
            self._name, self._short, self._rate, self._style, self._theme, self._hidden,
        ):  # fmt: skip
            self._name, self._short, self._rate = name, short, rate
            self._style, self._theme, self._hidden = style, theme, hidden
            self.updateGeometry()
            self.update()

    def show_standing(self, standing: Standing) -> None:
        """How it does; said anew only where it is another."""
        if standing != self._standing:
            self._standing = standing
            self.update()

    def leave_room(self, pixels: int) -> None:
        """Keep so much free at the right end, for the eye."""
        if pixels != self._kept:
            self._kept = pixels
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, max(HEIGHT, round(1.7 * self.fontMetrics().height())))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        style, theme = self._style, self._theme
        if style is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._hidden:
                painter.setOpacity(0.45)
            middle = self.height() / 2.0
            paint_swatch(painter, style, 0.0, middle, _LOOK)
            left = _LOOK + _GAP
            bold = QFont(self.font())
            bold.setBold(True)
            left += self._write(painter, bold, theme.color("text"), left, style.label) + _GAP
            small = QFont(self.font())
            small.setPointSizeF(0.92 * theme.text_points)
            sign, words, purpose = self._standing
            if self._hidden:
                sign, words, purpose = "", tr("hidden"), "muted"
            color = theme.color(purpose)
            right = self.width() - self._kept - QFontMetrics(small).horizontalAdvance(words)
            self._write(painter, small, color, right, words)
            if self._hidden and not self._kept:
                side = round(1.4 * theme.text_points)
                right -= side + 4
                paint_eye(painter, right, middle - side / 2, side, color, is_open=False)
            if sign:
                right -= QFontMetrics(self.font()).horizontalAdvance(sign) + 4
                self._write(painter, self.font(), color, right, sign)
            rate = self._rate
            wide = QFontMetrics(small).horizontalAdvance(rate)
            column = min(right - 2 * _GAP - wide, max(round(0.56 * self.width()), left))
            room = column - _GAP - left
            fits = self.fontMetrics().horizontalAdvance(self._name) <= room
            name = self._name if fits and self.width() >= SHORT_BELOW else self._short
            elided = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
            self._write(painter, self.font(), theme.color("text"), left, elided)
            self._write(painter, small, theme.color("muted"), column, rate)

    def _write(
        self, painter: QPainter, font: QFont, color: QColor, left: int, text: str
    ) -> int:  # fmt: skip
        """Write from `left` on, in the middle of the height; how wide it was."""
        painter.setFont(font)
        painter.setPen(color)
        metrics = painter.fontMetrics()
        base = (self.height() + metrics.ascent() - metrics.descent()) // 2
        painter.drawText(left, base, text)
        return metrics.horizontalAdvance(text)
