"""What a technician sets and asks: places, defaults of the machine, --info, --reset, the log."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdsim.cli import main as cli
from gdsim.cli.info import report
from gdsim.system import log, places
from gdsim.system.places import find_places, machine_defaults, user_folders, writable_state

ROOT = Path(__file__).resolve().parents[1]
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="paths of Linux")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's empty home with a space and Chinese in its name."""
    home = tmp_path / "学生 1"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "GDSIM_BESIDE"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(autouse=True)
def _log_stopped() -> Iterator[None]:
    yield
    log.stop_log()


# Places


@linux_only
def test_a_user_has_settings_and_state_where_the_system_wants_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find_places()
    assert found.settings == home / ".config" / "gdsim" / "gdsim.ini"
    assert found.state == home / ".local" / "state" / "gdsim"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "c"))
    assert find_places().settings == home / "c" / "gdsim" / "gdsim.ini"


def test_windows_and_macos_have_places_of_their_own(tmp_path: Path) -> None:
    variables = {"APPDATA": str(tmp_path / "Roaming"), "LOCALAPPDATA": str(tmp_path / "Local")}
    assert user_folders("win32", variables, tmp_path) == (
        tmp_path / "Roaming" / "gdsim",
        tmp_path / "Local" / "gdsim",
    )
    settings, state = user_folders("darwin", {}, tmp_path)
    assert settings == state == tmp_path / "Library" / "Application Support" / "gdsim"
    (machine,) = machine_defaults("win32", {"PROGRAMDATA": str(tmp_path)})
    assert machine == tmp_path / "gdsim" / "gdsim.ini"


def test_portable_keeps_all_beside_the_program_from_then_on(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    monkeypatch.setenv("GDSIM_BESIDE", str(stick))
    assert not find_places().portable
    asked = find_places(portable=True)
    assert asked.settings.parent == asked.state == stick / "gdsim-portable"
    assert writable_state(asked) == asked.state
    assert find_places() == asked  # a double click gives no switches


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_without_a_writable_profile_state_is_kept_among_temporary_files(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.chmod(0o500)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert writable_state(find_places()) == tmp_path / f"gdsim-state-{os.getuid()}"


@linux_only
def test_a_home_that_is_no_folder_is_survived(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    folder = writable_state(find_places())
    assert folder == tmp_path / f"gdsim-state-{os.getuid()}"
    assert folder.stat().st_mode & 0o777 == 0o700  # nobody else reads experiments


@linux_only
def test_a_folder_of_temporary_files_that_another_put_there_is_not_used(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"gdsim-state-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert writable_state(find_places()) is None


@linux_only
def test_without_any_folder_to_write_into_nothing_is_kept(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    assert writable_state(find_places()) is None
    said = next(line for line in report(find_places()) if line.startswith("or else"))
    assert "cannot be made" in said


@linux_only
def test_settings_that_somebody_else_has_put_there_are_not_used(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    usual = find_places().settings.parent
    usual.mkdir(parents=True)
    owners: dict[Path, int] = {}
    monkeypatch.setattr(places, "_owner", lambda path: owners.get(path, os.getuid()))
    for owner in (os.getuid(), 0):
        owners[usual] = owner
        assert find_places().settings.parent == usual
    owners[usual] = 4711
    assert find_places().settings.parent == tmp_path / f"gdsim-state-{os.getuid()}"
    (tmp_path / f"gdsim-state-{os.getuid()}").rmdir()
    (tmp_path / f"gdsim-state-{os.getuid()}").symlink_to(tmp_path)
    assert not find_places().settings.parent.exists()


@linux_only
def test_a_folder_beside_the_program_that_neither_belongs_to_its_owner_is_not_used(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    (stick / "gdsim-portable").mkdir(parents=True)
    monkeypatch.setenv("GDSIM_BESIDE", str(stick))
    owners = {stick: 4712, stick / "gdsim-portable": 4711}
    monkeypatch.setattr(places, "_owner", lambda path: owners.get(path, os.getuid()))
    assert not find_places().portable
    assert find_places(portable=True).portable  # who asks for it has seen it
    owners[stick] = 4711  # who has put the program there may do so
    assert find_places().portable


# --reset and --info


@linux_only
def test_reset_takes_the_settings_away_and_says_so(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = find_places().settings
    settings.parent.mkdir(parents=True)
    settings.write_text("[General]\nlanguage=zh\n")
    assert cli.main(["--reset"]) == 0
    assert not settings.exists()
    assert str(settings) in capsys.readouterr().out
    assert cli.main(["--reset"]) == 0
    assert "Nothing was set" in capsys.readouterr().out


@linux_only
def test_what_cannot_be_reset_is_said_in_one_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    find_places().settings.mkdir(parents=True)
    assert cli.main(["--reset"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "cannot be removed" in err


def info(**variables: str) -> subprocess.CompletedProcess[str]:
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {k: v for k, v in os.environ.items() if k not in displays}
    return subprocess.run(
        [sys.executable, "-m", "gdsim", "--info"],
        cwd=ROOT, env={**environment, **variables}, capture_output=True, text=True, check=False,
        encoding="utf-8",
    )  # fmt: skip


@linux_only
def test_info_needs_no_display_and_names_versions_and_paths(home: Path) -> None:
    done = info(PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    for named in (
        "gdsim 0.", "Python ", "numpy ", "PySide6 ", "Qt 6.", "no display",
        str(home / ".config" / "gdsim" / "gdsim.ini"), "/etc/gdsim/gdsim.ini",
    ):  # fmt: skip
        assert named in done.stdout


def test_info_says_whether_steps_are_played_back_and_what_is_not() -> None:
    off = info(GDSIM_REPLAY="0", PYTHONIOENCODING="utf-8")
    assert "playback     not in use: switched off by GDSIM_REPLAY=0\n" in off.stdout
    line = next(x for x in info(PYTHONIOENCODING="utf-8").stdout.splitlines() if "playback" in x)
    assert ("in use (" in line and "; not for newton (" in line) or "not in use: " in line


def test_info_on_graphics_names_the_platform_and_its_screens() -> None:
    done = info(QT_QPA_PLATFORM="offscreen", PYTHONIOENCODING="utf-8")
    assert "platform     offscreen" in done.stdout
    assert "screen " in done.stdout


@linux_only
def test_info_survives_a_display_that_ends_whoever_asks_it() -> None:
    done = info(DISPLAY=":nonsense", PYTHONIOENCODING="utf-8")
    assert done.returncode == 0
    assert "numpy " in done.stdout
    assert "ended with status" in done.stdout


# The log


def test_the_log_has_what_was_noted_before_and_after_its_start(tmp_path: Path) -> None:
    file = tmp_path / "gdsim.log"
    log.note("before")
    assert log.start_log(file)
    log.note("数字", log.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", stacklevel=1)
    text = file.read_text(encoding="utf-8")
    assert "INFO before" in text
    assert "WARNING 数字" in text
    assert "UserWarning: old" in text


def test_the_log_turns_over_and_stays_small(tmp_path: Path) -> None:
    file = tmp_path / "gdsim.log"
    log.start_log(file)
    for _ in range(5 * log.BYTES // 1000):
        log.note("x" * 1000)
    sizes = [one.stat().st_size for one in tmp_path.iterdir()]
    assert len(sizes) == log.FILES + 1
    assert max(sizes) <= log.BYTES


def test_a_log_that_cannot_be_written_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert not log.start_log(tmp_path / "file" / "gdsim.log")
    log.note("lost", log.ERROR)
    assert capsys.readouterr().err == ""
