"""What goes into the packages for users: parts found by need, ICU data cut, the portable file."""

from __future__ import annotations

import importlib.util
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gdsim.cli import main as cli

ROOT = Path(__file__).resolve().parents[2]

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="these packages are Linux's")


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(
        f"gdsim_{name}", ROOT / "packaging" / f"{name}.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Parts of Qt and the system


NEEDS = {
    "py/_codecs_cn.so": [],
    "py/_ssl.so": ["libssl.so.3"],
    "env/QtGui.abi3.so": ["libQt6Gui.so.6", "libc.so.6"],
    "env/libQt6Gui.so.6": ["libGL.so.1", "libX11.so.6"],
    "env/libQt6Network.so.6": ["libssl.so.3"],
    "env/libqxcb.so": ["libX11.so.6"],
    "env/libqgtk3.so": ["libgtk-3.so.0"],
    "/lib/libX11.so.6": ["libxcb.so.1"],
    "/lib/libxcb.so.1": [],
    "/lib/libGL.so.1": ["libX11.so.6"],
    "/lib/libssl.so.3": [],
}
FOUND = [
    ("lib-dynload/_codecs_cn.so", "py/_codecs_cn.so", "EXTENSION"),
    ("lib-dynload/_ssl.so", "py/_ssl.so", "EXTENSION"),
    ("PySide6/QtGui.abi3.so", "env/QtGui.abi3.so", "EXTENSION"),
    ("PySide6/Qt/lib/libQt6Gui.so.6", "env/libQt6Gui.so.6", "BINARY"),
    ("PySide6/Qt/lib/libQt6Network.so.6", "env/libQt6Network.so.6", "BINARY"),
    ("PySide6/Qt/plugins/platforms/libqxcb.so", "env/libqxcb.so", "BINARY"),
    ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "env/libqgtk3.so", "BINARY"),
    ("libX11.so.6", "/lib/libX11.so.6", "BINARY"),
    ("libssl.so.3", "/lib/libssl.so.3", "BINARY"),
]


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Any:
    parts = load("frozen_parts")
    system = {Path(file).name: file for file in NEEDS if file.startswith("/lib")}
    monkeypatch.setattr(parts, "needed_by", lambda file: NEEDS[file])
    monkeypatch.setattr(parts, "system_libraries", lambda: system)
    return parts


def test_only_what_is_needed_is_carried(parts: Any) -> None:
    kept, fallback, _ = parts.choose(FOUND)
    assert {Path(name).name for name, _, _ in kept} == {
        "_codecs_cn.so",  # Chinese spreadsheets
        "QtGui.abi3.so",
        "libQt6Gui.so.6",
        "libqxcb.so",
    }
    assert {name for name, _, _ in fallback} == {
        "fallback/libX11.so.6",
        "fallback/libxcb.so.1",  # PyInstaller itself would leave it out
        "fallback/libGL.so.1",
    }


def test_a_library_is_loaded_after_those_that_it_needs(parts: Any) -> None:
    _, _, order = parts.choose(FOUND)
    assert order == ["libxcb.so.1", "libX11.so.6", "libGL.so.1"]


def test_a_library_that_the_build_system_lacks_is_named(parts: Any) -> None:
    found = [("PySide6/QtGui.abi3.so", "env/lonely.so", "EXTENSION")]
    parts.needed_by = lambda file: ["libnowhere.so.1"]
    with pytest.raises(FileNotFoundError, match=r"libnowhere\.so\.1"):
        parts.choose(found)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", True),  # the file dialog's Chinese
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("pyqtgraph/colors/maps/CET-L1.csv", True),
        ("pyqtgraph/icons/peegee/peegee_512px@2x.png", False),
        ("numpy/__init__.pyi", False),
    ],
)
def test_data_files(parts: Any, name: str, wanted: bool) -> None:
    assert parts.is_wanted_data(name) is wanted


# ICU data


