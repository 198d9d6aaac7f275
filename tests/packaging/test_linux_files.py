"""What the .deb gives to the desktop, tried with the desktop's own checkers where they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"


def checked(*command: str | Path) -> str:
    """What the checker says; skips where it is not installed."""
    if not shutil.which(str(command[0])):
        pytest.skip(f"{command[0]} is not here")
    done = subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def filled_in(name: str, folder: Path) -> Path:
    """The file as the build makes it, with a version and a date."""
    text = (LINUX / name).read_text(encoding="utf-8")
    target = folder / name
    target.write_text(text.replace("@VERSION@", "1.2.3").replace("@DATE@", "2026-01-31"), "utf-8")
    return target


def test_the_menu_entry_is_valid(tmp_path: Path) -> None:
    assert checked("desktop-file-validate", filled_in("gdsim.desktop", tmp_path)) == ""


def test_the_software_centre_reads_the_description(tmp_path: Path) -> None:
    file = filled_in("gdsim.metainfo.xml", tmp_path)
    said = checked("appstreamcli", "validate", "--no-net", "--no-color", file)
    assert not re.search(r"^[EW]:", said, flags=re.MULTILINE)


def test_the_manual_is_in_order(tmp_path: Path) -> None:
    assert checked("mandoc", "-T", "lint", "-W", "all", filled_in("gdsim.1", tmp_path)) == ""


def test_the_file_type_is_known(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    shutil.copy(LINUX / "gdsim.xml", packages)
    checked("update-mime-database", "-n", tmp_path)
    assert "application/x-gdsim:*.gdsim\n" in (tmp_path / "globs").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="a shell of Linux")
def test_the_portable_file_is_a_sound_script() -> None:
    # SC2015: that `a && b || fail` fails when b does is what is wanted.
    checked("shellcheck", "--shell=sh", "--exclude=SC2015", LINUX / "portable.sh")
