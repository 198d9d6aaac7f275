"""Bare systems and windows in them, for the smoke tests: who works where, and with which keys."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

DISPLAY = ":77"
PATIENCE = 60.0
"""Seconds; what takes longer has failed."""


class Failed(Exception):
    """What was to be seen and was not."""


class Bare:
    """A bare root and who works in it, in which folder; `home` is that folder if none is given."""

    def __init__(self, root: Path, user: str, folder: str, home: str = "", state: str = "") -> None:
        """`state` is where gdsim is expected to keep log and sessions, if not in the home."""
        self.root, self.user, self.home = root, user, home or folder
        self._folder = folder
        self.state = root / (state or f"{self.home}/.local/state/gdsim").lstrip("/")

    def command(self, *words: str, display: str = "", **variables: str) -> list[str]:
        """What runs `words` there, as the user, with nothing of our environment."""
        variables = {
            "HOME": self.home, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
            **({"DISPLAY": display} if display else {}), **variables,
        }  # fmt: skip
        settings = [f"{name}={value}" for name, value in variables.items()]
        enter = ["chroot", f"--userspec={self.user}:{self.user}", str(self.root)]
        inside = ["sh", "-c", 'cd "$0" && exec "$@"', self._folder, *words]
        return ["env", "-i", *settings, *enter, *inside]

    def run(self, *words: str) -> str:
        """Run a command that must succeed and say nothing on the error stream; what it printed."""
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False)
        if done.returncode or done.stderr:
            raise Failed(f"{' '.join(words)}: status {done.returncode}\n{done.stderr}")
        return done.stdout

    @property
    def folder(self) -> Path:
        """The user's folder, seen from here."""
        return self.root / self._folder.lstrip("/")


class Window:
    """gdsim on the X server, used by keys; leaving it without a word is part of the check."""

    def __init__(
        self, bare: Bare, *words: str, watch: Path | None = None, has_log: bool = True
    ) -> None:
        """`watch` is a file for the sockets it makes; without a log two seconds must do."""
        before = windows()
        log = bare.state / "gdsim.log"
        starts = _starts(log)
        command = bare.command(*words, display=DISPLAY)
        if watch is not None:
            trace = ["strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", str(watch)]
            command = [*trace, *command]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        began = time.monotonic()
        try:
            self.number = self._wait_for(lambda: next(iter(windows() - before), ""))
            self.seconds = time.monotonic() - began
            if has_log:
                self._wait_for(lambda: _starts(log) > starts)
            else:
                time.sleep(2)
        except Failed:
            self._process.kill()
            raise Failed(f"no window became ready\n{self._process.communicate()[1]}") from None
        time.sleep(0.5)

    @property
    def title(self) -> str:
        """What the window is called."""
        return xdotool("getwindowname", self.number).strip()

    def press(self, *keys: str) -> None:
        """Give the window the keyboard (there is no window manager that would) and press keys."""
        xdotool("windowfocus", "--sync", self.number)
        for key in keys:
            xdotool("key", key)
            time.sleep(0.15)

    def answer(self, text: str) -> None:
        """Type into the dialog that has opened, and accept it."""
        dialog = self._wait_for(lambda: next(iter(windows(".") - {self.number}), ""))
        time.sleep(0.7)
        xdotool("windowfocus", "--sync", dialog)
        xdotool("key", "ctrl+a")
        xdotool("type", text)
        xdotool("key", "Return")
        self._wait_for(lambda: dialog not in windows("."))

    def wait_for_dialog(self) -> None:
        """Until a message has opened."""
        self._wait_for(lambda: windows(".") - {self.number})

    def wait_for_title(self, part: str) -> None:
        """Until the title contains it."""
        try:
            self._wait_for(lambda: part in self.title)
        except Failed:
            raise Failed(f"the title is {self.title!r}, not one with {part!r}") from None

    def wait_for_file(self, folder: Path, pattern: str) -> Path:
        """Until there is one."""
        return self._wait_for(lambda: next(folder.glob(pattern), None))

    def picture(self, target: Path) -> None:
        """What the screen shows."""
        subprocess.run(["import", "-display", DISPLAY, "-window", "root", target], check=True)

    def quit(self, allowed: str = "") -> None:
        """Ctrl+Q; status 0 and not a word, but for `allowed` ones."""
        self.press("ctrl+q")
        try:
            _, words = self._process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed("the window did not close") from None
        if self._process.returncode or set(words.split("\n")) - {allowed, ""}:
            raise Failed(f"the window left with status {self._process.returncode}\n{words}")

    def kill(self) -> None:
        """As the power does."""
        number = xdotool("getwindowpid", self.number).strip()
        subprocess.run(["kill", "-9", number], check=False)
        self._process.communicate()

    def _wait_for(self, question: Callable[[], T | None]) -> T:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            if answer := question():
                return answer
            time.sleep(0.05)
        raise Failed("waited in vain")


def _starts(log: Path) -> int:
    """How often a window has become ready, by its log."""
    return log.read_text(encoding="utf-8").count(" ready\n") if log.exists() else 0


def windows(name: str = "gdsim [0-9]") -> set[str]:
    """The visible windows with that in their title."""
    return set(xdotool("search", "--onlyvisible", "--name", name).split())


def say(text: str) -> None:
    """One line of progress."""
    print("smoke: " + text, file=sys.stderr, flush=True)


def xdotool(*words: str) -> str:
    """What it prints; nothing while there is nothing to find."""
    done = subprocess.run(
        ["xdotool", *words], capture_output=True, text=True, check=False,
        env={**os.environ, "DISPLAY": DISPLAY},
    )  # fmt: skip
    return done.stdout


@contextlib.contextmanager
def x_server(root: Path) -> Iterator[None]:
    """Xvfb with its socket in the bare root too; mounts are of this process's namespace."""
    sockets = Path("/tmp/.X11-unix")
    sockets.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", sockets], check=True)
    seen = root / "tmp" / ".X11-unix"
    seen.mkdir()
    subprocess.run(["mount", "--bind", sockets, seen], check=True)
    server = subprocess.Popen(
        ["Xvfb", DISPLAY, "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-ac", "-noreset"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not (sockets / f"X{DISPLAY[1:]}").exists():
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait()


def require(tools: dict[str, str]) -> None:
    """`Failed` that names the packages of the tools that are missing."""
    lacking = sorted({package for tool, package in tools.items() if not shutil.which(tool)})
    if lacking:
        raise Failed("install first: " + " ".join(lacking))
