"""A sweep over threads: the same bits, a share that goes up, and an end when it is wanted."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from gdsim.engine.grid import Grid, make_grid
from gdsim.engine.judge import Goal
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sweep import Cancelled
from gdsim.runtime.sweeping import run_sweep


def grid_of(rates: int, betas: int) -> Grid:
    problem = make_problem("article")
    specs = {"lr": f"log:1e-3:1:{rates}", "momentum": f"lin:0:0.99:{betas}"}
    return make_grid(problem, make_run(problem, "momentum"), specs)


def sweepers() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("gdsim-sweep")]


def test_no_bit_depends_on_the_number_of_threads() -> None:
    grid, goal = grid_of(120, 100), Goal(tolerance=0.05)
    one, three = (run_sweep(grid, 60, goal, jobs=jobs) for jobs in (1, 3))
    for name in ("settled", "diverged", "loss", "theta"):
        np.testing.assert_array_equal(getattr(one, name), getattr(three, name))
    assert one.loss.shape == (120, 100)
    assert np.isfinite(one.loss).all()


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
        run_sweep(grid_of(300, 300), 10_000, Goal(), report=lambda share: False)
    assert time.monotonic() - began < 20.0
    assert sweepers() == []


def test_ctrl_c_ends_the_threads() -> None:
    def interrupt(share: float) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(grid_of(300, 300), 10_000, Goal(), report=interrupt)
    assert sweepers() == []
