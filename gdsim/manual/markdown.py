"""The part of Markdown that the manual's texts are written in, as HTML.

Headings, paragraphs, lists, tables, code in three backticks; inside a line `code`, **bold** and
[text](page). A link names a page of the manual and nothing else; HTML stands as text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|\[(?P<text>[^]]+)\]\((?P<page>[\w-]+)\)"
)
_HEADING = re.compile(r"(#{1,3}) (.+)")
_SECTION = re.compile(r"^## ([\w-]+)\n", re.MULTILINE)
_ROW = re.compile(r"\|(.+)\|")


def to_html(markdown: str) -> str:
    """The blocks of a text, one after the other."""
    return "\n".join(_blocks(markdown.strip().splitlines()))


def sections(markdown: str) -> dict[str, str]:
    """{name: text} of a file whose second-level headings are names."""
    parts = _SECTION.split(markdown)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def inline(text: str) -> str:
    """One line."""
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts.append(html.escape(text[end : found.start()]))
        end = found.end()
        if found["code"]:
            parts.append(f"<code>{html.escape(found['code'])}</code>")
        elif found["bold"]:
            parts.append(f"<b>{inline(found['bold'])}</b>")
        else:
            parts.append(link(found["page"], found["text"]))
    return "".join([*parts, html.escape(text[end:])])


def link(page: str, text: str) -> str:
    """A link to another page of the manual."""
    return f'<a href="{page}.html">{html.escape(text)}</a>'


def table(rows: list[list[str]]) -> str:
    """Rows of HTML, the first of them headings, which may be none."""
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    head = f"<tr>{head}</tr>" if head else ""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows[1:])
    return f'<table cellspacing="0" cellpadding="6">{head}{body}</table>'


def _blocks(lines: list[str]) -> Iterator[str]:
    place = 0
    while place < len(lines):
        line = lines[place]
        heading = _HEADING.fullmatch(line)
        if not line.strip():
            place += 1
        elif heading is not None:
            level = len(heading[1])
            yield f"<h{level}>{inline(heading[2])}</h{level}>"
            place += 1
        elif line.startswith("```"):
            end = lines.index("```", place + 1)
            yield f"<pre>{html.escape(chr(10).join(lines[place + 1 : end]))}</pre>"
            place = end + 1
        elif line.startswith("- "):
            items, place = _items(lines, place)
            yield f"<ul>{''.join(f'<li>{inline(item)}</li>' for item in items)}</ul>"
        elif _ROW.fullmatch(line):
            end = place
            while end < len(lines) and _ROW.fullmatch(lines[end]):
                end += 1
            rows = [lines[place], *lines[place + 2 : end]]  # the second is the line beneath
            yield table([[inline(cell.strip()) for cell in row[1:-1].split("|")] for row in rows])
            place = end
        else:
            end = place
            while end < len(lines) and lines[end].strip() and not _begins(lines[end]):
                end += 1
            end = max(end, place + 1)
            yield f"<p>{inline(_joined(lines[place:end]))}</p>"
            place = end


def _items(lines: list[str], place: int) -> tuple[list[str], int]:
    """The entries of a list, and where it ends; what is set in belongs to the one above."""
    items: list[list[str]] = []
    while place < len(lines) and lines[place].startswith(("- ", "  ")):
        if lines[place].startswith("- "):
            items.append([lines[place][2:]])
        else:
            items[-1].append(lines[place])
        place += 1
    return [_joined(item) for item in items], place


def _joined(lines: list[str]) -> str:
    """Lines of one paragraph; between Chinese there is no space."""
    text = " ".join(line.strip() for line in lines)
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])", "", text)


def _begins(line: str) -> bool:
    return line.startswith(("- ", "```", "#")) or _ROW.fullmatch(line) is not None
