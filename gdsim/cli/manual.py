"""`gdsim manual`: the manual as web pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gdsim.cli.parser import Parser
from gdsim.engine.sentences import Fault
from gdsim.manual.book import KeyTable, languages, make_book
from gdsim.manual.site import write_site
from gdsim.manual.tongue import Tongue
from gdsim.system.resources import translations


def command(words: Sequence[str]) -> int:
    """Do what `words` after `manual` say; the exit status."""
    parser = Parser(
        prog="gdsim manual",
        description="Write the manual in all languages as web pages, for a school's server.",
        allow_abbrev=False,
    )
    parser.add_argument("folder", type=Path, help="where to; it is made where it is missing")
    folder = parser.parse_args(words).folder
    books = {code: make_book(code, _keys(code)) for code in languages()}
    names = {"en": "English"} | {
        code: (place / "name.txt").read_text(encoding="utf-8").strip()
        for code, place in translations().items()
    }
    count = write_site(folder, books, names)
    print(f"{count} pages written. The first is {folder / 'index.html'}")
    return 0


def _keys(code: str) -> KeyTable:
    """The window's keys, from its actions, which need PySide6 but no display."""
    try:
        from gdsim.ui.actions import GLYPHS, MENUS, key_rows, without_mnemonic
    except ImportError:
        raise Fault("The manual lists the keys of the window: install PySide6 first.") from None
    tr = Tongue(code).tr
    return [
        (
            without_mnemonic(tr(menu.text)),
            [(" ".join(GLYPHS.get(key, key) for key in keys), text)
             for keys, text in key_rows(menu, tr)],
        )
        for menu in MENUS
        if any(action.keys for action in menu.actions())
    ]  # fmt: skip
