"""The session: exact return to any step, changes in mid-run, branches, runs that come later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.engine.arrays import Array
from gdsim.engine.outcome import Outcome
from gdsim.engine.run import Run, make_run
from gdsim.engine.simulation import Simulation
from gdsim.runtime import session as session_module
from gdsim.runtime.session import LEAST_LIVE, Session
from tests.runtime.sessions import ARTICLE, GD, NOISY, go, session, theta


def restarted(one: Session, key: int, run: Run, *, new_ghost: bool = True) -> Session:
    """Other settings from step 0 on."""
    return one.adopted(one.setup.with_runs({key: run}), new_ghost=new_ghost)


def changed_here(one: Session, key: int, run: Run) -> Session:
    """Other settings from the cursor on."""
    return one.adopted(one.setup.with_runs({key: run}, one.step), one.step)


def straight(run: Run, steps: int) -> Array:
    simulation = Simulation(ARTICLE, [run])
    simulation.advance(steps)
    return simulation.theta[:, 0]


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
    one = changed_here(one, 0, make_run(ARTICLE, "adam", {"learning_rate": 0.1}))
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
    one = changed_here(one, 0, make_run(ARTICLE, "gd", {"learning_rate": 0.05}))
    shown = one.snapshot(0, False, 0.0)
    assert shown.recorded == 100
    ghost = shown.runs[0].ghost
    assert ghost is not None
    assert ghost.steps[-1] == 500


def test_started_again_a_run_is_recomputed_up_to_the_cursor() -> None:
    one = session(GD, MOMENTUM)
    go(one, 50)
    other = make_run(ARTICLE, "gd", {"learning_rate": 0.02}, start=(1.0, 1.0))
    one = restarted(one, 0, other)
    assert one.step == 50
    assert theta(one, 0).tobytes() == straight(other, 50).tobytes()
    assert theta(one, 1).tobytes() == straight(MOMENTUM, 50).tobytes()
    ghost = one.snapshot(0, False, 0.0).runs[0].ghost
    assert ghost is not None
    assert ghost.rows[-1, 2:].tobytes() == straight(GD, 50).tobytes()
    one = restarted(one, 0, GD, new_ghost=False)
    assert one.snapshot(0, False, 0.0).runs[0].ghost is ghost


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step is so cheap that more than the least number is computed anew at once."""
    monkeypatch.setattr(session_module, "LIVE_SECONDS", 0.0)


def test_what_costs_little_is_computed_anew_far_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "LIVE_SECONDS", 60.0)
    one = session(GD, MOMENTUM)
    go(one, 4 * LEAST_LIVE)
    one = restarted(one, 0, NOISY)
    assert one.step == 4 * LEAST_LIVE
    assert theta(one, 0).tobytes() == straight(NOISY, 4 * LEAST_LIVE).tobytes()


def test_far_out_a_restart_goes_back_to_the_start(slow: None) -> None:
    one = session(GD, MOMENTUM)
    go(one, LEAST_LIVE + 1)
    one = restarted(one, 0, NOISY)
    assert one.step == one.recorded == 0
    go(one, 10)
    assert theta(one, 0).tobytes() == straight(NOISY, 10).tobytes()
    assert theta(one, 1).tobytes() == straight(MOMENTUM, 10).tobytes()


def test_tracks_tell_the_whole_story() -> None:
    one = session(GD, MOMENTUM)
    go(one, 100)
    one = changed_here(one, 0, NOISY)
    go(one, 60)
    one = one.adopted(one.setup.branched(0, 160), 160)
    one = changed_here(one, 2, make_run(ARTICLE, "rmsprop"))
    go(one, 100)
    again = Session(one.setup)
    go(again, 260)
    for key in (0, 1, 2):
        assert theta(again, key).tobytes() == theta(one, key).tobytes()


