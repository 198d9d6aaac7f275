#!/usr/bin/env python3
"""A release: `python3 packaging/release.py vVERSION [FOLDER]`.

Prints the changelog's section of that version, as the release's notes. The tag has to be the
version of this checkout, and the changelog to have the section. In FOLDER, with the packages, all
that are given to users have to be there; SHA256SUMS is written anew, over all of them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from building import ROOT, Stopped, checksums, say, version

GIVEN = (
    "gdsim_*_amd64.deb", "gdsim-*-linux-x86_64.run", "gdsim-*-windows-x86_64-setup.exe",
    "gdsim-*-macos-arm64.dmg", "gdsim-*-macos-x86_64.dmg", "gdsim-*-py3-none-any.whl",
    "gdsim-*.tar.gz", "gdsim-*-linux-*.cdx.json", "gdsim-*-windows-*.cdx.json",
)  # fmt: skip


def notes(tag: str) -> str:
    """What the changelog says of the version."""
    if tag != f"v{version()}":
        raise Stopped(
            f"The tag is {tag}, but gdsim/__init__.py says {version()}. Tag the commit that says "
            "the same."
        )
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.search(
        rf"^## \[{re.escape(version())}\].*?\n(.*?)(?=^## |^\[|\Z)", text, re.MULTILINE | re.DOTALL
    )
    if section is None or not section[1].strip():
        raise Stopped(
            f"CHANGELOG.md has nothing under ## [{version()}]. Give what is under [Unreleased] "
            "that heading."
        )
    return section[1].strip() + "\n"


def check(folder: Path) -> None:
    """All packages are there, and nothing else that claims to be one."""
    missing = [pattern for pattern in GIVEN if not list(folder.glob(pattern))]
    if missing:
        raise Stopped(f"{folder} lacks {', '.join(missing)}.")
    strange = [p.name for p in folder.iterdir() if version() not in p.name and "SUMS" not in p.name]
    if strange:
        raise Stopped(f"{folder} has files of another version: {', '.join(sorted(strange))}.")


def main(arguments: list[str]) -> int:
    """The exit status."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        text = notes(arguments[0])
        for folder in map(Path, arguments[1:]):
            check(folder)
            checksums(folder)
    except Stopped as stopped:
        say(str(stopped))
        return 1
    sys.stdout.buffer.write(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
