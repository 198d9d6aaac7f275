"""What is written for whoever carries on names files that are there, and files stay short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / ".github").glob("*.md"))]
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.*-]*|[\w-]+\.(?:py|toml|yml|json|txt))`")
PLACES = (ROOT, ROOT / "gdsim", ROOT / "gdsim" / "engine", ROOT / "gdsim" / "runtime")


def is_there(name: str, rooms: list[Path]) -> bool:
    return any(list(place.glob(name.rstrip("/"))) for place in (*PLACES, *rooms))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    """A bare name stands for a file of the folder that was named before it, or of any."""
    for line in page.read_text(encoding="utf-8").splitlines():
        rooms: list[Path] = []
        for name in NAMED.findall(line):
            found = is_there(name, rooms) or ("/" not in name and any(ROOT.glob(f"*/**/{name}")))
            assert found, f"{page.name}: {name}"
            rooms += [place / Path(name).parent for place in PLACES]


def test_no_file_is_longer_than_anyone_reads_at_once() -> None:
    rooms = ("gdsim", "tests", "packaging")
    paths = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    assert len(paths) > 300
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert not {path: length for path, length in lengths.items() if length > 400}
