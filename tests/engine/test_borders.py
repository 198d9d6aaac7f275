"""How many labels a straight line can get right, against a search through all directions."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from gdsim.engine.arrays import Array, Flags
from gdsim.engine.problems.borders import most_right
from gdsim.experiment.boxed_data import find_boxed


def searched(x: Array, labels: Flags) -> float:
    """The best threshold along a direction between each two at which samples change their order."""
    count = len(labels)
    turns = {0.0}
    for i, j in itertools.combinations(range(count), 2):
        across, up = (x[:, j] - x[:, i]).tolist()
        if across or up:
            turns.add(round((math.atan2(up, across) + math.pi / 2) % math.pi, 11))
    ordered = sorted(turns)
    best = 0
    for one, other in itertools.pairwise([*ordered, ordered[0] + math.pi]):
        way = (one + other) / 2
        along = math.cos(way) * x[0] + math.sin(way) * x[1]
        order = np.argsort(along)
        for cut in range(count + 1):
            if 0 < cut < count and along[order[cut]] - along[order[cut - 1]] < 1e-9:
                continue  # at one place
            right = int((~labels[order[:cut]]).sum() + labels[order[cut:]].sum())
            best = max(best, right, count - right)
    return best / count


@pytest.mark.parametrize("kind", ["scattered", "lattice", "tenths", "unlike scales"])
def test_it_is_what_a_search_finds(kind: str) -> None:
    """Samples in a row, at one place, far from 0 and in unlike units among them."""
    rng = np.random.default_rng(len(kind))
    for _ in range(60):
        count = int(rng.integers(1, 12))
        lattice = rng.integers(0, 5, (2, count)).astype(float)
        plain = rng.normal(size=(2, count)) if kind == "scattered" else lattice
        x = {
            "tenths": 2000.0 + 0.1 * plain,
            "unlike scales": plain * np.array([[1e-3], [1e6]]),
        }.get(kind, plain)
        labels = rng.random(count) < 0.5
        assert most_right(x, labels) == pytest.approx(searched(plain, labels), abs=1e-12)


def test_no_line_does_better_than_three_of_four_at_exclusive_or() -> None:
    corners = np.array([[0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]])
    assert most_right(corners, np.array([False, False, True, True])) == 0.75
    many = np.repeat(corners, 100, axis=1)
    assert most_right(many, np.repeat([False, False, True, True], 100)) == 0.75


def test_what_a_line_can_do_for_the_irises() -> None:
    data = find_boxed("iris").data()
    labels = data.y > 0.5
    found = most_right(data.x, labels)
    assert found == pytest.approx(searched(10.0 * data.x, labels))  # no decimals: sums are exact


def test_it_says_nothing_of_planes_and_of_very_many() -> None:
    rng = np.random.default_rng(0)
    assert most_right(rng.normal(size=(3, 20)), rng.random(20) < 0.5) is None
    assert most_right(rng.normal(size=(2, 5000)), rng.random(5000) < 0.5) is None
