"""The lessons that come with the program: every number holds, and a wrong one is found."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from gdsim.engine.sentences import Fault
from gdsim.experiment.lessons.facts import judge_task, try_lesson
from gdsim.experiment.lessons.lesson import changed_setup
from gdsim.experiment.lessons.reading import lesson_from_text, read_lesson
from gdsim.experiment.lessons.shelf import bundled

LESSONS = bundled()


def test_sixteen_lessons_come_with_the_program() -> None:
    assert len(LESSONS) == 16
    assert len({read_lesson(path).id for path in LESSONS}) == 16


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_fact_and_variant_holds(path: Path) -> None:
    tried = list(try_lesson(read_lesson(path)))
    assert [str(one.sentence) for one in tried if not one.holds] == []


def test_as_many_are_tried_as_were_written() -> None:
    lessons = [read_lesson(path) for path in LESSONS]
    assert sum(len(one.facts) for one in lessons) >= 67
    assert sum(len(one.task.passes) + len(one.task.fails) for one in lessons) >= 59


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_texts_are_there_in_both_languages_and_short(path: Path) -> None:
    lesson = read_lesson(path)
    texts = [
        lesson.title, lesson.question.text, lesson.explanation, lesson.task.text, lesson.task.hint,
        *(choice.text for choice in lesson.question.choices),
        *(choice.says for choice in lesson.question.choices),
        *(one.text for one in lesson.observations),
    ]  # fmt: skip
    for text in texts:
        assert text.by_language.keys() == {"en", "zh"}
    words = re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", lesson.explanation.said("en"))
    assert len(words) <= 60


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_wrong_number_is_found(path: Path) -> None:
    lesson = read_lesson(path)
    fact = next(one for one in lesson.facts if isinstance(one.wanted, float))
    assert isinstance(fact.wanted, float)
    wrong = replace(fact, wanted=fact.wanted + 10 * fact.within + 1e-6 * abs(fact.wanted))
    first = next(try_lesson(replace(lesson, facts=(wrong,))))
    assert not first.holds
    assert "not" in str(first.sentence)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_variant_that_ought_to_fail_is_found_where_it_passes(path: Path) -> None:
    lesson = read_lesson(path)
    turned = replace(lesson.task, passes=lesson.task.fails, fails=lesson.task.passes)
    tried = list(try_lesson(replace(lesson, task=turned, facts=())))
    assert not any(one.holds for one in tried[1:])


def test_feedback_is_the_number_that_was_measured() -> None:
    lesson = next(one for one in map(read_lesson, LESSONS) if one.id == "rates")
    (judged,) = judge_task(lesson, changed_setup(lesson.task.setup, {"lr": 0.05}))
    assert not judged.passed
    assert str(judged.sentence) == (
        "The loss stays below 0.57 from step 109 on; before step 70 is asked."
    )
    assert (judged.measured, judged.asked) == ("109", "< 70")


# What is wrong is said with file, line, place and remedy


def rates(change: tuple[str, str] | None = None) -> str:
    (path,) = (one for one in LESSONS if "rates" in one.name)
    text = path.read_text(encoding="utf-8")
    if change is not None:
        assert change[0] in text
        text = text.replace(*change, 1)
    return text


def line(text: str, start: str) -> int:
    return next(i for i, one in enumerate(text.split("\n"), 1) if one.startswith(start))


WRONG = {
    "a misspelt key": (("minutes = 8", "minuts = 8"), "minuts", "Did you mean 'minutes'?"),
    "a key too many": (("minutes = 8", "minutes = 8\ncolour = 1"), "colour", "no such key"),
    "another kind": (("minutes = 8", 'minutes = "8"'), "minutes", "whole number from 1 to 120"),
    "a view that is not": (('"parameters", "loss"', '"paramters"'), "predict.views", "parameters"),
    "nothing to hide": (('"gauge", "verdict"', '"gauges"'), "predict.hide", "gauge"),
    "no right answer": (("right = true", "right = false"), "predict.choice", "exactly one"),
    "a method that is not": (('"gd"\nlr = 0.01', '"gdd"\nlr = 0.01'), "experiment.run[2]", "gd"),
    "a rate that is none": (("lr = 0.08\n[[", "lr = -1.0\n[["), "experiment.run[3]", "> 0"),
    "a problem that is not": (('"article"', '"artikle"'), "experiment.problem", "article"),
    "a step too far": (("to = 100", "to = 1001"), "observe[2].to", "1000 steps only"),
    "a step back": (("to = 100", "to = 10"), "observe[2].to", "step 20 already"),
    "a control that is not": (('free = ["lr"]', 'free = ["lrr"]'), "task.free", "lr"),
    "nothing checked": (("settles = {", "setles = {"), "task.check.setles", "settles"),
    "half a check": ((", before = 70", ""), "task.check.settles", "'before' is missing"),
    "a variant that cannot be": (("lr = 0.0785", 'lr = "x"'), "task.passes[2]", "learning_rate"),
    "a fact that is none": (
        ('of = "loss"\nat = 100', 'of = "los"\nat = 100'),
        "fact[1].of",
        "loss",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_names_line_place_and_remedy(name: str) -> None:
    change, place, remedy = WRONG[name]
    with pytest.raises(Fault) as found:
        lesson_from_text(rates(change), Path("mine.toml"))
    said = str(found.value)
    assert said.startswith("mine.toml, line "), said
    assert f": {place}: " in said
    assert remedy in said
    assert len(said) < 600


def test_the_line_is_the_one_where_it_stands() -> None:
    text = rates(("to = 100", "to = 1001"))
    with pytest.raises(Fault, match=rf"line {line(text, 'to = 1001')}:"):
        lesson_from_text(text, Path("mine.toml"))
    broken = rates(("minutes = 8", "minutes = = 8"))
    with pytest.raises(Fault, match=rf"line {line(broken, 'minutes')}, column"):
        lesson_from_text(broken, Path("mine.toml"))


def test_lines_count_over_texts_and_lists_of_several_lines() -> None:
    text = rates(
        ('en = "Four learning', 'x = ["""\n[a]\nb = 1\n""",\n"c = 2"]\nen = "Four learning')
    )
    with pytest.raises(Fault, match=rf"line {line(text, 'x = ')}: predict\.x"):
        lesson_from_text(text, Path("mine.toml"))
    further = rates(("minutes = 8", 'minutes = 8\nid2 = """\n[[observe]]\n"""')).replace(
        "id2", "id3"
    )
    with pytest.raises(Fault, match=rf"line {line(further, 'id3')}: id3"):
        lesson_from_text(further, Path("mine.toml"))


# A stranger's lesson reads nothing, opens nothing, runs nothing


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../other.csv", "a/b.csv", "C:\\x.csv", "http://example.org/x.csv", "", ".csv/",
     "~/x.csv", "\\\\host\\x.csv", "file:x.csv", "x.toml", "x\n.csv/.."],
)  # fmt: skip
def test_data_lie_beside_the_lesson_and_nowhere_else(name: str, tmp_path: Path) -> None:
    (tmp_path.parent / "other.csv").write_text("x,y\n1,2\n2,3\n")
    spelt = name.replace("\\", "\\\\").replace("\n", "\\n")
    text = rates(('problem = "article"', f'problem = "linear"\ndata = {{ file = "{spelt}" }}'))
    with pytest.raises(Fault, match=r"experiment\.data\.file"):
        lesson_from_text(text, tmp_path / "mine.toml")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("x,y\n1,2\n2,3\n3,5\n")
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "data.csv").symlink_to(outside)
    text = rates(('problem = "article"', 'problem = "linear"\ndata = { file = "data.csv" }'))
    with pytest.raises(Fault, match="no link"):
        lesson_from_text(text, folder / "mine.toml")


def test_data_beside_the_lesson_are_read(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x,y\n1,2\n2,3\n3,5\n4,7\n5,11\n")
    text = rates(('problem = "article"', 'problem = "linear"\ndata = { file = "data.csv" }'))
    lesson = lesson_from_text(text, tmp_path / "mine.toml")
    assert lesson.setup.problem.size == 5


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lessons_speak_chinese_as_the_house_does(path: Path) -> None:
    given_up = re.compile(
        "投影模式|迭代步|字段|震荡|悬停|您|你|曲折|平台期|稳定性标尺|[\u4e00-\u9fff][,;:!?]"
    )
    assert given_up.findall(path.read_text(encoding="utf-8")) == []
