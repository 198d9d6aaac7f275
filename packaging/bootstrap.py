#!/usr/bin/env python3
"""Bring gdsim up on a bare machine: `bootstrap.py run|test [arguments]`.

Standard library only. Makes a virtual environment in the checkout, installs the locked packages by
their hashes, adds the system libraries that Qt needs where it may, and starts the program or the
tests. Later runs find everything in place and need no network.
"""

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "gdsim needs Python 3.11 or newer; this is %d.%d. Install a newer Python and run this "
        "script with it." % sys.version_info[:2]
    )

from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"run": "requirements-run.lock", "test": "requirements-test.lock"}

# Library that Qt loads → Debian's package (the first that exists: Debian 12, then newer ones).
OFFSCREEN = {
    "libglib-2.0.so.0": ("libglib2.0-0", "libglib2.0-0t64"),
    "libEGL.so.1": ("libegl1",),
    "libGL.so.1": ("libgl1",),
    "libdbus-1.so.3": ("libdbus-1-3",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libxkbcommon.so.0": ("libxkbcommon0",),
}
X11 = {
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
}
WAYLAND = {"libwayland-cursor.so.0": ("libwayland-cursor0",)}
OTHER_SYSTEMS = {
    "dnf": "dnf install -y mesa-libEGL mesa-libGL dbus-libs fontconfig libxkbcommon "
    "libxkbcommon-x11 xcb-util-cursor xcb-util-wm xcb-util-keysyms libwayland-cursor",
    "zypper": "zypper install -y libEGL1 libGL1 libdbus-1-3 libfontconfig1 libxkbcommon0 "
    "libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0",
    "pacman": "pacman -S --needed libglvnd dbus fontconfig libxkbcommon libxkbcommon-x11 "
    "xcb-util-cursor xcb-util-wm xcb-util-keysyms wayland",
}


class Stopped(Exception):
    """What is wrong and what to do about it, in one or two sentences."""


def say(text: str) -> None:
    """One line of progress."""
    print("gdsim: " + text, file=sys.stderr, flush=True)


def has_display() -> bool:
    """Whether a window can be shown."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def wanted_libraries() -> dict[str, tuple[str, ...]]:
    """The system libraries that Qt loads in this session, and Debian's packages for them."""
    wanted = dict(OFFSCREEN)
    if os.environ.get("DISPLAY"):
        wanted.update(X11)
    if os.environ.get("WAYLAND_DISPLAY"):
        wanted.update(WAYLAND)
    return wanted


def is_loadable(library: str) -> bool:
    """Whether the dynamic loader finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def elevation() -> list[str] | None:
    """What to put before apt-get: nothing for root, sudo where it asks nothing, None otherwise."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(
            ["sudo", "-n", "true"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        ).returncode
        == 0
    ):
        return ["sudo", "-n"]
    return None


