"""How a lesson steps: title, question, vote after discussion, observations, answer, why, task.

A `Course` is never changed: each step makes another, so going back restores a stage exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from gdsim.engine.sentences import Sentence
from gdsim.experiment.lessons.lesson import BAR, Lesson
from gdsim.experiment.setup import Setup


class Stage(Enum):
    """Where a lesson is."""

    TITLE = "title"
    QUESTION = "question"
    DISCUSSION = "discussion"
    OBSERVATION = "observation"
    ANSWER = "answer"
    EXPLANATION = "explanation"
    TASK = "task"


class Part(Enum):
    """What of a lesson the strip counts: predict, watch, understand, try."""

    QUESTION = 1
    WATCH = 2
    WHY = 3
    TRY = 4


_PART = {
    Stage.TITLE: Part.QUESTION, Stage.QUESTION: Part.QUESTION, Stage.DISCUSSION: Part.QUESTION,
    Stage.OBSERVATION: Part.WATCH, Stage.ANSWER: Part.WATCH, Stage.EXPLANATION: Part.WHY,
    Stage.TASK: Part.TRY,
}  # fmt: skip
PLAYED = frozenset(("path", "arrow"))
"""What a lesson can hide before a run is played only."""
LETTERS = "ABCD"
MOST_HANDS = 999

Hands = tuple[int, ...]
"""Hands counted for each choice."""


@dataclass(frozen=True)
class Scene:
    """What of the experiment a stage shows.

    `play_to` is the step that it plays to, None where nothing plays; `views` are named in order;
    `look` is the framed one and `caption` whether the observation's text stands in it.
    """

    setup: Setup
    views: tuple[str, ...]
    hide: frozenset[str]
    visible_runs: tuple[int, ...] | None
    play_to: int | None = None
    look: str = ""


@dataclass(frozen=True)
class Try:
    """A run of the task that was checked: what was set, what was measured, what was asked."""

    change: str
    measured: str
    asked: str
    passed: bool
    sentence: Sentence


@dataclass(frozen=True)
class Course:
    """A lesson at one of its stages, with what was answered so far.

    `seen` counts the observations up to the present one. `hands` are the tallies before and after
    the discussion; `alone` is a student who must choose before going on.
    """

    lesson: Lesson
    stage: Stage = Stage.TITLE
    seen: int = 0
    chosen: int | None = None
    hands: tuple[Hands, Hands] = ((), ())
    drawn: bool = False
    tries: tuple[Try, ...] = ()
    hint: bool = False

    @property
    def part(self) -> Part:
        return _PART[self.stage]

    @property
    def asks(self) -> bool:
        """Whether an answer can be given: alone, or after the discussion."""
        return self.stage in (Stage.QUESTION, Stage.DISCUSSION)

    @property
    def is_before_run(self) -> bool:
        """Whether nothing of a run is to be seen yet."""
        return self.stage is Stage.TITLE or self.asks

    @property
    def may_go_on(self) -> bool:
        """Whether a next stage is there: somebody has said what a run will do before it is seen."""
        if self.asks:
            return self.chosen is not None or any(self.votes) or self.drawn
        return self.stage is not Stage.TASK

    @property
    def may_go_back(self) -> bool:
        return self.stage is not Stage.TITLE

    @property
    def solved(self) -> bool:
        """Whether a try has passed."""
        return any(one.passed for one in self.tries)

    @property
    def may_see_hint(self) -> bool:
        """After two tries that failed, or once it was asked for."""
        return self.hint or sum(not one.passed for one in self.tries) >= 2

    @property
    def votes(self) -> Hands:
        """The tally that is being made: before the discussion, or after it."""
        return self.hands[self.stage is not Stage.QUESTION] or (0,) * len(self._choices)

    @property
    def _choices(self) -> tuple[object, ...]:
        return self.lesson.question.choices

    # Steps

    def next(self) -> Course:
        """The stage that follows; the same where none does."""
        if not self.may_go_on:
            return self
        last = len(self.lesson.observations)
        if self.stage is Stage.TITLE:
            return replace(self, stage=Stage.QUESTION)
        if self.stage is Stage.QUESTION and any(self.hands[0]):
            return replace(self, stage=Stage.DISCUSSION)  # hands were counted: a class may talk
        if self.asks:
            return replace(self, stage=Stage.OBSERVATION, seen=1)
        if self.stage is Stage.OBSERVATION and self.seen < last:
            return replace(self, seen=self.seen + 1)
        following = {
            Stage.OBSERVATION: Stage.ANSWER, Stage.ANSWER: Stage.EXPLANATION,
            Stage.EXPLANATION: Stage.TASK,
        }  # fmt: skip
        return replace(self, stage=following[self.stage])

    def back(self) -> Course:
        """The stage before; what was answered stays."""
        if self.stage is Stage.OBSERVATION and self.seen > 1:
            return replace(self, seen=self.seen - 1)
        if self.stage is Stage.OBSERVATION:
            before = Stage.DISCUSSION if any(self.hands[0]) else Stage.QUESTION
            return replace(self, stage=before, seen=0)
        previous = {
            Stage.QUESTION: Stage.TITLE, Stage.DISCUSSION: Stage.QUESTION,
            Stage.ANSWER: Stage.OBSERVATION, Stage.EXPLANATION: Stage.ANSWER,
            Stage.TASK: Stage.EXPLANATION,
        }  # fmt: skip
        return replace(self, stage=previous.get(self.stage, self.stage))

    def of(self, lesson: Lesson) -> Course:
        """The same of a lesson whose file has changed: at this stage, as far as it is there."""
        course = Course(lesson, chosen=self.chosen, drawn=self.drawn)
        while (course.stage, course.seen) != (self.stage, self.seen):
            further = course.next()
            if further is course:
                break
            course = further
        return course

    def choose(self, place: int) -> Course:
        """That choice is mine; another one replaces it until the run was seen."""
        if not self.asks or not self._is_choice(place):
            return self
        return replace(self, chosen=place)

    def count(self, place: int, by: int) -> Course:
        """So many hands more (or fewer) for that choice."""
        if not self.asks or not self._is_choice(place):
            return self
        tally = list(self.votes)
        tally[place] = min(max(tally[place] + by, 0), MOST_HANDS)
        after = self.stage is Stage.DISCUSSION
        hands = (self.hands[0], tuple(tally)) if after else (tuple(tally), self.hands[1])
        return replace(self, hands=hands)

    def drew(self) -> Course:
        """A prediction was drawn where one is asked for."""
        if self.stage is not Stage.QUESTION or not self.lesson.question.draw:
            return self
        return replace(self, drawn=True)

    def tried(self, one: Try) -> Course:
        """A run of the task more."""
        return replace(self, tries=(*self.tries, one))

    def with_hint(self) -> Course:
        return replace(self, hint=True)

    def _is_choice(self, place: int) -> bool:
        return 0 <= place < len(self._choices)

    # What is seen

    @property
    def scene(self) -> Scene:
        """What of the experiment this stage shows."""
        lesson, question = self.lesson, self.lesson.question
        if self.stage is Stage.TASK:
            return Scene(lesson.task.setup, question.views, frozenset(), None)
        setup, hide, visible = lesson.setup, question.hide, question.visible_runs
        views, look, to = question.views, "", None
        for one in lesson.observations[: self.seen]:
            # What plays is seen, and what was looked at stays so.
            setup, hide = one.setup or setup, hide - one.show - PLAYED - {one.look}
            visible = one.visible_runs or visible
            look, to = one.look, one.to
        if self.stage is not Stage.OBSERVATION and self.seen:
            hide, look = frozenset(), ""
        shown = dict.fromkeys([*views, *(one.look for one in lesson.observations[: self.seen])])
        return Scene(
            setup, tuple(name for name in shown if name != BAR), hide,
            visible, to, look,
        )  # fmt: skip
