#!/usr/bin/env python3
"""Prove the packages in dist/ on bare systems: `sudo python3 packaging/smoke.py [SUITE …]`.

For each suite of Debian (bookworm and trixie if none is named) debootstrap makes a minimal root:
no Python, no X11, no fonts. In it, in namespaces without any network, the .deb is installed and the
portable file is started by a standard user from a folder with a space and Chinese in its name; both
run the article's regression, draw the window in both languages, show it on Xvfb and quit by Ctrl+Q;
then the .deb is removed. Any word of warning, a wrong number or a file left behind is a failure.
Pictures of the windows are kept in build/smoke/.

Needs debootstrap, xvfb, xdotool, imagemagick and, for debootstrap only, a network; 1–2 minutes a
suite. Not part of the tests that CI runs on every change, since it needs root.
"""

from __future__ import annotations

import contextlib
import csv
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "build" / "smoke"
SUITES = ("bookworm", "trixie")
TOOLS = {
    "debootstrap": "debootstrap", "Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick",
    "unshare": "util-linux",
}  # fmt: skip
DISPLAY = ":77"
PATIENCE = 30.0
"""Seconds; what takes longer has failed."""

ARTICLE = ["run", "--problem", "article", "--optimizer", "gd", "--lr", "0.01", "--steps", "1000"]
EXPECTED = {
    "loss": 0.560465130125,
    "theta_0": -0.949448893427,
    "theta_1": 2.185998154069,
}
"""The article's result at step 1000 to the 12 digits that it was published with."""


class Failed(Exception):
    """What was to be seen and was not."""


class Bare:
    """A bare root and who works in it."""

    def __init__(self, root: Path, user: str, home: str) -> None:
        self.root, self.user, self.home = root, user, home

    def command(self, *words: str, display: str = "") -> list[str]:
        """What runs `words` there, as the user, with nothing of our environment."""
        variables = {"HOME": self.home, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        if display:
            variables["DISPLAY"] = display
        settings = [f"{name}={value}" for name, value in variables.items()]
        enter = ["chroot", f"--userspec={self.user}:{self.user}", str(self.root)]
        inside = ["sh", "-c", 'cd "$HOME" && exec "$@"', "sh", *words]
        return ["env", "-i", *settings, *enter, *inside]

    def run(self, *words: str) -> None:
        """Run a command that must succeed and say nothing on the error stream."""
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False)
        if done.returncode or done.stderr:
            raise Failed(f"{' '.join(words)}: status {done.returncode}\n{done.stderr}")

    @property
    def folder(self) -> Path:
        """The user's home, seen from here."""
        return self.root / self.home.lstrip("/")


def say(text: str) -> None:
    """One line of progress."""
    print("smoke: " + text, file=sys.stderr, flush=True)


def check_program(bare: Bare, program: str, name: str) -> None:
    """The article's numbers, both languages drawn, a window that opens and closes."""
    bare.run(program, *ARTICLE, "--out", "t.csv")
    with (bare.folder / "t.csv").open(encoding="utf-8", newline="") as file:
        last = list(csv.DictReader(line for line in file if not line.startswith("#")))[-1]
    for column, value in EXPECTED.items():
        if not math.isclose(float(last[column]), value, rel_tol=1e-11):
            raise Failed(f"{column} is {last[column]}, not {value}")
    pictures = []
    for language in ("en", "zh"):
        bare.run(program, "--screenshot", f"{language}.png", "--lang", language, "--steps", "100")
        pictures.append((bare.folder / f"{language}.png").read_bytes())
        shutil.copy(bare.folder / f"{language}.png", PICTURES / f"{name}-{language}.png")
    if pictures[0] == pictures[1]:
        raise Failed("the window is the same in both languages")
    check_window(bare, program, PICTURES / f"{name}-window.png")


