"""A sweep over threads: the same bits, a share that goes up, and an end when it is wanted."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdsim.engine.group import Group
from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.engine.replay.kernel import describe, load
from gdsim.engine.run import make_run
from gdsim.engine.sweep.grid import Grid, make_grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.pieces import APART, Cancelled, Outcomes, Piece, pieces, work
from gdsim.runtime import sweeping
from gdsim.runtime.sweeping import run_sweep, run_sweeps


def grid_of(rates: int, betas: int, method: str = "momentum") -> Grid:
    problem = make_problem("article")
    second = "damping" if method == "newton" else "momentum"
    specs = {"lr": f"log:1e-3:1:{rates}", second: f"lin:0:0.99:{betas}"}
    return make_grid(problem, make_run(problem, method), specs)


def sweepers() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("gdsim-sweep")]


def assert_same(one: Outcomes, other: Outcomes) -> None:
    for name in ("settled", "diverged", "loss", "theta"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The thread that worked through each piece."""
    seen: list[str] = []

    def noting(piece: Piece, *rest: Any) -> Any:
        seen.append(threading.current_thread().name)
        return work(piece, *rest)

    monkeypatch.setattr(sweeping, "work", noting)
    return seen


def test_no_bit_depends_on_the_number_of_threads(workers: list[str]) -> None:
    grid, goal = grid_of(120, 200), Goal(tolerance=0.05)
    one = run_sweep(grid, 60, goal, jobs=1)
    assert len(set(workers)) == 1
    breaths: list[None] = []
    assert_same(one, run_sweep(grid, 60, goal, jobs=2, breathe=lambda: breaths.append(None)))
    assert breaths
    assert_same(one, run_sweep(grid, 60, goal, jobs=3))
    assert one.loss.shape == (120, 200)
    assert np.isfinite(one.loss).all()


def test_several_grids_are_each_as_alone_and_share_the_threads(workers: list[str]) -> None:
    grids, goal = [grid_of(30, 1), grid_of(20, 3), grid_of(8, 2, "newton")], Goal(tolerance=0.05)
    shares: list[float] = []

    def report(share: float) -> bool:
        shares.append(share)
        return True

    found = run_sweeps(grids, 60, goal, jobs=2, report=report)
    assert len(workers) == 3
    assert shares[-1] == 1.0
    for grid, outcomes in zip(grids, found, strict=True):
        assert_same(run_sweep(grid, 60, goal, jobs=1), outcomes)


@pytest.mark.skipif(load()[0] is None, reason=describe())
def test_threads_work_side_by_side(workers: list[str]) -> None:
    run_sweep(grid_of(120, 200), 60, Goal(), jobs=2)
    assert len(workers) > 1
    assert len(set(workers)) == 2


def test_without_playback_threads_would_wait_for_one_another(
    workers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "load", lambda: (None, "not built"))
    run_sweep(grid_of(120, 200), 20, Goal(), jobs=2)
    assert len(set(workers)) == 1


@pytest.mark.parametrize("name", [problem.name for problem in PROBLEMS])
def test_threads_take_every_problem(name: str) -> None:
    problem = make_problem(name)
    specs = {"optimizer": "gd,adam,lamb", "lr": "log:1e-3:1:30"}
    grid = make_grid(problem, make_run(problem, "adam"), specs)
    assert_same(run_sweep(grid, 60, Goal(), jobs=1), run_sweep(grid, 60, Goal(), jobs=3))


def test_runs_that_are_stepped_one_by_one_are_taken_a_few_at_a_time() -> None:
    """Else a step of all of them would take long, and nobody could cancel it."""
    assert all(piece.size <= APART for piece in pieces(grid_of(30, 20, "newton")))
    assert max(piece.size for piece in pieces(grid_of(30, 20))) > APART


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    script = tmp_path / "sweep.py"
    script.write_text(
        "import gdsim\n"
        "print('once')\n"
        "found = gdsim.sweep(grid={'lr': 'log:1e-3:0.08:3000'}, steps=50, jobs=2)\n"
        "print(found.loss.shape)\n"
    )
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr) == ("once\n(3000,)\n", "")


def test_the_share_that_is_done_goes_up_to_all() -> None:
    shares: list[float] = []

    def report(share: float) -> bool:
        shares.append(share)
        return True

    run_sweep(grid_of(200, 100), 150, Goal(), report=report)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("method", ["momentum", "newton"])
def test_cancelling_ends_the_threads(method: str) -> None:
    with pytest.raises(Cancelled):
        # Ten million steps would take minutes, by Newton hours.
        run_sweep(grid_of(300, 300, method), 10_000, Goal(), jobs=2, report=lambda share: False)
    assert sweepers() == []


def test_cancelling_waits_for_no_more_than_a_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a block of steps is: between two of them it is looked whether to go on."""
    advanced: list[int] = []
    step = Group._update

    def noting(self: Group, *arguments: Any) -> Any:
        advanced.append(len(advanced))
        cancelled.set()
        return step(self, *arguments)

    cancelled = threading.Event()
    monkeypatch.setattr(Group, "_update", noting)
    monkeypatch.setattr(sweeping, "POLL_SECONDS", 0.0)

    def report(share: float) -> bool:
        return not cancelled.is_set()

    def breathe() -> None:
        if cancelled.is_set():
            threading.Event().wait(0.3)  # until `report` has been asked

    grid = grid_of(30, 20, "newton")
    with pytest.raises(Cancelled):
        run_sweep(grid, 10_000, Goal(), jobs=1, report=report, breathe=breathe)
    assert len(advanced) <= 4


def test_ctrl_c_ends_the_threads() -> None:
    def interrupt(share: float) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(grid_of(300, 300), 10_000, Goal(), jobs=2, report=interrupt)
    assert sweepers() == []
