"""What the command lines of the window and of runs without one have in common."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from gdsim.engine.sentences import MOST, quoted

BAD_ARGUMENTS = 2
INTERRUPTED = 130
MAX_STEPS = 10**8


def _twice(first: str, second: str) -> str:
    if first == second:
        return f"{first} is given twice: leave one of them out."
    return f"{first} and {second} mean the same: leave one of them out."


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and takes values that begin with a minus."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's, but in `--start -1.2,1` the second word is the value of the first."""
        words = self._joined(sys.argv[1:] if args is None else args)
        self._check_once(words)
        return super().parse_known_args(words, namespace)

    def _check_once(self, words: Sequence[str]) -> None:
        """Refuse an option that is given twice: the last would hold, without a word."""
        given: dict[str, str] = {}
        for word in words:
            if word == "--":
                return
            name = word.partition("=")[0]
            option = self._option_string_actions.get(name)
            if option is None or isinstance(option, argparse._AppendAction):
                continue
            if option.dest in given:
                self.error(_twice(given[option.dest], name))
            given[option.dest] = name

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
        self.exit(BAD_ARGUMENTS, f"gdsim: {quoted(message, MOST)}\n")
