"""The manual as a folder of web pages: relative links, nothing remote, for a school's server."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from gdsim.manual.book import FIRST
from gdsim.manual.page import Page
from gdsim.manual.tongue import Tongue
from gdsim.system.files import unwritable, written_aside

_STYLE = """
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: #1b1f24; background: #fff }
div.all { display: flex; max-width: 1200px; margin: 0 auto }
nav { flex: 0 0 270px; padding: 16px; font-size: 14px; line-height: 1.5 }
nav a { display: block; padding: 1px 0 }
nav b { display: block; margin-top: 12px }
main { flex: 1; min-width: 0; padding: 16px 24px 64px }
a { color: #0067a0 } table { border-collapse: collapse; margin: 12px 0 }
th, td { border: 1px solid #c9ced6; padding: 5px 9px; text-align: left; vertical-align: top }
.formula { font: 19px/1.7 serif; padding: 8px 16px; background: #f3f4f6 }
pre { padding: 12px 16px; overflow: auto; background: #f3f4f6 } code { font-size: 90% }
@media (max-width: 760px) { div.all { display: block } }
@media (prefers-color-scheme: dark) {
  body { color: #ecedee; background: #1c1d20 } a { color: #56b4e9 }
  .formula, pre { background: #121212 } th, td { border-color: #3a3f46 }
}
"""
_SEARCH = """
var field = document.getElementById("wanted"), list = document.getElementById("found");
function has(text, word) {
  text = text.toLowerCase();
  if (!/^[a-z0-9][\\x00-\\x7f]*$/.test(word)) return text.indexOf(word) >= 0;
  return (" " + text.replace(/[^\\w]/g, " ")).indexOf(" " + word) >= 0;
}
function all(words, text) { return words.every(function (word) { return has(text, word); }); }
field.oninput = function () {
  var words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  list.textContent = "";
  if (!words.length) return;
  [0, 1].forEach(function (rank) {
    PAGES.forEach(function (page) {
      var inTitle = all(words, page[1]), inText = all(words, page[1] + " " + page[2]);
      if (rank === 0 ? !inTitle : inTitle || !inText) return;
      var item = document.createElement("li"), link = document.createElement("a");
      link.href = page[0] + ".html"; link.textContent = page[3];
      item.appendChild(link); list.appendChild(item);
    });
  });
};
"""
_ALLOWED = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""What a page may load: nothing that does not stand in it."""


def write_site(folder: Path, books: Mapping[str, Sequence[Page]], names: Mapping[str, str]) -> int:
    """Write `books` {language: pages} into a folder, which is made; how many files. `Fault`.

    `names` are what the languages call themselves. Other files in the folder are left alone.
    """
    files = {
        f"{code}/{page.name}.html": _whole(page, code, pages, names)
        for code, pages in books.items()
        for page in pages
    }
    files |= {f"{code}/index.html": _index(code, pages, names) for code, pages in books.items()}
    files["index.html"] = _front(names)
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(path.parent, error) from None
        with written_aside(path) as aside:
            aside.write_text(text, encoding="utf-8", newline="\n")
    return len(files)


def _document(code: str, title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{code}"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_ALLOWED}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)} – gdsim</title><style>{_STYLE}</style></head>\n"
        f"<body>{body}</body></html>\n"
    )


def _whole(page: Page, code: str, pages: Sequence[Page], names: Mapping[str, str]) -> str:
    """One page, beside the list of all."""
    others = " · ".join(
        f'<a href="../{other}/{page.name}.html" lang="{other}">{html.escape(name)}</a>'
        for other, name in names.items()
        if other != code
    )
    search = f'<a href="index.html">{html.escape(Tongue(code).tr("Search"))}</a>'
    body = (
        f"<div class=all><nav>{search}{_listed(pages)}</nav><main>{others}{page.body}</main></div>"
    )
    return _document(code, page.title, body)


def _listed(pages: Sequence[Page]) -> str:
    lines, chapter = [], ""
    for page in pages:
        if page.chapter != chapter:
            chapter = page.chapter
            lines.append(f"<b>{html.escape(chapter)}</b>")
        lines.append(f'<a href="{page.name}.html">{html.escape(page.title)}</a>')
    return "\n".join(lines)


def _index(code: str, pages: Sequence[Page], names: Mapping[str, str]) -> str:
    """The list of all pages with a field to search them, which works in the page itself."""
    search = html.escape(Tongue(code).tr("Search"))
    rows = [
        [page.name, " ".join((page.title, *page.others)), page.words, page.title] for page in pages
    ]
    data = json.dumps(rows, ensure_ascii=False).replace("<", "\\u003c")
    others = " · ".join(
        f'<a href="../{other}/index.html" lang="{other}">{html.escape(name)}</a>'
        for other, name in names.items()
        if other != code
    )
    body = (
        f"<div class=all><nav>{_listed(pages)}</nav><main>{others}"
        f"<h1>{html.escape(pages[0].title)}</h1>"
        f'<p><label>{search} <input id="wanted" type="search" autofocus></label></p>'
        f'<ul id="found"></ul></main></div><script>var PAGES = {data};{_SEARCH}</script>'
    )
    return _document(code, search, body)


def _front(names: Mapping[str, str]) -> str:
    """Asks for the language."""
    links = "".join(
        f'<p><a href="{code}/{FIRST}.html" lang="{code}">{html.escape(name)}</a></p>'
        for code, name in names.items()
    )
    return _document("en", "gdsim", f"<main><h1>gdsim</h1>{links}</main>")
