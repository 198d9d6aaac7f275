"""The environment is made once, by one at a time, and proven; nothing is downloaded here."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.packaging.machine import Machine


class Checkout:
    """A checkout in an empty folder, on a machine whose venv, pip and imports only pretend."""

    def __init__(self, machine: Machine, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.module: Any = import_module("environment")
        self.machine = machine
        self.folder = folder
        self.lock = folder / "requirements.lock"
        self.lock.write_text("numpy==2.4.6 --hash=sha256:0\n")
        self.home = folder / ".venv"
        self.pip: Any = (0, "")  # what it answers, or what it raises
        self.proof = (0, "")  # what the import of the packages answers
        self.mends = False  # whether pip makes it right
        kind = self.module.KINDS["run"]._replace(lock=self.lock)
        patch.setitem(self.module.KINDS, "run", kind)
        patch.setattr(self.module, "ROOT", folder)
        patch.setattr(self.module, "attended", self._pip)
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        machine.answer = self._answer

    def make(self) -> list[str]:
        """Bring the environment; the commands that this took, imports left out."""
        self.machine.commands.clear()
        python = self.module.make_environment("run", graphics=True)
        assert python == self.module.python_of(self.home)
        return [line for line in self.machine.commands if " -c import " not in line]

    def _answer(self, command: str) -> tuple[int, str]:
        if " venv " in command:
            self.site.mkdir(parents=True)
            self.module.python_of(self.home).parent.mkdir(exist_ok=True)
            self.module.python_of(self.home).touch()
        return self.proof if "import numpy" in command else (0, "")

    def _pip(self, words: list[object], **options: Any) -> tuple[int, str]:
        self.machine.commands.append(" ".join(map(str, words)))
        assert Path(options["env"]["TMPDIR"]).is_relative_to(self.home)  # no second disk to fill
        assert options["stdout"] is sys.stderr  # `run list --json > file` stays clean
        package = self.site / "pyside6-6.10.dist-info"
        package.mkdir()
        (package / "RECORD").write_text("PySide6/Qt/lib/libQt6Core.so.6,sha256=0,1\n")
        if self.mends:
            self.proof = (0, "")
        if isinstance(self.pip, BaseException):
            raise self.pip
        return self.pip[0], self.pip[1]

    @property
    def site(self) -> Path:
        if os.name == "nt":
            return self.home / "Lib" / "site-packages"
        return self.home / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"


@pytest.fixture
def checkout(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    return Checkout(machine, tmp_path, monkeypatch)


def test_packages_come_by_their_hashes_and_the_second_time_nothing_is_done(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    venv, pip = checkout.make()
    assert " venv " in venv
    for option in ("--require-hashes", "--only-binary :all:", f"-r {checkout.lock}", "--no-user"):
        assert option in pip
    said = capsys.readouterr().err
    assert f"downloads about 100 MB, and {checkout.home} will take 350 MB" in said
    assert checkout.make() == []
    assert not capsys.readouterr().err


def test_pysides_own_files_lie_beside_it(checkout: Checkout) -> None:
    """Else they are unpacked again at each start."""
    checkout.make()
    assert any("SBK_EMBED" in command for command in checkout.machine.commands)


def test_what_cannot_be_imported_is_made_anew(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stamp alone would let a damaged environment fail for good."""
    checkout.make()
    (checkout.site / "damaged").touch()
    checkout.mends = True
    checkout.proof = (1, "ModuleNotFoundError: No module named 'numpy.core'")
    assert len(checkout.make()) == 2
    assert "made anew: ModuleNotFoundError: No module named 'numpy.core'" in capsys.readouterr().err
    assert not (checkout.site / "damaged").exists()
    assert checkout.make() == []


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.make()
    answer = checkout.machine.answer

    def gone(command: str) -> tuple[int, str]:
        if "import numpy" in command and not any(
            " pip " in one for one in checkout.machine.commands
        ):
            raise FileNotFoundError(2, "No such file or directory", "python")
        return answer(command)

    checkout.machine.answer = gone
    assert len(checkout.make()) == 2


def test_packages_that_cannot_be_imported_though_new_are_said_and_taken_away(
    checkout: Checkout,
) -> None:
    checkout.proof = (1, "Traceback …\nImportError: DLL load failed while importing QtCore")
    with pytest.raises(checkout.module.Stopped, match="DLL load failed while importing QtCore"):
        checkout.make()
    assert not checkout.home.exists()


