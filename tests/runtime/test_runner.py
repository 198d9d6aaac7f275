"""The engine thread: it starts, plays, obeys, survives failures, and always ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.problems import make_problem
from gdsim.engine.problems.regression import Article
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.runtime.commands import (
    AddRun,
    Branch,
    Configure,
    Load,
    Pause,
    Play,
    RemoveRun,
    Reset,
    Seek,
    SetLimit,
    SetSpeed,
    StepOnce,
)  # fmt: skip
from gdsim.runtime.pacing import Pace
from gdsim.runtime.runner import Runner
from gdsim.runtime.snapshot import Snapshot, Track

ARTICLE = make_problem("article")
GD = make_run(ARTICLE, "gd", {"learning_rate": 0.01})


def wait(runner: Runner, until: Callable[[Snapshot], bool]) -> Snapshot:
    """The first snapshot for which `until` holds."""
    end = time.monotonic() + 20.0
    while not until(runner.snapshot):
        assert time.monotonic() < end, f"still waiting at {runner.snapshot}"
        time.sleep(0.002)
    return runner.snapshot


@pytest.fixture
def runner() -> Iterator[Runner]:
    one = Runner(ARTICLE, [Track(0, GD)])
    one.start()
    yield one
    assert one.stop(5.0)
    assert "gdsim-engine" not in [thread.name for thread in threading.enumerate()]


def test_the_articles_regression_is_played_to_its_end(runner: Runner) -> None:
    runner.send(SetSpeed(None))
    runner.send(Play())
    end = wait(runner, lambda s: s.step == 1000 and not s.playing)
    assert end.runs[0].theta == pytest.approx([-0.949448893427, 2.185998154069], rel=1e-11)
    assert end.runs[0].loss == pytest.approx(0.560465130125, rel=1e-12)


def test_slow_speeds_keep_time() -> None:
    pace = Pace(20.0, began=100.0)
    made, now = 0, 100.0
    while now < 110.0:
        budget = pace.budget(now, 1e-5)
        assert budget.steps <= 1
        if budget.steps:
            made += budget.steps
            pace = pace.after(budget.steps, now)
        now += max(budget.rest, 1e-4)
    assert made == pytest.approx(200, abs=2)


def test_time_lost_to_a_sleeping_machine_is_not_made_up() -> None:
    pace = Pace(100.0, began=0.0).after(1, 3600.0)
    assert pace.budget(3600.02, 1e-5).steps <= 3


def test_pause_and_single_steps(runner: Runner) -> None:
    runner.send(StepOnce())
    assert wait(runner, lambda s: s.step == 1).runs[0].loss == pytest.approx(24.643008, rel=1e-12)
    runner.send(SetSpeed(None))
    runner.send(SetLimit(10**9))
    runner.send(Play())
    wait(runner, lambda s: s.playing and s.step > 100)
    runner.send(Pause())
    step = wait(runner, lambda s: not s.playing).step
    time.sleep(0.05)
    assert runner.snapshot.step == step


def test_seek_reset_add_branch_remove(runner: Runner) -> None:
    runner.send(StepOnce(50))
    wait(runner, lambda s: s.step == 50)
    runner.send(Seek(2))
    assert wait(runner, lambda s: s.step == 2).runs[0].loss == pytest.approx(14.7601857024)
    runner.send(AddRun(1, make_run(ARTICLE, "adam")))
    runner.send(Branch(0, 2, make_run(ARTICLE, "gd", {"learning_rate": 0.02})))
    shown = wait(runner, lambda s: len(s.runs) == 3)
    assert shown.runs[2].theta.tobytes() == shown.runs[0].theta.tobytes()
    runner.send(RemoveRun(1))
    wait(runner, lambda s: len(s.runs) == 2)
    runner.send(Reset())
    wait(runner, lambda s: s.step == s.recorded == 0)


def test_a_load_may_go_to_a_step_at_once(runner: Runner) -> None:
    runner.send(Load(ARTICLE, (Track(3, GD),), 1000, 1000))
    end = wait(runner, lambda s: runner.is_settled)
    assert end.step == 1000
    assert end.runs[0].loss == pytest.approx(0.560465130125, rel=1e-12)


def test_a_refused_command_is_said_and_play_goes_on(runner: Runner) -> None:
    runner.send(SetLimit(10**9))
    runner.send(Play())
    wait(runner, lambda s: s.playing)
    runner.send(Configure(0, Run(sampling=Sampling(batch_size=9)), False))
    said = wait(runner, lambda s: s.failure is not None)
    assert "larger than the data" in str(said.failure)
    assert said.playing
    assert said.runs[0].run == GD


class Faulty(Article):
    """Fails once, at its 700th gradient."""

    calls = 0

    def gradient(self, theta: Array, out: Array) -> None:
        self.calls += 1
        if self.calls == 700:
            raise RuntimeError("a broken formula")
        super().gradient(theta, out)


def test_an_engine_failure_is_shown_and_survived(runner: Runner) -> None:
    runner.send(Load(Faulty(), (Track(0, GD),), 1000))
    runner.send(SetSpeed(None))
    runner.send(Play())
    failed = wait(runner, lambda s: s.failure is not None)
    assert "a broken formula" in str(failed.failure)
    assert not failed.playing
    runner.send(Play())
    end = wait(runner, lambda s: s.step == 1000 and not s.playing)
    assert end.failure is None
    assert end.runs[0].loss == pytest.approx(0.560465130125, rel=1e-12)


def test_it_ends_at_once_at_full_speed_even_while_the_gate_is_shut() -> None:
    for _ in range(5):
        one = Runner(ARTICLE, [Track(key, GD) for key in range(8)], 10**9)
        one.start()
        one.send(SetSpeed(None))
        one.send(Play())
        wait(one, lambda s: s.step > 10)
        one.gate.shut()
        assert one.stop(1.0)


def test_a_window_that_never_paints_does_not_stop_the_runs(runner: Runner) -> None:
    runner.gate.shut()
    runner.send(SetSpeed(None))
    runner.send(SetLimit(200))
    runner.send(Play())
    wait(runner, lambda s: s.step == 200)
