"""A page of the manual, and how one is found by words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Page:
    """`body` is HTML; a link in it is the name of another page and ".html"."""

    name: str
    """As its file is called, without the ending."""
    title: str
    chapter: str
    """The heading under which it is listed."""
    body: str
    others: tuple[str, ...] = field(default=())
    """Its title in the other languages: whoever knows the English word finds it, too."""

    @cached_property
    def words(self) -> str:
        """All that it says, without its form."""
        return " ".join(html.unescape(_TAG.sub(" ", self.body)).split())


def found(pages: Sequence[Page], text: str) -> list[Page]:
    """The pages that have all words of `text`; those that have them in their titles stand first.

    A word of letters is found where one begins with it; Chinese, which has no spaces, anywhere.
    """
    wanted = [_pattern(word) for word in text.split()]
    if not wanted:
        return list(pages)
    ranked = [(_rank(page, wanted), page) for page in pages]
    return [page for rank, page in sorted(ranked, key=lambda one: one[0]) if rank < _NOWHERE]


_NOWHERE = 3


def _rank(page: Page, wanted: Iterable[re.Pattern[str]]) -> int:
    """0: in the title; 1: in its title in another language or its name; 2: in the text."""
    worst = 0
    known = " ".join((*page.others, page.name.replace("-", " ").replace("_", " ")))
    for pattern in wanted:
        places = (page.title, known, page.words)
        worst = max(worst, next((n for n, t in enumerate(places) if pattern.search(t)), _NOWHERE))
    return worst


def _pattern(word: str) -> re.Pattern[str]:
    begins = r"\b" if word.isascii() and word[0].isalnum() else ""
    return re.compile(begins + re.escape(word), re.IGNORECASE)
