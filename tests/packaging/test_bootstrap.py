"""What a person meets who starts gdsim on a machine that lacks something. No network is used."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "bootstrap.py"

OFFSCREEN_APT = "libglib2.0-0 libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon0"
X11_APT = "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"


class Machine:
    """A machine that exists for the script only: its tools, its user, what its commands answer."""

    def __init__(self, bootstrap: Any, patch: pytest.MonkeyPatch) -> None:
        self.tools: set[str] = {"apt-get"}
        self.commands: list[str] = []
        self.answer: Callable[[str], tuple[int, str]] = lambda command: (0, "")
        self._patch = patch
        patch.setattr(bootstrap, "quiet", self._quiet)
        patch.setattr(shutil, "which", lambda name: name if name in self.tools else None)
        patch.setattr(sys, "platform", "linux")
        patch.setattr(bootstrap, "is_loadable", lambda library: False)
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            patch.delenv(name, raising=False)
        self.become_user(0)

    def become_user(self, number: int) -> None:
        self._patch.setattr(os, "geteuid", lambda: number, raising=False)

    def _quiet(self, words: Iterable[str | Path]) -> tuple[int, str]:
        command = " ".join(str(word) for word in words)
        self.commands.append(command)
        return self.answer(command)


@pytest.fixture
def machine(bootstrap: Any, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(bootstrap, monkeypatch)


# A Python that is too old


@pytest.mark.parametrize(
    ("tools", "remedy"),
    [
        ([], "Install a newer Python and run this script with it."),
        (["python3.12"], "Run this script with python3.12, which is here too."),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the tool that is found is a shell script")
def test_a_python_that_is_too_old_gets_a_sentence(
    tmp_path: Path, tools: list[str], remedy: str
) -> None:
    for name in tools:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    program = (
        "import runpy, sys\n"
        "sys.version_info = (3, 10, 4, 'final', 0)\n"
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip() == "gdsim needs Python 3.11 or newer; this is 3.10. " + remedy


def test_an_old_python_can_read_the_script_far_enough_to_say_so() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))  # a syntax error would come before the sentence
    head = source[: source.index("sys.version_info < (3, 11)")]
    imported = {line.split()[1] for line in head.splitlines() if line.startswith("import ")}
    assert imported == {"os", "shutil", "sys"}


# Missing system packages


@pytest.mark.parametrize(
    ("tools", "command"),
    [
        (
            {"apt-get", "sudo"},
            f"sudo apt-get update && sudo apt-get install -y --no-install-recommends "
            f"{OFFSCREEN_APT} {X11_APT}",
        ),
        (
            {"apt-get"},
            f"su - -c 'apt-get update && apt-get install -y --no-install-recommends "
            f"{OFFSCREEN_APT} {X11_APT}'",
        ),
        (
            {"dnf", "sudo"},
            "sudo dnf install -y glib2 libglvnd-egl libglvnd-glx dbus-libs fontconfig libxkbcommon "
            "xcb-util-cursor libxkbcommon-x11 xcb-util-wm xcb-util-keysyms libxcb",
        ),
        (
            {"zypper", "sudo"},
            "sudo zypper install -y libglib-2_0-0 Mesa-libEGL1 Mesa-libGL1 libdbus-1-3 "
            "libfontconfig1 libxkbcommon0 libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 "
            "libxcb-keysyms1 libxcb-shape0",
        ),
        (
            {"pacman", "sudo"},
            "sudo pacman -S --needed glib2 libglvnd dbus fontconfig libxkbcommon xcb-util-cursor "
            "libxkbcommon-x11 xcb-util-wm xcb-util-keysyms libxcb",
        ),
    ],
    ids=["sudo", "su", "dnf", "zypper", "pacman"],
)
def test_a_user_without_rights_is_told_the_exact_command(
    bootstrap: Any,
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tools: set[str],
    command: str,
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    machine.become_user(1000)
    machine.tools = tools
    machine.answer = lambda command: (1, "")  # sudo asks for a password; apt knows no new names
    assert bootstrap.main(["run"]) == 1
    said = capsys.readouterr().err
    assert said.splitlines()[-1].strip() == command
    assert "run this again" in said
    assert not any("install" in word for word in machine.commands)


def test_root_gets_what_is_missing_by_the_names_that_this_release_uses(
    bootstrap: Any, machine: Machine
) -> None:
    machine.answer = lambda command: (int("show" in command and "t64" not in command), "")
    bootstrap.bring_system_packages({})
    installed = machine.commands[-1]
    assert "apt-get" in installed
    assert installed.endswith(OFFSCREEN_APT.replace("libglib2.0-0", "libglib2.0-0t64"))
    assert "DEBIAN_FRONTEND=noninteractive" in installed
    assert "/usr/sbin" in installed  # dpkg needs it, and a plain su does not give it


def test_wayland_and_a_bare_debian_add_their_own(
    bootstrap: Any, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "is_loadable", lambda library: "wayland" not in library)
    monkeypatch.setitem(sys.modules, "ensurepip", None)  # Debian splits it off
    machine.answer = lambda command: (int("show" in command), "")
    bootstrap.bring_system_packages({"WAYLAND_DISPLAY": "wayland-0"})
    assert machine.commands[-1].endswith("libwayland-cursor0 python3-venv")


def test_a_complete_machine_is_left_alone(
    bootstrap: Any, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "is_loadable", lambda library: True)
    bootstrap.bring_system_packages({"DISPLAY": ":0"})
    assert machine.commands == []


def test_an_installation_that_was_interrupted_is_finished_first(
    bootstrap: Any, machine: Machine
) -> None:
    def answer(command: str) -> tuple[int, str]:
        interrupted = not any("dpkg --configure -a" in done for done in machine.commands)
        if " install " in command and interrupted:
            return 100, "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'"
        return 0, ""

    machine.answer = answer
    bootstrap.bring_system_packages({})
    assert "dpkg --configure -a" in machine.commands[-2]
    assert " install " in machine.commands[-1]


def test_when_apt_fails_its_reason_and_the_command_are_shown(
    bootstrap: Any, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.answer = lambda command: (100, "Reading…\nE: Unable to locate package libegl1\n")
    assert bootstrap.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "(Unable to locate package libegl1)" in said
    assert f"apt-get install -y --no-install-recommends {OFFSCREEN_APT}" in said


# The environment


class Checkout:
    """A checkout in an empty folder, on a machine whose venv and pip only pretend."""

    def __init__(self, bootstrap: Any, machine: Machine, folder: Path) -> None:
        self.bootstrap, self.machine = bootstrap, machine
        self.lock = folder / "requirements.lock"
        self.lock.write_text("numpy==2.4.6 --hash=sha256:0\n")
        self.home = folder / ".venv"
        self.interrupts_pip = False
        machine.answer = self._answer

    def make(self) -> list[str]:
        """Bring the environment; the commands that this took."""
        self.machine.commands.clear()
        self.bootstrap.make_environment(self.home, self.lock)
        return self.machine.commands

    def _answer(self, command: str) -> tuple[int, str]:
        python = self.bootstrap.python_of(self.home)
        if " venv " in command:
            python.parent.mkdir()
            python.touch()
            self.site.mkdir(parents=True)
        elif self.interrupts_pip:
            (self.site / "half").touch()
            raise KeyboardInterrupt
        return 0, ""

    @property
    def site(self) -> Path:
        if os.name == "nt":
            return self.home / "Lib" / "site-packages"
        return self.home / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"


@pytest.fixture
def checkout(
    bootstrap: Any, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Checkout:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return Checkout(bootstrap, machine, tmp_path)


def test_packages_come_by_their_hashes_and_the_second_time_nothing_is_done(
    checkout: Checkout,
) -> None:
    first = list(checkout.make())
    assert len(first) == 3
    for option in ("--require-hashes", "--only-binary :all:", f"-r {checkout.lock}"):
        assert option in first[1]
    assert "SBK_EMBED" in first[2]  # PySide's own files lie beside it: no compiling at each start
    assert checkout.make() == []
    (site,) = checkout.site.glob("*.pth")
    assert site.read_text() == f"{checkout.lock.parent}\n"  # gdsim itself is importable


def test_an_interrupted_environment_is_made_anew(checkout: Checkout) -> None:
    checkout.interrupts_pip = True
    with pytest.raises(KeyboardInterrupt):
        checkout.make()
    assert (checkout.site / "half").exists()
    checkout.interrupts_pip = False
    assert checkout.bootstrap.environment_home("run") == checkout.home  # known as ours
    assert len(checkout.make()) == 3
    assert not (checkout.site / "half").exists()


def test_interrupting_is_said_and_ends_with_the_shells_status(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.interrupts_pip = True
    monkeypatch.setattr(checkout.bootstrap, "bring_system_packages", lambda environment: None)
    assert checkout.bootstrap.main(["run"]) == 130
    assert "run the same command again" in capsys.readouterr().err


def test_a_new_lock_a_new_python_or_a_new_place_make_the_environment_anew(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checkout.make()
    checkout.lock.write_text("numpy==2.5.5 --hash=sha256:0\n")
    assert len(checkout.make()) == 3
    assert checkout.make() == []
    monkeypatch.setattr(sys, "version", sys.version + "+")
    assert len(checkout.make()) == 3
    monkeypatch.setattr(checkout.bootstrap, "ROOT", tmp_path / "moved")
    assert len(checkout.make()) == 3


def test_an_environment_of_somebody_else_is_left_alone(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.home.mkdir()
    theirs = checkout.home / "pyvenv.cfg"
    theirs.write_text("home = elsewhere\n")
    home = checkout.bootstrap.environment_home("run")
    assert home == checkout.home.with_name(".venv-gdsim")
    checkout.home = home
    checkout.make()
    assert theirs.read_text() == "home = elsewhere\n"
    # Ours is found again beside theirs.
    assert checkout.bootstrap.environment_home("run") == home
    assert checkout.make() == []


def test_a_checkout_that_is_read_only_keeps_its_environment_in_the_cache(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    home = checkout.bootstrap.environment_home("run")
    assert home.is_relative_to(tmp_path / "cache")
    monkeypatch.setattr(checkout.bootstrap, "ROOT", tmp_path / "another")
    assert checkout.bootstrap.environment_home("run") != home


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
         "The disk is full."),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
         "not the one that was locked"),
        ("WARNING: Retrying after connection broken by 'SSLError(SSLCertVerificationError(1, "
         "'[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate'\n"
         "ERROR: No matching distribution found for numpy==2.4.6", "Set PIP_CERT"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(': Failed to establish "
         "a new connection: [Errno -3] Temporary failure in name resolution')': /simple/numpy/\n"
         "ERROR: No matching distribution found for numpy==2.4.6",
         "The package index could not be reached."),
        ("ERROR: Could not find a version that satisfies the requirement pyside6-essentials"
         "==6.10.3 (from versions: none)\n"
         "ERROR: No matching distribution found for pyside6-essentials==6.10.3", "glibc 2.34"),
        ("Collecting numpy\nERROR: something new\n[notice] A new release of pip is available",
         "The locked packages could not be installed. ERROR: something new"),
    ],
    ids=["disk", "hashes", "certificate", "network", "platform", "unknown"],
)  # fmt: skip
def test_what_pip_says_becomes_a_remedy(
    checkout: Checkout,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    output: str,
    remedy: str,
) -> None:
    make = checkout.machine.answer
    checkout.machine.answer = lambda command: (1, output) if " pip " in command else make(command)
    monkeypatch.setattr(checkout.bootstrap, "bring_system_packages", lambda environment: None)
    assert checkout.bootstrap.main(["run"]) == 1
    said = capsys.readouterr().err
    assert remedy in said
    assert "Traceback" not in said
