"""A disk that fails or goes dark amid a save or an autosave: the old document or the new one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gdsim.engine.sentences import Fault
from gdsim.experiment.autosave import Autosave, Origin, leftovers
from gdsim.experiment.document import Experiment, default_experiment, load, save
from gdsim.system.files import written_aside
from tests.faulty_disk import FaultyDisk, PowerCut

posix = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the disk is Linux's")
OLD = default_experiment()
NEW = Experiment(replace(OLD.setup, step_limit=77))


def steps_of(folder: Path, act: Callable[[], None]) -> int:
    """How many writes, flushes and renames it takes."""
    disk = FaultyDisk(folder)
    with pytest.MonkeyPatch.context() as patch:
        disk.patch(patch)
        act()
    return disk.count


def go_wrong(folder: Path, at: int, act: Callable[[], None], *, cut: bool) -> FaultyDisk:
    disk = FaultyDisk(folder, at, cut=cut)
    with pytest.MonkeyPatch.context() as patch:
        disk.patch(patch)
        if cut:
            with pytest.raises(PowerCut):
                act()
        else:
            with contextlib.suppress(Fault):  # none where only the clearing away has failed
                act()
    return disk


@posix
@pytest.mark.parametrize("kind", ["over another", "new", "through a link"])
def test_a_save_leaves_the_old_document_or_the_new_one(tmp_path: Path, kind: str) -> None:
    wanted = [OLD, NEW]

    def fresh(name: str) -> tuple[Path, Path]:
        folder = tmp_path / name
        folder.mkdir()
        path = folder / "a.gdsim"
        if kind != "new":
            save(path, OLD)
        if kind == "through a link":
            (folder / "link.gdsim").symlink_to(path)
            return folder, folder / "link.gdsim"
        return folder, path

    folder, path = fresh("counted")
    count = steps_of(folder, lambda: save(path, NEW))
    assert count >= 6  # made, opened, written, flushed, renamed, its folder flushed
    for at in range(1, count + 1):
        folder, path = fresh(f"fails{at}")
        names = {one.name for one in folder.iterdir()}
        go_wrong(folder, at, lambda path=path: save(path, NEW), cut=False)  # type: ignore[misc] # bound now
        if path.exists() or kind != "new":
            assert load(path) in wanted
        assert {one.name for one in folder.iterdir()} <= names | {"a.gdsim"}
        save(path, NEW)  # the next one works
        assert load(path) == NEW
        for renames in (False, True):
            folder, path = fresh(f"dark{at}{renames}")
            disk = go_wrong(folder, at, lambda path=path: save(path, NEW), cut=True)  # type: ignore[misc] # bound now
            disk.lose(renames=renames)
            if path.exists() or kind != "new":
                assert load(path) in wanted
            save(path, NEW)
            assert load(path) == NEW


@posix
def test_what_was_saved_outlasts_a_power_cut_at_once_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "a.gdsim"
    save(path, OLD)
    disk = FaultyDisk(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        disk.patch(patch)
        save(path, NEW)
    disk.lose(renames=True)
    assert load(path) == NEW


@posix
def test_an_autosave_leaves_what_it_kept_before_or_the_newest(tmp_path: Path) -> None:
    def fresh(name: str) -> tuple[Path, Autosave]:
        session = Autosave(tmp_path / name)
        session.keep(OLD, Origin(Path("/a.gdsim"), 3))
        return tmp_path / name, session

    folder, session = fresh("counted")
    count = steps_of(folder, lambda: session.keep(NEW, Origin(Path("/a.gdsim"), 4)))
    session.abandon()
    assert count >= 12
    for at in range(1, count + 1):
        for cut, renames in ((False, False), (True, False), (True, True)):
            folder, session = fresh(f"{at}{cut}{renames}")
            keep = lambda session=session: session.keep(NEW, Origin(Path("/a.gdsim"), 4))  # noqa: E731
            disk = go_wrong(folder, at, keep, cut=cut)
            disk.lose(renames=cut and renames)
            session.abandon()
            (left,) = leftovers(folder)
            assert left.experiment() in (OLD, NEW)
            assert left.origin in (Origin(Path("/a.gdsim"), 3), Origin(Path("/a.gdsim"), 4))


# Where it is written


@posix
def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "a.gdsim", tmp_path / "link.gdsim"
    link.symlink_to(target)
    for experiment in (OLD, NEW):  # where there was nothing yet, and over what there was
        save(link, experiment)
        assert link.is_symlink()
        assert load(target) == experiment
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


@posix
def test_mode_and_group_of_the_file_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.gdsim"
    save(path, OLD)
    mask = os.umask(0o022)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask
    for mode in (0o600, 0o640, 0o664):
        path.chmod(mode)
        save(path, NEW)
        assert path.stat().st_mode & 0o777 == mode
    if os.getuid() == 0:
        os.chown(path, -1, 12)
        save(path, OLD)
        assert path.stat().st_gid == 12


@posix
def test_what_must_not_be_replaced_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe, a link to it, a folder, a link round in a ring, a file that its owner has locked."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to(tmp_path / "pipe")
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    (tmp_path / "folder").mkdir()
    locked = tmp_path / "locked"
    save(locked, OLD)
    monkeypatch.setattr(os, "access", lambda path, how: Path(path) != locked)
    for name in ("pipe", "null", "ring", "folder", "locked", "a\0b", "."):
        before = sorted(one.name for one in tmp_path.iterdir())
        with pytest.raises(Fault, match=r"Choose another place\."):
            save(tmp_path / name, NEW)
        assert sorted(one.name for one in tmp_path.iterdir()) == before
    assert load(locked) == OLD


def test_nothing_is_left_of_what_could_not_be_made(tmp_path: Path) -> None:
    def write_half(error: BaseException) -> None:
        with written_aside(tmp_path / "a.csv") as aside:
            aside.write_text("half")
            raise error

    for error in (ValueError("no such value"), KeyboardInterrupt(), MemoryError()):
        with pytest.raises(type(error)):
            write_half(error)
        assert list(tmp_path.iterdir()) == []
