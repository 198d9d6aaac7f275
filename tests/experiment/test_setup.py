"""A setup is never changed, and whatever an edit makes can be run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.engine.data import data_of
from gdsim.engine.problems import make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.sentences import Fault
from gdsim.experiment.setup import MOST_RUNS, MOST_STEPS, Setup, Track, edited, first_setup
from gdsim.experiment.undo import PAUSE, UndoStack
from tests.setups import setup_of

ARTICLE = make_problem("article")
ONE, TWO, THREE = (make_run(ARTICLE, "gd", {"learning_rate": rate}) for rate in (0.01, 0.02, 0.03))
RUNS = st.sampled_from([ONE, TWO, THREE])


def steps_of(setup: Setup) -> list[list[int]]:
    return [[step for step, _ in track.changes] for track in setup.tracks]


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    steps = sorted(draw(st.sets(st.integers(1, 12), max_size=4)))
    return Track(0, draw(RUNS), tuple((step, draw(RUNS)) for step in steps))


@given(tracks(), st.integers(1, 13), RUNS)
def test_a_change_holds_from_its_step_on_and_nothing_before_it_is_other(
    track: Track, step: int, run: Run
) -> None:
    made = track.changed(step, run)
    for at in range(15):
        assert made.at(at) == (run if at >= step else track.at(at))
    assert made.changed(step, track.at(step - 1)) == track.until(step - 1)


@given(tracks(), tracks())
def test_two_tracks_agree_as_long_as_their_settings_are_the_same(one: Track, two: Track) -> None:
    agreed = one.agrees_until(two)
    assert agreed == two.agrees_until(one)
    # The settings at step k are those of the update from k on.
    assert all(one.at(step) == two.at(step) for step in range(min(agreed, 15)))
    assert (agreed == MOST_STEPS) == (one == two)


def test_a_change_in_mid_run_cuts_all_and_another_start_is_from_the_start() -> None:
    setup = setup_of(ARTICLE, (ONE, ((5, TWO), (9, THREE))), (ONE, ((4, TWO), (8, ONE))))
    assert steps_of(setup.with_runs({0: THREE}, 7)) == [[5, 7], [4]]
    assert steps_of(setup.with_runs({0: THREE})) == [[], [4, 8]]
    moved = replace(TWO, start=(1.0, 1.0))
    assert setup.with_runs({0: moved}, 7).tracks == (Track(0, moved), setup.tracks[1])
    assert steps_of(setup) == [[5, 9], [4, 8]]


def test_a_branch_goes_its_parents_way_and_at_step_0_is_a_run_like_any() -> None:
    setup = setup_of(ARTICLE, (ONE, ((5, TWO), (9, THREE))))
    branched = setup.branched(0, 6)
    assert branched.tracks == (Track(0, ONE, ((5, TWO),)), Track(1, ONE, ((5, TWO),), 6))
    assert setup.branched(0, 0).tracks == (*setup.tracks, Track(1, ONE))


def test_whatever_is_changed_of_a_branch_it_stays_one() -> None:
    """'Branch from there with other settings': the way up to there is still the parent's."""
    setup = setup_of(ARTICLE, (ONE, ((5, TWO),))).branched(0, 8)
    for edits in ((THREE,), (THREE, ONE), (THREE, TWO, THREE)):
        made = setup
        for run in edits:
            made = made.with_runs({1: run})
        assert made.track(0) == setup.track(0)
        assert [made.track(1).at(step) for step in (0, 5, 7, 8, 99)] == [
            ONE, TWO, TWO, edits[-1], edits[-1],
        ]  # fmt: skip
    far = (1.0, 1.0)
    moved = setup.with_runs({1: THREE}).with_start(far, 3).track(1)
    assert [moved.at(step) for step in (0, 7, 8)] == [
        replace(run, start=far) for run in (ONE, TWO, THREE)
    ]
    earlier = setup.with_runs({1: THREE}, 6).with_runs({1: ONE})
    assert [earlier.track(1).at(step) for step in (5, 6, 8)] == [TWO, ONE, ONE]


