"""Calling the command line as a terminal does."""

from __future__ import annotations

import signal

import pytest

from gdsim.cli import main as cli


def as_from_a_terminal() -> None:
    """For a child that is to be told to end: tests that were started in the background, or so that
    they outlive their terminal, hand on that such signals are ignored."""
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def gdsim(*words: str) -> int:
    """The exit status."""
    try:
        return cli.main(list(words))
    except SystemExit as left:  # argparse
        return int(str(left.code))


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that says what is wrong."""
    status = gdsim(*words)
    told = capsys.readouterr()
    assert status == 2
    assert told.out == ""
    assert told.err.count("\n") == 1, told.err
    return told.err
