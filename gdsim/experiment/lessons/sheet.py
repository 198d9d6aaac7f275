"""A lesson on paper: a page of plain HTML that brings nothing from elsewhere.

Question and boxes, room for what is observed and for why, the task; what would answer them is left
out, unless it is asked for.
"""

from __future__ import annotations

import re
from html import escape

from gdsim.engine.sentences import sentence
from gdsim.experiment.lessons.lesson import Lesson, Text
from gdsim.experiment.lessons.stages import LETTERS
from gdsim.system.catalogue import said_in

ROOMS = 4
"""Rows for tries of the task."""

_STYLE = """
@page { margin: 2cm }
body { font: 12pt/1.45 "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #000;
  background: #fff; max-width: 46em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.6em; margin: 0 0 .3em } h2 { font-size: 1.15em; margin: 1.4em 0 .3em }
p { margin: .3em 0 } table { border-collapse: collapse; width: 100% }
td, th { border: 1px solid #000; padding: .35em .5em; text-align: left; font-weight: normal }
.box { display: inline-block; width: .85em; height: .85em; border: 1.5px solid #000;
  margin: 0 .35em; vertical-align: -.1em } .right { background: #000 }
.line { border-bottom: 1px solid #000; height: 1.9em } .small { font-size: .8em }
.choice { display: flex; align-items: baseline; margin: .25em 0 } .choice > * { flex: none }
.choice > div { flex: 1 } section { break-inside: avoid }
"""


def sheet_of(lesson: Lesson, language: str, *, answers: bool = False) -> str:
    """The page as HTML; with `answers` for whoever teaches."""

    def text(one: Text) -> str:
        return html_of(one.said(language))

    words = {name: escape(said_in(language, one)) for name, one in _WORDS.items()}
    line = '<div class="line"></div>'
    choices = []
    for place, choice in enumerate(lesson.question.choices):
        box = f'<span class="box{" right" if answers and choice.right else ""}"></span>'
        said = f'<div class="small">{text(choice.says)}</div>' if answers else ""
        choices.append(
            f'<div class="choice">{box * 2}'
            f"<b>{LETTERS[place]}</b>&nbsp;<div>{text(choice.text)}{said}</div></div>"
        )
    seen = []
    for one in lesson.observations:
        step = escape(said_in(language, sentence("Step {step}:", step=one.to)))
        seen.append(f"<p>{step}</p>" + (text(one.text) if answers else line))
    tries = "<tr><td>&nbsp;</td><td></td><td></td></tr>" * ROOMS
    return f"""<!DOCTYPE html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(plain_of(lesson.title.said(language)))}</title>
<style>{_STYLE}</style>
</head>
<body>
<p class="small">{words["name"]}: ______________________ &nbsp; {words["date"]}: ____________</p>
<h1>{escape(plain_of(lesson.title.said(language)))}</h1>
<section><h2>1. {words["predict"]}</h2>{text(lesson.question.text)}
<p class="small">{words["boxes"]}</p>
{"".join(choices)}
<p>{words["because"]}</p>{line}</section>
<section><h2>2. {words["watch"]}</h2>{"".join(seen)}</section>
<section><h2>3. {words["why"]}</h2>{text(lesson.explanation) if answers else line * 3}</section>
<section><h2>4. {words["try"]}</h2>{text(lesson.task.text)}
{text(lesson.task.hint) if answers else ""}
<table><tr><th>{words["set"]}</th><th>{words["measured"]}</th><th>{words["passed"]}</th></tr>
{tries}</table></section>
</body>
</html>
"""


_WORDS = {
    "name": sentence("Name and class"), "date": sentence("Date"),
    "predict": sentence("Predict first"), "watch": sentence("Watch"), "why": sentence("Why?"),
    "try": sentence("Try it yourself"), "because": sentence("I think so because:"),
    "boxes": sentence("First box: before we talked about it. Second box: after."),
    "set": sentence("What I set"), "measured": sentence("What was measured"),
    "passed": sentence("Solved?"),
}  # fmt: skip

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def plain_of(text: str) -> str:
    """The text without the marks of Markdown."""
    return re.sub(r"[*`]", "", _LINK.sub(r"\1", text))


def html_of(text: str) -> str:
    """Paragraphs, lists, bold, italics and code of a Markdown text; all else stands as it is.

    What a stranger has written is text: no tag, no picture and no address comes through.
    """
    blocks = []
    for block in re.split(r"\n\s*\n", escape(_LINK.sub(r"\1", text.strip()))):
        block = re.sub(r"`([^`]+)`", r"<code>\1</code>", block)
        block = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", block)
        block = re.sub(r"\*(.+?)\*", r"<i>\1</i>", block)
        lines = block.split("\n")
        if all(re.match(r"\s*[-+] ", line) for line in lines):
            items = (f"<li>{re.sub(r'^ *[-+] ', '', line)}</li>" for line in lines)
            blocks.append(f"<ul>{''.join(items)}</ul>")
        else:
            blocks.append(f"<p>{block}</p>")
    return "".join(blocks)
