#!/usr/bin/env python3
"""A language to try layouts in: English with accents, in brackets, a third longer.

    python -m tests.pseudo_language [what gdsim takes: a file, --screenshot FILE.png …]

opens the window in it. A text that stands there without brackets does not go through `tr`, or in
a context that is not declared; one whose last bracket is missing is cut off. It is made for the
purpose and never installed.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

from gdsim.cli.main import main
from gdsim.system.resources import translations
from tests.spoken_texts import has_words, said

CODE = "qps"
KEPT = re.compile(r"(\{[^}]*\}|<[^>]*>|&\w|\(\*\.[^)]*\))")
"""Placeholders, tags, menu keys and patterns of file names."""
ACCENTS = str.maketrans("AEIOUaeiouyncs", "ÀÉÎÕÛàéîõûýñçš")


def pseudo(text: str) -> str:
    """\"Learning rate\" → \"[Léàrñîñg ràté ~~~~]\"."""
    parts = KEPT.split(text)  # every second part is kept
    said = "".join(p if i % 2 else p.translate(ACCENTS) for i, p in enumerate(parts))
    return f"[{said} {'~' * (len(text) // 3)}]"


def write_language(folder: Path) -> None:
    """Make the folder of the language."""
    (folder / "name.txt").write_text(pseudo("Pseudo"), encoding="utf-8")
    texts = {
        text: dict.fromkeys(sorted(contexts), pseudo(text))
        for text, contexts in said().items()
        if has_words(text)
    }
    (folder / "all.json").write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        write_language(Path(made))
        translations()[CODE] = Path(made)
        sys.exit(main(["--lang", CODE, *sys.argv[1:]]))
