"""The tables in the box are those that were published, and teach what their sentences say."""

from __future__ import annotations

import numpy as np
import pytest

import gdsim
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.problems import make_problem
from gdsim.experiment.boxed_data import BOXED, find_boxed


def line_of(name: str) -> tuple[float, float, float]:
    """Intercept, slope and R² by NumPy."""
    data = find_boxed(name).data()
    slope, intercept = np.polyfit(data.x[0], data.y, 1)
    return float(intercept), float(slope), float(np.corrcoef(data.x[0], data.y)[0, 1] ** 2)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_anscombes_four_sets_have_one_line(number: int) -> None:
    """As printed in 1973: ŷ = 3.00 + 0.500x, R² 0.67, means 9.0 and 7.5, eleven points."""
    data = find_boxed(f"anscombe-{number}").data()
    intercept, slope, r_squared = line_of(f"anscombe-{number}")
    assert data.size == 11
    assert data.x.mean() == pytest.approx(9.0)
    assert data.y.mean() == pytest.approx(7.5, abs=0.005)
    assert (intercept, slope) == pytest.approx((3.0, 0.5), abs=0.003)
    assert r_squared == pytest.approx(0.667, abs=0.001)


def test_the_others_are_those_that_were_published() -> None:
    """R's documentation: dist = −17.5791 + 3.9324 speed; waiting = 33.4744 + 10.7296 eruptions."""
    assert line_of("cars")[:2] == pytest.approx((-17.5791, 3.9324), abs=5e-5)
    assert find_boxed("cars").data().size == 50
    assert line_of("faithful")[:2] == pytest.approx((33.4744, 10.7296), abs=5e-5)
    assert find_boxed("faithful").data().size == 272
    # body_mass_g = −5780.83 + 49.69 flipper_length_mm, over the 342 complete birds.
    assert line_of("penguins")[:2] == pytest.approx((-5780.83, 49.69), abs=5e-3)
    assert find_boxed("penguins").data().size == 342
    iris = find_boxed("iris").data()
    assert iris.size == 100
    assert iris.y.sum() == 50
    assert iris.x.mean(axis=1) == pytest.approx([4.906, 1.676])


def test_every_table_makes_its_model_and_is_small() -> None:
    assert len({one.name for one in BOXED}) == len(BOXED)
    for one in BOXED:
        problem = one.make()
        assert problem.own_data is not None
        assert one.path.stat().st_size < 10_000


def test_raw_houses_explode_and_standardised_do_not() -> None:
    data = find_boxed("houses").data()
    raw = gdsim.simulate("linear", data=(data.x.T, data.y), lr=0.1, steps=100)
    assert raw.outcome == "diverged"
    assert any(one.startswith("Standardise") for one in raw.remedies)
    standard = gdsim.simulate("linear", data=(data.x.T, data.y), lr=0.1, steps=1000,
                              problem_settings={"standardise": True})  # fmt: skip
    assert standard.outcome == "converged"
    limits = []
    for standardise in (False, True):
        problem = make_problem("linear", data, {"standardise": standardise})
        found = curvature_at(problem, np.zeros(4))
        assert found is not None
        limits.append(2.0 / found.largest)
    assert 1e4 < limits[1] / limits[0] < 1e5


def test_no_straight_line_parts_the_irises() -> None:
    problem = find_boxed("iris").make()
    assert not problem.separable
    assert problem.most_right is not None
    assert problem.most_right < 1.0
