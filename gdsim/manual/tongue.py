"""One language, to say things in: the manual is written in all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

from gdsim.engine.sentences import Sentence
from gdsim.system.catalogue import translated


@dataclass(frozen=True, slots=True)
class Tongue:
    """Says texts and sentences in the language `code`."""

    code: str

    def tr(self, text: str, context: str = "", /, **values: object) -> str:
        """`text` in this language, with `values` put in; `context` as in the window."""
        said = translated(self.code, text, context)
        return said.format(**values) if values else said

    def say(self, sentence: Sentence) -> str:
        """A sentence of the engine; values that are sentences are said too."""
        values = {
            name: self.say(value) if isinstance(value, Sentence) else value
            for name, value in sentence.values.items()
        }
        return self.tr(sentence.template, **values)
