"""The file of a lesson: TOML, strictly checked, data and nothing else.

The keys are listed in resources/manual/en/own-lessons.md. A lesson names no file but those that
lie beside it, no address, and nothing that is run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from gdsim.engine.data import Data, data_of
from gdsim.engine.fields import fields_of
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.engine.run import FREE_PARTS
from gdsim.engine.schedules import SCHEDULES
from gdsim.engine.sentences import Fault, sentence, some
from gdsim.experiment import document
from gdsim.experiment.lessons.checks import CHECKS, Check
from gdsim.experiment.lessons.facts import FACTS
from gdsim.experiment.lessons.lesson import (
    BAR,
    DRAWN,
    KINDS,
    VIEWS,
    Choice,
    Fact,
    Lesson,
    Observation,
    Question,
    Task,
    changed_setup,
    first_of,
    made_setup,
)
from gdsim.experiment.lessons.table_reader import LANGUAGES, TableReader
from gdsim.experiment.lessons.toml_faults import toml_values
from gdsim.experiment.lessons.toml_lines import lines_of
from gdsim.experiment.prepare import prepare_run
from gdsim.experiment.setup import Setup
from gdsim.experiment.tables import chosen, data_from, look
from gdsim.system.files import read_at_most, unreadable

FORMAT, VERSION = "gdsim lesson", 1
MOST_BYTES = 1 << 20
MOST_DATA_BYTES = 1 << 24
MOST_STEPS = 100_000
"""Of a run in a lesson: each is made anew to be checked."""
MOST_RUNS = 8
MOST_FACTS, MOST_VARIANTS = 60, 20
"""Each may make the problem anew, a network in a tenth of a second."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")

_PARTS = ("optimizer", "schedule", "schedule_settings", "convention", "start", "data", "lr")
_SETTINGS = (
    *(one.Settings for one in OPTIMIZERS), *(one.Settings for one in SCHEDULES),
    *(one.Settings for one in PROBLEMS), *FREE_PARTS.values(),
)  # fmt: skip
FREE = tuple(
    dict.fromkeys([*_PARTS, *(one.name for settings in _SETTINGS for one in fields_of(settings))])
)
"""What a task may leave to the student, by the names of `gdsim run`."""


