"""Where settings, log and kept experiments are; standard library only, so that it costs nothing."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

INI = "gdsim.ini"
BESIDE = "gdsim-portable"
"""The folder beside the program that a portable gdsim keeps everything in."""
DEFAULTS = "gdsim-defaults.ini"
"""Defaults that travel with the program: on a stick, in a network folder."""


@dataclass(frozen=True)
class Places:
    """All paths outside the program; none need exist or be writable."""

    settings: Path
    """What the user has chosen (INI)."""
    defaults: tuple[Path, ...]
    """What holds where the user has chosen nothing; the first file that names a key counts."""
    state: Path
    """Log and kept experiments."""
    portable: bool = False


def find_places(portable: bool = False) -> Places:
    """This user's places; beside the program if asked for, or if it was so on this stick before.

    What somebody else has put in their place is not asked for settings.
    """
    beside = program_folder()
    defaults = (*machine_defaults(sys.platform, os.environ), beside / DEFAULTS)
    folder = beside / BESIDE
    was_so = folder.is_dir() and os.access(folder, os.W_OK)
    if portable or (was_so and _is_trusted(folder, _owner(beside))):
        return Places(folder / INI, defaults, folder, portable=True)
    settings, state = user_folders(sys.platform, os.environ, _home())
    if not _is_trusted(settings):
        settings = _own_folder(temporary_state()) or Path(os.devnull) / "none"
    return Places(settings / INI, defaults, state)


def program_folder() -> Path:
    """Where the program lies: the folder of the portable file, of the executable, of gdsim/."""
    if given := os.environ.get("GDSIM_BESIDE"):  # portable.sh says where it itself is
        return Path(given)
    if getattr(sys, "frozen", False):
        return Path(sys.executable).resolve().parent
    package = Path(__file__).resolve().parent.parent
    beside = Path(sys.executable).parent  # as Windows' set-up has it: pythonw.exe and lib/gdsim
    return beside if package.parent == beside else package


def user_folders(platform: str, variables: Mapping[str, str], home: Path) -> tuple[Path, Path]:
    """(settings, state) of a user, as the platform wants it."""
    if platform == "win32":
        roaming = variables.get("APPDATA") or home / "AppData" / "Roaming"
        local = variables.get("LOCALAPPDATA") or home / "AppData" / "Local"
        return Path(roaming) / "gdsim", Path(local) / "gdsim"
    if platform == "darwin":
        folder = home / "Library" / "Application Support" / "gdsim"
        return folder, folder
    settings = variables.get("XDG_CONFIG_HOME") or home / ".config"
    state = variables.get("XDG_STATE_HOME") or home / ".local" / "state"
    return Path(settings) / "gdsim", Path(state) / "gdsim"


def machine_defaults(platform: str, variables: Mapping[str, str]) -> tuple[Path, ...]:
    """The administrator's files."""
    if platform == "win32":
        return (Path(variables.get("PROGRAMDATA") or r"C:\ProgramData") / "gdsim" / INI,)
    if platform == "darwin":
        return (Path("/Library/Application Support/gdsim") / INI,)
    return (Path("/etc/gdsim") / INI,)


def writable_state(places: Places) -> Path | None:
    """The state folder, made if need be; without one a folder of temporary files; or None."""
    return _own_folder(places.state) or _own_folder(temporary_state())


def temporary_state() -> Path:
    """Where a user without a profile keeps what must not be lost."""
    user = str(os.getuid()) if sys.platform != "win32" else os.environ.get("USERNAME", "")
    return _temporary() / f"gdsim-state-{user}"


def _owner(path: Path) -> int | None:
    """The user whose folder it is, where systems have such and something is there."""
    with contextlib.suppress(OSError):
        return None if sys.platform == "win32" else path.stat().st_uid
    return None


def _is_trusted(folder: Path, *owners: int | None) -> bool:
    """Whether nobody has put it there but this user, the administrator, or one of `owners`."""
    owner = _owner(folder)
    return owner is None or owner in (0, os.getuid(), *owners)


def _own_folder(folder: Path) -> Path | None:
    """The folder if it is this user's to write, not one that another has put there."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = sys.platform == "win32" or folder.stat().st_uid == os.getuid()
        if mine and not folder.is_symlink() and os.access(folder, os.W_OK):
            return folder
    return None


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # an account without any home
        return _temporary()


def _temporary() -> Path:
    """The folder for temporary files; one that does not exist where nothing can be written."""
    import tempfile  # brings much, and is needed by few

    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path(os.devnull) / "none"
