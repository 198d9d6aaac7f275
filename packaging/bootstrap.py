#!/usr/bin/env python3
"""Bring gdsim up on a bare machine: `bootstrap.py run|test [arguments]`.

Standard library only. Makes a virtual environment in the checkout, installs the locked packages by
their hashes, adds the system libraries that Qt needs where it may, and starts the program or the
tests. Later runs find everything in place and need no network.
"""

import os
import shutil
import sys

USAGE = """usage: python3 packaging/bootstrap.py run [arguments of gdsim]
       python3 packaging/bootstrap.py test [--oldest | --newest] [arguments of pytest]
       python3 packaging/bootstrap.py build

run   opens the window; the first time it brings what gdsim needs.
test  checks style and types, then runs the tests; --oldest and --newest run the tests alone, with
      the oldest and the newest packages that gdsim promises to work with.
build makes the packages for users, in dist/ (on Linux)."""

if sys.version_info < (3, 11):
    names = ["python3.%d" % minor for minor in (14, 13, 12, 11)]
    found = [name for name in names if shutil.which(name)]
    sys.exit(
        "gdsim needs Python 3.11 or newer; this is %d.%d. %s"
        % (
            sys.version_info[0],
            sys.version_info[1],
            "Run this script with %s, which is here too." % found[0]
            if found
            else "Install a newer Python and run this script with it.",
        )
    )

import contextlib
import hashlib
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from compile_replay import compile_replay
from pip_remedies import REMEDIES
from system_packages import INSTALL, OFFSCREEN, VENV, WAYLAND, X11, Package

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    kind: ROOT / "packaging" / f"requirements-{kind}.lock"
    for kind in ("run", "test", "oldest", "newest", "build")
}
STAMP = "gdsim-stamp"

# What a machine without a display shows instead of the window.
HEADLESS = ["run", "--problem", "article", "--optimizer", "gd", "--lr", "0.01", "--steps", "1000"]


class Stopped(Exception):
    """What is wrong and what to do about it, in one or two sentences."""


def say(text: str) -> None:
    """One line of progress."""
    print("gdsim: " + text, file=sys.stderr, flush=True)


def quiet(command: Iterable[str | Path]) -> tuple[int, str]:
    """Run a command that nobody is to see or answer; its exit status and what it printed."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


# System packages


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def wanted_libraries(environment: Mapping[str, str]) -> dict[str, Package]:
    """The system libraries that Qt loads in such a session."""
    wanted = dict(OFFSCREEN)
    if environment.get("QT_QPA_PLATFORM", "").partition(":")[0] == "offscreen":
        return wanted
    if environment.get("DISPLAY"):
        wanted.update(X11)
    if environment.get("WAYLAND_DISPLAY"):
        wanted.update(WAYLAND)
    return wanted


def is_loadable(library: str) -> bool:
    """Whether the dynamic loader finds the library."""
    try:
        import ctypes
    except ImportError:  # a Python built without libffi: let Qt complain itself
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(environment: Mapping[str, str]) -> list[Package]:
    """What a Linux system lacks to run gdsim; other systems carry it all."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = wanted_libraries(environment)
    missing = [package for name, package in wanted.items() if not is_loadable(name)]
    try:
        import ensurepip  # noqa: F401  (only to see whether it is there)
    except ImportError:
        missing.append(VENV)
    return missing


def installer() -> str | None:
    """The system's package tool, if it is one that we know."""
    return next((tool for tool in INSTALL if shutil.which(tool)), None)


def names_for(tool: str, packages: Iterable[Package]) -> list[str]:
    """The names to install; of two names the one that apt knows, or else the older one."""
    if tool != "apt-get":
        names = [getattr(package, tool) for package in packages]
        return list(dict.fromkeys(name for name in names if name))
    chosen = []
    for package in packages:
        *newer, last = package.apt.split("|")
        known = (name for name in newer if quiet(["apt-cache", "show", name])[0] == 0)
        chosen.append(next(known, last))
    return chosen


