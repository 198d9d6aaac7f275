"""What was open lately, newest first: kept in the preferences as a list of places."""

from __future__ import annotations

import json
from pathlib import Path

from gdsim.experiment.lessons.shelf import bundled
from gdsim.ui.settings import UserSettings

MOST = 8
_BUNDLED = "lesson:"
"""Before the name of a lesson that comes with the program, which may be elsewhere next time."""


def recent(user: UserSettings) -> tuple[Path, ...]:
    """The files that are still there."""
    ours = {path.name: path for path in bundled()}
    found = [
        ours.get(place.removeprefix(_BUNDLED)) if place.startswith(_BUNDLED) else Path(place)
        for place in _places(user)
    ]
    return tuple(path for path in found if path is not None and _is_there(path))


def remember(user: UserSettings, path: Path) -> None:
    """Put it before all others."""
    place = _BUNDLED + path.name if path in bundled() else str(path.absolute())
    others = [one for one in _places(user) if one != place]
    user.set("recent", json.dumps([place, *others][:MOST]))


def forget(user: UserSettings) -> None:
    """All of them: the next user need not see them."""
    user.set("recent", "")


def _places(user: UserSettings) -> list[str]:
    try:
        read = json.loads(user.now.recent or "[]")
    except ValueError:  # written by hand
        return []
    return [one for one in read if isinstance(one, str)] if isinstance(read, list) else []


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no place at all, as one with a NUL in it
        return False
