"""A lesson's file from an experiment: what is set up, and places for question, answers and task.

What it writes is a lesson already: it opens, and its facts hold. The teacher puts other words in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gdsim.engine.sentences import Fault, Sentence, number, sentence
from gdsim.experiment import document
from gdsim.experiment.document import Experiment
from gdsim.experiment.lessons.checks import CHECKS
from gdsim.experiment.lessons.experiment_table import as_lesson, in_words
from gdsim.experiment.lessons.facts import FACTS
from gdsim.experiment.lessons.lesson import KINDS, VIEWS
from gdsim.experiment.lessons.reading import FORMAT, VERSION
from gdsim.experiment.lessons.toml_text import toml_value
from gdsim.experiment.lessons.way import stays_from, way_of
from gdsim.experiment.setup import Setup
from gdsim.system.catalogue import said_in
from gdsim.system.files import written_aside

FIRST_VIEWS = ("parameters", "loss")
MOST_STEPS = 1000
"""Of the run that is made for the numbers of a new lesson: nobody shall wait for them."""

Say = Callable[[Sentence], str]


@dataclass(frozen=True)
class _Numbers:
    """What the first run has come to: a new lesson's texts and facts begin with it."""

    last: int
    loss: float
    line: float
    """A hundredth of the way from the least loss to that of the start."""
    before: int
    """Half of the steps after which it stays below that line."""


def lesson_from(
    setup: Setup,
    views: Sequence[str] = FIRST_VIEWS,
    *,
    language: str = "en",
    visible_runs: Sequence[int] | None = None,
    name: str = "my-lesson",
    file: str = "",
) -> str:
    """The text of a lesson with that experiment, those views, two choices and a task.

    `views` are names of views, of which those that a lesson cannot ask for are left out;
    `visible_runs` are places of runs from 0 on. `file` is the `.gdsim` beside the lesson that
    holds an experiment which words cannot say (`needs_file`); `Fault` where it is not given then.
    """

    def say(one: Sentence) -> str:
        return said_in(language, one)

    table = in_words(setup)
    if table is None:
        if not file:
            raise Fault("This experiment has to lie in a file beside the lesson: name it.")
        limit = as_lesson(setup).step_limit
        table = ["[experiment]", f"file = {toml_value(file)}", f"steps = {limit}"]
    shown = [view for view in dict.fromkeys(views) if view in VIEWS] or list(FIRST_VIEWS)
    numbers = _numbers(setup)
    parts = (
        _head(say, language, name),
        [_remark(say, sentence("What is set up, in the words of `gdsim run`.")), *table],
        _question(say, language, shown, visible_runs),
        _observation(say, language, shown, numbers, setup),
        _why_and_task(say, language, numbers),
        _facts(say, numbers),
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def needs_file(setup: Setup) -> bool:
    """Whether the experiment has to lie in a file beside the lesson: changed on its way, or a
    table of one's own."""
    return in_words(setup) is None


def write_lesson(
    path: Path,
    experiment: Experiment,
    views: Sequence[str] = FIRST_VIEWS,
    language: str = "en",
    beside: Path | None = None,
) -> tuple[Path, ...]:
    """Write a new lesson, and beside it the experiment where it needs a file; what was written.

    `beside` is a file in the same folder that holds the experiment already. `Fault` where one of
    the files is there before: a lesson that somebody has written is not lost.
    """
    setup, hidden = experiment.setup, experiment.view.hidden
    runs = [place for place in range(len(setup.tracks)) if place not in hidden]
    written: list[Path] = [path]
    file = ""
    if needs_file(setup):
        target = beside or path.with_suffix(".gdsim")
        file = target.name
        if beside is None:
            written.append(target)
    for one in written:
        if one.exists():
            raise Fault("{file} is there already: choose another name.", file=str(one))
    text = lesson_from(
        setup, views, language=language, visible_runs=runs if hidden else None,
        name=_id_of(path.stem), file=file,
    )  # fmt: skip
    if len(written) > 1:
        document.save(written[1], experiment)
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")
    return tuple(written)


def _id_of(stem: str) -> str:
    """A file's name as an id: small letters, digits, hyphens."""
    found = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60]
    return found or "my-lesson"


def _remark(say: Say, one: Sentence) -> str:
    return f"# {say(one)}"


def _text(say: Say, language: str, one: Sentence, key: str = "") -> str:
    """A text in the language of who writes; others can be added."""
    return f"{key}{language} = {toml_value(say(one))}"


