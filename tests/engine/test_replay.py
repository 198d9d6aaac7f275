"""Steps that are played back are NumPy's own, bit for bit; what cannot be is made by NumPy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gdsim.engine import group as group_module
from gdsim.engine.arrays import Array
from gdsim.engine.optimizers import OPTIMIZERS, State
from gdsim.engine.optimizers.descent import GradientDescent
from gdsim.engine.problems import PROBLEMS, Problem, make_problem
from gdsim.engine.replay import losses as losses_module
from gdsim.engine.replay.kernel import SWITCH, describe, load
from gdsim.engine.replay.losses import Losses
from gdsim.engine.replay.refusals import refused, untold
from gdsim.engine.replay.tape import Tape
from gdsim.engine.run import Run, make_run
from gdsim.engine.schedules.plateau import Plateau
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation
from tests.engine.run_strategies import problem as default_problem
from tests.engine.run_strategies import runs_on
from tests.engine.strategies import problem_settings

METHODS = [family.name for family in OPTIMIZERS]
BLOCKS = (1, 7, 90, 40)
some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
needs_library = pytest.mark.skipif(load()[0] is None, reason=describe())


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps are recorded however few are asked for."""
    monkeypatch.setattr(group_module, "WORTH", 1)


def bits(problem: Problem, runs: Sequence[Run], steps: Sequence[int] = BLOCKS) -> Any:
    """What a simulation records, and its groups."""
    simulation = Simulation(problem, runs)
    blocks = [simulation.advance(count) for count in steps]
    numbers = [
        part.tobytes() for b in blocks for part in (b.theta, b.loss, b.rate, b.count)
    ]  # fmt: skip
    return numbers, [group for _, group, _ in simulation._groups]


def plain_bits(problem: Problem, runs: Sequence[Run], steps: Sequence[int] = BLOCKS) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_module, "WORTH", 10**12)
        numbers, groups = bits(problem, runs, steps)
    assert not any(group.is_played for group in groups)
    return numbers


def some_runs(problem: Problem, method: str, lanes: int, **parts: Any) -> list[Run]:
    """Runs of one method whose rates differ."""
    runs = [
        make_run(problem, method, {"learning_rate": problem.learning_rate * (1.0 - 0.1 * lane)})
        for lane in range(lanes)
    ]
    if "batch_size" in parts:
        size = parts["batch_size"]
        runs = [
            replace(run, sampling=replace(run.sampling, batch_size=size, seed=seed))
            for seed, run in enumerate(runs)
        ]
    if "clip" in parts:
        norm, value = parts["clip"]
        runs = [
            replace(run, clipping=replace(run.clipping, clip_norm=norm, clip_value=value))
            for run in runs
        ]
    return runs


@needs_library
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["article", "rosenbrock", "logistic", "network"])
def test_playback_has_the_bits_of_numpy(at_once: None, name: str, method: str) -> None:
    problem = make_problem(name, None, {"hidden": "5"} if name == "network" else {})
    for lanes in (1, 3):
        runs = some_runs(problem, method, lanes)
        played, groups = bits(problem, runs)
        assert played == plain_bits(problem, runs)
        # Newton's linear systems are no ufuncs.
        assert all(group.is_played for group in groups) is (method != "newton")


@needs_library
@pytest.mark.parametrize("name", [problem.name for problem in PROBLEMS])
def test_every_problem_can_be_played_back(at_once: None, name: str) -> None:
    problem = make_problem(name, None, {})
    runs = some_runs(problem, "adam", 2, clip=(0.7, 0.5))
    played, groups = bits(problem, runs)
    assert played == plain_bits(problem, runs)
    assert all(group.is_played for group in groups)


@needs_library
@pytest.mark.parametrize("name", ["article", "linear", "logistic", "network", "polynomial"])
@pytest.mark.parametrize("sampling", ["shuffle", "cyclic", "random"])
def test_batches_are_played_back(at_once: None, name: str, sampling: str) -> None:
    problem = make_problem(name, None, {"columns": 3} if name == "linear" else {})
    for lanes, batch_size in ((1, 1), (3, 3), (2, 2)):
        runs = [
            replace(run, sampling=replace(run.sampling, sampling=sampling))
            for run in some_runs(problem, "momentum", lanes, batch_size=batch_size)
        ]
        played, groups = bits(problem, runs)
        assert played == plain_bits(problem, runs)
        assert all(group.is_played for group in groups)


@needs_library
@pytest.mark.parametrize("loss", ["mae", "huber", "half_mse"])
def test_every_loss_is_played_back(at_once: None, loss: str) -> None:
    problem = make_problem("linear", None, {"loss": loss})
    runs = some_runs(problem, "rmsprop", 3)
    played, groups = bits(problem, runs)
    assert played == plain_bits(problem, runs)
    assert all(group.is_played for group in groups)


