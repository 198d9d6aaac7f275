"""README's two commands, from what is typed to what is started."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

ARTICLE = "run --problem article --optimizer gd --lr 0.01 --steps 1000"


@pytest.fixture
def ready(bootstrap: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script on a machine that has everything; `started` is what `run` turns into."""
    started: list[str] = []
    monkeypatch.setattr(bootstrap, "bring_system_packages", lambda environment: None)
    monkeypatch.setattr(bootstrap, "make_environment", lambda home, lock: f"({lock.stem})")

    def become(command: list[str]) -> int:
        started.append(" ".join(command))
        return 0

    monkeypatch.setattr(bootstrap, "become", become)
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    bootstrap.started = started
    return bootstrap


def test_without_a_display_the_articles_regression_runs_and_this_is_said(
    ready: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ready.main(["run"]) == 0
    assert ready.started == [f"(requirements-run) -P -m gdsim {ARTICLE}"]
    assert "no display" in capsys.readouterr().err


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_display_the_window_opens(
    ready: Any, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, ":0")
    assert ready.main(["run"]) == 0
    assert ready.started == ["(requirements-run) -P -m gdsim"]


def test_arguments_reach_gdsim_as_they_are(ready: Any) -> None:
    ready.main(["run", "--lang", "zh", "my file.gdsim"])
    assert ready.started == ["(requirements-run) -P -m gdsim --lang zh my file.gdsim"]


def test_build_uses_the_locked_tools(ready: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ready.main(["build"]) == 0
    (started,) = ready.started
    assert started.startswith("(requirements-build) -P ")
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
    ready: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = Checks("mypy")
    monkeypatch.setattr(subprocess, "run", checks)
    assert ready.main(["test", "-k", "words"]) == 1
    assert [line.removeprefix("(requirements-test) ") for line in checks.done] == [
        "ruff check", "ruff format --check", "mypy", "pytest -k words",
    ]  # fmt: skip
    assert "failed: mypy" in capsys.readouterr().err


def test_the_whole_suite_runs_on_all_cores_and_a_part_of_it_as_it_was_asked_for(
    ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = Checks("nothing")
    monkeypatch.setattr(subprocess, "run", checks)
    cores = set(range(2))
    monkeypatch.setattr(ready.os, "sched_getaffinity", lambda process: cores, raising=False)
    ready.main(["test"])
    assert checks.done[-1] == "(requirements-test) pytest -n 2 --dist loadfile"
    ready.main(["test", "tests/engine/test_run.py"])
    assert checks.done[-1] == "(requirements-test) pytest tests/engine/test_run.py"


@pytest.mark.parametrize("end", ["oldest", "newest"])
def test_the_ends_of_the_ranges_run_the_tests_alone(
    ready: Any, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    checks = Checks("nothing")
    monkeypatch.setattr(subprocess, "run", checks)
    monkeypatch.setattr(ready.sys, "version_info", (3, 12, 0, "final", 0))
    monkeypatch.setattr(ready.os, "sched_getaffinity", lambda process: {0}, raising=False)
    assert ready.main(["test", f"--{end}"]) == 0
    assert checks.done == [f"(requirements-{end}) pytest"]


def test_the_oldest_packages_need_an_older_python_and_this_is_said(
    ready: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ready.sys, "version_info", (3, 13, 0, "final", 0))
    assert ready.main(["test", "--oldest"]) == 1
    assert "Python 3.11 or 3.12" in capsys.readouterr().err


def test_help_and_mistyped_commands_show_the_usage(
    ready: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ready.main(["--help"]) == 0
    assert "bootstrap.py run" in capsys.readouterr().out
    for arguments in ([], ["rum"]):
        assert ready.main(arguments) == 2
        assert "bootstrap.py test" in capsys.readouterr().err
    assert ready.started == []
