"""The environment that gdsim runs in: made once, by one process at a time, proven by importing.

It is made of locked packages, chosen by their hashes. Standard library only.
"""

import contextlib
import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from one_at_a_time import one_at_a_time
from pip_remedies import REMEDIES
from telling import Stopped, attended, quiet, say

ROOT = Path(__file__).resolve().parent.parent
STAMP = "gdsim-stamp"


class Kind(NamedTuple):
    """What an environment is for."""

    lock: Path
    modules: tuple[str, ...]  # whose import proves that it is whole
    download: int  # MB (10⁶ bytes), by a network
    disk: int  # MB, in the end


def _kind(name: str, download: int, disk: int, *modules: str) -> Kind:
    lock = ROOT / "packaging" / f"requirements-{name}.lock"
    return Kind(lock, ("numpy", "contourpy", "shiboken6", *modules), download, disk)


TESTING = ("pytest", "pytestqt", "xdist", "hypothesis")
KINDS = {
    "run": _kind("run", 100, 350),
    "test": _kind("test", 135, 490, *TESTING),
    "oldest": _kind("oldest", 125, 440, *TESTING),
    "newest": _kind("newest", 135, 490, *TESTING),
    "build": _kind("build", 200, 800, "PyInstaller"),
}
GRAPHICS = ("pyqtgraph", "PySide6.QtWidgets", "PySide6.QtSvg")
"""Proven where a window or a picture is wanted: they need libraries of the system."""


def make_environment(name: str, *, graphics: bool) -> Path:
    """Find the environment, or make it; its interpreter.

    Two that are started at once wait for each other. What was left half made is made anew; what
    cannot be made is taken away again.
    """
    kind = KINDS[name]
    modules = (*kind.modules, *(GRAPHICS if graphics else ()))
    folder = ".venv" if name == "run" else f".venv-{name}"
    for place in _places():
        home = _home(place, folder)
        if not _why_not_ready(home, kind.lock, modules):
            return python_of(home)
    place = _writable_place(folder)
    waiting = f"another start is making {place / folder} ready; this one waits for it"
    with one_at_a_time(_lock_file(place, folder), waiting):
        home = _home(place, folder)
        why = _why_not_ready(home, kind.lock, modules)
        if why:
            _check_system_library(home, why)
            if home.exists():
                say(f"{home} is made anew: {why}")
            _make(home, kind, modules)
    return python_of(home)


# Where it is


def _places() -> Iterator[Path]:
    """The checkout, and a folder in the user's cache for a checkout that is read-only."""
    yield ROOT
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    yield Path(cache) / ("gdsim-" + hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8])


def _home(place: Path, folder: str) -> Path:
    """The environment's folder; one that others made (editors make `.venv` too) is left alone."""
    home = place / folder
    is_foreign = home.is_dir() and any(home.iterdir()) and not (home / STAMP).exists()
    return home.with_name(folder + "-gdsim") if is_foreign else home


def _lock_file(place: Path, folder: str) -> Path:
    return place / f"{folder}.lock"


def _writable_place(folder: str) -> Path:
    """The first place where files can be made."""
    refused = []
    for place in _places():
        try:
            place.mkdir(parents=True, exist_ok=True)
            _lock_file(place, folder).open("a").close()
            return place
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            refused.append(f"{place} ({error.strerror})")
    raise Stopped(
        f"The environment can be kept neither in {' nor in '.join(refused)}. Set XDG_CACHE_HOME "
        "to a folder where you may write, then run this again."
    )


def python_of(home: Path) -> Path:
    """The interpreter of a virtual environment."""
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _site_of(home: Path) -> Path:
    if os.name == "nt":
        return home / "Lib" / "site-packages"
    return home / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"


# Whether it is whole


def _stamp_of(lock: Path) -> str:
    """What an environment was made from: the lock and this Python."""
    digest = hashlib.sha256(lock.read_bytes())
    digest.update(repr((*sys.version_info[:2], sys.base_prefix)).encode())
    return digest.hexdigest()


def _why_not_ready(home: Path, lock: Path, modules: Sequence[str]) -> str:
    """What an environment lacks to be whole, or ""."""
    try:
        made_from = (home / STAMP).read_text(encoding="ascii")
        if made_from != _stamp_of(lock):
            return "of other packages or another Python" if made_from else "half made"
        _link_checkout(home)  # the checkout may have been moved
    except OSError as error:
        return str(error)
    return _why_not_importable(home, modules)


