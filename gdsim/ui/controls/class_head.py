"""In front of a class: the step and how far each run is, in numbers seen from the back row."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.formula_numbers import fixed
from gdsim.ui.controls.run_line import standing
from gdsim.ui.language import tr
from gdsim.ui.plot.legend import paint_swatch
from gdsim.ui.scene import Scene
from gdsim.ui.theme import LIGHT, RunStyle, Theme

BAR, LOOK, GAP = 5.0, 46.0, 12.0
"""Pixels of a run's bar, of its piece of line and between, in type of `FULL` points."""
FULL = 18.0
WIDEST = 0.42
"""Share of the row that one run takes at most."""
SMALLER = 0.75
"""Of the key size, what values have at least where their units are written too."""
LEAST_KEY = 0.45
"""Where many runs share the row, their values are at least that share of the key size."""
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one run: its names from long to short, its rate, value and unit."""

    style: RunStyle
    names: tuple[str, ...]
    rate: str
    value: str
    unit: str
    purpose: str


class ClassHead(QFrame):
    """Painted, not built of labels: all of it changes with every frame."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("head")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._theme: Theme = LIGHT
        self._steps = "0", ""
        self.said: tuple[Said, ...] = ()
        """What is said of each run that is seen."""

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow the step and the runs that are seen."""
        setup = scene.setup
        if setup is None or snapshot.problem is not setup.problem:
            return
        step, said = scene.step(snapshot), []
        for track in setup.tracks:
            shown = snapshot.run(track.key)
            unseen = track.key in scene.hidden or "loss" in scene.hides
            if shown is None or unseen or track.key not in scene.styles:
                continue
            run = track.at(step)
            family = run.family
            long = tr(family.title, "optimizer")
            short = tr(family.short, "optimizer") if family.short else long
            sign, words, purpose = "", "", "text"
            if "verdict" not in scene.hides:
                sign, words, purpose = standing(snapshot.problem, shown, step)
            value, unit = fixed(shown.loss, DIGITS), snapshot.problem.loss_name
            least = snapshot.problem.least_loss
            if purpose == "danger":
                value, unit = f"{sign} {words}", ""
            elif least is not None:
                value, unit = fixed(shown.loss - least, DIGITS), tr("above min.")
            rate = f"α {number(run.learning_rate, DIGITS)}"
            bad = "danger" if purpose == "danger" else "text"
            said.append(
                Said(scene.styles[track.key], (long, short), rate, value, unit, bad)
            )  # fmt: skip
        steps = f"{step:,}", tr("of {steps}", steps=f"{snapshot.step_limit:,}")
        if (scene.theme, steps, tuple(said)) != (self._theme, self._steps, self.said):
            self._theme, self._steps, self.said = scene.theme, steps, tuple(said)
            self.updateGeometry()
            self.update()

    def retranslate(self) -> None:
        """The next frame says it in the language in use."""
        self.said = ()

    def sizeHint(self) -> QSize:
        key, small = self._metrics(self._theme.key_points, bold=True), self._metrics()
        return QSize(200, round(key.height() + small.height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _font(self, points: float = 0.0, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(points or self._theme.text_points)
        font.setBold(bold)
        return font

    def _metrics(self, points: float = 0.0, *, bold: bool = False) -> QFontMetricsF:
        return QFontMetricsF(self._font(points, bold=bold))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, unit = self._theme, self._theme.text_points / FULL
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            top = self._metrics().height()
            text, muted = theme.color("text"), theme.color("muted")
            step, of = self._steps
            key = self._font(theme.key_points, bold=True)
            _write(painter, self._font(), muted, 0.0, 0.0, top, tr("Step", "axis"))
            # As wide as the last step: the runs' places stay where they are while it counts.
            last = max(QFontMetricsF(key).horizontalAdvance(one) for one in (step, "8,888"))
            _write(painter, key, text, 0.0, top, self.height() - top, step)
            below = self.height() - top
            wide = QFontMetricsF(key).horizontalAdvance(step) + GAP * unit
            _write(painter, self._font(), muted, wide, top, below, of, foot=key)
            left = last + 2.0 * GAP * unit + self._metrics().horizontalAdvance(of) + GAP * unit
            if not self.said:
                return
            room = min((self.width() - left) / len(self.said), WIDEST * self.width())
            points, units = self._key_points(room - (BAR + 2.0 * GAP) * unit)
            for place, one in enumerate(self.said):
                shown = one if units else replace(one, unit="")
                self._paint_run(painter, shown, left + place * room, room, points)

    def _key_points(self, room: float) -> tuple[float, bool]:
        """One size for all values, so that the widest has its place; and whether units have."""
        points, gap = self._theme.key_points, GAP * self._theme.text_points / FULL
        values = self._metrics(points, bold=True)
        widest = max(values.horizontalAdvance(one.value) for one in self.said)
        unit = max(self._metrics().horizontalAdvance(one.unit) for one in self.said)
        share = min(1.0, (room - gap - unit) / widest)
        if share >= SMALLER:
            return share * points, True
        return points * max(min(1.0, room / widest), LEAST_KEY), False

    def _paint_run(
        self, painter: QPainter, one: Said, left: float, room: float, points: float
    ) -> None:
        theme, unit = self._theme, self._theme.text_points / FULL
        top, tall = self._metrics().height(), float(self.height())
        painter.fillRect(QRectF(left, 4.0, BAR * unit, tall - 8.0), one.style.color)
        x, end = left + (BAR + GAP) * unit, left + room - GAP * unit
        text, muted = theme.color("text"), theme.color("muted")
        key = self._font(points, bold=True)
        wide = _write(painter, key, theme.color(one.purpose), x, top, tall - top, one.value)
        small = self._metrics()
        at = x + wide + GAP * unit
        _write(painter, self._font(), muted, at, top, tall - top, one.unit, foot=key)
        bold = self._font(bold=True)
        label = QFontMetricsF(bold).horizontalAdvance(one.style.label) + 0.7 * GAP * unit
        look = (LOOK + 0.7 * GAP) * unit
        shortest = min(map(small.horizontalAdvance, one.names))
        # The bar has the run's colour: its name says more than its dashes.
        if x + look + label + shortest <= end or x + look + label <= end < x + label + shortest:
            paint_swatch(painter, one.style, x, 0.5 * top, LOOK * unit)
            x += look
        x += _write(painter, bold, text, x, 0.0, top, one.style.label) + 0.7 * GAP * unit
        rate = small.horizontalAdvance(one.rate) + GAP * unit
        for name in one.names:
            if x + small.horizontalAdvance(name) + rate <= end:
                x += _write(painter, self._font(), text, x, 0.0, top, name) + GAP * unit
                _write(painter, self._font(), muted, x, 0.0, top, one.rate)
                return
        name = next((n for n in one.names if x + small.horizontalAdvance(n) <= end), one.names[-1])
        elided = small.elidedText(name, Qt.TextElideMode.ElideRight, max(end - x, 0.0))
        if elided == name or len(elided) > 2:
            _write(painter, self._font(), text, x, 0.0, top, elided)


def _write(
    painter: QPainter, font: QFont, color: QColor, x: float, top: float, tall: float,
    text: str, foot: QFont | None = None,
) -> float:  # fmt: skip
    """Write in the middle of a height, on the line of the font `foot`; how wide it was."""
    metrics = QFontMetricsF(foot or font)
    painter.setFont(font)
    painter.setPen(color)
    base = top + 0.5 * (tall + metrics.ascent() - metrics.descent())
    painter.drawText(round(x), round(base), text)
    return QFontMetricsF(font).horizontalAdvance(text)