def install_command(tool: str | None, packages: list[Package]) -> str:
    """The command for a person to type, as root where needed."""
    if tool is None:
        return "(with your system's own tool) " + " ".join(names_for("dnf", packages))
    commands = [" ".join([INSTALL[tool], *names_for(tool, packages)])]
    if tool == "apt-get":  # its lists may be empty (containers) or name versions that are gone
        commands.insert(0, "apt-get update")
    if os.geteuid() == 0:
        return " && ".join(commands)
    if shutil.which("sudo"):
        return " && ".join("sudo " + command for command in commands)
    # With the dash: a plain su keeps a PATH without /sbin, and dpkg then refuses to work.
    return "su - -c " + shlex.quote(" && ".join(commands))


def elevation() -> list[str] | None:
    """What to put before apt-get: for root, for sudo where it asks nothing, or None."""
    quietly = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if os.geteuid() == 0:
        # After a plain su root has the user's PATH, and dpkg refuses to work without /sbin.
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
        return [*quietly, "PATH=" + path]
    if shutil.which("sudo") and quiet(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n", *quietly]
    return None


def bring_system_packages(environment: Mapping[str, str]) -> None:
    """Install what the system lacks by apt-get where that needs no question, or say how to."""
    missing = missing_packages(environment)
    if not missing:
        return
    tool = installer()
    prefix = elevation() if tool == "apt-get" else None
    if prefix is None:
        raise Stopped(
            "Some system packages are missing. Install them, then run this again:\n  "
            + install_command(tool, missing)
        )
    say("installing system packages that are missing, by apt-get")
    command = [*prefix, "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    # One source that fails must not stop us: the packages may come from another.
    quiet([*command, "update"])
    names = names_for("apt-get", missing)
    install = [*command, "install", "-y", "--no-install-recommends", *names]
    status, output = quiet(install)
    if status and "dpkg --configure -a" in output:  # an earlier installation was interrupted
        quiet([*prefix, "dpkg", "--configure", "-a"])
        status, output = quiet(install)
    if status:
        errors = [line for line in output.splitlines() if line.startswith("E:")]
        raise Stopped(
            "apt-get could not install what is missing"
            + (f" ({errors[-1][2:].strip()})" if errors else "")
            + ". Try it yourself, then run this again:\n  "
            + install_command(tool, missing)
        )


# The environment


def environment_home(kind: str) -> Path:
    """Where an environment is kept: in the checkout, or in the cache if that is read-only.

    A folder of that name that this script did not make (editors make `.venv` too) is left alone.
    """
    name = ".venv" if kind == "run" else f".venv-{kind}"
    base = ROOT
    if not os.access(ROOT, os.W_OK):
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        place = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
        base = cache / f"gdsim-{place}"
    home = base / name
    is_foreign = home.exists() and not (home / STAMP).exists()
    return home.with_name(name + "-gdsim") if is_foreign else home


def python_of(home: Path) -> Path:
    """The interpreter of a virtual environment."""
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_of(lock: Path) -> str:
    """What an environment was made from: the lock, this Python and the place of the checkout."""
    digest = hashlib.sha256(lock.read_bytes())
    digest.update(repr((sys.version, sys.base_prefix, str(ROOT))).encode())
    return digest.hexdigest()


def is_ready(home: Path, lock: Path) -> bool:
    """Whether the environment is whole and still the one that is wanted."""
    with contextlib.suppress(FileNotFoundError):
        return (home / STAMP).read_text() == stamp_of(lock) and python_of(home).exists()
    return False


def make_environment(home: Path, lock: Path) -> Path:
    """Make the environment, or reuse it; its interpreter.

    The stamp is there from the start, as the mark that the folder is ours, and filled at the very
    end: what was interrupted is made anew.
    """
    python = python_of(home)
    if is_ready(home, lock):
        return python
    if home.exists():
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / STAMP).touch()
    say(f"making an environment in {home}")
    ask([sys.executable, "-m", "venv", home], "The environment could not be made.")
    say("installing the locked packages; the first time this takes a minute and a network")
    # Where packages come from is the machine's business (pip's own settings); the hashes decide.
    ask(
        [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
         "--only-binary", ":all:", "--require-hashes", "--no-deps", "-r", lock],
        "The locked packages could not be installed.",
    )  # fmt: skip
    unpack_pyside(python)
    link_checkout(home)
    (home / STAMP).write_text(stamp_of(lock))
    return python


def ask(command: list[str | Path], failure: str) -> None:
    """Run a command; if it fails, stop with a remedy, or with its own last words."""
    status, output = quiet(command)
    if status == 0:
        return
    for signs, remedy in REMEDIES:
        if any(sign in output for sign in signs):
            raise Stopped(remedy)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    raise Stopped(" ".join([failure, *(errors or lines)[-1:]]))


def unpack_pyside(python: Path) -> None:
    """Let PySide's own Python files lie beside it, as its switch SBK_EMBED does.

    Else it compiles them from an archive inside its library at every start, which takes a tenth of
    the time until the window is seen. If that cannot be, it starts so.
    """
    quiet([python, "-c", "import os; os.environ['SBK_EMBED'] = '0'; import PySide6.QtCore"])


def link_checkout(home: Path) -> None:
    """Make the checkout importable in the environment by a .pth file: no build, no network."""
    if os.name == "nt":
        site = home / "Lib" / "site-packages"
    else:
        site = home / "lib" / ("python%d.%d" % sys.version_info[:2]) / "site-packages"
    # Until 3.13 Python reads .pth files in the encoding of the locale (GBK on a Chinese Windows).
    encoding = "utf-8" if sys.version_info >= (3, 13) else "locale"
    (site / "gdsim-checkout.pth").write_text(f"{ROOT}\n", encoding=encoding)


# The commands


def run(arguments: list[str]) -> int:
    """Open the window; without a display, run the article's regression and say so."""
    bring_system_packages(os.environ)
    python = make_environment(environment_home("run"), LOCKS["run"])
    compile_replay()  # without it all is slower, and `--info` says why
    if not arguments and not has_display(os.environ):
        say("there is no display, so this runs the article's regression without a window")
        arguments = HEADLESS
    # -P: a numpy.py or a gdsim folder where the user happens to be must not shadow ours.
    return become([str(python), "-P", "-m", "gdsim", *arguments])


def become(command: list[str]) -> int:
    """Become the command (Windows has no exec that keeps the terminal: wait for a child)."""
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


def test(arguments: list[str]) -> int:
    """Style, types, then the tests; the tests come last, so that their summary ends the output."""
    ends = {"--oldest": "oldest", "--newest": "newest"}
    kind = next((ends[word] for word in arguments if word in ends), "test")
    if kind == "oldest" and sys.version_info >= (3, 13):
        raise Stopped(
            "The oldest packages are tested with Python 3.11 or 3.12: NumPy 1.26 has no build for "
            "newer ones."
        )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    bring_system_packages(environment)
    python = str(make_environment(environment_home(kind), LOCKS[kind]))
    missing = compile_replay()
    if missing:
        say(f"playback is not tested: {missing}")
    asked = [word for word in arguments if word not in ends]
    checks = [["pytest", *(asked or side_by_side())]]
    if kind == "test":  # style and types are judged once, with the locked tools
        checks[:0] = [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]]
    failed = []
    for check in checks:
        say(" ".join(check))
        done = subprocess.run(
            [python, "-m", *check],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            failed.append(" ".join(check))
    if failed:
        say("failed: " + ", ".join(failed))
    return 1 if failed else 0


def side_by_side() -> list[str]:
    """Whole files of tests on each core; four processes are as many as the longest file fills."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return ["-n", str(min(cores or 1, 4)), "--dist", "loadfile"] if (cores or 1) > 1 else []


def build(arguments: list[str]) -> int:
    """Make the packages for users, with the locked tools."""
    if arguments or not sys.platform.startswith("linux"):
        raise Stopped("The packages are built on Linux, by `build` without arguments.")
    bring_system_packages({"DISPLAY": ":0"})  # the program carries copies of these libraries
    python = make_environment(environment_home("build"), LOCKS["build"])
    return become([str(python), "-P", str(ROOT / "packaging" / "build.py")])


def main(arguments: list[str]) -> int:
    """Dispatch; every expected failure ends in a sentence."""
    commands = {"run": run, "test": test, "build": build}
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    if not arguments or arguments[0] not in commands:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except Stopped as stopped:
        say(str(stopped))
    except OSError as error:
        place = error.filename or "A file"
        say(f"{place}: {error.strerror}. Free some space or grant rights, then run this again.")
    except KeyboardInterrupt:
        say("stopped; run the same command again to go on")
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
