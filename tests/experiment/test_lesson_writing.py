"""A lesson made of an experiment opens at once, holds it exactly, and its numbers are true."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gdsim.engine.data import data_of
from gdsim.engine.fields import fields_of, settings_values
from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES
from gdsim.engine.sentences import Fault
from gdsim.experiment.document import Experiment, save
from gdsim.experiment.lessons.facts import try_lesson
from gdsim.experiment.lessons.reading import lesson_from_text, read_lesson
from gdsim.experiment.lessons.sheet import html_of, sheet_of
from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.lessons.writing import lesson_from, needs_file, write_lesson
from gdsim.experiment.setup import Setup, Track, first_setup
from gdsim.experiment.view_state import ViewState

FILE = Path("mine.toml")
ARTICLE = make_problem("article")


def setup_of(run: Run) -> Setup:
    return Setup(ARTICLE, (Track(0, run),), 30)


@pytest.mark.parametrize("name", [problem.name for problem in PROBLEMS])
def test_each_problem_becomes_a_lesson_whose_numbers_hold(name: str) -> None:
    problem = make_problem(name)
    setup = Setup(problem, (Track(0, make_run(problem)),), 100)
    lesson = lesson_from_text(lesson_from(setup, ["parameters", "surface"]), FILE)
    assert lesson.setup == setup
    assert lesson.question.views == ("parameters",)
    assert [str(one.sentence) for one in try_lesson(lesson) if not one.holds] == []


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda one: one.name)
def test_each_method_is_said_in_words_and_read_again(optimizer: type[Optimizer]) -> None:
    for convention in (None, *optimizer.conventions):
        for schedule in SCHEDULES:
            name = optimizer.name
            run = make_run(ARTICLE, name, {"lr": 0.02}, schedule.name, convention=convention)
            run = replace(run, sampling=Sampling(2, "cyclic", 7), start=(1.0, -2.5))
            read = lesson_from_text(lesson_from(setup_of(run)), FILE).setup
            assert read.tracks[0].run == run


def test_settings_that_are_not_the_usual_ones_are_kept() -> None:
    run = make_run(ARTICLE, "adam", {"lr": 0.1})
    for one in fields_of(run.settings):
        if one.kind == "float" and one.name not in ("learning_rate",):
            values = {**settings_values(run.settings), one.name: 0.5}
            other = make_run(ARTICLE, "adam", values)
            assert lesson_from_text(lesson_from(setup_of(other)), FILE).setup == setup_of(other)


def test_what_words_cannot_say_lies_in_a_file_beside(tmp_path: Path) -> None:
    first = first_setup()
    later = replace(first.tracks[0].run, start=first.tracks[0].run.start)
    changed = first.with_runs({0: make_run(ARTICLE, "adam", {"lr": 0.1})}, 20)
    assert later == changed.tracks[0].run
    assert needs_file(changed)
    assert not needs_file(first)
    with pytest.raises(Fault, match="beside the lesson"):
        lesson_from(changed)
    path = tmp_path / "Räder 2.toml"
    written = write_lesson(path, Experiment(changed), ["loss"])
    assert written == (path, path.with_suffix(".gdsim"))
    lesson = read_lesson(path)
    assert lesson.setup == changed
    assert all(one.holds for one in try_lesson(lesson))
    with pytest.raises(Fault, match="there already"):
        write_lesson(path, Experiment(changed))


def test_a_table_with_names_is_kept_with_them() -> None:
    data = data_of([[1.0, 2.0, 4.0]], [1.0, 3.0, 2.0], ["hours"], "score")
    problem = make_problem("linear", data)
    setup = Setup(problem, (Track(0, make_run(problem)),), 10)
    assert needs_file(setup)
    plain = make_problem("linear", data_of([1.0, 2.0, 4.0], [1.0, 3.0, 2.0]))
    setup = Setup(plain, (Track(0, make_run(plain)),), 10)
    assert lesson_from_text(lesson_from(setup), FILE).setup == setup


def test_runs_that_are_hidden_stay_so(tmp_path: Path) -> None:
    setup = first_setup().added(make_run(ARTICLE, "adam", {"lr": 0.1}))
    path = tmp_path / "two.toml"
    save(tmp_path / "two.gdsim", Experiment(setup))
    write_lesson(path, Experiment(setup, ViewState(hidden=(0,))), language="zh")
    lesson = read_lesson(path)
    assert lesson.question.visible_runs == (1,)
    assert lesson.title.by_language == {"zh": "我的一课"}
    assert lesson.id == "two"


# On paper


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sheet_asks_and_does_not_answer(path: Path, language: str) -> None:
    lesson = read_lesson(path)
    page = sheet_of(lesson, language)
    told = [lesson.explanation, lesson.task.hint, *(one.says for one in lesson.question.choices)]
    for text in told:
        assert html_of(text.said(language)) not in page
    for choice in lesson.question.choices:
        assert html_of(choice.text.said(language)) in page
    key = sheet_of(lesson, language, answers=True)
    for text in told:
        assert html_of(text.said(language)) in key
    assert page.count('class="box"') == 2 * len(lesson.question.choices)


def test_what_a_stranger_wrote_is_text_on_the_sheet() -> None:
    bad = '<img src="http://x/y.png"> ![see](http://x/z.png) [go](javascript:alert(1)) **b** & `c`'
    made = html_of(bad)
    assert "<img" not in made
    assert "z.png" not in made
    assert "javascript" not in made
    assert "<b>b</b> &amp; <code>c</code>" in made
    assert html_of("- one\n- two") == "<ul><li>one</li><li>two</li></ul>"
