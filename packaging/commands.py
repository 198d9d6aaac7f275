"""What the script does: `run`, `test`, `build`. Standard library only."""

import errno
import os
import re
import signal
import subprocess
import sys
from types import FrameType

from compile_replay import compile_replay
from environment import ROOT, make_environment
from system_packages import bring_system_packages, has_display
from telling import Stopped, say

PYTHON = "py" if os.name == "nt" else "python3"
USAGE = f"""usage: {PYTHON} packaging/bootstrap.py run [arguments of gdsim]
       {PYTHON} packaging/bootstrap.py test [--oldest | --newest] [arguments of pytest]
       {PYTHON} packaging/bootstrap.py build

run   opens the window; the first time it brings what gdsim needs. bin/gdsim is short for it.
test  checks style and types, then runs the tests; --oldest and --newest run the tests alone, with
      the oldest and the newest packages that gdsim promises to work with.
build makes the packages for users, in dist/ (on Linux)."""

# What a machine without a display shows instead of the window.
HEADLESS = ["run", "--problem", "article", "--optimizer", "gd", "--lr", "0.01", "--steps", "1000"]
WITHOUT_QT = {"--help", "-h", "--version", "--reset", "--info"}


def run(arguments: list[str]) -> int:
    """Open the window; without a display, run the article's regression and say so."""
    if not arguments and not has_display(os.environ):
        say("there is no display, so this runs the article's regression without a window")
        arguments = HEADLESS
    if not without_window().isdisjoint(arguments):
        # A picture is drawn without a display.
        session = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        graphics = any(word.partition("=")[0] == "--plot" for word in arguments)
    else:
        session = dict(os.environ)
        graphics = WITHOUT_QT.isdisjoint(arguments)
    bring_system_packages(session, graphics=graphics)
    python = make_environment("run", graphics=graphics)
    compile_replay()  # without it all is slower, and `--info` says why
    # -P: a numpy.py or a gdsim folder where the user happens to be must not shadow ours.
    return become([str(python), "-P", "-m", "gdsim", *arguments])


def without_window() -> set[str]:
    """The words after which gdsim opens no window."""
    source = (ROOT / "gdsim" / "cli" / "main.py").read_text(encoding="utf-8")
    (words,) = re.findall(r"^COMMANDS = \((.*)\)$", source, re.MULTILINE)
    return set(re.findall(r'"(\w+)"', words))


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
    python = str(make_environment(kind, graphics=True))
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
    python = make_environment("build", graphics=True)
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
        speak_utf8()
        return commands[arguments[0]](arguments[1:])
    except Stopped as stopped:
        say(str(stopped))
    except OSError as error:
        place = error.filename or "A file"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            say(f"The disk is full ({place}). Free some space, then run this again.")
        else:
            say(f"{place}: {error.strerror}. Grant rights to it, then run this again.")
    except KeyboardInterrupt:
        say("stopped; run the same command again to go on")
        return 130
    return 1


def speak_utf8() -> None:
    """Begin again in UTF-8 where the locale cannot read the folder's name, and UTF-8 can.

    `venv` and gdsim write down and hand on paths, which fails with bytes that are no characters.
    """
    try:
        str(ROOT).encode()
        return
    except UnicodeEncodeError:
        name = os.fsencode(ROOT)
    try:
        name.decode()
    except UnicodeDecodeError:
        raise Stopped(
            f"The name of the folder, {ROOT}, is no text in this locale. Give the folder another "
            "name, or set LC_ALL to the locale that it was named in."
        ) from None
    os.environ["PYTHONUTF8"] = "1"
    os.execv(sys.executable, [sys.executable, *sys.argv])


def start(arguments: list[str]) -> int:
    """As `main`; a signal that ends the script lets it clear up, as Ctrl-C does."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)
    return main(arguments)
