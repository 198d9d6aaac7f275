"""gdsim in a Python that lacks what it needs: one sentence, with the command that helps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path("packaging") / "bootstrap.py"

PROGRAM = """
import os, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {absent!r}:
            raise ImportError({reason!r}, name=name)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, {root!r})
os.environ.pop("DISPLAY", None)
from gdsim.cli.main import main
sys.exit(main({words!r}))
"""


def complaint(folder: Path, absent: str, words: list[str], reason: str = "") -> str:
    """What gdsim says where one package cannot be imported."""
    reason = reason or f"No module named '{absent}'"
    program = PROGRAM.format(absent=absent, reason=reason, root=str(ROOT), words=words)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done
    assert not done.stdout
    return done.stderr


@pytest.mark.parametrize(
    ("absent", "words"),
    [
        ("numpy", []),  # and not that there is no display
        ("numpy", ["list", "problems"]),
        ("numpy", ["run", "--lr", "0.1"]),
        ("PySide6", []),
        ("PySide6", ["my file.gdsim"]),
    ],
)
def test_a_bare_checkout_names_the_command_that_helps(absent: str, words: list[str]) -> None:
    said = complaint(ROOT, absent, words)
    mark = '"' if sys.platform == "win32" else "'"
    quoted = [f"{mark}{word}{mark}" if " " in word else word for word in words]
    command = " ".join([str(SCRIPT), "run", *quoted])
    python = "py" if sys.platform == "win32" else "python3"
    reason = f"No module named '{absent}'"
    assert said == f"gdsim: {reason}. In a checkout gdsim is started by: {python} {command}\n"


def test_from_another_folder_the_script_is_named_in_full(tmp_path: Path) -> None:
    assert f"{ROOT / SCRIPT} run list" in complaint(tmp_path, "numpy", ["list"])


def test_a_library_that_cannot_be_loaded_is_named() -> None:
    """NumPy says it in many lines, the cause in the last."""
    reason = "IMPORTANT\n\nOriginal error was: libgfortran.so.5: cannot open shared object file.\n"
    said = complaint(ROOT, "numpy", ["list"], reason)
    assert said.startswith("gdsim: Original error was: libgfortran.so.5: cannot open shared object")
    assert said.count("\n") == 1


def test_a_fault_of_our_own_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    from gdsim.cli import main as module

    def broken(name: str) -> object:
        raise ImportError("cannot import name 'x' from 'gdsim.engine'", name="gdsim.engine")

    monkeypatch.setattr(module, "import_module", broken)
    with pytest.raises(ImportError, match="cannot import name"):
        module.main(["list"])
