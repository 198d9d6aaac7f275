"""The engine thread: it starts, plays, obeys, survives failures, and always ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.problems import make_problem
from gdsim.engine.problems.regression import Article
from gdsim.engine.run import make_run
from gdsim.runtime.commands import (
    Adopt,
    Pause,
    Play,
    Reset,
    Seek,
    SetSpeed,
    StepBy,
    TogglePlay,
)
from gdsim.runtime.pacing import Pace
from gdsim.runtime.runner import Runner
from gdsim.runtime.snapshot import Snapshot
from tests.setups import setup_of

ARTICLE = make_problem("article")
GD = make_run(ARTICLE, "gd", {"learning_rate": 0.01})
FIRST = setup_of(ARTICLE, GD)
LONG = FIRST.with_limit(10**9)


def wait(runner: Runner, until: Callable[[Snapshot], bool]) -> Snapshot:
    """The first snapshot for which `until` holds."""
    end = time.monotonic() + 20.0
    while not until(runner.snapshot):
        assert time.monotonic() < end, f"still waiting at {runner.snapshot}"
        time.sleep(0.002)
    return runner.snapshot


@pytest.fixture
def runner() -> Iterator[Runner]:
    one = Runner(FIRST)
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


def test_a_block_of_dear_steps_is_done_within_a_frame() -> None:
    """What is made shows after it; cheap ones are so many that longer blocks pay."""
    pace = Pace(None, began=0.0)
    for seconds in (2e-6, 2e-5, 2e-4, 2e-3):
        block = seconds * pace.budget(0.0, seconds).steps
        assert block < (0.016 if seconds < 5e-6 else 0.008)


def test_time_lost_to_a_sleeping_machine_is_not_made_up() -> None:
    pace = Pace(100.0, began=0.0).after(1, 3600.0)
    assert pace.budget(3600.02, 1e-5).steps <= 3


def test_pause_and_single_steps(runner: Runner) -> None:
    runner.send(StepBy())
    assert wait(runner, lambda s: s.step == 1).runs[0].loss == pytest.approx(24.643008, rel=1e-12)
    runner.send(SetSpeed(None))
    runner.send(Adopt(LONG))
    runner.send(Play())
    wait(runner, lambda s: s.playing and s.step > 100)
    runner.send(Pause())
    step = wait(runner, lambda s: not s.playing).step
    time.sleep(0.05)
    assert runner.snapshot.step == step


def test_seek_adopt_reset(runner: Runner) -> None:
    runner.send(StepBy(50))
    wait(runner, lambda s: s.step == 50)
    runner.send(Seek(2))
    assert wait(runner, lambda s: s.step == 2).runs[0].loss == pytest.approx(14.7601857024)
    runner.send(Seek(None))
    wait(runner, lambda s: s.step == 50)
    runner.send(StepBy(-48))
    wait(runner, lambda s: s.step == 2)
    setup = FIRST.added(make_run(ARTICLE, "adam")).branched(0, 2)
    runner.send(Adopt(setup, 2))
    shown = wait(runner, lambda s: s.shows(setup))
    assert shown.runs[2].theta.tobytes() == shown.runs[0].theta.tobytes()
    assert (shown.step, shown.recorded) == (2, 2)
    runner.send(StepBy(3))
    runner.send(Reset())
    wait(runner, lambda s: s.step == s.recorded == 0)


def test_play_at_the_end_starts_again(runner: Runner) -> None:
    runner.send(Adopt(FIRST.with_limit(60)))
    runner.send(StepBy(60))
    runner.send(TogglePlay())
    wait(runner, lambda s: s.playing and 0 < s.step < 60)
    runner.send(TogglePlay())
    wait(runner, lambda s: not s.playing)


def test_another_problem_may_begin_at_a_step(runner: Runner) -> None:
    other = setup_of(make_problem("article"), GD)
    runner.send(Adopt(other, 1000))
    end = wait(runner, lambda s: s.shows(other))
    assert end.step == 1000
    assert end.runs[0].loss == pytest.approx(0.560465130125, rel=1e-12)


def test_of_setups_that_wait_the_last_is_computed_at_the_step_of_the_others() -> None:
    one = Runner(FIRST)
    one.send(StepBy(80))
    faster = FIRST.with_runs({0: make_run(ARTICLE, "gd", {"learning_rate": 0.02})}, 30)
    one.send(Adopt(faster, 30))
    one.send(Adopt(faster.with_limit(700), new_ghost=False))
    one.start()
    shown = wait(one, lambda s: s.shows(faster.with_limit(700)))
    assert (shown.version, shown.step, shown.recorded) == (1, 30, 30)
    assert shown.runs[0].ghost is not None
    assert one.stop(5.0)


class Slow(Article):
    """A step takes long, as those of a large network do, once `asked` is there to say so."""

    asked: threading.Event | None = None

    def gradient(self, theta: Array, out: Array) -> None:
        float(theta[0, 0])  # a number that is looked at: such a step is not played back
        if self.asked is not None:
            self.asked.set()
            time.sleep(0.002)
        super().gradient(theta, out)


def test_a_setup_is_left_for_a_newer_one_but_not_twice_in_a_row(runner: Runner) -> None:
    slow = Slow()
    first = setup_of(slow, GD)
    runner.send(Adopt(first, 200))
    wait(runner, lambda s: s.shows(first) and s.step == 200)
    slow.asked = threading.Event()
    shown: list[float] = []
    for rate in (0.02, 0.03, 0.04):  # each takes some 0.4 s
        runner.send(Adopt(first.with_runs({0: make_run(slow, "gd", {"learning_rate": rate})})))
        time.sleep(0.1)
    while not shown or shown[-1] != 0.04:
        rate = runner.snapshot.runs[0].run.learning_rate
        if not shown or shown[-1] != rate:
            shown.append(rate)
        time.sleep(0.001)
    assert shown == [0.01, 0.03, 0.04]
    assert runner.snapshot.step == 200


def test_what_takes_long_is_left_to_end(runner: Runner) -> None:
    slow = Slow()
    slow.asked = threading.Event()
    runner.send(Adopt(setup_of(slow, GD), 4000))
    assert slow.asked.wait(5.0)
    assert runner.stop(1.0)


class Faulty(Article):
    """Fails once, at its 700th gradient."""

    calls = 0

    def gradient(self, theta: Array, out: Array) -> None:
        float(theta[0, 0])
        self.calls += 1
        if self.calls == 700:
            raise RuntimeError("a broken formula")
        super().gradient(theta, out)


def test_an_engine_failure_is_shown_and_survived(runner: Runner) -> None:
    runner.send(Adopt(setup_of(Faulty(), GD), 0))
    runner.send(SetSpeed(None))
    runner.send(Play())
    failed = wait(runner, lambda s: s.failure is not None)
    assert "a broken formula" in str(failed.failure)
    assert not failed.playing
    runner.send(Play())
    end = wait(runner, lambda s: s.step == 1000 and not s.playing)
    assert end.failure is None
    assert end.runs[0].loss == pytest.approx(0.560465130125, rel=1e-12)


def test_a_failure_on_the_way_to_a_setup_leaves_that_setup_at_its_start(runner: Runner) -> None:
    faulty = setup_of(Faulty(), GD)
    runner.send(Adopt(faulty, 1000))
    failed = wait(runner, lambda s: s.failure is not None)
    assert failed.shows(faulty)
    assert failed.step == 0
    runner.send(StepBy(1000))
    assert wait(runner, lambda s: s.step == 1000).failure is None


def test_it_ends_at_once_at_full_speed_even_while_the_gate_is_shut() -> None:
    for _ in range(5):
        one = Runner(setup_of(ARTICLE, *[GD] * 8, limit=10**9))
        one.start()
        one.send(SetSpeed(None))
        one.send(Play())
        wait(one, lambda s: s.step > 10)
        one.gate.shut()
        assert one.stop(1.0)


def test_a_window_that_never_paints_does_not_stop_the_runs(runner: Runner) -> None:
    runner.gate.shut()
    runner.send(SetSpeed(None))
    runner.send(Adopt(FIRST.with_limit(200)))
    runner.send(Play())
    wait(runner, lambda s: s.step == 200)
