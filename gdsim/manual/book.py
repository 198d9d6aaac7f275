"""All pages of the manual in one language, in the order in which they are listed."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypeVar

from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.problems import PROBLEMS, Problem
from gdsim.engine.schedules import SCHEDULES, Schedule
from gdsim.manual.declared import (
    optimizer_page,
    optimizer_title,
    problem_page,
    problem_title,
    schedule_page,
    schedule_title,
)
from gdsim.manual.markdown import link, sections, table, to_html
from gdsim.manual.page import Page
from gdsim.manual.tongue import Tongue
from gdsim.system.resources import resource, translations

D = TypeVar("D", Optimizer, Schedule, Problem)
FIRST = "start"
"""The page that is opened where none is asked for."""
FOLDER = "manual"
BEGIN = ("start", "words", "rates", "limit", "tolerance", "why", "tune", "race", "from-here")
VIEWS = ("parameters", "curve", "fit", "boundary", "prediction", "slice", "samples", "loss", "rate")
CLASS = ("presenter", "lessons", "own-lessons")
AROUND = ("keys", "tables", "files", "command-line", "python")

KeyTable = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Headings, each with its rows of keys and what they do, in the book's language."""


def languages() -> tuple[str, ...]:
    """The codes of all languages that the manual is made in."""
    return ("en", *translations())


def make_book(code: str, keys: KeyTable) -> tuple[Page, ...]:
    """Every page in the language `code`; `keys` are those of the window."""
    tongue = Tongue(code)
    tr = tongue.tr
    pages = [
        *_texts(code, BEGIN, tr("First of all")),
        *_texts(code, [f"view-{name}" for name in VIEWS], tr("Views", "manual")),
        *_declared(code, "optimizer", OPTIMIZERS, optimizer_page, optimizer_title),
        *_declared(code, "schedule", SCHEDULES, schedule_page, schedule_title),
        *_declared(code, "problem", PROBLEMS, problem_page, problem_title),
        *_texts(code, CLASS, tr("In front of a class")),
        *_texts(code, AROUND, tr("Keys and files"), {"keys": _keys(keys)}),
    ]
    pages[0] = _with_contents(pages, tongue)
    return tuple(pages)


def _texts(
    code: str, names: Sequence[str], chapter: str, more: Mapping[str, str] | None = None
) -> list[Page]:
    """Pages that are written by hand; their titles are their first headings."""
    pages = []
    for name in names:
        titles = {one: _read(one, name).split("\n", 1)[0].removeprefix("# ") for one in languages()}
        body = to_html(_read(code, name)) + (more or {}).get(name, "")
        others = tuple(title for one, title in titles.items() if one != code)
        pages.append(Page(name, titles[code], chapter, body, others))
    return pages


def _declared(
    code: str, kind: str, declared: Sequence[type[D]], made: Callable[[type[D], Tongue, str], str],
    titled: Callable[[type[D], Tongue], str],
) -> list[Page]:  # fmt: skip
    """A page of each class; what to try stands in a section of a file of its kind."""
    notes, tongue = sections(_read(code, f"{kind}s")), Tongue(code)
    chapter = {
        "optimizer": tongue.tr("Optimizers", "manual"),
        "schedule": tongue.tr("Schedules", "manual"),
        "problem": tongue.tr("Problems", "manual"),
    }[kind]
    pages = []
    for one in declared:
        titles = {other: titled(one, Tongue(other)) for other in languages()}
        body = made(one, tongue, notes.get(one.name, ""))
        others = tuple(title for other, title in titles.items() if other != code)
        pages.append(Page(f"{kind}-{one.name}", titles[code], chapter, body, others))
    return pages


def _keys(keys: KeyTable) -> str:
    parts = []
    for heading, rows in keys:
        cells = [[f"<b>{html.escape(key)}</b>", html.escape(text)] for key, text in rows]
        parts.append(f"<h2>{html.escape(heading)}</h2>\n{table([[], *cells])}")
    return "\n".join(parts)


def _with_contents(pages: Sequence[Page], tongue: Tongue) -> Page:
    """The first page, with a list of all others by chapter."""
    chapters: dict[str, list[str]] = {}
    for page in pages[1:]:
        chapters.setdefault(page.chapter, []).append(link(page.name, page.title))
    listed = "\n".join(
        f"<h3>{html.escape(chapter)}</h3>\n<p>{' · '.join(links)}</p>"
        for chapter, links in chapters.items()
    )
    first = pages[0]
    heading = html.escape(tongue.tr("All pages"))
    body = f"{first.body}\n<h2>{heading}</h2>\n{listed}"
    return Page(first.name, first.title, first.chapter, body, first.others)


@cache
def _read(code: str, name: str) -> str:
    """A text in that language, or in English where the language has none."""
    path = resource(f"{FOLDER}/{code}/{name}.md")
    if not path.is_file():
        path = resource(f"{FOLDER}/en/{name}.md")
    return path.read_text(encoding="utf-8")
