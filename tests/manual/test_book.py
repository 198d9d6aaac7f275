"""The manual: a page for everything that is declared, every link leads to one, words are found."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from gdsim.cli.main import COMMANDS
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.engine.schedules import SCHEDULES
from gdsim.experiment.lessons.checks import CHECKS
from gdsim.experiment.lessons.lesson import KINDS
from gdsim.experiment.lessons.reading import lesson_from_text
from gdsim.manual.book import AROUND, BEGIN, CLASS, VIEWS, languages, make_book
from gdsim.manual.markdown import inline, sections, to_html
from gdsim.manual.page import Page, found
from gdsim.manual.tongue import Tongue
from gdsim.system.resources import resource
from gdsim.ui import views
from tests.cli.calling import gdsim
from tests.test_translations import GIVEN_UP

KEYS = [("Run", [("Space", "Play")])]
LINK = re.compile(r'href="([^"]*)"')


@cache
def book(code: str) -> dict[str, Page]:
    return {page.name: page for page in make_book(code, KEYS)}


@pytest.fixture(params=languages())
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def declared() -> Iterator[tuple[str, tuple[str, ...]]]:
    """(page, formulas) of all that is registered."""
    yield from ((f"optimizer-{one.name}", one.formula) for one in OPTIMIZERS)
    yield from ((f"schedule-{one.name}", (one.formula,)) for one in SCHEDULES)
    yield from ((f"problem-{one.name}", (make_problem(one.name).formula,)) for one in PROBLEMS)


def test_all_that_is_registered_has_a_page_with_its_formula(code: str) -> None:
    for name, formulas in declared():
        for formula in formulas:
            assert " ".join(formula.split()) in book(code)[name].words, name


def test_every_view_has_a_page_that_names_it(code: str) -> None:
    assert {view.name for view in views.VIEWS} == set(VIEWS)
    for view in views.VIEWS:
        assert Tongue(code).tr(view.title, "view") in book(code)[f"view-{view.name}"].words, view


def test_all_that_is_registered_says_what_to_try(code: str) -> None:
    folder = resource("manual") / code
    for kind, registered in (
        ("optimizers", OPTIMIZERS), ("schedules", SCHEDULES), ("problems", PROBLEMS),
    ):  # fmt: skip
        notes = sections((folder / f"{kind}.md").read_text(encoding="utf-8"))
        assert list(notes) == [one.name for one in registered]
        assert all(notes.values())


def test_every_text_is_written_in_every_language(code: str) -> None:
    written = {path.stem for path in (resource("manual") / code).glob("*.md")}
    views_ = {f"view-{name}" for name in VIEWS}
    asked = {*BEGIN, *CLASS, *AROUND, *views_, "optimizers", "schedules", "problems"}
    assert written == asked


def test_every_link_leads_to_a_page(code: str) -> None:
    pages = book(code)
    count = 0
    for page in pages.values():
        for link in LINK.findall(page.body):
            assert link.removesuffix(".html") in pages, (page.name, link)
            count += 1
    assert count > len(pages)


def test_no_markdown_is_left_over(code: str) -> None:
    for page in book(code).values():
        without_code = re.sub(r"<(pre|code)>.*?</\1>", "", page.body, flags=re.DOTALL)
        assert not re.search(r"\*\*|\]\(|`|^#|^\|", without_code, re.MULTILINE), page.name


def test_the_chinese_keeps_to_the_glossary() -> None:
    for path in (resource("manual") / "zh").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert not GIVEN_UP.search(text), (path.name, GIVEN_UP.search(text))


@pytest.mark.parametrize(
    ("language", "wanted", "first"),
    [
        ("en", "momentum", "optimizer-momentum"), ("en", "Moment", "optimizer-momentum"),
        ("zh", "动量", "optimizer-momentum"), ("zh", "momentum", "optimizer-momentum"),
        ("zh", "余弦", "schedule-cosine"), ("en", "settled since", "words"),
        ("en", "banana", "problem-rosenbrock"),
    ],
)  # fmt: skip
def test_words_find_their_page(language: str, wanted: str, first: str) -> None:
    names = [page.name for page in found(tuple(book(language).values()), wanted)]
    assert names[0] == first if wanted != "settled since" else first in names


def test_what_stands_nowhere_is_not_found_and_signs_are_no_pattern() -> None:
    pages = tuple(book("en").values())
    assert not found(pages, "xylophone")
    assert not found(pages, "omentum")
    assert not found(pages, "((((")
    assert found(pages, "  ") == list(pages)


def test_the_page_on_lessons_is_true(code: str, tmp_path: Path) -> None:
    """Its example is a lesson, and it names every kind that can be hidden and every check."""
    text = (resource("manual") / code / "own-lessons.md").read_text(encoding="utf-8")
    lesson = lesson_from_text(text.split("```")[1], tmp_path / "example.toml")
    assert lesson.title.said(code)
    assert all(kind in text for kind in KINDS)
    assert all(f"`{check.name}`" in text for check in CHECKS)


def test_every_command_is_named(code: str) -> None:
    text = book(code)["command-line"].words
    assert all(f"gdsim {command} " in text for command in COMMANDS)


def test_foreign_text_stays_text() -> None:
    assert to_html("<script>x</script>") == "<p>&lt;script&gt;x&lt;/script&gt;</p>"
    assert inline("[a](http://x.org)") == "[a](http://x.org)"
    assert (
        inline("**b** `c<` [d](words)") == '<b>b</b> <code>c&lt;</code> <a href="words.html">d</a>'
    )


# As web pages


def test_the_site_is_whole_and_names_no_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gdsim("manual", str(tmp_path / "new" / "site")) == 0
    assert "index.html" in capsys.readouterr().out
    paths = sorted((tmp_path / "new" / "site").rglob("*.html"))
    assert len(paths) == 1 + sum(len(book(code)) + 1 for code in languages())
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?:|src=|@import|url\(|//[a-z]+\.", text), path
        for link in LINK.findall(text):
            assert (path.parent / link).resolve().is_file(), (path, link)


def test_the_site_has_the_keys_of_the_window(tmp_path: Path) -> None:
    assert gdsim("manual", str(tmp_path)) == 0
    assert "Shift+F1" in (tmp_path / "en" / "keys.html").read_text(encoding="utf-8")
    assert "播放" in (tmp_path / "zh" / "keys.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_made_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert gdsim("manual", str(tmp_path / "file" / "site")) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_the_page_on_python_shows_is_so(code: str) -> None:
    text = (resource("manual") / code / "python.md").read_text(encoding="utf-8").replace("```", "")
    parsed = doctest.DocTestParser().get_doctest(text, {}, "python", "python.md", 0)
    assert len(parsed.examples) > 10
    assert doctest.DocTestRunner().run(parsed).failed == 0