def test_a_library_that_the_system_lacks_is_no_reason_to_download_all_anew(
    checkout: Checkout,
) -> None:
    checkout.make()
    checkout.proof = (1, "ImportError: libnew.so.1: cannot open shared object file: No such file")
    with pytest.raises(checkout.module.Stopped, match=r"libnew.* is missing on this system"):
        checkout.make()
    assert checkout.home.exists()


def test_a_library_of_the_packages_themselves_is_mended(checkout: Checkout) -> None:
    checkout.make()
    checkout.mends = True
    checkout.proof = (1, "ImportError: libQt6Core.so.6: cannot open shared object file: No such")
    assert len(checkout.make()) == 2


@pytest.mark.parametrize(
    "trouble",
    [KeyboardInterrupt(), SystemExit(143), OSError(28, "No space left on device"), (1, "ERROR: x")],
    ids=["Ctrl-C", "ended", "full", "pip"],
)
def test_what_is_half_made_is_taken_away_and_the_next_start_makes_it(
    checkout: Checkout, trouble: Any
) -> None:
    checkout.pip = trouble
    with pytest.raises(BaseException):  # noqa: B017, PT011  (whichever it was)
        checkout.make()
    assert not checkout.home.exists()
    checkout.pip = (0, "")
    assert len(checkout.make()) == 2


def test_what_was_killed_half_made_is_known_as_ours_and_made_anew(checkout: Checkout) -> None:
    """Nothing can be taken away then: only the mark tells it from what others have made."""
    checkout.make()
    (checkout.home / "gdsim-stamp").write_text("")
    (checkout.site / "killed").touch()
    assert len(checkout.make()) == 2
    assert not (checkout.site / "killed").exists()


