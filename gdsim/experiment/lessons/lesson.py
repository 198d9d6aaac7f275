"""What a lesson is made of: an experiment, a question, what is seen, why, and something to do.

The file format stands in reading.py, what the window does with a lesson in stages.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdsim.engine.fields import Value, fields_of
from gdsim.engine.problems import Problem
from gdsim.engine.run import PARTS, Run
from gdsim.engine.sentences import Fault
from gdsim.experiment.setup import Setup, Track, edited

if TYPE_CHECKING:  # the window knows lessons from its start, and no check before one is opened
    from gdsim.experiment.lessons.checks import Check

KINDS = (
    "gauge", "critical", "verdict", "path", "arrow", "formula", "fit", "least_squares", "loss",
    "note", "code",
)  # fmt: skip
"""What a number, a sentence or a picture may be, and what a lesson may hide wherever it stands."""
VIEWS = ("parameters", "fit", "loss", "rate", "slice", "curve", "prediction", "boundary", "samples")
"""Names of the views that a lesson may ask for; the test of the views holds them together."""
DRAWN = ("loss", "parameters")
"""The views in which a prediction can be drawn: a curve, or a pin."""
BAR = "formula"
"""What an observation may speak of beside the views: the update rule with its numbers."""


@dataclass(frozen=True)
class Text:
    """Markdown by language; where a language lacks it, English stands, or whatever there is."""

    by_language: Mapping[str, str]

    def said(self, language: str) -> str:
        """The text in that language, or the nearest."""
        texts = self.by_language
        return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


@dataclass(frozen=True)
class Choice:
    """An answer to the question; `says` answers it after the run."""

    text: Text
    says: Text
    right: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked before anything is played, and what of the window may be seen then."""

    text: Text
    choices: tuple[Choice, ...]
    views: tuple[str, ...]
    hide: frozenset[str] = frozenset()
    visible_runs: tuple[int, ...] | None = None
    """Places of runs from 0 on; None for all."""
    draw: str = ""
    """The view in which the prediction is drawn, "loss" or "parameters"; then there may be no
    choices."""

    @property
    def right(self) -> int | None:
        """The place of the right choice; None where there are none."""
        return next((place for place, choice in enumerate(self.choices) if choice.right), None)


@dataclass(frozen=True)
class Observation:
    """Played up to step `to`; the view `look` is framed and carries the caption."""

    to: int
    look: str
    text: Text
    show: frozenset[str] = frozenset()
    visible_runs: tuple[int, ...] | None = None
    setup: Setup | None = None
    """The runs made anew with other settings, from here on; None for those before."""


Values = Mapping[str, object]
"""Changes of an experiment by name: a setting of the problem or of the runs, or the start."""


@dataclass(frozen=True)
class Task:
    """What the student does: only what is `free` can be changed, and each run is checked."""

    text: Text
    hint: Text
    free: tuple[str, ...]
    setup: Setup
    checks: tuple[Check, ...]
    passes: tuple[Values, ...] = ()
    fails: tuple[Values, ...] = ()
    """Changes that pass and that do not: they try the lesson, nobody sees them."""


@dataclass(frozen=True)
class Fact:
    """A number or word of the lesson that must hold: `of` run `run` (from 0 on) `at` a step."""

    of: str
    wanted: float | str
    run: int = 0
    at: int | None = None
    within: float = 1e-9
    change: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """One question, some observations, one explanation, one task."""

    id: str
    title: Text
    minutes: int
    setup: Setup
    question: Question
    observations: tuple[Observation, ...]
    explanation: Text
    task: Task
    facts: tuple[Fact, ...] = ()
    path: Path | None = None


def changed_setup(setup: Setup, values: Values) -> Setup:
    """The experiment with other values: `Fault` for a name that neither problem nor runs have.

    A setting goes to every run that has it; a schedule comes before its settings.
    """
    # Problem and methods first: they bring defaults for all that follows.
    problems = {one.name for one in fields_of(setup.problem.settings)}
    first = (*problems, "optimizer", "schedule", "convention")
    for name in sorted(values, key=lambda one: one not in first):
        value = values[name]
        if name == "start":
            setup = setup.with_start(_point(value), 0)
        elif name in problems:
            setup = setup.with_problem_setting(name, value)  # type: ignore[arg-type] # checked there
        else:
            setup = _with_setting(setup, name, value)
    return setup


def _point(value: object) -> tuple[float, ...]:
    point: list[float] = []
    for one in value if isinstance(value, list | tuple) else [value]:
        if isinstance(one, bool) or not isinstance(one, int | float) or not abs(one) < 1e300:
            raise Fault("A start is a list of numbers, not {value}.", value=str(value))
        point.append(float(one))
    return tuple(point)


def _with_setting(setup: Setup, name: str, value: object) -> Setup:
    if isinstance(value, Mapping):
        part, inner = name, dict(value)
        if part not in PARTS:
            raise Fault("There are no settings '{name}' in a run.", name=name)
        for key, one in inner.items():
            setup = _for_runs(setup, key, one, (part,))
        return setup
    return _for_runs(setup, name, value, PARTS)


def _for_runs(setup: Setup, name: str, value: object, parts: tuple[str, ...]) -> Setup:
    runs: dict[int, Run] = {}
    for track in setup.tracks:
        made = with_value(track.run, name, value, parts)
        if made is not None:
            runs[track.key] = made
    if not runs:
        raise Fault("No run of this experiment has a setting '{name}'.", name=name)
    return setup.with_runs(runs)


def with_value(run: Run, name: str, value: object, parts: tuple[str, ...] = PARTS) -> Run | None:
    """The run with another value of that setting; None where it has none of that name."""
    given: Value = value  # type: ignore[assignment] # checked by the field
    if name in ("optimizer", "schedule"):
        return edited(run, name, "", given)
    for part in parts:
        for one in fields_of(getattr(run, part)):
            if name == one.name or name in one.aliases:
                return edited(run, part, one.name, given)
    return None


def first_of(setup: Setup, place: int) -> Setup:
    """The same experiment with one of its runs alone."""
    return replace(setup, tracks=(replace(setup.tracks[place], key=0),))


def made_setup(problem: Problem, runs: tuple[Run, ...], steps: int, source: str = "") -> Setup:
    """An experiment of these runs, in order."""
    tracks = tuple(Track(key, run) for key, run in enumerate(runs))
    return Setup(problem, tracks, steps, source)