def test_an_added_run_catches_up_at_once() -> None:
    one = session(GD)
    go(one, 2500)
    one.seek(2100)
    one = one.adopted(one.setup.added(NOISY))
    assert (one.step, one.recorded) == (2100, 2500)
    assert theta(one, 1).tobytes() == straight(NOISY, 2100).tobytes()
    go(one, 900)
    assert theta(one, 1).tobytes() == straight(NOISY, 3000).tobytes()
    assert theta(one, 0).tobytes() == straight(GD, 3000).tobytes()


def test_a_branch_starts_from_the_parents_very_state() -> None:
    one = session(MOMENTUM)
    go(one, 300)
    faster = make_run(ARTICLE, "momentum", {"learning_rate": 0.02}, "cosine")
    one = one.adopted(one.setup.branched(0, 300), 300)
    one = changed_here(one, 1, faster)
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


def test_a_run_that_is_removed_leaves_the_others_as_they_are() -> None:
    one = session(GD, MOMENTUM)
    go(one, 30)
    one = one.adopted(one.setup.removed(0))
    assert [run.key for run in one.snapshot(0, False, 0.0).runs] == [1]
    assert (one.step, theta(one, 1).tobytes()) == (30, straight(MOMENTUM, 30).tobytes())


def test_taking_up_another_setup_leaves_the_session_as_it_is() -> None:
    one = session(NOISY, MOMENTUM)
    go(one, 3000)
    one.seek(2500)
    one.adopted(one.setup.with_runs({0: GD}, 1000), 1000)
    one.adopted(one.setup.with_runs({0: GD, 1: NOISY}))
    assert (one.step, one.recorded) == (2500, 3000)
    go(one, 1000)
    for key, run in enumerate((NOISY, MOMENTUM)):
        assert theta(one, key).tobytes() == straight(run, 3500).tobytes()
        assert one.snapshot(0, False, 0.0).runs[key].trace.steps[-1] == 3500


def test_changes_that_were_taken_back_at_the_same_step_leave_no_trace() -> None:
    one = session(MOMENTUM)
    go(one, 200)
    for run in (NOISY, GD, MOMENTUM):
        one = changed_here(one, 0, run)
    go(one, 300)
    assert theta(one).tobytes() == straight(MOMENTUM, 500).tobytes()


def test_what_is_undone_is_on_the_screen_again_with_what_agrees_kept() -> None:
    one = session(MOMENTUM, GD)
    go(one, 800)
    one.seek(300)
    before = one.setup
    one = changed_here(one, 0, NOISY)
    go(one, 500)
    again = one.adopted(before)
    assert (again.step, again.recorded) == (800, 800)
    for key, run in enumerate((MOMENTUM, GD)):
        assert theta(again, key).tobytes() == straight(run, 800).tobytes()
    assert again._recordings[1] is one._recordings[1]  # nothing of it was computed again


def test_far_out_what_is_undone_goes_back_to_where_it_was_changed(slow: None) -> None:
    one = session(MOMENTUM)
    go(one, 100)
    before = one.setup
    one = changed_here(one, 0, NOISY)
    go(one, LEAST_LIVE + 100)
    again = one.adopted(before)
    assert (again.step, again.recorded) == (100, 100)
    assert theta(again).tobytes() == straight(MOMENTUM, 100).tobytes()


def test_one_setup_may_change_several_runs_at_once() -> None:
    one = session(GD, MOMENTUM, NOISY)
    go(one, 400)
    start = (1.5, -2.0)
    one = one.adopted(one.setup.with_start(start, 400))
    assert one.step == 400
    for key, run in enumerate((GD, MOMENTUM, NOISY)):
        assert theta(one, key).tobytes() == straight(replace(run, start=start), 400).tobytes()


OTHERS = [
    NOISY, GD, MOMENTUM, make_run(ARTICLE, "rmsprop", {"learning_rate": 0.05}),
    make_run(ARTICLE, "adam", {"learning_rate": 0.1}, "plateau", {"patience": 3}),
]  # fmt: skip


