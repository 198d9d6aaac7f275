"""Where icons, fonts and translations are: inside the package, or beside it in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def resource(name: str) -> Path:
    """The path of a resource, given with forward slashes below `resources/`."""
    return _root() / name


@cache
def translations() -> dict[str, Path]:
    """{language: its folder}; English is the language of the source and has none."""
    folders = sorted(path for path in resource("translations").iterdir() if path.is_dir())
    return {folder.name: folder for folder in folders}
