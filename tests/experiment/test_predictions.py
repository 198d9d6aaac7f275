"""What was drawn against what became of a run: gaps by closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from gdsim.engine.history import Trace
from gdsim.experiment.predictions import Sketch, gap_of_pin, gap_of_sketch


def trace(losses: list[float]) -> Trace:
    rows = np.stack([np.full(len(losses), 0.1), np.array(losses), np.zeros(len(losses))], axis=1)
    return Trace(np.arange(len(losses)), rows)


def curve(points: list[tuple[float, float]], base: float = 0.0) -> Sketch:
    made = Sketch(base=base)
    for point in points:
        made = made.drawn(*point)
    return made


HALVES = [8.0 * 0.5**k for k in range(11)]


def test_the_runs_own_curve_is_off_by_nothing() -> None:
    drawn = curve([(0.0, 8.0), (10.0, 8.0 * 0.5**10)])  # straight on a log scale, as the run is
    assert "is the run's, from step 0 to 10" in str(gap_of_sketch(drawn, trace(HALVES)))


@pytest.mark.parametrize(("factor", "word"), [(3.0, "too high"), (1 / 3, "too low")])
def test_a_factor_is_told_and_its_side(factor: float, word: str) -> None:
    drawn = curve([(0.0, 8.0 * factor), (10.0, 8.0 * 0.5**10 * factor)])
    said = str(gap_of_sketch(drawn, trace(HALVES)))
    assert f"{word} by a factor of 3 on average" in said


def test_only_where_both_are_is_compared() -> None:
    drawn = curve([(4.0, 1.0), (6.0, 0.25)])
    said = str(gap_of_sketch(drawn, trace(HALVES)))
    assert "from step 4 to 6" in said
    assert "factor of 2 on average" in said
    assert gap_of_sketch(curve([(20.0, 1.0), (30.0, 1.0)]), trace(HALVES)) is None
    assert gap_of_sketch(curve([(4.0, 1.0)]), trace(HALVES)) is None


def test_below_zero_the_gap_is_a_difference_and_a_base_is_taken_off() -> None:
    flat = trace([-1.0] * 5)
    assert "off by 2 on average" in str(gap_of_sketch(curve([(0.0, 1.0), (4.0, 1.0)]), flat))
    above = curve([(0.0, 2.0), (4.0, 2.0)], base=-2.0)
    assert "factor of 2 on average" in str(gap_of_sketch(above, flat))


def test_a_hand_that_goes_back_draws_anew_from_there() -> None:
    drawn = curve([(0.0, 1.0), (5.0, 2.0), (9.0, 3.0), (4.0, 7.0)])
    assert drawn.steps == (0.0, 4.0)
    assert drawn.above == (1.0, 7.0)


def test_a_run_that_ended_is_compared_as_far_as_it_went() -> None:
    said = gap_of_sketch(curve([(0.0, 1.0), (4.0, 1.0)]), trace([1.0, 1.0, 1.0, np.inf, np.nan]))
    assert "from step 0 to 2" in str(said)


def test_a_pins_distance() -> None:
    said = str(gap_of_pin((3.0, 4.0), np.array([0.0, 0.0]), 1200))
    assert said == "Your pin is 5 away from where the run is at step 1,200."
