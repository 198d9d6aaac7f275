"""A machine that only pretends."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

import pytest


class Machine:
    """A machine that exists for the script only: its tools, its user, what its commands answer."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.tools: set[str] = {"apt-get"}
        self.commands: list[str] = []
        self.answer: Callable[[str], tuple[int, str]] = lambda command: (0, "")
        self._patch = patch
        for name in ("system_packages", "environment"):
            patch.setattr(import_module(name), "quiet", self.quiet)
        patch.setattr(shutil, "which", lambda name: name if name in self.tools else None)
        patch.setattr(sys, "platform", "linux")
        patch.setattr(import_module("system_packages"), "is_loadable", lambda library: False)
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            patch.delenv(name, raising=False)
        self.become_user(0)

    def become_user(self, number: int) -> None:
        self._patch.setattr(os, "geteuid", lambda: number, raising=False)

    def quiet(self, words: Iterable[str | Path]) -> tuple[int, str]:
        command = " ".join(str(word) for word in words)
        self.commands.append(command)
        return self.answer(command)
