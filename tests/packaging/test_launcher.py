"""`bin/gdsim`: the command in a checkout, by its environment or by the script that makes one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAYS = "#!/bin/sh\nprintf '%s' {name}\nprintf ' [%s]' \"$@\"\n"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has gdsim.cmd")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose environment and whose Python tell what they are asked."""
    folder = tmp_path / "梯度 下降"
    for name in ("bin", "packaging", ".venv/bin", "tools"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "bin" / "gdsim", folder / "bin" / "gdsim")
    (folder / "packaging" / "requirements-run.lock").touch()
    (folder / ".venv" / "gdsim-stamp").write_text("made of …", encoding="utf-8")
    for path in (folder / ".venv" / "bin" / "python", folder / "tools" / "python3"):
        path.write_text(SAYS.format(name=path.name))
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder / "tools"), prepend=os.pathsep)
    set_age(folder, stamp=0, lock=60)
    return folder


def set_age(folder: Path, *, stamp: int, lock: int) -> None:
    """How many seconds old they are."""
    now = (folder / "bin" / "gdsim").stat().st_mtime
    os.utime(folder / ".venv" / "gdsim-stamp", (now - stamp,) * 2)
    os.utime(folder / "packaging" / "requirements-run.lock", (now - lock,) * 2)


def said(command: Path, *words: str) -> str:
    """What it says, started in another folder."""
    done = subprocess.run(
        [command, *words], cwd="/", capture_output=True, text=True, encoding="utf-8", check=True
    )
    return done.stdout


def test_the_environment_starts_gdsim_with_the_words_as_they_are(checkout: Path) -> None:
    told = said(checkout / "bin" / "gdsim", "run", "--expression", "x * (x - 1)", "我的 file")
    assert told == "python [-P] [-m] [gdsim] [run] [--expression] [x * (x - 1)] [我的 file]"


@pytest.mark.parametrize(
    ("locale", "starter"),
    [
        ("zh_CN.UTF-8", "python [-P]"), ("de_DE.utf8", "python [-P]"), ("C", "python [-P]"),
        ("zh_CN.GBK", "python3 "), ("en_US", "python3 "),
    ],
)  # fmt: skip
def test_a_locale_that_may_not_read_the_path_is_left_to_the_script(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, locale: str, starter: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert said(checkout / "bin" / "gdsim", "list").startswith(starter)


def test_a_link_to_it_works_too(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "gdsim").symlink_to(checkout / "bin" / "gdsim")
    assert said(tmp_path / "gdsim", "list").startswith("python [-P]")


@pytest.mark.parametrize("state", ["none", "half made", "older than the lock", "no Python"])
def test_what_is_not_ready_is_made_by_the_script(checkout: Path, state: str) -> None:
    if state == "none":
        shutil.rmtree(checkout / ".venv")
    elif state == "half made":
        (checkout / ".venv" / "gdsim-stamp").write_text("")
    elif state == "older than the lock":
        set_age(checkout, stamp=60, lock=0)
    else:
        python = checkout / ".venv" / "bin" / "python"
        python.unlink()
        python.symlink_to("/no/such/python")
    script = checkout / "packaging" / "bootstrap.py"
    told = said(checkout / "bin" / "gdsim", "list", "problems")
    assert told == f"python3 [{script}] [run] [list] [problems]"


def test_windows_has_the_same_command() -> None:
    """In its line endings, which labels need, and without brackets, which arguments may hold."""
    text = (ROOT / "bin" / "gdsim.cmd").read_bytes().decode("ascii")
    assert text.count("\r\n") == text.count("\n")
    assert "(" not in text
    (script,) = set(re.findall(r'"%~dp0(\S+)" run %\*', text))
    assert (ROOT / "bin" / script.replace("\\", "/")).resolve().exists()
    assert {line.split()[0] for line in text.splitlines() if "run %*" in line} == {"@py", "@python"}
