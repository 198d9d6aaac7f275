"""Arrays of a recorded step share memory and lie where they are wanted: the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gdsim.engine import group as group_module
from gdsim.engine.arrays import Array
from gdsim.engine.optimizers import OPTIMIZERS, State
from gdsim.engine.optimizers.descent import GradientDescent
from gdsim.engine.problems import make_problem
from gdsim.engine.replay.kernel import describe, load
from gdsim.engine.replay.places import Places
from gdsim.engine.run import Run, make_run
from gdsim.engine.simulation import Simulation

pytestmark = pytest.mark.skipif(load()[0] is None, reason=describe())
STEPS = (1, 3, 60, 20)

Term = tuple[int, int, int]
"""What is done (or how a place is written), and with which of the arrays so far."""


def _computed(kind: int, one: Array, other: Array) -> Array:
    match kind % 7:
        case 0:
            return one + other
        case 1:
            return one * 0.5 - other
        case 2:
            return np.asanyarray(np.sqrt(np.abs(one)) + 0.0 * other)
        case 3:
            return np.where(one > other, one, other * 0.9)
        case 4:
            return np.asanyarray(one + (0.1 * other).sum(axis=0))
        case 5:
            return one.copy()
    return np.asanyarray(one + other[0])


class _Any(GradientDescent):
    """A rule of some terms of θ, g and two arrays, which then are some of what was worked out."""

    terms: tuple[Term, ...] = ()
    ends: tuple[int, int, int] = (0, 0, 0)
    inside: frozenset[int] = frozenset()
    """After these terms one of the arrays is written in place."""

    def init(self, theta: Array) -> State:
        return {"one": theta + 0.25, "other": theta - 0.5}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        known = [theta, 0.01 * gradient, state["one"], state["other"]]
        for number, (kind, *which) in enumerate(self.terms):
            known.append(_computed(kind, *(known[place % len(known)] for place in which)))
            if number in self.inside:
                state["one"][...] = known[-1]
        after, one, other = (known[end % len(known)] for end in self.ends)
        if self.inside:  # what is written in place is nobody else's
            one, other = one.copy(), other.copy()
        state["one"], state["other"] = one, other
        return np.asanyarray(np.clip(after, -3.0, 3.0))


def _bits(rule: type[GradientDescent], worth: int, lanes: int) -> tuple[list[bytes], Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_module, "WORTH", worth)
        patch.setattr(Run, "family", rule)
        problem = make_problem("article")
        rates = [0.01 * (1.0 - 0.1 * lane) for lane in range(lanes)]
        simulation = Simulation(
            problem, [make_run(problem, "gd", {"learning_rate": rate}) for rate in rates]
        )
        blocks = [simulation.advance(count) for count in STEPS]
        (group,) = [group for _, group, _ in simulation._groups]
        states = [
            array.tobytes() for lane in simulation.lanes() for array in (lane.state or {}).values()
        ]
    return [block.theta.tobytes() for block in blocks] + states, group


NONE: frozenset[int] = frozenset()
places = st.integers(0, 30)


@given(
    st.lists(st.tuples(places, places, places), min_size=1, max_size=9),
    st.tuples(places, places, places),
    st.frozensets(st.integers(0, 8), max_size=3),
    st.integers(1, 3),
)
@example([(0, 0, 1)], (4, 3, 2), NONE, 2)  # the two arrays change places
@example([(0, 0, 1)], (4, 1, 2), NONE, 1)  # the gradient is kept
@example([(0, 2, 1), (1, 0, 2)], (5, 4, 2), NONE, 1)  # what is replaced is read afterwards
@example([(0, 2, 1), (1, 2, 4)], (5, 2, 4), frozenset({0}), 2)  # written in place between
@example([(0, 0, 1), (1, 0, 1), (0, 4, 0)], (6, 2, 3), frozenset({0, 1}), 2)  # twice
@example([(1, 0, 1), (0, 2, 4)], (0, 5, 3), NONE, 2)  # a term that is added to an array
@example([(6, 1, 1), (0, 0, 0)], (0, 0, 4), NONE, 1)  # a term beside its own first row
@example([(6, 0, 2)], (0, 4, 3), NONE, 2)  # read by rows, where it would be written
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_rule_has_the_bits_of_numpy(
    terms: list[Term], ends: tuple[int, int, int], inside: frozenset[int], lanes: int
) -> None:
    rule = type("_Rule", (_Any,), {"terms": tuple(terms), "ends": ends, "inside": inside})
    played, group = _bits(rule, 1, lanes)
    plain, _ = _bits(rule, 10**12, lanes)
    assert played == plain
    assert group.is_played, group.refused


@pytest.mark.parametrize("method", [f.name for f in OPTIMIZERS if f.name != "newton"])
def test_no_method_copies_what_it_works_out(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for ASGD's η, which is a coefficient, Adan's former gradient, which is read until the
    new one is there, and the zeros at which LAMB's two sums begin.
    """
    seen: list[Places] = []
    arranged = Places.arranged

    def noting(self: Places) -> Array:
        memory = arranged(self)
        seen.append(self)
        return memory

    monkeypatch.setattr(Places, "arranged", noting)
    monkeypatch.setattr(group_module, "WORTH", 1)
    problem = make_problem("rosenbrock")
    Simulation(problem, [make_run(problem, method) for _ in range(3)]).advance(20)
    copies = sum(call.copies for call in seen[0].calls)
    assert copies <= {"asgd": 1, "adan": 1, "lamb": 2}.get(method, 0)


def test_arrays_whose_lives_do_not_meet_share_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[tuple[int, int]] = []
    arranged = Places.arranged

    def noting(self: Places) -> Array:
        asked = sum(high - low for low, high in self.rooms)
        memory = arranged(self)
        sizes.append((asked, memory.nbytes))
        return memory

    monkeypatch.setattr(Places, "arranged", noting)
    monkeypatch.setattr(group_module, "WORTH", 1)
    problem = make_problem("rosenbrock")
    runs = [make_run(problem, "adam", {"learning_rate": 1e-3}) for _ in range(64)]
    Simulation(problem, runs).advance(20)
    asked, together = sizes[0]
    assert 0 < together < 0.3 * asked
