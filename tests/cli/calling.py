"""Calling the command line as a terminal does."""

from __future__ import annotations

import pytest

from gdsim.cli import main as cli


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
