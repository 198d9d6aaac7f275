"""`gdsim lesson`: try a lesson's numbers, begin a new one, list them, print a sheet."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from gdsim.cli.parser import BAD_ARGUMENTS, Parser
from gdsim.engine.sentences import Fault, some
from gdsim.experiment.document import default_experiment, load
from gdsim.experiment.lessons.facts import try_lesson
from gdsim.experiment.lessons.lesson import VIEWS, Lesson
from gdsim.experiment.lessons.reading import read_lesson
from gdsim.experiment.lessons.sheet import sheet_of
from gdsim.experiment.lessons.shelf import bundled, own
from gdsim.experiment.lessons.writing import FIRST_VIEWS, lesson_from, write_lesson
from gdsim.system.files import written_aside
from gdsim.system.places import find_places
from gdsim.system.resources import translations

WRONG = 1
"""The exit status where a lesson says something that is not so."""


def command(words: Sequence[str]) -> int:
    """Do what `words` after `lesson` say; the exit status."""
    options = _parser().parse_args(words)
    status: int = options.do(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="gdsim lesson", description="Lessons: predict, watch, understand, try.",
        allow_abbrev=False,
    )  # fmt: skip
    asked = parser.add_subparsers(required=True, metavar="check|new|list|print")
    languages = ("en", *translations())

    check = asked.add_parser(
        "check", help="run its facts and the variants of its task",
        epilog="Exit status: 0 all hold, 1 some do not, 2 cannot be read.",
    )  # fmt: skip
    check.add_argument("files", nargs="+", metavar="FILE|ID", help="a lesson's file, or its id")
    check.set_defaults(do=_check)

    new = asked.add_parser("new", help="write a lesson to begin with")
    new.add_argument("file", nargs="?", type=Path, metavar="FILE.toml", help="or it is printed")
    new.add_argument("--from", dest="source", type=Path, metavar="X.gdsim", help="its experiment")
    new.add_argument("--views", default=",".join(FIRST_VIEWS), metavar="V,V…", help="what is seen")
    new.add_argument("--lang", choices=languages, default="en", help="of its texts")
    new.set_defaults(do=_new)

    listing = asked.add_parser("list", help="the program's, yours and those of the machine")
    listing.add_argument("--lang", choices=languages, default="en", help="of the titles")
    listing.set_defaults(do=_list)

    sheet = asked.add_parser("print", help="a sheet for students, as HTML")
    sheet.add_argument("file", metavar="FILE|ID", help="a lesson's file, or its id")
    sheet.add_argument("--out", type=Path, metavar="FILE.html", help="or it is printed")
    sheet.add_argument("--lang", choices=languages, default="en", help="of the sheet")
    sheet.add_argument("--answers", action="store_true", help="with the answers, for the teacher")
    sheet.set_defaults(do=_print)
    return parser


def _found(name: str) -> Lesson:
    """The lesson in that file, or the one that comes with the program under that id."""
    if not Path(name).suffix and not Path(name).exists():
        for path in bundled():
            lesson = read_lesson(path)
            if lesson.id == name:
                return lesson
    return read_lesson(name)


def _check(options: argparse.Namespace) -> int:
    status = 0
    for name in options.files:
        try:
            lesson = _found(name)
            wrong = 0
            for tried in try_lesson(lesson):
                wrong += not tried.holds
                print(f"{name}: {'ok' if tried.holds else 'WRONG'}: {tried.sentence}", flush=True)
        except Fault as fault:
            print(f"gdsim: {fault}", file=sys.stderr)
            status = BAD_ARGUMENTS
        else:
            if wrong:
                status = max(status, WRONG)
    return status


def _new(options: argparse.Namespace) -> int:
    views = [view for view in options.views.split(",") if view]
    for view in views:
        if view not in VIEWS:
            raise Fault("There is no view '{name}'; known: {known}.", name=view,
                        known=some(VIEWS))  # fmt: skip
    source: Path | None = options.source
    experiment = default_experiment() if source is None else load(source)
    if options.file is None:
        file = "" if source is None else source.name
        print(lesson_from(experiment.setup, views, language=options.lang, file=file), end="")
        return 0
    same = source is not None and source.resolve().parent == options.file.resolve().parent
    written = write_lesson(
        options.file, experiment, views, options.lang, beside=source if same else None
    )
    for path in written:
        print(path)
    return 0


def _list(options: argparse.Namespace) -> int:
    for path in (*bundled(), *own(find_places())):
        try:
            lesson = read_lesson(path)
        except Fault as fault:
            print(f"gdsim: {fault}", file=sys.stderr)
            continue
        title = lesson.title.said(options.lang)
        print(f"{lesson.id:<20}{lesson.minutes:>3} min  {title}  ({path})")
    return 0


def _print(options: argparse.Namespace) -> int:
    text = sheet_of(_found(options.file), options.lang, answers=options.answers)
    if options.out is None:
        print(text, end="")
        return 0
    with written_aside(options.out) as aside:
        aside.write_text(text, encoding="utf-8")
    return 0