def icu(items: dict[str, bytes]) -> bytes:
    """ICU's common data by its format: header, count, (name, content) offsets, names, contents."""
    head = struct.pack("<HBB", 32, 0xDA, 0x27) + struct.pack("<HHBBBB", 20, 0, 0, 0, 2, 0)
    header = (head + b"CmnD").ljust(32, b"\0")
    names, contents, entries = b"", b"", []
    names_at = 4 + 8 * len(items)
    contents_at = -(-(names_at + sum(len(name) + 1 for name in items)) // 16) * 16
    for name, content in items.items():
        entries.append(struct.pack("<II", names_at + len(names), contents_at + len(contents)))
        names += name.encode() + b"\0"
        contents += content.ljust(-(-len(content) // 16) * 16, b"\0")
    table = struct.pack("<I", len(items)) + b"".join(entries) + names
    return header + table.ljust(contents_at, b"\0") + contents


ALL = {
    "icudt73l/coll/de.res": b"Deutsch",
    "icudt73l/coll/res_index.res": b"index",
    "icudt73l/coll/ucadata.icu": b"order" * 9,
    "icudt73l/coll/zh_Hant.res": b"\xe4\xb8\xad" * 7,
    "icudt73l/en_GB.res": b"English",
    "icudt73l/gb18030.cnv": b"table",
    "icudt73l/root.res": b"root",
    "icudt73l/zu.res": b"isiZulu",
}


def test_icu_keeps_english_chinese_and_what_has_no_language() -> None:
    kept = dict(ALL)
    for name in ("coll/de.res", "gb18030.cnv", "zu.res"):
        del kept[f"icudt73l/{name}"]
    assert load("icu_subset").subset(icu(ALL)) == icu(kept)


def test_other_data_are_not_taken_for_icus() -> None:
    with pytest.raises(ValueError, match="not ICU"):
        load("icu_subset").subset(b"\x7fELF" + bytes(60))


# The manual


def test_the_manual_names_every_command_and_option_of_the_window() -> None:
    manual = (ROOT / "packaging" / "linux" / "gdsim.1").read_text(encoding="utf-8")
    commands = load("smoke").commands()
    assert {"run", "list"} <= set(commands)
    assert not [word for word in commands if f".B gdsim {word}\n" not in manual]
    help_text = cli._window_parser().format_help()
    options = set(re.findall(r"--\w+", help_text)) - {"--help"}
    assert not [option for option in options if option not in manual]


# The portable file


@pytest.fixture
def portable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portable file that holds a program which says where it is and with what it was called."""
    build = load("build")
    program = tmp_path / "frozen" / "gdsim"
    program.mkdir(parents=True)
    (program / "gdsim").write_text('#!/bin/sh\necho "$0" "$@"\n')
    (program / "gdsim").chmod(0o755)
    (program / "link").symlink_to("gdsim")
    monkeypatch.setattr(build, "DIST", tmp_path)
    monkeypatch.setattr(build, "version", lambda: "1.2.3")
    build.portable(program, 1_000_000_000)
    first = (tmp_path / "gdsim-1.2.3-linux-x86_64.run").read_bytes()
    os.utime(program / "gdsim")
    build.portable(program, 1_000_000_000)
    assert (tmp_path / "gdsim-1.2.3-linux-x86_64.run").read_bytes() == first  # reproducible
    return tmp_path / "gdsim-1.2.3-linux-x86_64.run"


def start(portable: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        [portable, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@linux_only
def test_the_portable_file_unpacks_itself_once_and_starts(portable: Path, tmp_path: Path) -> None:
    home = tmp_path / "家 of a user"
    home.mkdir()
    done = start(portable, "run", "a b", HOME=str(home))
    (folder,) = (home / ".cache" / "gdsim").iterdir()
    assert folder.name.startswith("1.2.3-")
    assert done.stdout == f"{folder}/gdsim run a b\n"
    assert (folder / "link").readlink() == Path("gdsim")
    (folder / "mark").touch()
    start(portable, HOME=str(home))
    assert (folder / "mark").exists()
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@linux_only
def test_sh_starts_the_portable_file_as_a_download_has_it(portable: Path, tmp_path: Path) -> None:
    """Neither browsers nor CI's artifacts keep the run bit."""
    portable.chmod(0o644)
    done = subprocess.run(
        ["sh", portable.name, "run"], cwd=portable.parent, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("/gdsim run\n")


@linux_only
def test_an_unpacking_that_was_interrupted_does_no_harm(portable: Path, tmp_path: Path) -> None:
    half = tmp_path / ".cache" / "gdsim" / ".unpacking-abcdef" / "gdsim"
    half.mkdir(parents=True)
    assert "/gdsim" in start(portable, HOME=str(tmp_path)).stdout


@linux_only
def test_without_a_home_it_unpacks_among_temporary_files(portable: Path, tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.touch()
    done = start(portable, HOME=str(no_folder), TMPDIR=str(tmp_path))
    assert done.stdout.startswith(f"{tmp_path}/gdsim-{os.getuid()}/1.2.3-")


@linux_only
def test_it_unpacks_into_a_folder_of_choice(portable: Path, tmp_path: Path) -> None:
    assert start(portable, "--unpack", str(tmp_path / "there")).returncode == 0
    assert os.access(tmp_path / "there" / "gdsim" / "gdsim", os.X_OK)
    refused = start(portable, "--unpack")
    assert refused.returncode == 1
    assert "name the folder" in refused.stderr


@linux_only
def test_a_damaged_file_is_not_started(portable: Path, tmp_path: Path) -> None:
    content = portable.read_bytes()
    portable.write_bytes(content[:-40])  # a stick pulled out while copying
    done = start(portable, HOME=str(tmp_path), TMPDIR=str(tmp_path))
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert not list((tmp_path / ".cache" / "gdsim").glob("*"))


def test_every_command_is_packed() -> None:
    from gdsim.cli.main import COMMANDS

    packed = load("frozen_parts").IMPORTED_WHEN_ASKED_FOR
    assert {f"gdsim.cli.{command}" for command in COMMANDS} <= set(packed)