def test_a_removal_that_was_killed_leaves_the_mark(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.make()
    monkeypatch.setattr(checkout.module.shutil, "rmtree", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        checkout.module._remove(checkout.home)
    assert (checkout.home / "gdsim-stamp").read_text() == ""


def _interrupted(*arguments: object) -> None:
    raise KeyboardInterrupt


def test_interrupting_is_said_and_ends_with_the_shells_status(
    checkout: Checkout, commands: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.pip = KeyboardInterrupt()
    assert commands.main(["run", "run"]) == 130
    assert "run the same command again" in capsys.readouterr().err


def test_a_disk_without_room_is_said_before_anything_is_downloaded(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(free=250_000_000)
    monkeypatch.setattr(checkout.module.shutil, "disk_usage", lambda place: usage)
    with pytest.raises(
        checkout.module.Stopped, match=r"250 MB of free space, and this needs 450 MB"
    ):
        checkout.make()
    assert not any(" pip " in command for command in checkout.machine.commands)
    assert not checkout.home.exists()


def test_a_new_lock_and_a_new_python_make_the_environment_anew(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.make()
    checkout.lock.write_text("numpy==2.5.5 --hash=sha256:0\n")
    assert len(checkout.make()) == 2
    assert checkout.make() == []
    monkeypatch.setattr(sys, "base_prefix", "/opt/another")
    assert len(checkout.make()) == 2


def test_an_update_of_the_system_python_needs_no_network(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.make()
    monkeypatch.setattr(sys, "version", "3.11.99 (security update)")
    assert checkout.make() == []


def test_a_checkout_that_was_moved_needs_no_network(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checkout.make()
    moved = tmp_path / "moved"
    moved.mkdir()
    checkout.home = checkout.home.rename(moved / ".venv")
    monkeypatch.setattr(checkout.module, "ROOT", moved)
    assert checkout.make() == []
    assert "moved" in (checkout.site / "gdsim-checkout.pth").read_text()


@pytest.mark.parametrize("name", ["实验", "o'clock", "a\nb", "täglich \\ 1"])
@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
def test_the_link_to_the_checkout_is_ascii_and_leads_there(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """Python reads it in the locale's encoding, whichever that is when gdsim is started."""
    (tmp_path / name).mkdir()
    monkeypatch.setattr(checkout.module, "ROOT", tmp_path / name)
    checkout.home = tmp_path / name / ".venv"
    checkout.make()
    (link,) = checkout.site.glob("*.pth")
    line = link.read_bytes().decode("ascii")
    before = list(sys.path)
    try:
        exec(line)  # as site.py does
        assert sys.path[-1] == str(tmp_path / name)
    finally:
        sys.path[:] = before
    assert line.startswith("import ")
    assert line.count("\n") == 1


def test_an_environment_of_somebody_else_is_left_alone(checkout: Checkout) -> None:
    checkout.home.mkdir()
    theirs = checkout.home / "pyvenv.cfg"
    theirs.write_text("home = elsewhere\n")
    checkout.home = checkout.home.with_name(".venv-gdsim")
    assert len(checkout.make()) == 2
    assert theirs.read_text() == "home = elsewhere\n"
    assert checkout.make() == []  # ours is found again beside theirs


class ReadOnly:
    """A folder in which nobody can make a file."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folders = [folder]
        self._open, self._mkdir = Path.open, Path.mkdir
        patch.setattr(Path, "open", lambda path, *rest, **more: self.open(path, *rest, **more))
        patch.setattr(Path, "mkdir", lambda path, *rest, **more: self.mkdir(path, *rest, **more))

    def _refuse(self, path: Path) -> None:
        if path.parent in self.folders:
            raise OSError(30, "Read-only file system", str(path))

    def open(self, path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if "r" not in mode:
            self._refuse(path)
        return self._open(path, mode, *rest, **more)

    def mkdir(self, path: Path, *rest: Any, **more: Any) -> None:
        self._refuse(path)
        self._mkdir(path, *rest, **more)


def test_a_checkout_that_is_read_only_keeps_its_environment_in_the_cache(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checkout.folder = tmp_path / "share"
    checkout.folder.mkdir()
    monkeypatch.setattr(checkout.module, "ROOT", checkout.folder)
    read_only = ReadOnly(checkout.folder, monkeypatch)
    _, cache = checkout.module._places()
    assert cache.is_relative_to(tmp_path / "cache")
    checkout.home = cache / ".venv"
    assert len(checkout.make()) == 2
    assert checkout.make() == []
    monkeypatch.setattr(checkout.module, "ROOT", tmp_path / "another")
    assert list(checkout.module._places())[1] != cache
    read_only.folders.append(tmp_path)


def test_what_a_teacher_has_made_ready_serves_students_who_may_not_write_there(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checkout.make()
    ReadOnly(tmp_path, monkeypatch)
    assert checkout.make() == []


def test_where_nothing_can_be_written_both_places_and_a_way_out_are_named(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read_only = ReadOnly(tmp_path, monkeypatch)
    read_only.folders += [tmp_path / "cache"]
    with pytest.raises(checkout.module.Stopped) as stopped:
        checkout.make()
    for part in (str(tmp_path), str(tmp_path / "cache"), "Set XDG_CACHE_HOME"):
        assert part in str(stopped.value)


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
         "The disk is full."),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
         "not the one that was locked"),
        ("WARNING: Retrying after connection broken by 'SSLError(SSLCertVerificationError(1, "
         "'[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate'\n"
         "ERROR: No matching distribution found for numpy==2.4.6", "Set PIP_CERT"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(': Failed to establish "
         "a new connection: [Errno -3] Temporary failure in name resolution')': /simple/numpy/\n"
         "ERROR: No matching distribution found for numpy==2.4.6",
         "The package index could not be reached."),
        ("ERROR: Could not find a version that satisfies the requirement pyside6-essentials"
         "==6.10.3 (from versions: none)\n"
         "ERROR: No matching distribution found for pyside6-essentials==6.10.3", "glibc 2.34"),
        ("Collecting numpy\nERROR: something new\n[notice] A new release of pip is available",
         "The locked packages could not be installed. ERROR: something new"),
    ],
    ids=["disk", "hashes", "certificate", "network", "platform", "unknown"],
)  # fmt: skip
def test_what_pip_says_becomes_a_remedy(
    checkout: Checkout,
    commands: Any,
    capsys: pytest.CaptureFixture[str],
    output: str,
    remedy: str,
) -> None:
    checkout.pip = (1, output)
    assert commands.main(["run", "run"]) == 1
    said = capsys.readouterr().err
    assert remedy in said
    assert "Traceback" not in said
