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
        return super().parse_known_args(_joined(sys.argv[1:] if args is None else args), namespace)

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_ARGUMENTS, f"gdsim: {message}\n")


def _joined(words: Sequence[str]) -> list[str]:
    """Words such as `-1.2,1` hung upon the option before them with an equals sign."""
    found: list[str] = []
    for word in words:
        before = found[-1] if found else ""
        if re.match(r"-[.\d]", word) and re.fullmatch(r"--[a-z-]+", before):
            found[-1] = f"{before}={word}"
        else:
            found.append(word)
    return found
