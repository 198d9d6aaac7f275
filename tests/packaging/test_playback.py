"""The library that plays steps back: its name everywhere the same, built for every system."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gdsim.engine.replay import kernel

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def packaging(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    import compile_replay
    import cross_compile

    return compile_replay, cross_compile


def test_the_library_is_looked_for_where_it_is_built(packaging: Any) -> None:
    compile_replay, cross_compile = packaging
    assert compile_replay.library_name() == kernel.library_name()
    assert kernel.library_name() in cross_compile.TARGETS
    assert Path(kernel.__file__).with_name(kernel.library_name()) == compile_replay.LIBRARY


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("linux", "aarch64", "libreplay-linux-aarch64.so"),
        ("darwin", "arm64", "libreplay-macos-arm64.dylib"),
        ("darwin", "x86_64", "libreplay-macos-x86_64.dylib"),
        ("win32", "AMD64", "libreplay-windows-x86_64.dll"),
    ],
)
def test_each_system_has_its_library(
    packaging: Any, monkeypatch: pytest.MonkeyPatch, system: str, machine: str, name: str
) -> None:
    class Machine:
        """What `os.uname` gives."""

    monkeypatch.setattr(Machine, "machine", machine, raising=False)
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("os.uname", Machine, raising=False)
    assert kernel.library_name() == name
    assert name in packaging[1].TARGETS


def test_without_a_compiler_nothing_fails(
    packaging: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compile_replay, _ = packaging
    monkeypatch.setattr(compile_replay, "LIBRARY", tmp_path / "library")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compile_replay.compile_replay() == "there is no C compiler"
    assert not list(tmp_path.iterdir())


def test_a_compiler_that_fails_leaves_nothing(
    packaging: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compile_replay, _ = packaging
    monkeypatch.setattr(compile_replay, "LIBRARY", tmp_path / "library")
    monkeypatch.setattr(compile_replay, "compiler", lambda: sys.executable)
    assert compile_replay.compile_replay().endswith("could not build it")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(importlib.util.find_spec("ziglang") is None, reason="only where it is built")
def test_every_system_is_built_for_with_the_same_bytes(packaging: Any, tmp_path: Path) -> None:
    found = []
    for number in ("1", "2"):
        folder = tmp_path / number
        folder.mkdir()
        built = packaging[1].cross_compile(folder, tmp_path / f"cache{number}")
        found.append([path.read_bytes() for path in built])
    assert found[0] == found[1]
    assert [one[:4] for one in found[0]] == [
        b"\x7fELF", b"\x7fELF", b"MZ" + found[0][2][2:4], b"\xcf\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    ]  # fmt: skip
    own = tmp_path / "1" / kernel.library_name()
    code = f"from gdsim.engine.replay.kernel import Kernel, Path; Kernel(Path({str(own)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
