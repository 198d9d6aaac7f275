"""What Qt needs of the system: brought where that asks nobody, else named by the exact command."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.packaging.machine import Machine

OFFSCREEN_APT = "libglib2.0-0 libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon0"
X11_APT = "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"


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
    commands: Any,
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
    assert commands.main(["run"]) == 1
    said = capsys.readouterr().err
    assert said.splitlines()[-1].strip() == command
    assert "run this again" in said
    assert not any("install" in word for word in machine.commands)


def test_root_gets_what_is_missing_by_the_names_that_this_release_uses(
    commands: Any, machine: Machine
) -> None:
    machine.answer = lambda command: (int("show" in command and "t64" not in command), "")
    commands.bring_system_packages({})
    installed = machine.commands[-1]
    assert "apt-get" in installed
    assert installed.endswith(OFFSCREEN_APT.replace("libglib2.0-0", "libglib2.0-0t64"))
    assert "DEBIAN_FRONTEND=noninteractive" in installed
    assert "/usr/sbin" in installed  # dpkg needs it, and a plain su does not give it


def test_wayland_and_a_bare_debian_add_their_own(
    commands: Any, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("system_packages.is_loadable", lambda library: "wayland" not in library)
    monkeypatch.setitem(sys.modules, "ensurepip", None)  # Debian splits it off
    machine.answer = lambda command: (int("show" in command), "")
    commands.bring_system_packages({"WAYLAND_DISPLAY": "wayland-0"})
    assert machine.commands[-1].endswith("libwayland-cursor0 python3-venv")


def test_a_complete_machine_is_left_alone(
    commands: Any, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("system_packages.is_loadable", lambda library: True)
    commands.bring_system_packages({"DISPLAY": ":0"})
    assert machine.commands == []


def test_an_installation_that_was_interrupted_is_finished_first(
    commands: Any, machine: Machine
) -> None:
    def answer(command: str) -> tuple[int, str]:
        interrupted = not any("dpkg --configure -a" in done for done in machine.commands)
        if " install " in command and interrupted:
            return 100, "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'"
        return 0, ""

    machine.answer = answer
    commands.bring_system_packages({})
    assert "dpkg --configure -a" in machine.commands[-2]
    assert " install " in machine.commands[-1]


def test_when_apt_fails_its_reason_and_the_command_are_shown(
    commands: Any, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.answer = lambda command: (100, "Reading…\nE: Unable to locate package libegl1\n")
    assert commands.main(["run", "--screenshot", "window.png"]) == 1
    said = capsys.readouterr().err
    assert "(Unable to locate package libegl1)" in said
    assert f"apt-get install -y --no-install-recommends {OFFSCREEN_APT}" in said
