"""Histories stay small, keep real states and lose neither the path's shape nor the loss's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.history import LOSS, RATE, THETA, History, Trace

SMALL = 64
QUARTER = SMALL // 4
TEMPERS = ("rest", "noise", "walk", "swing")


def rows_of(theta: Array) -> Array:
    """Rows of a run that was at θ (n, parameters), with its loss."""
    loss = 1.0 + np.sum(theta * theta, axis=1)
    return np.column_stack([np.full(len(theta), 0.1), loss, theta])


def recorded(rows: Array, chunks: list[int], capacity: int = SMALL) -> History:
    """The rows as steps 0, 1, … in pieces of these lengths, over and over."""
    history, at, turn = History(rows.shape[1], capacity), 0, 0
    while at < len(rows):
        end = min(len(rows), at + chunks[turn % len(chunks)])
        history.append(np.arange(at, end), rows[at:end])
        at, turn = end, turn + 1
    return history


def swing(steps: Indices) -> Array:
    """Momentum's way to the minimum: it goes round it some fifty times in 1000 steps."""
    size, turn = np.exp(-steps / 300.0), steps * 0.3
    return np.stack([size * np.cos(turn), 20.0 * size * np.sin(turn)], axis=1)


@st.composite
def ways(draw: st.DrawFn) -> Array:
    """Runs of several tempers, one after another."""
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    parts: list[Array] = []
    for kind in draw(st.lists(st.sampled_from(TEMPERS), max_size=6)):
        count = draw(st.integers(1, 300))
        at = parts[-1][-1] if parts else np.array([3.0, -2.0])
        steps = np.arange(count)
        parts.append({
            "rest": np.repeat(at[None], count, axis=0),
            "noise": at + rng.normal(size=(count, 2)),
            "walk": at + np.cumsum(rng.normal(size=(count, 2)), axis=0),
            "swing": swing(steps),
        }[kind])  # fmt: skip
    return rows_of(np.concatenate([np.zeros((1, 2)), *parts]))


chunks = st.lists(st.integers(1, 400), min_size=1, max_size=8)


@given(ways(), chunks)
@settings(deadline=None)
def test_a_history_is_the_same_in_whatever_pieces_it_came(rows: Array, pieces: list[int]) -> None:
    one, other = recorded(rows, pieces).trace(), recorded(rows, [1]).trace()
    np.testing.assert_array_equal(one.steps, other.steps)
    np.testing.assert_array_equal(one.rows, other.rows)


@given(ways(), chunks)
@settings(deadline=None)
def test_it_is_bounded_in_order_and_real_and_begins_and_ends_whole(
    rows: Array, pieces: list[int]
) -> None:
    trace = recorded(rows, pieces).trace()
    assert len(trace.steps) <= SMALL
    assert (np.diff(trace.steps) > 0).all()
    np.testing.assert_array_equal(trace.rows, rows[trace.steps])
    first = trace.steps[:QUARTER]
    np.testing.assert_array_equal(first, np.arange(len(first)))
    assert trace.steps[-1] == len(rows) - 1
    for extreme in (rows[:, LOSS].min(), rows[:, LOSS].max()):
        assert extreme in trace.rows[:, LOSS]


@given(ways(), chunks)
@settings(deadline=None)
def test_kept_states_are_near_one_another_by_the_way_that_was_gone(
    rows: Array, pieces: list[int]
) -> None:
    trace = recorded(rows, pieces).trace()
    theta = rows[:, THETA:]
    spans = np.ptp(theta[:QUARTER], axis=0)
    steps = np.abs(np.diff(theta, axis=0) / np.where(spans > 0.0, spans, 1.0)).max(axis=1)
    way = np.append(0.0, np.cumsum(steps))
    behind = trace.steps[QUARTER - 1 :]
    if len(behind) > 1:
        total, longest = way[-1] - way[QUARTER - 1], steps.max()
        assert np.diff(way[behind]).max() <= 2.0 * total / (QUARTER - 1) + longest + 1e-5


def test_the_first_swing_of_momentum_is_there_after_a_million_steps() -> None:
    rows = rows_of(swing(np.arange(1_000_000)))
    trace = recorded(rows, [1024], capacity=1 << 14).trace()
    assert trace.whole_until >= 4000
    assert len(trace.until(60).steps) == 61
    # A swing long after the first rows keeps its shape too: of 200 evenly kept rows 3 were left.
    late = np.concatenate([rows[:300_000], rows[:700_000]])
    found = recorded(late, [1024], capacity=1 << 14).trace().steps
    assert np.count_nonzero((found >= 300_000) & (found < 300_200)) > 190


