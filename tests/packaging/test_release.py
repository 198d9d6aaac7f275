"""A release: its tag, its notes out of the changelog, its files and their checksums."""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

CHANGELOG = """# Changelog

## [Unreleased]

- Not yet.

## [1.2.0] - 2026-11-28

### Added

- 新的: a thing.

## [1.1.0] - 2026-01-01

- Old.

[1.2.0]: there
"""


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """packaging/release.py in a checkout of version 1.2.0."""
    module = import_module("release")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "version", lambda: "1.2.0")
    return module


@pytest.fixture
def packages(release: Any, tmp_path: Path) -> Path:
    """One file of each kind."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for pattern in release.GIVEN:
        name = pattern.replace("_*_", "_1.2.0_").replace("-*.tar", "-1.2.0.tar")
        (folder / name.replace("-*-", "-1.2.0-").replace("*", "x86_64")).write_text(pattern)
    (folder / "SHA256SUMS").write_text("without the disk images\n")
    return folder


def test_the_notes_are_the_versions_section(release: Any, capfdbinary: Any) -> None:
    assert release.main(["v1.2.0"]) == 0
    assert capfdbinary.readouterr().out.decode() == "### Added\n\n- 新的: a thing.\n"


@pytest.mark.parametrize(
    ("tag", "told"),
    [("v1.3.0", "The tag is v1.3.0, but gdsim/__init__.py says 1.2.0."), ("1.2.0", "The tag is 1")],
)
def test_a_tag_of_another_version_is_no_release(
    release: Any, capsys: pytest.CaptureFixture[str], tag: str, told: str
) -> None:
    assert release.main([tag]) == 1
    said = capsys.readouterr()
    assert told in said.err
    assert not said.out


@pytest.mark.parametrize("text", ["# Changelog\n\n## [Unreleased]\n", "## [1.2.0]\n\n## [1]\n"])
def test_a_version_without_a_word_in_the_changelog_is_no_release(
    release: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(text)
    assert release.main(["v1.2.0"]) == 1
    assert "nothing under ## [1.2.0]" in capsys.readouterr().err


def test_the_checksums_are_of_all_files(release: Any, packages: Path) -> None:
    assert release.main(["v1.2.0", str(packages)]) == 0
    lines = (packages / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == len(release.GIVEN)
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((packages / name).read_bytes()).hexdigest() == digest


def test_a_package_that_is_missing_is_named(
    release: Any, packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (packages / "gdsim-1.2.0-macos-arm64.dmg").unlink()
    assert release.main(["v1.2.0", str(packages)]) == 1
    assert "lacks gdsim-*-macos-arm64.dmg" in capsys.readouterr().err


def test_a_package_of_another_version_is_named(
    release: Any, packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (packages / "gdsim_1.1.0_amd64.deb").touch()
    assert release.main(["v1.2.0", str(packages)]) == 1
    assert "another version: gdsim_1.1.0_amd64.deb" in capsys.readouterr().err
