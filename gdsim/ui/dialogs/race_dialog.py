"""The fair race: every run tuned with one budget, before and after, and taken over on a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.arrival import TOLERANCE
from gdsim.engine.fields import Field
from gdsim.engine.problems import Problem
from gdsim.engine.race.race import RATE, make_race, tunable
from gdsim.engine.race.score import Score, Scores
from gdsim.engine.run import Run
from gdsim.engine.sentences import Sentence, number
from gdsim.runtime.racing import run_race
from gdsim.runtime.sweeping import Report
from gdsim.ui.controls.form import ChoiceBox, NumberEdit
from gdsim.ui.dialogs.computation import Watch, jobs
from gdsim.ui.dialogs.race_table import RaceTable
from gdsim.ui.dialogs.room import open_at
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.steady import SteadyNumber
from gdsim.ui.sweep_words import target_name
from gdsim.ui.theme import RunStyle, Theme

MOST_STEPS = 1_000_000
WITHIN = Field(
    "tolerance", "float", TOLERANCE, "Tolerance", "", above=0.0, maximum=1e12, scale="log"
)


@dataclass(frozen=True)
class Entrants:
    """What there is to be raced: the runs by their keys, and how they look."""

    problem: Problem
    runs: Mapping[int, Run]
    styles: Mapping[int, RunStyle]
    steps: int


class RaceDialog(QDialog):
    """Steps and tolerance, progress, a table; the window goes on meanwhile."""

    wanted = Signal(object)
    """Runs by their keys, which shall take the place of those that there are."""

    def __init__(
        self,
        source: Callable[[], Entrants],
        breathe: Callable[[], None],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._source, self._breathe = source, breathe
        self._watch = Watch(self)
        self._watch.working.connect(self._show_working)
        self._watch.ended.connect(self._end)
        self._asked = source()
        self._scores: Scores | None = None
        self._raced: list[tuple[int, Score]] = []
        """The scores by the keys of their runs."""
        self._problem: Problem | None = None
        self.steps, self.tolerance, self.field = SteadyNumber(), NumberEdit(WITHIN), ChoiceBox()
        self.steps.setRange(1, MOST_STEPS)
        self.steps.setValue(min(self._asked.steps, MOST_STEPS))
        self.steps.setGroupSeparatorShown(True)
        self.start_race, self.cancel = QPushButton(), QPushButton()
        self.start_race.setProperty("primary", True)
        self.start_race.setDefault(True)
        self.progress, self.left = self._watch.progress, self._watch.left
        self.table = RaceTable(theme)
        self.intro, self.message = PlainLabel(), PlainLabel()
        self.take, self.put_back = QPushButton(), QPushButton()
        for button in (self.cancel, self.take, self.put_back):
            button.setAutoDefault(False)
        self._names = [PlainLabel() for _ in range(3)]
        self._lay_out()
        self.start_race.clicked.connect(self.start)
        self.cancel.clicked.connect(self.stop)
        self.take.clicked.connect(self._take)
        self.put_back.clicked.connect(self._put_back)
        self.tolerance.refused.connect(self.message.setText)
        name_controls(self, "race")
        self.retranslate()
        self._show_working(False)

    # Building

    def _lay_out(self) -> None:
        for label in (self.intro, self.message):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.intro.setProperty("muted", True)
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        editors = (self.steps, self.tolerance, self.field)
        for place, (label, editor) in enumerate(zip(self._names, editors, strict=True)):
            label.setBuddy(editor)
            form.addWidget(label, 0, place)
            form.addWidget(editor, 1, place)
            form.setColumnStretch(place, 1)
        form.addWidget(self.start_race, 1, 3)
        form.addWidget(self.cancel, 1, 4)
        working = QHBoxLayout()
        working.addWidget(self.progress, 1)
        working.addWidget(self.left)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        last = QHBoxLayout()
        last.addWidget(self.take)
        last.addWidget(self.put_back)
        last.addStretch(1)
        last.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.intro)
        column.addLayout(form)
        column.addLayout(working)
        column.addWidget(self.table, 1)
        column.addWidget(self.message)
        column.addLayout(last)
        open_at(self, 880, 460)

    def retranslate(self) -> None:
        """Every text in the language in use."""
        self.setWindowTitle(tr("Fair race"))
        self.intro.setText(
            tr("Each run gets the same rates and as many steps, and is taken at its best.")
        )
        names = (tr("Steps"), tr("Tolerance"), tr("Tune also"))
        tips = (
            tr("Updates that each run makes."),
            tr("A run is there once its loss stays at most so far above the least."),
            tr("A second setting, tuned beside the rate; runs without it get more rates instead."),
        )
        editors: tuple[QWidget, ...] = (self.steps, self.tolerance, self.field)
        for label, editor, name, tip in zip(self._names, editors, names, tips, strict=True):
            label.setText(name)
            editor.setAccessibleName(name)
            editor.setToolTip(tip)
        self.start_race.setText(tr("Tune &fairly"))
        self.cancel.setText(tr("C&ancel"))
        self.take.setText(tr("&Take these rates"))
        self.take.setToolTip(tr("Give each run the settings at which it was best"))
        self.put_back.setText(tr("Put rates &back"))
        self.put_back.setToolTip(tr("Give each run the settings that it had before the race"))
        self.progress.setAccessibleName(tr("Progress"))
        self._offer_fields()
        self.table.retranslate()
        if self._scores is not None:
            self.message.setText(_summary(self._scores))

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        """Recolour the table."""
        self.table.set_theme(theme, self._source().styles)

    def _offer_fields(self) -> None:
        """The settings that at least one of the runs has."""
        entrants = self._source()
        known = tunable(entrants.problem, tuple(entrants.runs.values()))
        names = {RATE: tr("none")}
        names |= {
            key: target_name(target)
            for key, target in known.items()
            if key in (target.name, f"schedule.{target.name}") and target.name != RATE
        }
        self.field.show_choices(names, str(self.field.currentData() or RATE))

    # Working

    def showEvent(self, event: object) -> None:
        self._offer_fields()
        self.start_race.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def start(self) -> None:
        """Race; what cannot be is said."""
        if self._watch.is_working:
            return
        self._asked = asked = self._source()
        steps, tolerance = self.steps.value(), float(self.tolerance.value)
        field, breathe = str(self.field.currentData()), self._breathe

        def work(report: Report) -> Scores:
            # A network's curvature, which says where its rates begin, takes a tenth of a second.
            runs = tuple(asked.runs.values())
            race = make_race(asked.problem, runs, steps, tolerance=tolerance, field=field)
            return run_race(race, jobs=jobs(), report=report, breathe=breathe)

        self.message.clear()
        self._watch.begin(work)

    @Slot()
    def stop(self) -> None:
        """Cancel the race; what was found before stays."""
        self._watch.stop()

    def done(self, result: int) -> None:
        """However the dialog ends, no thread goes on computing."""
        self.stop()
        super().done(result)

    @Slot(bool)
    def _show_working(self, working: bool) -> None:
        self.start_race.setEnabled(not working)
        self.cancel.setEnabled(working)
        self.progress.setVisible(working)
        self.take.setEnabled(not working and self._scores is not None)
        self.put_back.setEnabled(not working and self._scores is not None)

    @Slot(object)
    def _end(self, result: Scores | Sentence) -> None:
        if isinstance(result, Sentence):
            self.message.setText(say(result))
        else:
            self._show(result)

    def _show(self, scores: Scores) -> None:
        self._scores, self._problem = scores, self._asked.problem
        self._raced = list(zip(self._asked.runs, scores.runs, strict=True))
        self.table.show_scores(self._raced, self._source().styles)
        self.message.setText(_summary(scores))

    # Taking it over

    @Slot()
    def _take(self) -> None:
        self._ask_for({key: (score.before, score.run) for key, score in self._raced})

    @Slot()
    def _put_back(self) -> None:
        self._ask_for({key: (score.run, score.before) for key, score in self._raced})

    def _ask_for(self, changes: Mapping[int, tuple[Run, Run]]) -> None:
        """Let runs that still are the first of two be the second; what has changed since stays."""
        there = self._source()
        if there.problem is not self._problem:
            self.message.setText(tr("The problem has changed since this race: race again."))
            return
        runs = {
            key: second
            for key, (first, second) in changes.items()
            if there.runs.get(key) == first and first != second
        }
        changed = [
            key
            for key, pair in changes.items()
            if key in there.runs and there.runs[key] not in pair
        ]
        if changed:
            self.message.setText(
                tr("Runs that have changed since the race stay as they are: {runs}.",
                   runs=", ".join(str(key + 1) for key in changed))
            )  # fmt: skip
        if runs:
            self.wanted.emit(runs)


def _summary(scores: Scores) -> str:
    rates = scores.race.rates
    told = tr(
        "{count} rates from {low} to {high} each, {steps} steps. 2×: rates that need at most twice "
        "the best steps.",
        count=f"{rates.count:,}", low=number(rates.low), high=number(rates.high),
        steps=f"{scores.race.steps:,}",
    )  # fmt: skip
    if scores.is_found and scores.least is not None:
        told += " " + tr(
            "No minimum is known: the tolerance counts from the least loss found, {least}.",
            least=number(scores.least, 4),
        )
    return told
