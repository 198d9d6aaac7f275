"""The command line: the window, or a run without one."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from gdsim import __version__
from gdsim.cli.parser import BAD_ARGUMENTS, INTERRUPTED, MAX_STEPS, Parser
from gdsim.cli.plain_output import print_any_sign
from gdsim.engine.sentences import Fault
from gdsim.system.places import Places, find_places
from gdsim.system.resources import translations
from gdsim.system.threads import one_blas_thread

COMMANDS = ("run", "sweep", "race", "list", "code", "lesson", "manual")
"""Each is a module of this package with a function `command`, which takes the words behind it."""


NOT_INSTALLED = 1


class Ended(BaseException):
    """The system has told the program to end; `status` is what it shall leave."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number


TABLES = (".csv", ".tsv", ".tab", ".txt", ".dat", ".data", ".xlsx")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 0, 2 for bad arguments, 130 after Ctrl-C.

    A signal that ends a program leaves 128 + its number.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    print_any_sign()
    try:
        status = _command(words)
        if sys.stdout is not None:  # a window's Python on Windows has none
            sys.stdout.flush()  # a reader that has gone shows here, not when Python ends
        return status
    except Fault as fault:
        print(f"gdsim: {fault}", file=sys.stderr)
        return BAD_ARGUMENTS
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "gdsim":  # a fault of ours
            raise
        print(f"gdsim: {_not_importable(error, words)}", file=sys.stderr)
        return NOT_INSTALLED
    except (KeyboardInterrupt, Ended) as end:
        with contextlib.suppress(OSError):  # a terminal that was closed takes no words
            print("gdsim: stopped; nothing was written.", file=sys.stderr, flush=True)
        return end.status if isinstance(end, Ended) else INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough, as in `gdsim list problems | head -3`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _not_importable(error: ImportError, words: list[str]) -> str:
    """What helps where a package is not in this Python, or a library not on this system."""
    import shlex
    import subprocess

    reason = str(error).strip().splitlines()[-1].removesuffix(".")
    script = Path(__file__).resolve().parents[2] / "packaging" / "bootstrap.py"
    if not script.exists():
        return f"{reason}. Install gdsim anew, with all that it needs."
    if script.is_relative_to(Path.cwd()):
        script = script.relative_to(Path.cwd())
    start = [str(script), "run", *words]
    command = "python3 " + shlex.join(start)
    if os.name == "nt":
        command = "py " + subprocess.list2cmdline(start)
    return f"{reason}. In a checkout gdsim is started by: {command}"  # a `Fault` would cut it short


def _command(words: list[str]) -> int:
    one_blas_thread()
    # NumPy comes with these: the window shows itself first.
    if words and words[0] in COMMANDS:
        with _ended_in_order():
            command: Callable[[list[str]], int] = import_module(f"gdsim.cli.{words[0]}").command
            return command(words[1:])
    return _window(_window_parser().parse_args(words))


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGTERM, and a terminal that is closed, end a command as Ctrl-C does.

    Their own way would leave behind what was half written.
    """

    def end(number: int, frame: FrameType | None) -> None:
        raise Ended(number)

    taken: list[signal.Signals] = []
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # not under nohup
                signal.signal(number, end)
                taken.append(number)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _window_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="gdsim",
        description="A lab bench for gradient descent. Without arguments it opens the window.",
        epilog="Without a window: gdsim run, sweep, race, code, list, lesson, manual; each has "
        "--help",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("file", nargs="?", type=Path, help="an experiment (.gdsim, or a text 'gdsim1:…' in quotes) "
        "or a lesson (.toml) to open")  # fmt: skip
    add("--lang", choices=("en", *translations()), help="the window's language")
    add("--theme", choices=("light", "dark"))
    add("--screenshot", metavar="FILE.png", type=Path, help="draw the window into it and leave")
    add("--steps", type=int, default=0, help="updates before the screenshot")
    add("--size", default="1366x768", metavar="WIDTHxHEIGHT", help="of the screenshot")
    add("--answers", metavar="FOLDER", help="keep answers to lessons there, as a table a day")
    add("--portable", action="store_true", help="keep settings and log beside the program")
    add("--info", nargs="?", const="all", choices=("all", "graphics"),
        help="print versions, paths and graphics, and leave")  # fmt: skip
    add("--reset", action="store_true", help="forget all settings, and leave")
    add("--version", action="version", version=f"gdsim {__version__}")
    return parser


def _window(options: argparse.Namespace) -> int:
    places = find_places(options.portable)
    if options.reset:
        from gdsim.cli.info import reset

        print(reset(places))
        return 0
    if options.info is not None:
        return _info(options.info, places)
    if options.file is not None and _is_mistyped(options.file):
        from gdsim.engine.fields import unknown

        raise unknown(str(options.file), COMMANDS, "command or file")
    for name in ("numpy", "PySide6", "pyqtgraph"):  # said before anything of displays
        if find_spec(name) is None:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
    # Qt only now: a run without a window neither needs nor loads it.
    if options.screenshot is not None:
        if not 0 <= options.steps <= MAX_STEPS:
            raise Fault("--steps must be from 0 to {most:,}.", most=MAX_STEPS)
        size = _size(options.size)
        if options.file is not None and options.file.suffix.lower() in TABLES:
            raise Fault(
                "--screenshot draws an experiment or a lesson, not the table {file}: open it in "
                "the window and save the experiment.",
                file=options.file,
            )
        from gdsim.app import take_screenshot

        return take_screenshot(
            options.screenshot, options.file,
            steps=options.steps, size=size,
            lang=options.lang or "en", theme=options.theme or "light",
        )  # fmt: skip
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays):
        raise Fault("There is no display to show the window on. To run without it: gdsim run")
    from gdsim.app import open_window

    return open_window(
        options.file, places, lang=options.lang, theme=options.theme, answers=options.answers
    )


def _is_mistyped(file: Path) -> bool:
    """Whether it is neither a file nor an experiment's text, but rather a command."""
    is_text = re.match(r"[\s>|]*gdsim\d+:", str(file)) is not None
    # not Path.exists, which raises where a name is too long
    return not (file.suffix or is_text or os.path.exists(file))


def _info(what: str, places: Places) -> int:
    if what == "graphics":
        from gdsim.app import graphics

        lines = graphics()
    else:
        from gdsim.cli.info import report

        lines = report(places)
    for line in lines:
        print(line, flush=True)  # what is found out next may end the process
    return 0


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if match is None:
        raise Fault("--size takes WIDTHxHEIGHT, such as 1366x768, not '{text}'.", text=text)
    return int(match[1]), int(match[2])
