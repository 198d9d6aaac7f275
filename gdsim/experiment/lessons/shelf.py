"""Where lessons lie: those that come with the program, and folders of teachers' own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gdsim.system.places import Places
from gdsim.system.resources import resource

ENDING = ".toml"
FOLDER = "lessons"
MOST_FILES = 500


def bundled() -> tuple[Path, ...]:
    """The lessons that come with the program, in their order."""
    return _in(resource(FOLDER))


def own_folder(places: Places) -> Path:
    """This user's own lessons."""
    return places.settings.parent / FOLDER


def shared_folders(places: Places) -> tuple[Path, ...]:
    """Lessons for all users of a machine, or that travel with the program."""
    return tuple(dict.fromkeys(one.parent / FOLDER for one in places.defaults))


def own(places: Places) -> tuple[Path, ...]:
    """The lessons in a user's folder and in those of the machine; a folder may be missing."""
    return in_folders((own_folder(places), *shared_folders(places)))


def in_folders(folders: Iterable[Path]) -> tuple[Path, ...]:
    """The lessons that lie in folders beside the program's own; each folder once."""
    bundle = resource(FOLDER)
    return tuple(
        path for folder in dict.fromkeys(folders) if folder != bundle for path in _in(folder)
    )


def _in(folder: Path) -> tuple[Path, ...]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() == ENDING)
    except OSError:
        return ()
    return tuple(found[:MOST_FILES])
