"""What the command lines of the window and of runs without one have in common."""

from __future__ import annotations

import argparse
from typing import NoReturn

BAD_ARGUMENTS = 2
INTERRUPTED = 130
MAX_STEPS = 10**8


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_ARGUMENTS, f"gdsim: {message}\n")