def _why_not_importable(home: Path, modules: Sequence[str]) -> str:
    """The last line of what Python says when it imports the packages, or ""."""
    try:
        status, output = quiet([python_of(home), "-P", "-c", "import " + ", ".join(modules)])
    except OSError as error:  # the Python that it was made from is gone
        return str(error)
    lines = output.strip().splitlines() or [f"Python ended with status {status}"]
    return lines[-1] if status else ""


def _check_system_library(home: Path, why: str) -> None:
    """Stop if the import fails for want of a library that no package of ours brings."""
    missing = re.search(r"(\S+): cannot open shared object file", why)
    if missing is None:
        return
    records = _site_of(home).glob("*.dist-info/RECORD")
    if not any(missing[1] in record.read_text("utf-8", "replace") for record in records):
        raise Stopped(
            f"{missing[1]} is missing on this system. Install the package that brings it, then run "
            "this again."
        )


# How it is made


def _make(home: Path, kind: Kind, modules: Sequence[str]) -> None:
    """Make it anew.

    The stamp is there from the start, as the mark that the folder is ours, and filled at the very
    end, so that a half-made one is known even where this process was killed.
    """
    _remove(home)
    room = shutil.disk_usage(home.parent).free // 10**6
    needed = kind.disk + kind.download  # pip unpacks what it has downloaded
    if room < needed:
        raise Stopped(
            f"{home.parent} has {room} MB of free space, and this needs {needed} MB. Free some, "
            "then run this again."
        )
    say(
        f"this takes some minutes and a network, once: it downloads about {kind.download} MB, and "
        f"{home} will take {kind.disk} MB"
    )
    try:
        home.mkdir()
        (home / STAMP).touch()
        _judge("The environment could not be made.", *quiet([sys.executable, "-m", "venv", home]))
        _install(home, kind.lock)
        _link_checkout(home)
        _unpack_pyside(home)
        if why := _why_not_importable(home, modules):
            _check_system_library(home, why)
            raise Stopped(f"The packages were installed, but Python cannot import them: {why}.")
        (home / STAMP).write_text(_stamp_of(kind.lock), encoding="ascii")
    except BaseException:
        say(f"taking away {home}, which is not whole")
        with contextlib.suppress(OSError):
            _remove(home)
        raise


def _remove(home: Path) -> None:
    """Take it away, its mark last: whatever is left by an interruption is known as ours."""
    if not home.is_dir():
        return
    mark = home / STAMP
    if mark.exists():
        mark.write_bytes(b"")
    for path in home.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path != mark:
            path.unlink()
    mark.unlink(missing_ok=True)
    if not home.is_symlink():
        home.rmdir()


def _install(home: Path, lock: Path) -> None:
    """Install the locked packages, with pip's own words, and its bar where a terminal shows it.

    Where they come from is the machine's business (pip's own settings); the hashes decide.
    """
    unpacked = home / "unpacked"  # one disk is to have the space, not /tmp too
    unpacked.mkdir()
    status, complaint = attended(
        [python_of(home), "-m", "pip", "install", "--disable-pip-version-check", "--retries", "2",
         "--no-input", "--no-user", "--only-binary", ":all:", "--require-hashes", "--no-deps",
         "-r", lock],
        stdout=sys.stderr,  # our standard output is the program's
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(unpacked)},
    )  # fmt: skip
    _judge("The locked packages could not be installed.", status, complaint)
    shutil.rmtree(unpacked)


def _judge(failure: str, status: int, output: str) -> None:
    """If a command failed, stop with a remedy, or with its own last words."""
    if status == 0:
        return
    for signs, remedy in REMEDIES:
        if any(sign in output for sign in signs):
            raise Stopped(remedy)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    raise Stopped(" ".join([failure, *(errors or lines)[-1:]]))


def _link_checkout(home: Path) -> None:
    """Make the checkout importable in the environment: no build, no network.

    Python reads .pth files in an encoding of its choice (the locale's until 3.13), so this one is
    ASCII: a line of code, with the path as the bytes that it has for the system.
    """
    file = _site_of(home) / "gdsim-checkout.pth"
    line = f"import os, sys; sys.path.append(os.fsdecode({os.fsencode(ROOT)!r}))\n"
    if not file.exists() or file.read_text(encoding="ascii", errors="replace") != line:
        file.write_text(line, encoding="ascii")


def _unpack_pyside(home: Path) -> None:
    """Let PySide's own Python files lie beside it, as its switch SBK_EMBED does.

    Else it compiles them from an archive inside its library at every start, which takes a tenth of
    the time until the window is seen. If that cannot be, it starts so.
    """
    quiet([python_of(home), "-c",
           "import os; os.environ['SBK_EMBED'] = '0'; import PySide6.QtCore"])  # fmt: skip
