"""Experiments of sessions that end badly: found again, once, and never those of living ones."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gdsim.engine.sentences import Fault
from gdsim.experiment import document
from gdsim.experiment.autosave import MOST, NEW_SECONDS, Autosave, Origin, leftovers
from gdsim.experiment.setup import first_setup

ROOT = Path(__file__).resolve().parents[2]


def limited(steps: int) -> document.Experiment:
    return document.Experiment(first_setup().with_limit(steps))


EXPERIMENT = limited(77)


def test_what_a_crashed_session_kept_is_found_with_its_file_and_step(tmp_path: Path) -> None:
    session = Autosave(tmp_path)
    session.keep(EXPERIMENT, Origin(tmp_path / "我的.gdsim", 12))
    assert leftovers(tmp_path) == []  # it lives
    session.abandon()
    (left,) = leftovers(tmp_path)
    assert left.experiment() == EXPERIMENT
    assert left.origin == Origin(tmp_path / "我的.gdsim", 12)
    left.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_leaves_what_it_kept(tmp_path: Path) -> None:
    """The lock is the operating system's: it falls with the process, however that ends."""
    program = (
        "import os, sys; from pathlib import Path\n"
        "from gdsim.experiment import autosave, document\n"
        "session = autosave.Autosave(Path(sys.argv[1]))\n"
        "session.keep(document.default_experiment(), autosave.Origin(None, 5))\n"
        "print(len(autosave.leftovers(Path(sys.argv[1]))), flush=True)\n"
        "os._exit(9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (9, "0\n")
    assert leftovers(tmp_path)[0].origin == Origin(None, 5)


def test_a_session_that_ends_well_leaves_nothing(tmp_path: Path) -> None:
    session = Autosave(tmp_path)
    session.keep(EXPERIMENT, Origin())
    session.end()
    assert list(tmp_path.iterdir()) == []


def test_what_was_saved_in_the_meantime_is_not_kept(tmp_path: Path) -> None:
    session = Autosave(tmp_path)
    session.keep(EXPERIMENT, Origin())
    session.forget()
    session.abandon()
    assert leftovers(tmp_path) == []


def test_the_newest_comes_first_and_the_oldest_go(tmp_path: Path) -> None:
    for number in range(MOST + 2):
        session = Autosave(tmp_path)
        session.keep(limited(number + 1), Origin())
        session.abandon()
    found = leftovers(tmp_path)
    assert [one.experiment().setup.step_limit for one in found] == list(range(MOST + 2, 2, -1))
    assert len(list(tmp_path.glob("*.gdsim"))) == MOST


def test_locks_and_half_written_files_of_crashed_sessions_are_cleared(tmp_path: Path) -> None:
    session = Autosave(tmp_path)
    session.abandon()
    half = tmp_path / f".{session.document.stem}-x1y2.gdsim"
    half.touch()
    leftovers(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2  # another session may be at it this very moment
    moment = time.time() - 2 * NEW_SECONDS
    for file in (session.document.with_suffix(".lock"), half):
        os.utime(file, (moment, moment))
    leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"file": 3, "step": 1}', '{"file":null,"step":-1}']
)
def test_a_damaged_origin_is_an_unsaved_experiment_at_its_start(tmp_path: Path, text: str) -> None:
    session = Autosave(tmp_path)
    session.keep(EXPERIMENT, Origin(Path("a.gdsim"), 3))
    session.abandon()
    session.document.with_suffix(".json").write_text(text)
    assert leftovers(tmp_path)[0].origin == Origin()


def test_a_damaged_document_is_a_fault(tmp_path: Path) -> None:
    session = Autosave(tmp_path)
    session.keep(EXPERIMENT, Origin())
    session.abandon()
    session.document.write_text("{")
    with pytest.raises(Fault, match="damaged"):
        leftovers(tmp_path)[0].experiment()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Fault, match="cannot be written"):
        Autosave(tmp_path / "file" / "sessions")
    assert leftovers(tmp_path / "nowhere") == []


def test_the_newest_is_told_by_what_was_kept_after_what_whatever_the_clock_says(
    tmp_path: Path,
) -> None:
    sessions = [Autosave(tmp_path) for _ in range(3)]
    for steps, session in ((1, sessions[0]), (2, sessions[1]), (3, sessions[2]), (4, sessions[0])):
        session.keep(limited(steps), Origin())
    for age, session in enumerate(sessions):  # the clock was put back again and again
        session.abandon()
        os.utime(session.document, (1000.0 + age, 1000.0 + age))
    assert [one.experiment().setup.step_limit for one in leftovers(tmp_path)] == [4, 3, 2]


def test_only_one_window_offers_it_and_another_when_that_one_has_gone(tmp_path: Path) -> None:
    session = Autosave(tmp_path)
    session.keep(EXPERIMENT, Origin())
    session.abandon()
    (mine,), (its,) = leftovers(tmp_path), leftovers(tmp_path)
    assert mine.claim()
    assert not its.claim()
    assert leftovers(tmp_path) == []  # as if it lived
    mine.release()
    (later,) = leftovers(tmp_path)
    assert later.claim()
    later.discard()
    assert not mine.claim()  # it is gone by now
    assert list(tmp_path.iterdir()) == []


def test_what_its_file_holds_anyhow_is_nothing_lost(tmp_path: Path) -> None:
    file = tmp_path / "a.gdsim"
    session = Autosave(tmp_path / "sessions")
    session.keep(EXPERIMENT, Origin(file))
    session.abandon()
    (left,) = leftovers(tmp_path / "sessions")
    assert not left.is_saved()
    document.save(file, limited(78))
    assert not left.is_saved()
    document.save(file, EXPERIMENT)
    assert left.is_saved()


def test_a_folder_that_was_taken_away_is_made_anew(tmp_path: Path) -> None:
    session = Autosave(tmp_path / "sessions")
    session.keep(EXPERIMENT, Origin())
    for file in (tmp_path / "sessions").iterdir():
        file.unlink()
    (tmp_path / "sessions").rmdir()
    session.keep(EXPERIMENT, Origin())
    assert leftovers(tmp_path / "sessions") == []  # it lives, and holds its lock
    session.abandon()
    assert len(leftovers(tmp_path / "sessions")) == 1
