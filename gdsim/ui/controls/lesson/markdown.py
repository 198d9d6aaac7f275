"""Markdown of a lesson as rich text that opens nothing: no file, no address, no HTML of its own."""

from __future__ import annotations

import re

from PySide6.QtGui import QTextDocument

_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_LEFT_OUT = re.compile(r"<img\b[^>]*>|</?a\b[^>]*>")


class _ClosedDocument(QTextDocument):
    """Loads nothing, wherever a picture is said to lie."""

    def loadResource(self, kind: int, name: object) -> None:
        return None


def rich_text(markdown: str) -> str:
    """The body of an HTML page for a label: emphasis, lists and tables, no pictures and links."""
    document = _ClosedDocument()
    features = QTextDocument.MarkdownFeature
    document.setMarkdown(
        markdown, features.MarkdownDialectCommonMark | features.MarkdownNoHTML
    )  # fmt: skip
    found = _BODY.search(document.toHtml())
    body = _LEFT_OUT.sub("", found[1] if found else "").strip()
    # One paragraph has no margin around it: its label has.
    return re.sub(r"margin-(top|bottom):\d+px;", "", body)


def plain_text(markdown: str) -> str:
    """The same without any form, for titles, tool tips and screen readers."""
    document = _ClosedDocument()
    document.setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownNoHTML)
    return document.toPlainText().strip()