def assert_same_bits(problem: Problem, runs: Sequence[Run]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_module, "WORTH", 1)
        played, groups = bits(problem, runs)
    assert played == plain_bits(problem, runs)
    # What a tape turns out not to hold would be right, but slow.
    assert not any("Differs" in group.refused for group in groups)


@needs_library
@given(st.data())
@some
def test_any_settings_are_played_back_with_the_same_bits(data: st.DataObject) -> None:
    where = data.draw(st.sampled_from([kind.name for kind in PROBLEMS]))
    runs = data.draw(st.lists(runs_on(where), min_size=1, max_size=4))
    assert_same_bits(default_problem(where), runs)


@needs_library
@given(st.data())
@some
def test_any_problem_is_played_back_with_the_same_bits(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(PROBLEMS))
    try:
        problem = make_problem(kind.name, None, data.draw(problem_settings(kind)))
    except Fault:
        assume(False)
    lanes = data.draw(st.integers(1, 3))
    batch_size = data.draw(st.integers(0, min(problem.size, 4)))
    for method in ("gd", "adam"):
        assert_same_bits(problem, some_runs(problem, method, lanes, batch_size=batch_size))


@needs_library
@pytest.mark.parametrize("name", [problem.name for problem in PROBLEMS])
def test_losses_are_played_back_where_they_are_dear(
    at_once: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Here everywhere, that all are tried; else where their arrays are wide."""
    problem = make_problem(name, None, {"hidden": "3,2"} if name == "network" else {})
    runs = some_runs(problem, "momentum", 3)
    plain = plain_bits(problem, runs)
    monkeypatch.setattr(losses_module, "WIDE", 0.0)
    played, groups = bits(problem, runs)
    assert played == plain
    assert all(group._player.losses is not None for group in groups)


@needs_library
def test_a_loss_that_is_played_back_wrong_is_found(
    at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = make_problem("network", None, {"hidden": "8,8"})
    runs = some_runs(problem, "adam", 2)
    plain = plain_bits(problem, runs)
    shown, _ = bits(problem, runs)
    play = Losses.play

    def spoilt(self: Losses, first: int, steps: int) -> None:
        play(self, first, steps)
        self.rows[first : first + steps] *= 1.0 + 1e-15

    monkeypatch.setattr(Losses, "play", spoilt)
    played, groups = bits(problem, runs)
    assert shown == played == plain
    assert all(group.is_played and group._player.losses is None for group in groups)
    assert refused()["network", "loss"] == "Differs: the loss"


@needs_library
def test_runs_that_leave_all_numbers_are_played_back(at_once: None) -> None:
    problem = make_problem("article", None, {})
    runs = [make_run(problem, "gd", {"learning_rate": rate}) for rate in (0.01, 0.5, 3.0)]
    played, groups = bits(problem, runs, (1, 300, 700))
    assert played == plain_bits(problem, runs, (1, 300, 700))
    assert all(group.is_played for group in groups)


@needs_library
@pytest.mark.parametrize("lost", range(8))
def test_a_tape_that_is_wrong_is_found_and_not_used(
    at_once: None, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    """One operation is left out: whichever it is, no bit of the run is another."""
    append, counted = Tape._append, [0]

    def lossy(self: Tape, *arguments: Any) -> None:
        counted[0] += 1
        if counted[0] != lost + 1:
            append(self, *arguments)

    monkeypatch.setattr(Tape, "_append", lossy)
    for name, method in (("logistic", "gd"), ("article", "adam")):
        counted[0] = 0
        problem = make_problem(name, None, {})
        runs = some_runs(problem, method, 2)
        played, groups = bits(problem, runs)
        assert played == plain_bits(problem, runs)
        assert not any(group.is_played for group in groups)
        assert all(group.refused.startswith("Differs") for group in groups)


class _Deciding(GradientDescent):
    """Turns round where θ₀ is above a half: a decision that a tape cannot hold."""

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        if theta[0, 0] > 0.5:
            gradient = -gradient
        return super().update(theta, gradient, state, *coefficients)


@needs_library
def test_a_decision_in_python_is_refused_by_name(
    at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = make_problem("article", None, {})
    runs = some_runs(problem, "gd", 1)
    monkeypatch.setattr(Run, "family", _Deciding)
    played, groups = bits(problem, runs, (20, 300))
    assert played == plain_bits(problem, runs, (20, 300))
    assert [group.refused for group in groups] == ["NotRecordable: a decision on a number"]
    assert refused()["article", "gd"] == "NotRecordable: a decision on a number"
    bits(problem, runs)
    told = "gd on article is not played back: NotRecordable: a decision on a number"
    assert untold().count(told) == 1
    assert not untold()


class _Counting(GradientDescent):
    """Turns round at every tenth step of its own count."""

    def __init__(self, settings: Sequence[Any]) -> None:
        super().__init__(settings)
        self.steps = 0

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        self.steps += 1
        if self.steps % 10 == 0:
            gradient = -gradient
        return super().update(theta, gradient, state, *coefficients)


@needs_library
def test_a_count_of_steps_is_refused_by_name(
    at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = make_problem("article", None, {})
    runs = some_runs(problem, "gd", 1)
    monkeypatch.setattr(Run, "family", _Counting)
    played, groups = bits(problem, runs, (20, 300))
    assert [group.refused for group in groups] == [
        "NotRecordable: 'steps' is set anew by each step"
    ]
    assert played == plain_bits(problem, runs, (20, 300))


@needs_library
@pytest.mark.parametrize("name", ["article", "logistic", "network"])
@pytest.mark.parametrize("batch_size", [0, 2])
def test_rates_that_wait_for_the_loss_are_played_back(
    at_once: None, name: str, batch_size: int
) -> None:
    """Step by step; of a network the losses too. What is remembered is the same."""
    problem = make_problem(name, None, {"hidden": "8,8"} if name == "network" else {})
    for lanes in (1, 3):
        faster = 50.0 if name == "article" else 1.0  # so that the rate falls
        runs = [
            replace(
                run,
                settings=replace(run.settings, learning_rate=faster * run.learning_rate),
                schedule="plateau",
                schedule_settings=Plateau.Settings(patience=2 + lane),
            )
            for lane, run in enumerate(some_runs(problem, "adam", lanes, batch_size=batch_size))
        ]
        played, groups = bits(problem, runs, (1, 7, 300))
        memories = [group.memories for group in groups]
        assert all(group.is_played for group in groups)
        plain = Simulation(problem, runs)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(group_module, "WORTH", 10**12)
            blocks = [plain.advance(count) for count in (1, 7, 300)]
        assert played == [
            part.tobytes() for b in blocks for part in (b.theta, b.loss, b.rate, b.count)
        ]
        assert memories == [group.memories for _, group, _ in plain._groups]
        assert len(np.unique(blocks[-1].rate)) > 1


@needs_library
def test_a_tape_that_turns_out_wrong_leaves_rates_that_wait_as_they_were(at_once: None) -> None:
    problem = make_problem("article", None, {})
    run = make_run(problem, "adam", {"learning_rate": 0.02}, schedule="plateau")
    simulation = Simulation(problem, [run])
    first = simulation.advance(30)
    ((_, group, _),) = simulation._groups
    assert group._player is not None
    group._player._coefficients[0] = np.zeros_like(group._player._coefficients[0])
    group._player._unproved = 10**6  # the next block is
    found = [part.tobytes() for b in (first, simulation.advance(400)) for part in (b.theta, b.rate)]
    assert group.refused.startswith("Differs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_module, "WORTH", 10**12)
        plain = Simulation(problem, [run])
        blocks = [plain.advance(count) for count in (30, 400)]
    assert found == [part.tobytes() for b in blocks for part in (b.theta, b.rate)]


@needs_library
def test_where_a_run_is_asked_for_makes_no_difference(at_once: None) -> None:
    problem = make_problem("network", None, {"hidden": "4"})
    runs = some_runs(problem, "adan", 2, batch_size=5)
    in_one, _ = bits(problem, runs, (400,))
    in_parts = Simulation(problem, runs)
    parts = [in_parts.advance(count).theta for count in (3, 60, 1, 136, 200)]
    assert np.concatenate(parts).tobytes() == in_one[0]


def test_without_the_library_all_is_as_it_was(tmp_path: Path) -> None:
    """`--info` says so, and the numbers are the same."""
    found = []
    for switch in ("0", "1"):
        target = tmp_path / f"{switch}.npz"
        words = ["run", "--optimizer", "adam", "--steps", "3000", "--out", str(target)]
        subprocess.run(
            [sys.executable, "-m", "gdsim", *words],
            capture_output=True, check=True, env={**os.environ, SWITCH: switch},
        )  # fmt: skip
        with np.load(target) as arrays:
            found.append({name: arrays[name].tobytes() for name in arrays.files})
    assert found[0] == found[1]
    code = "from gdsim.engine.replay.kernel import describe; print(describe())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, env={**os.environ, SWITCH: "0"},
    )  # fmt: skip
    assert done.stdout.strip() == f"not in use: switched off by {SWITCH}=0"
