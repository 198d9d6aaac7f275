"""What was recorded for runs that are gone serves runs alike, and nothing else."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdsim.engine import group as group_module
from gdsim.engine.fields import fields_of
from gdsim.engine.group import Group
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.replay import kept as kept_module
from gdsim.engine.replay.kept import Kept
from gdsim.engine.replay.kernel import describe, load
from gdsim.engine.replay.player import Player
from gdsim.engine.run import Run, make_run
from gdsim.engine.simulation import Simulation
from tests.engine.run_strategies import runs_on

pytestmark = pytest.mark.skipif(load()[0] is None, reason=describe())


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """One of its own; steps are recorded however few are asked for."""
    monkeypatch.setattr(group_module, "WORTH", 1)
    own = Kept()
    monkeypatch.setattr(group_module, "kept", own)
    yield own
    gc.collect()


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[Player]]:
    """The players that were recorded."""
    seen: list[weakref.ref[Player]] = []
    begin = Player.__init__

    def noting(self: Player, *arguments: Any, **options: Any) -> None:
        begin(self, *arguments, **options)
        seen.append(weakref.ref(self))

    monkeypatch.setattr(Player, "__init__", noting)
    return seen


def some_runs(problem: Problem, lanes: int = 2, rate: float = 0.01) -> list[Run]:
    rates = [rate * 0.9**lane for lane in range(lanes)]
    return [make_run(problem, "adam", {"learning_rate": one}) for one in rates]


def groups(simulation: Simulation) -> list[Group]:
    return [group for _, group, _ in simulation._groups]


def plain(problem: Problem, runs: Sequence[Run], steps: Sequence[int]) -> list[bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_module, "WORTH", 10**12)
        simulation = Simulation(problem, runs)
        return [simulation.advance(count).theta.tobytes() for count in steps]


def test_a_seek_and_another_rate_or_start_record_nothing_anew(
    recorded: list[weakref.ref[Player]],
) -> None:
    problem = make_problem("article")
    runs = some_runs(problem)
    simulation = Simulation(problem, runs)
    simulation.advance(300)
    assert len(recorded) == 1
    simulation.restore(0, [simulation.first_state(run) for run in runs])
    assert [simulation.advance(40).theta.tobytes()] == plain(problem, runs, (40,))
    for changed in (
        some_runs(problem, rate=0.003),
        [replace(run, start=(1.0, -2.0)) for run in runs],
    ):
        simulation.restore(0, [simulation.first_state(run) for run in changed])
        found = [simulation.advance(count).theta.tobytes() for count in (1, 300, 7)]
        assert found == plain(problem, changed, (1, 300, 7))
        assert all(group.is_played for group in groups(simulation))
    assert len(recorded) == 1


def test_a_tape_serves_one_group_at_a_time(recorded: list[weakref.ref[Player]]) -> None:
    problem = make_problem("article")
    runs = some_runs(problem)
    Simulation(problem, runs).advance(30)
    one, other = Simulation(problem, runs), Simulation(problem, runs)
    blocks = [simulation.advance(30).theta.tobytes() for simulation in (one, other, one, other)]
    assert blocks[::2] == blocks[1::2] == plain(problem, runs, (30, 30))
    assert len(recorded) == 2


def test_tapes_go_when_they_take_too_much(
    kept: Kept, recorded: list[weakref.ref[Player]], monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = make_problem("article")
    for most, bound in (("MOST", 2), ("MOST_BYTES", 1_000_000)):
        monkeypatch.setattr(kept_module, most, bound)
        for number in range(12):
            Simulation(problem, some_runs(problem, lanes=1 + number)).advance(20)
            kept.has(None)
        gc.collect()
        assert 0 < sum(one() is not None for one in recorded) <= 2
        assert sum(player.nbytes for _, player in kept._players) <= kept_module.MOST_BYTES


def test_what_turned_out_wrong_is_not_kept(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = make_problem("article")
    simulation = Simulation(problem, some_runs(problem))
    simulation.advance(20)
    (group,) = groups(simulation)
    assert group._player is not None
    group._player._coefficients[0] = np.zeros_like(group._player._coefficients[0])
    simulation.advance(300)
    assert group.refused.startswith("Differs")
    del group, simulation
    gc.collect()
    assert kept._given == kept._players == []


@pytest.mark.parametrize("method", [family.name for family in OPTIMIZERS])
def test_every_setting_but_the_rate_is_told_apart(method: str) -> None:
    problem = make_problem("article")
    run = make_run(problem, method, {"learning_rate": 0.01})

    def structure(changed: Run) -> Any:
        (group,) = groups(Simulation(problem, [changed]))
        asked = group_module.Stretch(np.zeros((2, 1)), {}, 0, np.zeros((1, 2, 1)), None, None, None)
        return group._structure(asked)

    same = structure(run)
    assert structure(replace(run, settings=replace(run.settings, learning_rate=0.02))) == same
    for item in fields_of(run.settings):
        value = getattr(run.settings, item.name)
        if item.name == "learning_rate":
            continue
        if item.kind == "bool":
            other: Any = not value
        elif item.kind == "choice":
            other = next((one for one in item.choices if one != value), value)
        else:
            other = value + 1 if item.kind == "int" else 0.5 * value + 0.01
        if other != value:
            changed = replace(run, settings=replace(run.settings, **{item.name: other}))
            assert structure(changed) != same, item.name
    clipped = replace(run, clipping=replace(run.clipping, clip_norm=0.7))
    sampled = replace(run, sampling=replace(run.sampling, batch_size=2))
    assert len({same, structure(clipped), structure(sampled)}) == 3


shared = make_problem("article")


@given(st.lists(st.lists(runs_on("article"), min_size=1, max_size=3), min_size=2, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_runs_after_any_others_have_the_bits_of_numpy(many: list[list[Run]]) -> None:
    for runs in [*many, *many]:
        simulation = Simulation(shared, runs)
        found = [simulation.advance(count).theta.tobytes() for count in (5, 40)]
        assert found == plain(shared, runs, (5, 40))
        assert not any("Differs" in group.refused for group in groups(simulation))