def read_lesson(path: str | os.PathLike[str]) -> Lesson:
    """The lesson in a file; `Fault` names file, line, place and remedy."""
    path = Path(path)
    raw = read_at_most(path, MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Fault("{file} is too large for a lesson.", file=path.name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Fault(
            "{file}, line {line}: this is not UTF-8. Save the file as UTF-8 (without this it has "
            "no Chinese).", file=path.name, line=line,
        ) from None  # fmt: skip
    return lesson_from_text(text, path)


def lesson_from_text(text: str, path: Path) -> Lesson:
    """The lesson that a text describes; `path` is its file, beside which its data lie."""
    text = text.replace("\r\n", "\n")
    values = toml_values(text, path.name)
    return _LessonReader(TableReader(path.name, lines_of(text), values), path).lesson()


def experiment_from(values: Mapping[str, Any], path: Path) -> Setup:
    """The experiment that such a table describes, of the lesson in the file `path`."""
    table = TableReader(path.name, lines_of(""), values, ("experiment",))
    return _LessonReader(table, path).experiment(table)


class _LessonReader:
    """Goes through the file from its head to its end."""

    def __init__(self, whole: TableReader, path: Path) -> None:
        self._whole, self._path = whole, path

    def lesson(self) -> Lesson:
        whole = self._whole
        if whole.values.get("format") != FORMAT:
            raise Fault("{file} is no gdsim lesson: it has no line format = \"{format}\".",
                        file=whole.file, format=FORMAT)  # fmt: skip
        whole.only("format", "version", "id", "minutes", "title", "experiment", "predict",
                   "observe", "explain", "task", "fact")  # fmt: skip
        if whole.values.get("version") != VERSION:
            whole.fail("version", sentence(
                "this gdsim reads version {version} of lessons.", version=VERSION
            ))  # fmt: skip
        name = whole.word("id")
        if not _ID.fullmatch(name):
            whole.fail("id", sentence("an id has small letters, digits and hyphens only."))
        setup = self.experiment(whole.table("experiment"))
        question = self._question(whole.table("predict"), setup)
        observations = []
        last, shown = 0, setup
        for table in whole.tables("observe", 1, 12):
            observation = self._observation(table, shown, last)
            shown = observation.setup or shown
            last = observation.to
            observations.append(observation)
        explain = whole.table("explain")
        explain.only(*LANGUAGES)
        return Lesson(
            name, whole.text("title"), whole.whole("minutes", 1, 120), setup, question,
            tuple(observations), explain.text(), self._task(whole.table("task"), setup),
            tuple(self._fact(table, setup) for table in whole.tables("fact", 0, MOST_FACTS)),
            self._path,
        )  # fmt: skip

    # The experiment

    def experiment(self, table: TableReader) -> Setup:
        if table.has("file"):
            table.only("file", "steps")
            path = self._beside(table, "file", ".gdsim")
            try:
                setup = document.load(path).setup
            except Fault as fault:
                table.fail("file", fault.sentence)
            return setup.with_limit(self._steps(table, setup.step_limit))
        table.only("problem", "settings", "data", "start", "steps", "run")
        settings = dict(table.table("settings").values) if table.has("settings") else {}
        data = self._data(table.table("data")) if table.has("data") else None
        try:
            problem = make_problem(table.word("problem"), data, settings)
        except Fault as fault:
            table.fail("problem", fault.sentence)
        start = self._start(table)
        runs = []
        for run in table.tables("run", 1, MOST_RUNS):
            words: dict[str, Any] = dict(run.values)
            try:
                if start is not None:
                    words.setdefault("start", start)
                runs.append(prepare_run(problem, run.word("optimizer"), **{
                    key: value for key, value in words.items() if key != "optimizer"
                }))  # fmt: skip
            except (TypeError, ValueError, AttributeError) as error:
                known = sentence("it has a value of a kind that does not belong there.")
                run.fail(None, error.sentence if isinstance(error, Fault) else known)
        try:
            return made_setup(problem, tuple(runs), self._steps(table))
        except Fault as fault:
            table.fail(None, fault.sentence)

    def _steps(self, table: TableReader, default: int | None = None) -> int:
        return table.whole("steps", 1, MOST_STEPS, default)

    def _start(self, table: TableReader) -> tuple[float, ...] | None:
        if not table.has("start"):
            return None
        return self._numbers(table, "start")

    def _numbers(self, table: TableReader, key: str) -> tuple[float, ...]:
        wanted = sentence("a list of numbers")
        listed = table.of(key, list, wanted)
        for one in listed:
            number = isinstance(one, int | float) and not isinstance(one, bool)
            if not number or not abs(one) < 1e300:
                table.fail(key, sentence("it must be {wanted}.", wanted=wanted))
        return tuple(float(one) for one in listed)

    def _data(self, table: TableReader) -> Data:
        try:
            if table.has("file"):
                table.only("file", "x", "y")
                found = look(self._beside(table, "file", ".csv", ".tsv", ".txt"))
                x = [table.word("x")] if table.has("x") else None
                y = table.word("y") if table.has("y") else None
                return data_from(found, *chosen(found, x, y))
            table.only("x", "y")
            return data_of(self._numbers(table, "x"), self._numbers(table, "y"))
        except Fault as fault:
            if str(fault).startswith(self._path.name):
                raise
            table.fail("file" if table.has("file") else None, fault.sentence)

    def _beside(self, table: TableReader, key: str, *endings: str) -> Path:
        """The path of a file that lies beside the lesson; nowhere else may one be read."""
        name = table.word(key)
        if not name or name != PurePosixPath(name).name or "\\" in name or ":" in name:
            table.fail(
                key, sentence("only a file beside the lesson can be named, without a folder.")
            )
        if not name.lower().endswith(endings):
            table.fail(key, sentence("its name must end in {endings}.", endings=", ".join(endings)))
        path = self._path.parent / name
        try:
            if path.is_symlink() or path.stat().st_size > MOST_DATA_BYTES:
                table.fail(key, sentence(
                    "it must be a file of at most {size} MB, no link to another.",
                    size=MOST_DATA_BYTES >> 20,
                ))  # fmt: skip
        except (OSError, ValueError) as error:  # a NUL in its name
            table.fail(key, unreadable(path, error).sentence)
        return path

    # What is asked, seen and done

    def _question(self, table: TableReader, setup: Setup) -> Question:
        table.only(*LANGUAGES, "views", "hide", "visible_runs", "choice", "draw")
        draw = table.one_of("draw", DRAWN) if table.has("draw") else ""
        choices = []
        for one in table.tables("choice", 0 if draw else 2, 4):
            one.only(*LANGUAGES, "says", "right")
            choices.append(Choice(one.text(), one.text("says"), one.truth("right")))
        if (choices or not draw) and sum(choice.right for choice in choices) != 1:
            table.fail("choice", sentence("exactly one choice must have right = true."))
        return Question(
            table.text(), tuple(choices), table.words("views", VIEWS, least=1),
            frozenset(table.words("hide", KINDS)), table.places("visible_runs", len(setup.tracks)),
            draw,
        )  # fmt: skip

    def _observation(self, table: TableReader, setup: Setup, last: int) -> Observation:
        table.only(*LANGUAGES, "to", "look", "show", "visible_runs", "set")
        made = self._changed(table, "set", setup) if table.has("set") else None
        to = table.whole("to", 0, MOST_STEPS)
        if to > setup.step_limit:
            table.fail("to", sentence(
                "the experiment has {steps} steps only.", steps=setup.step_limit
            ))  # fmt: skip
        if made is None and to < last:
            table.fail("to", sentence(
                "the observation before goes to step {step} already.", step=last
            ))  # fmt: skip
        look = table.one_of("look", (*VIEWS, BAR))
        return Observation(
            to, look, table.text(), frozenset(table.words("show", KINDS)),
            table.places("visible_runs", len(setup.tracks)), made,
        )  # fmt: skip

    def _changed(self, table: TableReader, key: str, setup: Setup) -> Setup:
        try:
            return changed_setup(setup, table.table(key).values)
        except Fault as fault:
            table.fail(key, fault.sentence)

    def _task(self, table: TableReader, setup: Setup) -> Task:
        table.only(*LANGUAGES, "hint", "free", "experiment", "check", "passes", "fails")
        own = self.experiment(table.table("experiment")) if table.has("experiment") else None
        asked = table.table("check")
        asked.only(*(check.name for check in CHECKS))
        checks = tuple(
            self._check(asked, kind, own or setup) for kind in CHECKS if asked.has(kind.name)
        )
        if not checks:
            table.fail("check", sentence(
                "it asks for nothing: {known}.", known=some(one.name for one in CHECKS)
            ))  # fmt: skip
        task = own or first_of(setup, 0)
        variants = {}
        for name in ("passes", "fails"):
            for one in table.tables(name, 0, MOST_VARIANTS):
                self._try(one, task)
            variants[name] = tuple(table.values.get(name, ()))
        return Task(
            table.text(), table.text("hint"), table.words("free", FREE, least=1), task, checks,
            variants["passes"], variants["fails"],
        )  # fmt: skip

    def _check(self, table: TableReader, kind: type[Check], setup: Setup) -> Check:
        if table.values[kind.name] is True and not kind.__match_args__:
            return kind()
        check = table.table(kind.name).made(kind, {"wanted": "is"})
        why = check.misfit(setup)
        if why is not None:
            table.fail(kind.name, why)
        return check

    def _try(self, table: TableReader, setup: Setup) -> None:
        try:
            changed_setup(setup, table.values)
        except Fault as fault:
            table.fail(None, fault.sentence)

    def _fact(self, table: TableReader, setup: Setup) -> Fact:
        table.only("of", "at", "is", "within", "run", "set", "start")
        run = table.whole("run", 1, len(setup.tracks), 1) - 1
        at = table.whole("at", 0, MOST_STEPS) if table.has("at") else None
        if at is not None and at > setup.step_limit:
            table.fail("at", sentence(
                "the experiment has {steps} steps only.", steps=setup.step_limit
            ))  # fmt: skip
        change: dict[str, Any] = {}
        if table.has("set"):
            change.update(table.table("set").values)
        if table.has("start"):
            change["start"] = list(self._numbers(table, "start"))
        try:
            changed_setup(setup, change)
        except Fault as fault:
            table.fail("set" if table.has("set") else "start", fault.sentence)
        of = table.word("of")
        why = FACTS.misfit(of, at, setup)
        if why is not None:
            table.fail("of", why)
        wanted = table.word("is") if isinstance(table.values.get("is"), str) else table.number("is")
        return Fact(of, wanted, run, at, table.number("within", 1e-9), change)
