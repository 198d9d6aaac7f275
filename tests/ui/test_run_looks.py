"""Eight runs are told apart in each theme, whatever was added and removed before."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from gdsim.ui.run_looks import RunLooks
from gdsim.ui.theme import DARK, LIGHT, Theme


def luminance(color: QColor) -> float:
    """WCAG's relative luminance."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: QColor, b: QColor) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_eight_runs_have_eight_colours_that_are_seen(theme: Theme) -> None:
    looks = [theme.run_style(number) for number in range(8)]
    assert len({look.color.name() for look in looks}) == 8
    assert len({look.marker for look in looks}) == 8
    assert min(contrast(look.color, theme.color("plot")) for look in looks) >= 2.9  # the pink
    for one, other in combinations([look.color for look in looks], 2):
        apart = math.dist(one.getRgb()[:3], other.getRgb()[:3])  # type: ignore[index]
        assert apart > 40.0, (one.name(), other.name())


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_no_two_of_all_runs_share_colour_and_marker(theme: Theme) -> None:
    looks = [theme.run_style(number) for number in range(64)]
    assert len({(look.color.name(), look.marker) for look in looks}) == 64
    assert len({(look.color.name(), look.dash) for look in looks[:48]}) == 48


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 7)), max_size=40))
def test_no_two_runs_look_alike_and_none_changes(edits: list[tuple[bool, int]]) -> None:
    looks, keys, following = RunLooks(), [0], 1
    before = looks.of(keys, LIGHT)
    for add, place in edits:
        if add and len(keys) < 8:
            keys.append(following)
            following += 1
        elif len(keys) > 1:
            keys.pop(place % len(keys))
        now = looks.of(keys, LIGHT)
        assert len({look.color.name() for look in now.values()}) == len(keys)
        assert all(now[key] == before[key] for key in keys if key in before)
        assert [now[key].label for key in keys] == [str(key + 1) for key in keys]
        before = now


def test_a_run_that_comes_back_has_its_look_again() -> None:
    looks = RunLooks()
    first = looks.of([0, 1, 2], LIGHT)
    looks.of([0, 2], LIGHT)
    assert looks.of([0, 1, 2], LIGHT) == first
