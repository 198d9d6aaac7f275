"""How the script speaks, and asks other programs. Standard library only."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path


class Stopped(Exception):
    """What is wrong and what to do about it, in one or two sentences."""


def say(text: str) -> None:
    """One line of progress."""
    print("gdsim: " + text, file=sys.stderr, flush=True)


def quiet(command: Iterable[str | Path]) -> tuple[int, str]:
    """Run a command that nobody is to see or answer; its exit status and what it printed.

    It inherits the lock of `one_at_a_time`: where this script is killed, it still is at work.
    """
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False, close_fds=False,
    )  # fmt: skip
    return done.returncode, done.stdout
