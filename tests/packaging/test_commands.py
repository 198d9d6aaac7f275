"""README's two commands, from what is typed to what is started."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from gdsim.cli.main import COMMANDS

ARTICLE = "run --problem article --optimizer gd --lr 0.01 --steps 1000"


class Ready:
    """The script on a machine that has everything."""

    def __init__(self, commands: Any) -> None:
        self.main = commands.main
        self.started: list[str] = []  # what `run` turns into
        self.brought: list[str] = []  # the sessions and environments whose graphics were needed

    def bring(self, environment: dict[str, str], *, graphics: bool = True) -> None:
        if graphics:
            self.brought.append(environment.get("QT_QPA_PLATFORM", "display"))

    def make(self, name: str, *, graphics: bool) -> str:
        if graphics:
            self.brought.append(name)
        return f"({name})"


@pytest.fixture
def ready(commands: Any, monkeypatch: pytest.MonkeyPatch) -> Ready:
    ready = Ready(commands)
    monkeypatch.setattr(commands, "bring_system_packages", ready.bring)
    monkeypatch.setattr(commands, "make_environment", ready.make)

    def become(command: list[str]) -> int:
        ready.started.append(" ".join(command))
        return 0

    monkeypatch.setattr(commands, "become", become)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return ready


def test_without_a_display_the_articles_regression_runs_and_this_is_said(
    ready: Ready, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ready.main(["run"]) == 0
    assert ready.started == [f"(run) -P -m gdsim {ARTICLE}"]
    assert "no display" in capsys.readouterr().err


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_display_the_window_opens(
    ready: Ready, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, ":0")
    assert ready.main(["run"]) == 0
    assert ready.started == ["(run) -P -m gdsim"]


def test_arguments_reach_gdsim_as_they_are(ready: Ready) -> None:
    ready.main(["run", "--lang", "zh", "my file.gdsim"])
    assert ready.started == ["(run) -P -m gdsim --lang zh my file.gdsim"]


@pytest.mark.parametrize(
    ("words", "brought"),
    [
        ("run --lr 0.1", []),
        ("list problems", []),
        ("sweep --grid lr=lin:0:1:9 --out t.csv", []),
        ("--version", []),
        ("--info", []),
        ("run --plot way.png", ["offscreen", "run"]),
        ("sweep --plot=map.png", ["offscreen", "run"]),
        ("--screenshot window.png", ["display", "run"]),
        ("kept.gdsim", ["display", "run"]),
    ],
)
def test_only_windows_and_pictures_ask_for_graphics(
    ready: Ready, words: str, brought: list[str]
) -> None:
    """A server has no libEGL, and need not get it to run the article's regression."""
    assert ready.main(["run", *words.split()]) == 0
    assert ready.brought == brought


def test_what_runs_without_a_display_asks_for_no_graphics(ready: Ready) -> None:
    ready.main(["run"])
    assert ready.brought == []


def test_the_script_knows_all_commands_of_gdsim(commands: Any) -> None:
    assert commands.without_window() == set(COMMANDS)


def test_build_uses_the_locked_tools(ready: Ready, capsys: pytest.CaptureFixture[str]) -> None:
    assert ready.main(["build"]) == 0
    (started,) = ready.started
    assert started.startswith("(build) -P ")
    assert started.endswith("build.py")
    assert ready.main(["build", "--fast"]) == 1
    assert "without arguments" in capsys.readouterr().err


class Checks:
    """Stands in for subprocess.run: notes the checks and fails the ones that it is told to."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.done: list[str] = []

    def __call__(self, command: list[str], **options: Any) -> SimpleNamespace:
        name = " ".join(command[2:])
        self.done.append(f"{command[0]} {name}")
        return SimpleNamespace(returncode=int(name.startswith(self.failing)))


def test_the_tests_come_last_and_one_failed_check_fails_the_command(
    ready: Ready, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = Checks("mypy")
    monkeypatch.setattr(subprocess, "run", checks)
    assert ready.main(["test", "-k", "words"]) == 1
    assert [line.removeprefix("(test) ") for line in checks.done] == [
        "ruff check", "ruff format --check", "mypy", "pytest -k words",
    ]  # fmt: skip
    assert "failed: mypy" in capsys.readouterr().err


def test_the_whole_suite_runs_on_all_cores_and_a_part_of_it_as_it_was_asked_for(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = Checks("nothing")
    monkeypatch.setattr(subprocess, "run", checks)
    cores = set(range(2))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: cores, raising=False)
    ready.main(["test"])
    assert checks.done[-1] == "(test) pytest -n 2 --dist loadfile"
    ready.main(["test", "tests/engine/test_run.py"])
    assert checks.done[-1] == "(test) pytest tests/engine/test_run.py"


@pytest.mark.parametrize("end", ["oldest", "newest"])
def test_the_ends_of_the_ranges_run_the_tests_alone(
    ready: Ready, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    checks = Checks("nothing")
    monkeypatch.setattr(subprocess, "run", checks)
    monkeypatch.setattr(sys, "version_info", (3, 12, 0, "final", 0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    assert ready.main(["test", f"--{end}"]) == 0
    assert checks.done == [f"({end}) pytest"]


def test_the_oldest_packages_need_an_older_python_and_this_is_said(
    ready: Ready, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 0, "final", 0))
    assert ready.main(["test", "--oldest"]) == 1
    assert "Python 3.11 or 3.12" in capsys.readouterr().err


def test_help_and_mistyped_commands_show_the_usage(
    ready: Ready, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ready.main(["--help"]) == 0
    assert "bootstrap.py run" in capsys.readouterr().out
    for arguments in ([], ["rum"]):
        assert ready.main(arguments) == 2
        assert "bootstrap.py test" in capsys.readouterr().err
    assert ready.started == []
