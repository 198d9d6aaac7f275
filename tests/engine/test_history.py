"""Histories stay small, keep real states and lose no extreme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.engine.arrays import Array
from gdsim.engine.history import LOSS, History


def rows_for(steps: range) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Array]:
    numbers = np.arange(steps.start, steps.stop)
    loss = np.sin(numbers * 0.37) + numbers * 1e-3
    return numbers, np.stack([np.full(len(numbers), 0.1), loss, numbers * 2.0], axis=1)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=30))
def test_any_way_of_appending_keeps_real_rows_in_order_and_bounded(chunks: list[int]) -> None:
    history = History(3, capacity=64)
    at = 0
    for chunk in chunks:
        history.append(*rows_for(range(at, at + chunk)))
        at += chunk
    trace = history.trace()
    assert len(trace.steps) <= 64
    assert (np.diff(trace.steps) > 0).all()
    np.testing.assert_array_equal(trace.rows[:, 2], trace.steps * 2.0)
    # The newest whole bucket is there: no more than one bucket waits.
    assert at - trace.steps[-1] <= 4 * trace.stride


def test_extremes_survive_thinning() -> None:
    history = History(3, capacity=64)
    numbers, rows = rows_for(range(10_000))
    rows[1234, LOSS] = 1e9
    rows[5678, LOSS] = -1e9
    for start in range(0, 10_000, 100):
        history.append(numbers[start : start + 100], rows[start : start + 100])
    trace = history.trace()
    assert {1234, 5678} <= set(trace.steps.tolist())


def test_a_trace_is_read_only_and_stays_whole_while_the_history_goes_on() -> None:
    history = History(3, capacity=64)
    history.append(*rows_for(range(60)))
    early = history.trace()
    copy = early.rows.copy()
    history.append(*rows_for(range(60, 5000)))
    np.testing.assert_array_equal(early.rows, copy)
    with pytest.raises(ValueError, match="read-only"):
        early.rows[0, 0] = 1.0


def test_truncation_forgets_what_came_after() -> None:
    history = History(3, capacity=64)
    history.append(*rows_for(range(50)))
    shorter = history.truncated(20)
    assert shorter.trace().steps[-1] == 20
    shorter.append(*rows_for(range(21, 23)))
    assert shorter.trace().steps[-1] == 22
    assert history.trace().steps[-1] == 49
