"""The numbers that a lesson's texts rest on: what may be asked of a run, and whether it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gdsim.engine.sentences import Fault, Sentence, number, sentence, some
from gdsim.experiment.lessons.checks import Judged
from gdsim.experiment.lessons.lesson import Fact, Lesson, Values, changed_setup
from gdsim.experiment.lessons.way import Way, stays_from, way_of
from gdsim.experiment.setup import Setup

Measured = float | str | None
"""What was found: a number, a word, or nothing where there is none."""


@dataclass(frozen=True)
class _Kind:
    """What may stand behind `of`: the words, with a number in place of #, and how it is found."""

    words: str
    measure: Callable[[Way, float, int | None], Measured]
    at_a_step: bool = False

    def argument(self, of: str) -> float | None:
        """The number in `of`; None where it says something else, 0 where it needs none."""
        pattern = (
            re.escape(self.words).replace(r"\#", r"([0-9.eE+-]+)").replace("#", r"([0-9.eE+-]+)")
        )
        found = re.fullmatch(pattern, of)
        if found is None:
            return None
        try:
            return float(found[1]) if found.groups() else 0.0
        except ValueError:
            return None


def _spike(way: Way) -> float | None:
    """The first step whose loss is above both of its neighbours' and above 0.3."""
    loss = way.loss
    tops = np.flatnonzero(loss[1:-1] > np.maximum(np.maximum(loss[:-2], loss[2:]), 0.3))
    return float(tops[0] + 1) if len(tops) else None


def _whole(step: int | None) -> float | None:
    return None if step is None else float(step)


def _at(step: int | None) -> int:
    return -1 if step is None else step


_KINDS = (
    _Kind("loss", lambda way, _, at: float(way.loss[_at(at)]), True),
    _Kind("theta_#", lambda way, i, at: float(way.theta[_at(at), int(i)]), True),
    _Kind("outcome", lambda way, _, at: way.verdict.outcome.value),
    _Kind("diverged at", lambda way, _, at: _whole(way.account.diverged_at)),
    _Kind("settles #", lambda way, line, at: _whole(stays_from(way.loss < line))),
    _Kind("arrives #", lambda way, near, at: _whole(stays_from(way.distance < near))),
    _Kind("mean #", lambda way, first, at: float(way.loss[int(first):].mean())),
    _Kind("rises", lambda way, _, at: float(np.mean(np.diff(way.loss) > 0))),
    _Kind("largest loss", lambda way, _, at: float(np.nanmax(way.loss))),
    _Kind("largest theta_# at", lambda way, i, at: float(np.argmax(way.theta[:, int(i)]))),
    _Kind("aim", lambda way, _, at: way.aim),
    _Kind("critical", lambda way, _, at: way.critical),
    _Kind("curvature", lambda way, _, at: way.sharpness(_at(at)), True),
    _Kind("mean curvature #", lambda way, first, at: way.mean_sharpness(int(first))),
    _Kind("spike at", lambda way, _, at: _spike(way)),
)  # fmt: skip


class Facts:
    """What may be asked of a run."""

    known = tuple(kind.words for kind in _KINDS)

    def misfit(self, of: str, at: int | None, setup: Setup) -> Sentence | None:
        """Why that cannot be asked of that experiment; None where it can."""
        found = self._find(of)
        if found is None:
            return sentence(
                "'{of}' is nothing that can be measured; known: {known}.",
                of=of[:60], known=some(self.known),
            )  # fmt: skip
        kind, argument = found
        if "theta_#" in kind.words and not 0 <= argument < len(setup.problem.parameters):
            return sentence(
                "parameters are numbered from 0 to {last}.", last=len(setup.problem.parameters) - 1
            )
        if kind.words.startswith("mean ") and not 0 <= argument <= setup.step_limit:
            return sentence("the experiment has {steps} steps only.", steps=setup.step_limit)
        if at is not None and not kind.at_a_step:
            return sentence("it is not asked at a step: leave 'at' out.")
        return None

    def measure(self, way: Way, of: str, at: int | None) -> Measured:
        """What was found there."""
        found = self._find(of)
        assert found is not None
        with np.errstate(all="ignore"):
            return found[0].measure(way, found[1], at)

    @staticmethod
    def _find(of: str) -> tuple[_Kind, float] | None:
        for kind in _KINDS:
            argument = kind.argument(of)
            if argument is not None:
                return kind, argument
        return None


FACTS = Facts()


@dataclass(frozen=True)
class Tried:
    """One thing that a lesson says of itself, and whether it is so."""

    holds: bool
    sentence: Sentence


def try_lesson(lesson: Lesson) -> Iterator[Tried]:
    """Every fact and every variant of the task, one after the other."""
    for fact in lesson.facts:
        yield _try_fact(lesson, fact)
    yield _try_start(lesson)
    for expected, variants in ((True, lesson.task.passes), (False, lesson.task.fails)):
        for values in variants:
            yield _try_variant(lesson, values, expected)


def _try_fact(lesson: Lesson, fact: Fact) -> Tried:
    way = way_of(changed_setup(lesson.setup, fact.change), fact.run)
    found = FACTS.measure(way, fact.of, fact.at)
    if isinstance(fact.wanted, str) or not isinstance(found, float):
        holds = found == fact.wanted
    else:
        holds = bool(abs(found - fact.wanted) <= fact.within)
    values = {
        "run": fact.run + 1, "of": fact.of if fact.at is None else f"{fact.of} at step {fact.at}",
        "wanted": _shown(fact.wanted), "found": _shown(found),
    }  # fmt: skip
    if fact.change:
        values["of"] = f"{values['of']} with {_spelt(fact.change)}"
    told = sentence(
        "run {run}, {of}: {found}; asked: {wanted}."
        if holds
        else "run {run}, {of}: {found}, not {wanted}.",
        **values,
    )
    return Tried(holds, told)


def _try_start(lesson: Lesson) -> Tried:
    """A task that is solved before anything is done asks for nothing."""
    judged = judge_task(lesson, lesson.task.setup)
    solved = all(one.passed for one in judged)
    told = sentence(
        "The task is solved already as it begins: {said}" if solved
        else "The task is not solved as it begins: {said}", said=judged[-1].sentence,
    )  # fmt: skip
    return Tried(not solved, told)


def _try_variant(lesson: Lesson, values: Values, expected: bool) -> Tried:
    try:
        judged = judge_task(lesson, changed_setup(lesson.task.setup, values))
    except Fault as fault:
        return Tried(
            False, sentence("{change}: {said}", change=_spelt(values), said=fault.sentence)
        )
    passed = all(one.passed for one in judged)
    said = next((one for one in judged if not one.passed), judged[-1]).sentence
    values_said = {"change": _spelt(values), "said": said}
    told = {
        (True, True): sentence("{change} passes, as it should: {said}", **values_said),
        (False, False): sentence("{change} does not pass, as it should: {said}", **values_said),
        (True, False): sentence("{change} passes, which it should not: {said}", **values_said),
        (False, True): sentence("{change} does not pass, which it should: {said}", **values_said),
    }
    return Tried(passed == expected, told[passed, expected])


def judge_task(lesson: Lesson, setup: Setup) -> list[Judged]:
    """What each condition of the task says of that experiment, in order."""
    checks = lesson.task.checks
    places = range(len(setup.tracks)) if any(one.many for one in checks) else (0,)
    steps = lesson.task.setup.step_limit
    ways = [way_of(setup, place, steps) for place in places]
    with np.errstate(all="ignore"):
        return [check.judge(ways) for check in checks]


def _shown(value: Measured) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else number(value, 8)


def _spelt(values: Values) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())
