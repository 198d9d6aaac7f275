"""`gdsim list`, and what is asked of the command itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.schedules import SCHEDULES
from tests.cli.calling import gdsim, refused

ROOT = Path(__file__).resolve().parents[2]

READ_NOTHING = """
import subprocess, sys
process = subprocess.Popen([sys.executable, *sys.argv[1:]], stdout=subprocess.PIPE)
process.stdout.close()
print(process.wait())
"""


@pytest.mark.parametrize("asked", [["list", "optimizers", "--json"], ["list", "schedules"]])
def test_a_reader_that_has_enough_is_no_error(asked: list[str]) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "-c", READ_NOTHING, "-m", "gdsim", *asked],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("0\n", "")


def listed(what: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert gdsim("list", what, "--json") == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_lists_tell_programs_all_that_can_be_set(capsys: pytest.CaptureFixture[str]) -> None:
    optimizers = {entry["name"]: entry for entry in listed("optimizers", capsys)}
    assert list(optimizers) == [cls.name for cls in OPTIMIZERS]
    momentum = optimizers["rmsprop"]["settings"]["momentum"]
    assert (momentum["default"], momentum["minimum"], momentum["below"]) == (0.0, 0.0, 1.0)
    assert momentum["help"]
    assert optimizers["adam"]["framework_defaults"]["keras"]["eps"] == 1e-7
    schedules = {entry["name"]: entry for entry in listed("schedules", capsys)}
    assert list(schedules) == [cls.name for cls in SCHEDULES]
    assert schedules["cyclical"]["settings"]["mode"]["choices"][1] == "triangular2"
    assert schedules["multistep"]["settings"]["milestones"]["range"].startswith("whole numbers")
    problems = {entry["name"]: entry for entry in listed("problems", capsys)}
    assert problems["article"]["parameters"] == ["theta_0", "theta_1"]
    assert problems["rosenbrock"]["start"] == [-1.2, 1.0]
    assert problems["linear"]["settings"]["samples"]["kind"] == "int"


@pytest.mark.parametrize("what", ["problems", "optimizers", "schedules"])
def test_lists_for_people_have_every_name(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = [entry["name"] for entry in listed(what, capsys)]
    assert gdsim("list", what) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == names


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert gdsim("--version") == 0
    assert re.fullmatch(r"gdsim \d+\.\d+\.\d+\n", capsys.readouterr().out)
    for words in (["--help"], ["run", "--help"], ["list", "--help"]):
        assert gdsim(*words) == 0
        assert capsys.readouterr().out.startswith("usage: gdsim")


def test_a_misspelt_command_opens_no_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Did you mean 'run'" in refused(capsys, "runn", "--lang", "en")