def test_a_branch_that_is_reset_is_one_still() -> None:
    setup = setup_of(ARTICLE, (ONE, ((5, TWO),))).branched(0, 8).with_runs({1: THREE}, 8)
    reset = setup.restarted(20)
    assert reset.track(0) == Track(0, TWO)
    branch = reset.track(1)
    assert branch.branched == 8
    assert [branch.at(step) for step in (0, 5, 7, 8, 99)] == [ONE, TWO, TWO, THREE, THREE]


def test_keys_stay_with_their_runs_and_the_least_free_one_comes_next() -> None:
    setup = setup_of(ARTICLE, ONE, TWO, THREE)
    assert setup.removed(1).keys == (0, 2)
    assert setup.removed(1).added(ONE).keys == (0, 2, 1)
    assert setup.removed(1).track(2).run == THREE


def test_what_cannot_be_run_cannot_be_set() -> None:
    setup = first_setup()
    large = replace(ONE, sampling=Sampling(batch_size=6))
    with pytest.raises(Fault, match="larger than the data"):
        setup.with_runs({0: large})
    with pytest.raises(Fault, match="larger than the data"):
        setup.with_runs({0: large}, 7)
    with pytest.raises(Fault, match="larger than the data"):
        setup.added(large)
    with pytest.raises(Fault, match="at least one run"):
        setup.removed(0)
    with pytest.raises(Fault, match="2 numbers"):
        setup.with_start((1.0,), 0)
    with pytest.raises(Fault, match="not usable"):
        setup.with_start((1.0, float("nan")), 0)
    with pytest.raises(Fault, match="no run 7"):
        setup.branched(7, 3)
    full = setup_of(ARTICLE, *[ONE] * MOST_RUNS)
    with pytest.raises(Fault, match=f"At most {MOST_RUNS} runs"):
        full.added(ONE)
    batch = setup.with_runs({0: replace(ONE, sampling=Sampling(batch_size=5))})
    with pytest.raises(Fault, match="larger than the data"):
        batch.with_points(np.arange(4.0), np.arange(4.0))


def test_on_another_problem_starts_and_rates_are_its_own() -> None:
    mine = replace(make_run(ARTICLE, "adam", {"learning_rate": 0.7}), start=(3.0, 3.0))
    setup = setup_of(ARTICLE, THREE, mine, (ONE, ((5, TWO),)), source="a.csv")
    on = setup.on_problem("rosenbrock")
    rosenbrock = on.problem
    assert [track.run.start for track in on.tracks] == [rosenbrock.start] * 3
    assert [t.run.learning_rate for t in on.tracks] == [
        rosenbrock.learning_rate, 0.7, rosenbrock.learning_rate,
    ]  # fmt: skip
    assert steps_of(on) == [[], [], []]
    assert on.source == ""


def test_the_users_data_go_along_where_they_fit() -> None:
    data = data_of(np.arange(6.0), np.arange(6.0) + 1, ["a"], "b")
    problem = make_problem("linear", data)
    setup = setup_of(problem, make_run(problem), source="a.csv")
    fitted = setup.on_problem("polynomial")
    assert fitted.problem.own_data == data
    assert fitted.source == "a.csv"
    labels = setup.on_problem("logistic")  # wants 0 and 1
    assert labels.problem.own_data is None
    assert labels.source == ""
    assert fitted.with_made_data().problem.own_data is None
    assert fitted.with_made_data().source == ""


def test_a_setting_of_the_problem_leaves_what_the_user_chose() -> None:
    problem = make_problem("quadratic")
    own = replace(make_run(problem, "gd", {"learning_rate": 0.0123}), start=(1.0, 0.5))
    usual = make_run(problem)
    made = setup_of(problem, (own, ((5, usual),)), usual).with_problem_setting("angle", 30.0)
    assert made.tracks[0].run == own
    assert made.tracks[1].run.learning_rate == made.problem.learning_rate
    assert steps_of(made) == [[5], []]
    assert {run.start for _, run in made.tracks[0].changes} == {own.start}
    with pytest.raises(Fault, match="wide"):
        made.with_problem_setting("wide", 1.0)


