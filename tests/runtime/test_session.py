"""The session: exact return to any step, changes in mid-run, branches, runs that come later."""

from __future__ import annotations

import numpy as np
import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import Outcome
from gdsim.engine.problems import make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation
from gdsim.runtime.session import LIVE_LIMIT, Session
from gdsim.runtime.snapshot import Track

ARTICLE = make_problem("article")


def session(*runs: Run, limit: int = 100_000) -> Session:
    return Session(ARTICLE, [Track(key, run) for key, run in enumerate(runs)], limit)


def go(one: Session, steps: int) -> None:
    target = one.step + steps
    while one.step < target and one.advance(target - one.step):
        pass


def theta(one: Session, key: int = 0) -> Array:
    found = one.snapshot(0, False, 0.0).run(key)
    assert found is not None
    return found.theta


def straight(run: Run, steps: int) -> Array:
    simulation = Simulation(ARTICLE, [run])
    simulation.advance(steps)
    return simulation.theta[:, 0]


NOISY = make_run(ARTICLE, "adam", {"learning_rate": 0.02}, sampling=Sampling(2, "shuffle", 7))
GD = make_run(ARTICLE, "gd", {"learning_rate": 0.01})
MOMENTUM = make_run(ARTICLE, "momentum", {"learning_rate": 0.01}, "cosine")


@pytest.mark.parametrize("target", [0, 1, 777, 2047, 2048, 2049, 4999, 5000])
def test_seeking_finds_every_step_bit_for_bit(target: int) -> None:
    one = session(NOISY, MOMENTUM)
    go(one, 5000)
    one.seek(target)
    assert one.step == target
    for key, run in enumerate((NOISY, MOMENTUM)):
        assert theta(one, key).tobytes() == straight(run, target).tobytes()


def test_playing_on_after_seeking_retraces_the_way() -> None:
    one = session(NOISY)
    go(one, 3000)
    before = theta(one).tobytes()
    one.seek(1234)
    go(one, 3000 - 1234)
    assert theta(one).tobytes() == before
    assert one.recorded == 3000


def test_a_change_in_mid_run_is_met_again_after_seeking_back() -> None:
    one = session(GD)
    go(one, 100)
    one.configure(0, make_run(ARTICLE, "adam", {"learning_rate": 0.1}), False)
    go(one, 300)
    end = theta(one).tobytes()
    one.seek(20)
    assert theta(one).tobytes() == straight(GD, 20).tobytes()
    go(one, 380)
    assert theta(one).tobytes() == end
    snapshot = one.snapshot(0, False, 0.0)
    assert snapshot.runs[0].run.optimizer == "adam"


def test_a_change_in_the_past_replaces_the_future_and_leaves_a_ghost() -> None:
    one = session(GD)
    go(one, 500)
    one.seek(100)
    one.configure(0, make_run(ARTICLE, "gd", {"learning_rate": 0.05}), False)
    shown = one.snapshot(0, False, 0.0)
    assert shown.recorded == 100
    ghost = shown.runs[0].ghost
    assert ghost is not None
    assert ghost.steps[-1] == 500


def test_started_again_a_run_is_recomputed_up_to_the_cursor() -> None:
    one = session(GD, MOMENTUM)
    go(one, 50)
    other = make_run(ARTICLE, "gd", {"learning_rate": 0.02}, start=(1.0, 1.0))
    one.configure(0, other, True)
    assert one.step == 50
    assert theta(one, 0).tobytes() == straight(other, 50).tobytes()
    assert theta(one, 1).tobytes() == straight(MOMENTUM, 50).tobytes()
    ghost = one.snapshot(0, False, 0.0).runs[0].ghost
    assert ghost is not None
    assert ghost.rows[-1, 2:].tobytes() == straight(GD, 50).tobytes()
    one.configure(0, GD, True, new_ghost=False)
    assert one.snapshot(0, False, 0.0).runs[0].ghost is ghost


def test_far_out_a_restart_goes_back_to_the_start() -> None:
    one = session(GD, MOMENTUM)
    go(one, LIVE_LIMIT + 1)
    one.configure(0, NOISY, True)
    assert one.step == one.recorded == 0
    go(one, 10)
    assert theta(one, 0).tobytes() == straight(NOISY, 10).tobytes()
    assert theta(one, 1).tobytes() == straight(MOMENTUM, 10).tobytes()