@given(st.data())
@settings(max_examples=25)
def test_whatever_way_led_to_a_setup_its_runs_are_the_same_bit_for_bit(data: st.DataObject) -> None:
    one = session(NOISY, MOMENTUM, limit=400)
    setups = [one.setup]
    for _ in range(data.draw(st.integers(2, 6))):
        go(one, data.draw(st.integers(0, 120)))
        one.seek(data.draw(st.integers(0, one.recorded)))
        setup, keys, step = one.setup, st.sampled_from(one.setup.keys), one.step
        other = data.draw(st.sampled_from(OTHERS))
        match data.draw(st.integers(0, 6)):
            case 0:
                made, at = setup.with_runs({data.draw(keys): other}, step), step or None
            case 1:
                made, at = setup.branched(data.draw(keys), step), step or None
            case 2:
                made, at = setup.with_runs({data.draw(keys): other}), None
            case 3:
                made, at = setup.added(other), None
            case 4 if len(setup.keys) > 1:
                made, at = setup.removed(data.draw(keys)), None
            case _:
                made, at = data.draw(st.sampled_from(setups)), None
        one = one.adopted(made, at)
        setups.append(made)
        assert one.step == step
        fresh = Session(made)
        for target in (one.step, one.recorded):
            one.seek(target)
            fresh.go(target)
            fresh.seek(target)
            for key in made.keys:
                mine, its = (s.snapshot(0, False, 0.0).run(key) for s in (one, fresh))
                assert mine is not None
                assert its is not None
                assert (mine.run, mine.theta.tobytes()) == (its.run, its.theta.tobytes())
                rows, told = (one.trace.until(target).rows.tobytes() for one in (mine, its))
                assert rows == told
        one.seek(step)


def test_what_is_recorded_stays_in_bounded_memory() -> None:
    one = session(GD, limit=10**9)
    go(one, 200_000)
    trace = one.snapshot(0, False, 0.0).runs[0].trace
    assert len(trace.steps) <= 1 << 14
    assert trace.steps[0] == 0
    one.seek(123_456)
    assert theta(one).tobytes() == straight(GD, 123_456).tobytes()


def test_beyond_the_limit_a_run_goes_on_and_the_race_with_it() -> None:
    one = session(make_run(ARTICLE, "gd", {"learning_rate": 0.09}), GD, limit=400)
    go(one, 400)
    shown = one.snapshot(0, False, 0.0).runs[0]
    assert shown.alive
    assert (shown.step, shown.outcome) == (400, Outcome.DIVERGED)
    assert "Left the limit at step 57" in str(shown.verdict)
    one.seek(56)
    assert one.snapshot(0, False, 0.0).runs[0].outcome is not Outcome.DIVERGED


def test_scrubbing_back_after_a_long_run_shows_every_one_of_its_first_steps() -> None:
    one = session(make_run(ARTICLE, "momentum", {"learning_rate": 0.015}), limit=10**9)
    go(one, 100_000)
    one.seek(60)
    run = one.snapshot(0, False, 0.0).runs[0]
    path = run.trace.until(60)
    assert path.steps.tolist() == list(range(61))
    assert path.rows[-1, 2:].tobytes() == run.theta.tobytes()
    simulation = Simulation(ARTICLE, [run.run])
    assert path.rows[1:, 2:].tobytes() == simulation.advance(60).theta[:, :, 0].tobytes()


def test_a_change_far_back_begins_at_the_very_state_it_changes() -> None:
    one = session(NOISY, limit=10**9)
    go(one, 30_000)
    one.seek(20_001)
    here = theta(one)
    changed = changed_here(one, 0, GD).snapshot(0, False, 0.0).runs[0].trace
    assert changed.steps[-1] == 20_001
    assert changed.rows[-1, 0] == GD.learning_rate
    assert changed.rows[-1, 2:].tobytes() == here.tobytes()