def check_window(bare: Bare, program: str, picture: Path) -> None:
    """It appears on a bare X server, is drawn, and quits by Ctrl+Q without a word."""
    began = time.monotonic()
    window = subprocess.Popen(
        bare.command(program, display=DISPLAY), stderr=subprocess.PIPE, text=True
    )
    try:
        while not xdotool("search", "--onlyvisible", "--name", "gdsim"):
            if window.poll() is not None or time.monotonic() - began > PATIENCE:
                window.kill()
                raise Failed(f"no window appeared\n{window.communicate()[1]}")
            time.sleep(0.02)
        say(f"{picture.stem}: shown after {time.monotonic() - began:.2f} s")
        time.sleep(2)
        subprocess.run(["import", "-display", DISPLAY, "-window", "root", picture], check=True)
        # Without a window manager only a click gives the window the keyboard.
        xdotool("mousemove", "680", "755", "click", "1")
        time.sleep(0.3)
        xdotool("key", "ctrl+q")
        _, words = window.communicate(timeout=PATIENCE)
    finally:
        window.kill()
    if window.returncode or words:
        raise Failed(f"the window left with status {window.returncode}\n{words}")


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
        ["Xvfb", DISPLAY, "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-ac"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not (sockets / f"X{DISPLAY[1:]}").exists():
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait()


def inside(root: Path, suite: str) -> None:
    """All checks in one bare root; runs in namespaces of its own, without a network."""
    devices = Path("/proc/net/dev").read_text(encoding="ascii").splitlines()
    interfaces = [line.split(":")[0].strip() for line in devices if ":" in line]
    if interfaces != ["lo"]:
        raise Failed(f"there is a network: {interfaces}")
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    (package,) = (ROOT / "dist").glob("*.deb")
    (portable,) = (ROOT / "dist").glob("*.run")
    system = Bare(root, "root", "/root")
    for tool in ("python3", "Xorg", "fc-list"):
        if subprocess.run(system.command("which", tool), capture_output=True).returncode == 0:
            raise Failed(f"{tool} is there: this system is not bare")
    before = {path for path in root.rglob("*") if "gdsim" in path.name}
    subprocess.run(system.command("useradd", "--create-home", "student"), check=True)
    student = Bare(root, "student", "/home/student/实验 1")
    student.folder.mkdir()
    shutil.copy(portable, student.folder / portable.name)
    shutil.copy(package, root / "root" / package.name)
    shutil.chown(student.folder, *[(root / "home" / "student").stat().st_uid] * 2)
    with x_server(root):
        say(f"{suite}: the portable file, as a standard user")
        check_program(student, f"./{portable.name}", f"{suite}-portable")
        say(f"{suite}: the .deb")
        system.run("dpkg", "--install", package.name)
        check_program(system, "gdsim", f"{suite}-deb")
        system.run("dpkg", "--remove", "gdsim")
    left = {path for path in root.rglob("*") if "gdsim" in path.name} - before
    left = {p for p in left if p.relative_to(root).parts[0] not in ("root", "home", "proc")}
    left = {p for p in left if "dpkg" not in p.parts}
    if left:
        raise Failed(f"left behind: {sorted(map(str, left))}")


def outside(suites: list[str]) -> None:
    """Make the bare roots, start the checks in them, take the roots away again."""
    lacking = sorted({package for tool, package in TOOLS.items() if not shutil.which(tool)})
    if lacking:
        raise Failed("install first: " + " ".join(lacking))
    PICTURES.mkdir(parents=True, exist_ok=True)
    for suite in suites:
        with tempfile.TemporaryDirectory(prefix="gdsim-smoke-") as folder:
            root = Path(folder) / suite
            say(f"{suite}: making a minimal root")
            with (PICTURES / f"{suite}-debootstrap.log").open("w") as log:
                subprocess.run(
                    ["debootstrap", "--variant=minbase", suite, root], stdout=log, check=True
                )
            root.parent.chmod(0o755)
            subprocess.run(
                ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
                 sys.executable, __file__, "--inside", root, suite],
                check=True,
            )  # fmt: skip
        say(f"{suite}: passed")


def main(arguments: list[str]) -> int:
    """The exit status: 0 if all is well."""
    if os.geteuid() != 0:
        print("smoke: run this as root: it makes root folders of other systems", file=sys.stderr)
        return 1
    try:
        if arguments[:1] == ["--inside"]:
            inside(Path(arguments[1]), arguments[2])
        else:
            outside(arguments or list(SUITES))
    except Failed as failed:
        say(f"FAILED: {failed}")
        return 1
    except subprocess.CalledProcessError as failed:
        say(f"FAILED: {failed}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
