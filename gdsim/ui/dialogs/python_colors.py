"""Python in the theme's colours."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gdsim.ui.theme import Theme

_TOKEN = re.compile(
    r'(?P<comment>#.*)|(?P<long>""")|(?P<string>"[^"\\]*(?:\\.[^"\\]*)*"|\'[^\'\\]*(?:\\.[^\'\\]*)*\')'
    r"|(?P<number>\b\d[\w.]*(?:(?<=[eE])[-+]\d+)?)|(?P<word>[^\W\d]\w*)"
)
_INSIDE = 1
"""The state of a line that ends within a docstring."""


class PythonColors(QSyntaxHighlighter):
    """Colours a document: comments, texts, numbers, keywords, names that are defined."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        blue, orange, green, violet, _ = theme.terms
        self._formats = {
            "comment": _format(theme.muted, italic=True),
            "string": _format(green),
            "number": _format(orange),
            "keyword": _format(blue, bold=True),
            "defined": _format(violet),
        }

    def highlightBlock(self, text: str) -> None:
        place = 0
        if self.previousBlockState() == _INSIDE:
            place = self._docstring(text, 0, 0)
        else:
            self.setCurrentBlockState(0)
        before = ""
        while found := _TOKEN.search(text, place):
            kind, place = str(found.lastgroup), found.end()
            if kind == "long":
                place = self._docstring(text, found.start(), place)
                continue
            if kind == "word":
                word, kind = found[0], ""
                if keyword.iskeyword(word):
                    kind = "keyword"
                elif before in ("def", "class"):
                    kind = "defined"
                before = word
            if kind:
                self.setFormat(found.start(), found.end() - found.start(), self._formats[kind])

    def _docstring(self, text: str, begin: int, inside: int) -> int:
        """Colour from `begin` to the quotes after `inside` or to the line's end; where that is."""
        end = text.find('"""', inside)
        self.setCurrentBlockState(_INSIDE if end < 0 else 0)
        stop = len(text) if end < 0 else end + 3
        self.setFormat(begin, stop - begin, self._formats["string"])
        return stop


def _format(color: str, *, bold: bool = False, italic: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(color))
    made.setFontItalic(italic)
    if bold:
        made.setFontWeight(QFont.Weight.DemiBold)
    return made
