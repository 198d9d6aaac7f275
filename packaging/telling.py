"""How the script speaks, and asks other programs. Standard library only."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SECONDS = 3  # until processes that were told to end have gone


class Stopped(Exception):
    """What is wrong and what to do about it, in one or two sentences."""


def say(text: str) -> None:
    """One line of progress."""
    print("gdsim: " + text, file=sys.stderr, flush=True)


def attended(command: Iterable[str | Path], **options: Any) -> tuple[int, str]:
    """Run a command to its end; its exit status and what came through the pipe that `options` ask.

    Where this script is interrupted, the command ends, with all that it has started. Where it is
    killed, the command goes on, and holds the lock of `one_at_a_time`, which it inherits.
    """
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL, text=True, errors="replace", close_fds=False,
        process_group=0,  # but the same session: sudo remembers the terminal
        **options,
    )  # fmt: skip
    with process:
        try:
            printed, complaint = process.communicate()
        except BaseException:
            _end(process)
            raise
    return process.returncode, printed or complaint or ""


def _end(process: subprocess.Popen[str]) -> None:
    """End it and its children (of `venv`: pip), which would go on writing what is taken away."""
    with contextlib.suppress(OSError):  # all have gone, or they are root's, by sudo
        if os.name == "nt":  # a console there tells all of its processes
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGTERM)  # lets dpkg leave its packages in order
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS)
            for _ in range(100 * SECONDS):
                os.killpg(process.pid, signal.SIGKILL)
                time.sleep(0.01)
    process.wait()


def quiet(command: Iterable[str | Path]) -> tuple[int, str]:
    """Run a command that nobody is to see or answer; its exit status and what it printed."""
    return attended(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