def apt_install(choices: list[tuple[str, ...]], why: str) -> None:
    """Install one package of each tuple by apt-get, or name the command that does."""
    plain = "apt-get install -y --no-install-recommends " + " ".join(c[0] for c in choices)
    prefix = elevation() if shutil.which("apt-get") else None
    if prefix is None:
        command = "sudo " + plain
        if not shutil.which("apt-get"):
            command = next(
                ("sudo " + text for tool, text in OTHER_SYSTEMS.items() if shutil.which(tool)),
                "your system's packages for: " + " ".join(c[0] for c in choices),
            )
        raise Stopped(f"{why}. Install what is missing, then run this again:\n  {command}")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    keep = ["DEBIAN_FRONTEND=noninteractive"] if prefix else []
    say(f"{why}; installing {' '.join(c[0] for c in choices)}")
    quiet: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "env": environment,
    }
    subprocess.run([*prefix, *keep, "apt-get", "update", "-qq"], check=False, **quiet)
    packages = []
    for names in choices:
        for name in names:
            found = subprocess.run(
                ["apt-cache", "show", name], stderr=subprocess.DEVNULL, check=False, **quiet
            )
            if found.returncode == 0:
                packages.append(name)
                break
    done = subprocess.run(
        [*prefix, *keep, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        check=False, **quiet,
    )  # fmt: skip
    if done.returncode != 0 or len(packages) < len(choices):
        raise Stopped(f"apt-get could not install what is missing. Run it yourself:\n  {plain}")


def bring_libraries() -> None:
    """Make sure that Qt's system libraries are there (Linux; other systems carry them)."""
    if sys.platform != "linux":
        return
    missing = {
        name: packages for name, packages in wanted_libraries().items() if not is_loadable(name)
    }
    if missing:
        apt_install(list(missing.values()), "Qt needs system libraries that are missing")


def environment_home() -> Path:
    """Where the virtual environment is kept: the checkout, or the cache if that is read-only."""
    if os.access(ROOT, os.W_OK):
        return ROOT / ".venv"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "gdsim" / "venv"


def python_of(home: Path) -> Path:
    """The interpreter of a virtual environment."""
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_of(lock: Path) -> str:
    """What an environment was made from: the lock, this Python and the place of the checkout."""
    digest = hashlib.sha256(lock.read_bytes())
    digest.update(repr((sys.version, sys.prefix, str(ROOT))).encode())
    return digest.hexdigest()


def make_environment(home: Path, lock: Path) -> Path:
    """Make or reuse the environment; the stamp is written last, so a broken one is made anew."""
    stamp, wanted = home / "gdsim-stamp", stamp_of(lock)
    python = python_of(home)
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    say(f"making an environment in {home}")
    if home.exists():
        shutil.rmtree(home)
    home.parent.mkdir(parents=True, exist_ok=True)
    create_venv(home)
    say(f"installing the locked packages ({lock.name})")
    # The lock is written for the usual index; a machine's own extra sources stay in effect.
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
         "--require-hashes", "--no-deps", "-r", lock],
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode != 0:
        raise Stopped(
            "The packages could not be installed (see above). Is there a network? "
            "Run this again once there is; nothing needs to be cleaned up."
        )
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    (Path(site) / "gdsim-checkout.pth").write_text(str(ROOT) + "\n", encoding="utf-8")
    stamp.write_text(wanted)
    return python


def create_venv(home: Path) -> None:
    """`python -m venv`; a bare Debian lacks ensurepip and needs python3-venv for it."""
    try:
        import ensurepip  # noqa: F401  (only to see whether it is there)
    except ImportError:
        version = "python%d.%d-venv" % sys.version_info[:2]
        apt_install([(version, "python3-venv")], "Python's venv module is incomplete")
    done = subprocess.run(
        [sys.executable, "-m", "venv", home], check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        shutil.rmtree(home, ignore_errors=True)
        raise Stopped("The environment could not be made: " + (done.stderr or done.stdout).strip())


def run(arguments: list[str]) -> int:
    """Open the window; without a display, run the article's regression and say so."""
    bring_libraries()
    python = make_environment(environment_home(), ROOT / "packaging" / LOCKS["run"])
    if not arguments and not has_display():
        say("there is no display, so this runs the article's regression without a window")
        arguments = [
            "run",
            "--problem",
            "article",
            "--optimizer",
            "gd",
            "--lr",
            "0.01",
            "--steps",
            "1000",
        ]
    return start([str(python), "-m", "gdsim", *arguments])


def start(command: list[str]) -> int:
    """Become the command (Windows has no exec that keeps the terminal: wait for a child)."""
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


def test(arguments: list[str]) -> int:
    """Style, types, then the tests; the tests come last, so that their summary ends the output."""
    bring_libraries()
    home = environment_home()
    python = str(
        make_environment(home.with_name(home.name + "-test"), ROOT / "packaging" / LOCKS["test"])
    )
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    checks = [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["pytest", *arguments]]
    failed = []
    for check in checks:
        say(" ".join(check))
        done = subprocess.run([python, "-m", *check], cwd=ROOT, env=environment, check=False)
        if done.returncode != 0:
            failed.append(" ".join(check))
    if failed:
        say("failed: " + ", ".join(failed))
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    """Dispatch; every expected failure ends in a sentence."""
    commands = {"run": run, "test": test}
    if not arguments or arguments[0] not in commands:
        print("usage: python3 packaging/bootstrap.py run|test [arguments]", file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except Stopped as stopped:
        say(str(stopped))
    except OSError as error:
        say(
            f"{error.filename or 'a file'}: {error.strerror}. "
            "Free some space or rights, then run this again."
        )
    except KeyboardInterrupt:
        say("stopped; run the same command again to go on")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