def test_setups_are_equal_by_value() -> None:
    one = setup_of(make_problem("quadratic"), ONE)
    there = one.with_problem_setting("angle", 10.0)
    assert there != one
    assert there.with_problem_setting("angle", 0.0) == one
    points = (np.arange(5.0), np.arange(5.0) ** 2)
    assert first_setup().with_points(*points) == first_setup().with_points(*points)
    assert first_setup().with_points(*points) != first_setup().with_points(points[1], points[1])


def test_one_setting_is_edited_and_the_rest_stays() -> None:
    adam = make_run(ARTICLE, "adam", {"learning_rate": 0.2, "beta1": 0.5}, "step")
    assert edited(adam, "settings", "beta1", 0.6).settings.learning_rate == 0.2
    assert edited(adam, "sampling", "batch_size", 3).sampling == Sampling(batch_size=3)
    assert edited(adam, "optimizer", "", "adam") is adam
    other = edited(adam, "optimizer", "", "rmsprop")
    assert (other.optimizer, other.learning_rate, other.schedule) == ("rmsprop", 0.2, "step")
    assert edited(adam, "schedule", "", "cosine").schedule_settings != adam.schedule_settings
    assert edited(adam, "settings", "convention", "keras").settings != adam.settings
    with pytest.raises(Fault, match="momentum"):
        edited(adam, "settings", "momentum", 0.9)


# Undo


def test_edits_of_one_field_merge_as_long_as_they_follow_closely() -> None:
    stack, setups = UndoStack(), [first_setup().with_limit(n) for n in range(1, 9)]
    assert stack.push(setups[0], "a", 0.0)
    assert not stack.push(setups[1], "a", PAUSE)
    assert stack.push(setups[2], "b", PAUSE)
    assert stack.push(setups[3], None, PAUSE)
    assert stack.push(setups[4], None, PAUSE)
    assert stack.push(setups[5], "a", PAUSE)
    assert stack.push(setups[6], "a", 3 * PAUSE)
    seen, present = [], setups[7]
    while (before := stack.undo(present)) is not None:
        seen.append(before)
        present = before
    assert seen == [setups[n] for n in (6, 5, 4, 3, 2, 0)]
    again = []
    while (after := stack.redo(present)) is not None:
        again.append(after)
        present = after
    assert again == [*seen[-2::-1], setups[7]]
    assert stack.push(present, "a", 3 * PAUSE)  # an undo or a redo ends what went on
    assert not stack.can_redo


def test_large_data_bound_the_stack_and_the_first_setup_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gdsim.experiment.undo.MOST_BYTES", 10_000)
    stack, rng = UndoStack(), np.random.default_rng(0)
    first = present = first_setup()
    for _ in range(200):
        stack.push(present)
        present = present.with_points(rng.normal(size=30), rng.normal(size=30))
    kept = []
    while (before := stack.undo(present)) is not None:
        kept.append(before)
        present = before
    assert present is first
    assert 10 < len(kept) <= 22  # 480 bytes each


def test_in_other_units_a_rate_of_ones_own_means_nothing() -> None:
    """2.8·10⁻⁷ on raw prices; standardised, the limit is 1."""
    x = np.array([[2104.0, 1600, 2400, 1416, 3000]])
    raw = make_problem("linear", data_of(x, 150.0 * x[0]))
    for method, kept in (("gd", False), ("adam", True)):
        made = setup_of(raw, make_run(raw, method, {"lr": 2.8e-7}))
        scaled = made.with_problem_setting("standardise", True)
        (track,) = scaled.tracks
        assert (track.run.learning_rate == 2.8e-7) is kept
        if not kept:
            assert track.run.learning_rate == scaled.problem.learning_rate
