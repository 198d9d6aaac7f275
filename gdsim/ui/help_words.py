"""What the words on the window's buttons and lines mean: a paragraph each, in Help."""

from __future__ import annotations

from html import escape

from gdsim.engine.arrival import TOLERANCE
from gdsim.engine.sentences import number
from gdsim.ui.language import tr

WIDE = 520
"""Pixels of a line: what is read wants no longer ones."""


def help_words() -> dict[str, str]:
    """{word as the window shows it: what it means}, in the language in use."""
    return {
        tr("Tune…"): tr(
            "Tries many learning rates of the run at once, in a window of its own, and shows how "
            "many steps each needs. A click on one of them adds that run to the window."
        ),
        tr("Why?"): tr(
            "Says what decides how the run goes where it is: for each axis of the valley by what "
            "factor a step multiplies the error. Below 1 in size it shrinks, below 0 it changes "
            "sides, beyond 1 it grows."
        ),
        tr("Scatter", "view"): tr(
            "The gradients of single samples, along the mean gradient: the wider they scatter, the "
            "noisier is a step that looks at a few samples only. More samples in a step narrow it."
        ),
        tr("from here"): tr(
            "A change of a setting holds from the step that is shown on: what was recorded up to "
            "there stays, and what came after it is made anew. With 'restart' the run is computed "
            "anew from step 0."
        ),
        tr("Tolerance"): tr(
            "The dotted line: {tolerance} above the least loss. A tick and a number of steps say "
            "from which step on the loss stays below it. 'Settled' says something else: that the "
            "run rests.",
            tolerance=number(TOLERANCE),
        ),
        tr("Limit"): tr(
            "A run whose loss exceeds a million times that of its start (at least a million) has "
            "left the limit: it is called diverged, and pictures end there. The limit of a "
            "learning rate, its critical rate, is where the error begins to grow instead of "
            "shrinking."
        ),
    }


def words_text() -> str:
    """The paragraphs as rich text."""
    rows = "".join(
        f"<p><b>{escape(word)}</b><br>{escape(text)}</p>" for word, text in help_words().items()
    )
    return f"<table width='{WIDE}'><tr><td>{rows}</td></tr></table>"