def test_a_long_loss_keeps_its_shape_where_the_run_hardly_moves() -> None:
    """Each strip of steps has its least and its greatest loss, however short the way."""
    steps = np.arange(200_000)
    rows = rows_of(swing(steps))
    rows[:, LOSS] = 1e-9 * np.exp(-steps / 5e4) * (1.5 + np.sin(steps * 0.7))
    trace = recorded(rows, [1024], capacity=1 << 12).trace()
    assert np.diff(trace.steps).max() < 2 * 200_000 / 250
    for first in range(10_000, 200_000, 10_000):
        of_all = rows[first : first + 10_000, LOSS]
        kept = trace.rows[(trace.steps >= first) & (trace.steps < first + 10_000), LOSS]
        assert kept.min() == pytest.approx(of_all.min(), rel=1e-2)
        assert kept.max() == pytest.approx(of_all.max(), rel=1e-2)


def test_what_is_beyond_the_limit_takes_no_room_from_the_path() -> None:
    """A run that goes out to 10¹⁵⁰ and comes back; no picture shows it there."""
    steps = np.arange(20_000)
    rows = rows_of(swing(steps))
    late = rows_of(swing(steps))
    late[:5000, THETA:] *= np.geomspace(1.0, 1e150, 5000)[:, None]
    late[:5000, LOSS] = np.geomspace(1e7, 1e300, 5000)
    trace = recorded(np.concatenate([rows, late, rows]), [1024], capacity=1 << 12).trace()
    swung = (trace.steps >= 40_000) & (trace.steps < 40_200)
    assert np.count_nonzero(swung) > 190
    assert np.isfinite(trace.rows).all()


def test_a_trace_is_read_only_and_stays_whole_while_the_history_goes_on() -> None:
    rows = rows_of(np.random.default_rng(0).normal(size=(5000, 2)))
    history = recorded(rows[:60], [60])
    early = history.trace()
    copy = early.rows.copy()
    history.append(np.arange(60, 5000), rows[60:])
    np.testing.assert_array_equal(early.rows, copy)
    with pytest.raises(ValueError, match="read-only"):
        early.rows[0, 0] = 1.0


@given(ways(), st.integers(0, 1500), chunks)
@settings(deadline=None)
def test_truncation_forgets_what_came_after_and_goes_on(
    rows: Array, step: int, pieces: list[int]
) -> None:
    step = min(step, len(rows) - 1)
    history = recorded(rows, pieces)
    before = history.trace()
    shorter = history.truncated(step)
    kept = before.until(step)
    np.testing.assert_array_equal(shorter.trace().steps, kept.steps)
    for first in range(step + 1, len(rows), 100):
        shorter.append(np.arange(first, min(first + 100, len(rows))), rows[first : first + 100])
    again = shorter.trace()
    assert len(again.steps) <= SMALL
    assert (np.diff(again.steps) > 0).all()
    np.testing.assert_array_equal(again.rows, rows[again.steps])
    assert again.steps[-1] == len(rows) - 1
    if step < QUARTER:
        np.testing.assert_array_equal(again.steps, recorded(rows, [1]).trace().steps)
    np.testing.assert_array_equal(history.trace().steps, before.steps)


@pytest.mark.parametrize("step", [0, 7, 700, 999])
def test_a_truncated_history_may_end_in_another_row(step: int) -> None:
    """With the rate of new settings; where the row was not kept, it comes back."""
    rows = rows_of(np.random.default_rng(0).normal(size=(1000, 2)))
    history = recorded(rows, [30])
    other = rows[step].copy()
    other[RATE] = 0.7
    trace = history.truncated(step, other).trace()
    assert trace.steps[-1] == step
    np.testing.assert_array_equal(trace.rows[-1], other)
    np.testing.assert_array_equal(trace.rows[:-1], rows[trace.steps[:-1]])
    assert (history.trace().rows[:, RATE] == 0.1).all()


@given(st.lists(st.integers(0, 60), min_size=1, unique=True))
def test_a_trace_knows_until_where_every_step_is_there(numbers: list[int]) -> None:
    steps = np.array(sorted(numbers))
    whole = int(steps[0])
    while whole + 1 in numbers:
        whole += 1
    assert Trace(steps, np.zeros((len(steps), 3))).whole_until == whole