def _head(say: Say, language: str, name: str) -> list[str]:
    return [
        _remark(say, sentence(
            "A lesson for gdsim. Write your own texts; each save shows it anew in the window."
        )),
        _remark(say, sentence(
            "Texts may have **bold**, lists, tables (Markdown). For a second language add zh or en."
        )),
        _remark(say, sentence("`gdsim lesson check FILE` tries the numbers at the end.")),
        f"format = {toml_value(FORMAT)}",
        f"version = {VERSION}",
        f"id = {toml_value(name)}",
        "minutes = 10",
        _text(say, language, sentence("A lesson of my own"), "title."),
    ]  # fmt: skip


def _question(
    say: Say, language: str, views: Sequence[str], runs: Sequence[int] | None
) -> list[str]:
    known, kinds = ", ".join(VIEWS), ", ".join(KINDS)
    lines = [
        _remark(say, sentence("The question: nothing is played before it is answered.")),
        "[predict]",
        _remark(say, sentence("What is seen: {known}.", known=known)),
        f"views = {toml_value(views)}",
        _remark(say, sentence("What would give the answer away: {known}.", known=kinds)),
        'hide = ["verdict"]',
        *([f"visible_runs = {toml_value([one + 1 for one in runs])}"] if runs else []),
        _text(say, language, sentence("What will happen?")),
        _remark(say, sentence("2 to 4 choices, one of them right; `says` comes after the run.")),
    ]  # fmt: skip
    return [
        *lines,
        "[[predict.choice]]",
        "right = true",
        _text(say, language, sentence("The right answer")),
        _text(say, language, sentence("What you say to those who chose it."), "says."),
        "[[predict.choice]]",
        _text(say, language, sentence("A wrong answer that many believe")),
        _text(say, language, sentence("What is wrong with it."), "says."),
    ]


def _observation(
    say: Say, language: str, views: Sequence[str], numbers: _Numbers | None, setup: Setup
) -> list[str]:
    if numbers is None:
        seen, to = sentence("What is seen here."), as_lesson(setup).step_limit
    else:
        seen = sentence("Step {step}: loss {loss}.", step=numbers.last,
                        loss=number(numbers.loss, 4))  # fmt: skip
        to = numbers.last
    return [
        _remark(say, sentence("Played up to step `to`; the text stands in the view `look`.")),
        "[[observe]]",
        f"to = {to}",
        f"look = {toml_value(views[0])}",
        _text(say, language, seen),
    ]


def _why_and_task(say: Say, language: str, numbers: _Numbers | None) -> list[str]:
    line, before = (0.1, 100) if numbers is None else (numbers.line, numbers.before)
    asked = sentence("Let the loss stay below {loss} in **under {before} steps**.",
                     loss=number(line, 4), before=before)  # fmt: skip
    checks = ", ".join(check.name for check in CHECKS)
    return [
        _remark(say, sentence("Why it is so, in at most 60 words.")),
        "[explain]",
        _text(say, language, sentence("Because …")),
        "",
        _remark(say, sentence("What the student does; only what is `free` can be changed.")),
        "[task]",
        'free = ["lr"]',
        _text(say, language, asked),
        _text(say, language, sentence("A hint, after two tries that failed."), "hint."),
        _remark(say, sentence("What is checked after each run: {known}.", known=checks)),
        "[task.check]",
        f"settles = {toml_value({'loss': line, 'before': before})}",
        _remark(say, sentence("Settings that must pass, and that must not (take the # away):")),
        "# [[task.passes]]",
        "# lr = 0.05",
        "# [[task.fails]]",
        "# lr = 0.001",
    ]  # fmt: skip


def _facts(say: Say, numbers: _Numbers | None) -> list[str]:
    known = ", ".join(FACTS.known)
    lines = [_remark(say, sentence(
        "Numbers that your texts rest on: {known}.", known=known
    ))]  # fmt: skip
    if numbers is None:
        return lines
    return [
        *lines,
        "[[fact]]",
        "run = 1",
        'of = "loss"',
        f"at = {numbers.last}",
        f"is = {toml_value(numbers.loss)}",
        f"within = {toml_value(_rounded(abs(numbers.loss) * 1e-3, 1) or 1e-12)}",
    ]


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def _numbers(setup: Setup) -> _Numbers | None:
    """Those of the first run, none where it leaves the numbers or has no value at its start."""
    problem = setup.problem
    try:
        way = way_of(setup, 0, min(setup.step_limit, MOST_STEPS))
    except Fault:
        return None
    first, last = float(way.loss[0]), float(way.loss[-1])
    if not (np.isfinite(first) and np.isfinite(last)):
        return None
    known = problem.least_loss if problem.minima else None
    least = min(first, last, 0.0 if known is None else known)
    line = _rounded(least + (first - least) / 100.0, 3)
    step = stays_from(way.loss < line)
    before = setup.step_limit if step is None else max(step // 2, 1)
    return _Numbers(way.last, _rounded(last, 6), line, min(before, as_lesson(setup).step_limit))
