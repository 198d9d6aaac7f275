"""`gdsim --info` and `--reset`: what a technician asks for; without Qt and without a display."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from gdsim import __version__
from gdsim.engine.sentences import Fault
from gdsim.system.places import Places, temporary_state
from gdsim.system.resources import resource

GRAPHICS_SECONDS = 30


def report(places: Places) -> Iterator[str]:
    """Lines on versions, paths and graphics; the last need Qt and come from another process."""
    yield f"gdsim {__version__}"
    yield f"Python       {platform.python_version()} ({sys.executable})"
    for name in ("numpy", "contourpy"):
        yield f"{name:<13}{_version(name)}"
    yield f"playback     {_playback()}"
    yield f"system       {platform.platform()}"
    yield f"program      {Path(__file__).resolve().parent}"
    yield f"resources    {_state(resource(''))}"
    yield f"settings     {_state(places.settings)}{' (portable)' if places.portable else ''}"
    for path in places.defaults:
        yield f"defaults     {_state(path, written=False)}"
    yield f"log          {_state(places.state)}"
    yield f"or else      {_state(temporary_state())}"
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "LANG", "LC_ALL"):
        if name in os.environ:
            yield f"{name}={os.environ[name]}"
    yield from _graphics()


def reset(places: Places) -> str:
    """Take the user's settings away; what was done. `Fault` if it could not be."""
    try:
        places.settings.unlink()
    except FileNotFoundError:
        return f"Nothing was set: there is no {places.settings}."
    except OSError as error:
        raise Fault(
            "{file} cannot be removed: {reason}.",
            file=places.settings, reason=error.strerror or str(error),
        ) from None  # fmt: skip
    return f"All settings are back to their defaults: {places.settings} was removed."


def _version(module: str) -> str:
    try:
        return str(import_module(module).__version__)
    except (ImportError, AttributeError) as error:
        return f"cannot be loaded: {error}"


def _playback() -> str:
    """Whether steps are played back, by a library beside the engine; why not, or what is not."""
    try:
        from gdsim.engine.optimizers import OPTIMIZERS
        from gdsim.engine.problems import make_problem
        from gdsim.engine.replay.kernel import describe
        from gdsim.engine.replay.refusals import refused
        from gdsim.engine.run import make_run
        from gdsim.engine.simulation import Simulation
    except ImportError as error:  # without NumPy
        return f"cannot be loaded: {error}"
    problem = make_problem("article")
    for family in OPTIMIZERS:
        Simulation(problem, [make_run(problem, family.name)]).advance(64)
    without = "".join(f"; not for {name} ({why})" for (_, name), why in refused().items())
    return describe() + without


def _state(path: Path, *, written: bool = True) -> str:
    """A path, and what can be done there."""
    if not path.exists():
        above = next((one for one in path.parents if one.exists()), path)
        can_be_made = written and above.is_dir() and os.access(above, os.W_OK)
        return f"{path} (not there{'' if can_be_made or not written else ', cannot be made'})"
    return f"{path} ({'writable' if os.access(path, os.W_OK) else 'read-only'})"


def _graphics() -> Iterator[str]:
    """What Qt finds. A bad display or driver ends the process that asks: so another one asks."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "gdsim"]
    try:
        done = subprocess.run(
            [*program, "--info=graphics"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
            timeout=GRAPHICS_SECONDS, check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        yield f"graphics     cannot be found out: {error}"
        return
    yield from done.stdout.splitlines()
    if done.returncode:
        yield f"graphics     the question ended with status {done.returncode}"
