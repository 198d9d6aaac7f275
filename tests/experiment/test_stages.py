"""How a lesson steps: nothing is seen before it was predicted, and back is exactly back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.engine.sentences import sentence
from gdsim.experiment.lessons.lesson import Lesson
from gdsim.experiment.lessons.reading import read_lesson
from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.lessons.stages import Course, Part, Stage, Try

LESSONS = {one.id: one for one in map(read_lesson, bundled())}
RATES = LESSONS["rates"]


def at(stage: Stage, lesson: Lesson = RATES, seen: int = 1) -> Course:
    """The lesson at that stage, its question answered."""
    course = Course(lesson).next().choose(0)
    while course.stage is not stage or (stage is Stage.OBSERVATION and course.seen < seen):
        course = course.next()
    return course


def test_no_run_before_a_choice() -> None:
    course = Course(RATES).next()
    assert course.stage is Stage.QUESTION
    assert not course.may_go_on
    assert course.next() is course
    assert course.scene.play_to is None
    assert course.choose(1).next().stage is Stage.OBSERVATION
    assert course.choose(4) is course  # there are four


def test_hands_are_counted_twice_and_then_it_plays() -> None:
    course = Course(RATES).next().count(1, 1).count(1, 1).count(3, 1).count(0, -1)
    assert course.votes == (0, 2, 0, 1)
    talked = course.next()
    assert talked.stage is Stage.DISCUSSION
    assert talked.votes == (0, 0, 0, 0)
    assert not talked.may_go_on
    voted = talked.count(2, 1)
    assert voted.hands == ((0, 2, 0, 1), (0, 0, 1, 0))
    assert voted.next().stage is Stage.OBSERVATION
    assert voted.next().back() == voted


def test_it_plays_to_each_observation_and_shows_more_each_time() -> None:
    first, second = at(Stage.OBSERVATION), at(Stage.OBSERVATION, seen=2)
    assert (first.scene.play_to, first.scene.look) == (20, "parameters")
    assert (second.scene.play_to, second.scene.look) == (100, "loss")
    assert first.scene.hide == {"gauge", "verdict", "critical"}
    assert second.scene.hide == {"critical"}
    assert at(Stage.ANSWER).scene.hide == frozenset()
    assert at(Stage.ANSWER).part is Part.WATCH
    assert at(Stage.EXPLANATION).part is Part.WHY
    assert at(Stage.TASK).part is Part.TRY


def test_what_is_looked_at_is_shown_beside_the_views_of_the_question() -> None:
    scene = at(Stage.OBSERVATION, LESSONS["curvature"], seen=2).scene
    assert scene.views == ("parameters", "loss")
    assert scene.look == "loss"


def test_an_observation_may_make_the_runs_anew() -> None:
    course = at(Stage.OBSERVATION, LESSONS["adam-loses"], seen=2)
    first = at(Stage.OBSERVATION, LESSONS["adam-loses"])
    assert first.scene.setup is course.lesson.setup
    assert course.scene.setup.problem.settings != first.scene.setup.problem.settings
    assert at(Stage.EXPLANATION, course.lesson).scene.setup is course.scene.setup


def test_the_task_has_its_own_experiment_and_hides_nothing() -> None:
    scene = at(Stage.TASK, LESSONS["curvature"]).scene
    assert scene.setup.problem.name == "expression"
    assert scene.hide == frozenset()
    assert len(at(Stage.TASK).scene.setup.tracks) == 1


def test_a_changed_file_is_shown_at_the_stage_where_it_was() -> None:
    for course in (Course(RATES), at(Stage.OBSERVATION, seen=2), at(Stage.TASK)):
        other = course.of(RATES)
        assert (other.stage, other.seen, other.chosen) == (
            course.stage, course.seen, course.chosen,
        )  # fmt: skip
    shorter = replace(RATES, observations=RATES.observations[:1])
    assert at(Stage.OBSERVATION, seen=2).of(shorter).lesson is shorter


def test_the_hint_comes_after_two_tries_or_when_asked() -> None:
    course = at(Stage.TASK)
    failed = Try("α 0.05", "109", "< 70", passed=False, sentence=sentence("no"))
    assert not course.tried(failed).may_see_hint
    assert course.tried(failed).tried(failed).may_see_hint
    assert course.with_hint().may_see_hint
    assert not course.tried(failed).solved
    assert course.tried(replace(failed, passed=True)).solved


@pytest.mark.parametrize("name", LESSONS)
@given(st.lists(st.sampled_from(["next", "back", "choose", "count"]), max_size=40))
def test_back_after_next_is_where_it_was(name: str, moves: list[str]) -> None:
    course = Course(LESSONS[name])
    for move in moves:
        if move == "choose":
            course = course.choose(1)
        elif move == "count":
            course = course.count(0, 1)
        elif move == "next":
            further = course.next()
            if further is not course:
                assert further.back() == course
                assert further.back().scene == course.scene
            course = further
        else:
            course = course.back()
        if course.seen:
            assert course.chosen is not None or any(course.hands[0]) or any(course.hands[1])
