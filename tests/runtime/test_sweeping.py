"""A sweep over processes: the same bits, a share that goes up, and an end when it is wanted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sweep.grid import Grid, make_grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.pieces import Cancelled, Outcomes, Piece
from gdsim.runtime.sweep_worker import COMMAND, Worker, pool
from gdsim.runtime.sweeping import run_sweep


def grid_of(rates: int, betas: int) -> Grid:
    problem = make_problem("article")
    specs = {"lr": f"log:1e-3:1:{rates}", "momentum": f"lin:0:0.99:{betas}"}
    return make_grid(problem, make_run(problem, "momentum"), specs)


def sweepers() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("gdsim-sweep")]


linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are listed in /proc")


def workers(parent: int | None = None) -> list[int]:
    """The workers that live and were started by `parent`, else by this process (Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
            status = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if COMMAND.encode() in arguments and int(status[1]) == (parent or os.getpid()):
            found.append(int(folder.name))
    return found


def assert_same(one: Outcomes, other: Outcomes) -> None:
    for name in ("settled", "diverged", "loss", "theta"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.fixture(autouse=True)
def no_idle_workers() -> Iterator[None]:
    pool.close()
    yield
    pool.close()


@pytest.fixture
def delegated(monkeypatch: pytest.MonkeyPatch) -> list[Piece]:
    """The pieces that workers were given."""
    seen: list[Piece] = []
    real = Worker.begin

    def begin(self: Worker, piece: Piece, *rest: Any) -> None:
        seen.append(piece)
        real(self, piece, *rest)

    monkeypatch.setattr(Worker, "begin", begin)
    return seen


def test_no_bit_depends_on_the_number_of_processes(delegated: list[Piece]) -> None:
    grid, goal = grid_of(120, 200), Goal(tolerance=0.05)
    one = run_sweep(grid, 60, goal, jobs=1)
    assert not delegated
    # A window leaves all the work to others.
    assert_same(one, run_sweep(grid, 60, goal, jobs=2, breathe=lambda: None))
    assert sum(piece.size for piece in delegated) == grid.size
    assert_same(one, run_sweep(grid, 60, goal, jobs=3))
    assert one.loss.shape == (120, 200)
    assert np.isfinite(one.loss).all()


@pytest.mark.parametrize("name", [problem.name for problem in PROBLEMS])
def test_a_worker_takes_every_problem(name: str, delegated: list[Piece]) -> None:
    problem = make_problem(name)
    grid = make_grid(problem, make_run(problem, "adam"), {"lr": "log:1e-3:1:30"})
    one = run_sweep(grid, 20, Goal(), jobs=1)
    assert_same(one, run_sweep(grid, 20, Goal(), jobs=1, breathe=lambda: None))
    assert len(delegated) == 1


def test_a_typed_function_and_words_go_to_a_worker_too(delegated: list[Piece]) -> None:
    problem = make_problem("expression", None, {"expression": "x^4 - 3x^2 + exp(y)*y^2"})
    grid = make_grid(problem, make_run(problem), {"optimizer": "gd,adam", "lr": "log:1e-3:1:9"})
    one = run_sweep(grid, 20, Goal(), jobs=1)
    assert_same(one, run_sweep(grid, 20, Goal(), jobs=2, breathe=lambda: None))
    assert len(delegated) == 2


@linux
def test_what_a_dead_worker_had_is_done_here() -> None:
    grid, goal = grid_of(100, 300), Goal(tolerance=0.05)
    killed: list[int] = []

    def kill(share: float) -> bool:
        if share > 0.2 and not killed:
            killed.extend(workers())
            for process in killed:
                os.kill(process, signal.SIGKILL)
        return True

    found = run_sweep(grid, 3000, goal, jobs=2, report=kill)
    assert killed
    assert_same(found, run_sweep(grid, 3000, goal, jobs=1))


def test_where_no_process_may_be_started_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = grid_of(20, 100)
    one = run_sweep(grid, 30, Goal(), jobs=1)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert_same(one, run_sweep(grid, 30, Goal(), jobs=2))
    assert_same(one, run_sweep(grid, 30, Goal(), jobs=2, breathe=lambda: None))


@linux
def test_a_short_sweep_starts_no_process_and_workers_are_used_again() -> None:
    run_sweep(grid_of(20, 100), 5, Goal())
    assert workers() == []
    run_sweep(grid_of(20, 100), 5, Goal(), jobs=2)
    first = workers()
    assert len(first) == 1
    run_sweep(grid_of(20, 100), 5, Goal(), jobs=2)
    assert workers() == first


@linux
def test_a_script_needs_no_guard_and_leaves_no_process(tmp_path: Path) -> None:
    script = tmp_path / "sweep.py"
    script.write_text(
        "import gdsim\n"
        "print('once')\n"
        "found = gdsim.sweep(grid={'lr': 'log:1e-3:0.08:3000'}, steps=50, jobs=2)\n"
        "print(found.loss.shape)\n"
    )
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr) == ("once\n(3000,)\n", "")
    assert workers(parent=1) == []


def test_the_share_that_is_done_goes_up_to_all() -> None:
    shares: list[float] = []

    def report(share: float) -> bool:
        shares.append(share)
        return True

    run_sweep(grid_of(200, 100), 150, Goal(), report=report)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_cancelling_ends_soon_and_leaves_no_thread() -> None:
    began = time.monotonic()
    with pytest.raises(Cancelled):
        # Ten million steps would take minutes.
        run_sweep(grid_of(300, 300), 10_000, Goal(), jobs=2, report=lambda share: False)
    assert time.monotonic() - began < 20.0
    assert sweepers() == []
    assert workers() == []


def test_ctrl_c_ends_the_threads() -> None:
    def interrupt(share: float) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(grid_of(300, 300), 10_000, Goal(), jobs=2, report=interrupt)
    assert sweepers() == []
    assert workers() == []