def test_tracks_tell_the_whole_story() -> None:
    one = session(GD, MOMENTUM)
    go(one, 100)
    one.configure(0, NOISY, False)
    go(one, 60)
    one.branch(0, 7, make_run(ARTICLE, "rmsprop"))
    go(one, 100)
    tracks = [run.track for run in one.snapshot(0, False, 0.0).runs]
    again = Session(ARTICLE, tracks, 100_000)
    go(again, 260)
    for key in (0, 1, 7):
        assert theta(again, key).tobytes() == theta(one, key).tobytes()


def test_an_added_run_catches_up_at_once() -> None:
    one = session(GD)
    go(one, 2500)
    one.seek(2100)
    one.add(5, NOISY)
    assert one.step == 2100
    assert theta(one, 5).tobytes() == straight(NOISY, 2100).tobytes()
    go(one, 900)
    assert theta(one, 5).tobytes() == straight(NOISY, 3000).tobytes()
    assert theta(one, 0).tobytes() == straight(GD, 3000).tobytes()


def test_a_branch_starts_from_the_parents_very_state() -> None:
    one = session(MOMENTUM)
    go(one, 300)
    faster = make_run(ARTICLE, "momentum", {"learning_rate": 0.02}, "cosine")
    one.branch(0, 1, faster)
    assert theta(one, 0).tobytes() == theta(one, 1).tobytes()
    go(one, 200)
    simulation = Simulation(ARTICLE, [MOMENTUM])
    simulation.advance(300)
    (lane,) = simulation.lanes()
    other = Simulation(ARTICLE, [faster])
    other.restore(300, [type(lane)(faster, lane.theta, True, 0, lane.state)])
    other.advance(200)
    assert theta(one, 1).tobytes() == other.theta[:, 0].tobytes()
    one.seek(100)
    assert theta(one, 1).tobytes() == straight(MOMENTUM, 100).tobytes()


def test_divergence_stops_that_run_only_and_says_why() -> None:
    one = session(make_run(ARTICLE, "gd", {"learning_rate": 0.12}), GD, limit=1000)
    go(one, 1000)
    dead, living = one.snapshot(0, False, 0.0).runs
    assert dead.outcome is Outcome.DIVERGED
    assert np.isfinite(dead.theta).all()
    assert "0.12" in str(dead.verdict)
    assert "0.0845" in str(dead.verdict)
    assert living.theta == pytest.approx([-0.949448893427, 2.185998154069], rel=1e-11)
    one.seek(3)
    again = one.snapshot(0, False, 0.0).runs[0]
    assert again.alive
    assert again.theta.tobytes() == straight(dead.run, 3).tobytes()


@pytest.mark.parametrize(
    ("rate", "word"), [(0.0845, "zigzags"), (0.0846, "diverges"), (0.01, "smooth")]
)
def test_the_regime_is_named_before_anyone_plays(rate: float, word: str) -> None:
    run = session(make_run(ARTICLE, "gd", {"learning_rate": rate})).snapshot(0, False, 0.0).runs[0]
    assert word in str(run.verdict)
    assert "0.0845241" in str(run.verdict)


def test_the_last_run_cannot_be_removed() -> None:
    one = session(GD, MOMENTUM)
    one.remove(0)
    with pytest.raises(Fault, match="at least one run"):
        one.remove(1)
    assert [run.key for run in one.snapshot(0, False, 0.0).runs] == [1]


def test_a_refused_change_changes_nothing() -> None:
    one = session(GD)
    go(one, 10)
    before = theta(one).tobytes()
    too_large = Run(sampling=Sampling(batch_size=6))
    for restart in (True, False):
        with pytest.raises(Fault, match="larger than the data"):
            one.configure(0, too_large, restart)
    with pytest.raises(Fault, match="larger than the data"):
        one.add(1, too_large)
    assert (one.step, theta(one).tobytes()) == (10, before)
    go(one, 10)
    assert theta(one).tobytes() == straight(GD, 20).tobytes()


def test_what_is_recorded_stays_in_bounded_memory() -> None:
    one = session(GD, limit=10**9)
    go(one, 200_000)
    trace = one.snapshot(0, False, 0.0).runs[0].trace
    assert len(trace.steps) <= 1 << 14
    assert trace.steps[0] == 0
    one.seek(123_456)
    assert theta(one).tobytes() == straight(GD, 123_456).tobytes()
