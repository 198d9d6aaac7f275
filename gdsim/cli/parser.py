"""What the command lines of the window and of runs without one have in common."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

BAD_ARGUMENTS = 2
INTERRUPTED = 130
MAX_STEPS = 10**8


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and takes values that begin with a minus."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's, but in `--start -1.2,1` the second word is the value of the first."""
        words = sys.argv[1:] if args is None else args
        return super().parse_known_args(self._joined(words), namespace)

    def _joined(self, words: Sequence[str]) -> list[str]:
        """Words such as `-1.2,1` or `-x^2` hung upon the option before them by an equals sign."""
        known = self._option_string_actions
        found: list[str] = []
        for word in words:
            before = known.get(found[-1]) if found else None
            takes = before is not None and before.nargs != 0
            if takes and re.match(r"-[^-]", word) and word not in known:
                found[-1] = f"{found[-1]}={word}"
            else:
                found.append(word)
        return found

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_ARGUMENTS, f"gdsim: {message}\n")
