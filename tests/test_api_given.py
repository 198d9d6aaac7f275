"""What the calls take: data in every shape; and what they say of the rest."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gdsim
from gdsim.engine.sentences import Fault

X = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 3.0]])
Y = 1.0 + 2.0 * X[:, 0] - X[:, 1]
"""On a plane: 1 + 2a − b."""


class Column:
    """What pandas and polars have in common of a column."""

    def __init__(self, values: Any, name: str | None) -> None:
        self.values, self.name, self.ndim = np.asarray(values), name, 1

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """What is missing is NaN where floats are asked for, as of pandas's Int64."""
        floats = [np.nan if one is None else one for one in self.values]
        return np.array(self.values if dtype is None else floats, dtype=dtype)


class Table:
    """What they have in common of a table."""

    def __init__(self, **columns: Any) -> None:
        self.columns = list(columns)
        self._columns = {name: Column(values, name) for name, values in columns.items()}

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        kinds = [column.values for column in self._columns.values()]
        return np.array(np.stack(kinds, axis=1), dtype=dtype)


def fitted(x: Any, y: Any) -> gdsim.Result:
    return gdsim.simulate("linear", "newton", data=(x, y), steps=3)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (X, Y),
        (X.tolist(), Y.tolist()),
        ([tuple(row) for row in X], tuple(Y)),
        (np.asfortranarray(X), Y[:, None]),
        (X.astype(int), Y.astype(np.int8)),
        (X.astype(object), Y.astype(np.float32)),
        (Table(a=X[:, 0], b=X[:, 1]), Column(Y, "price")),
        (Table(a=X[:, 0], b=X[:, 1]), Table(price=Y)),
        (np.ma.masked_array(X, mask=False), Y),
    ],
)
def test_each_row_is_a_sample(x: Any, y: Any) -> None:
    run = fitted(x, y)
    np.testing.assert_allclose(run.parameters[-1], [1.0, 2.0, -1.0], atol=1e-9)
    np.testing.assert_allclose(run.predict(x), Y, atol=1e-9)
    np.testing.assert_allclose(run.predict([[10.0, 20.0]]), [1.0], atol=1e-8)


def test_as_many_samples_as_columns_are_still_rows() -> None:
    """A square x could be read either way."""
    x = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [3.0, 0.0, 1.0]])
    run = gdsim.simulate("linear", data=(x, [0.0, 0.0, 1.0]), steps=1, lr=0.1, start=(0, 0, 0, 0))
    slopes = -2.0 / 3.0 * (x.T @ [0.0, 0.0, 1.0])
    np.testing.assert_allclose(run.parameters[1, 1:], -0.1 * slopes, atol=1e-15)


def test_one_column_is_taken_flat_or_upright() -> None:
    flat, upright = (fitted(x, Y) for x in (X[:, 0], X[:, :1]))
    np.testing.assert_array_equal(flat.parameters, upright.parameters)
    np.testing.assert_array_equal(flat.predict(5), upright.predict([[5.0]]))


def test_columns_are_found_by_their_names() -> None:
    run = fitted(Table(a=X[:, 0], b=X[:, 1]), Column(Y, "price"))
    np.testing.assert_allclose(run.predict(Table(b=[20.0], a=[10.0])), [1.0], atol=1e-8)
    np.testing.assert_allclose(run.predict(Table(a=[10.0], b=[20.0])), [1.0], atol=1e-8)
    with pytest.raises(ValueError, match="x has the columns a, c; fitted were a, b"):
        run.predict(Table(a=[10.0], c=[20.0]))
    assert run.answer is not None
    assert "·a" in str(run.answer.exact_told)


def test_numbers_of_numpy_are_numbers() -> None:
    taken = {"lr": np.float32(0.25), "steps": np.int16(7), "seed": np.uint8(3),
             "batch_size": np.int64(2), "clip_norm": np.array(1.5)}  # fmt: skip
    plain = {"lr": 0.25, "steps": 7, "seed": 3, "batch_size": 2, "clip_norm": 1.5}
    runs = [gdsim.simulate("linear", "sgd", data=(X, Y), start=np.zeros(3, dtype=int), **words)
            for words in (taken, plain)]  # fmt: skip
    np.testing.assert_array_equal(runs[0].parameters, runs[1].parameters)
    found = gdsim.sweep(grid={"lr": Column([0.1, 0.2], "lr")}, steps=np.int64(5))
    assert found.loss.shape == (2,)


def test_a_start_is_any_row_of_numbers() -> None:
    for start in ([1, 2], (1, 2), np.array([1, 2]), Column([1, 2], "start")):
        assert gdsim.simulate(start=start, steps=1).parameters[0].tolist() == [1.0, 2.0]
    assert gdsim.simulate("parabola", start=3, steps=1).parameters[0].tolist() == [3.0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"data": (X.T, Y)}, "x has a column a sample: give it a row a sample, as x.T has it"),
        ({"data": (X[:3], Y)}, "x has 3, y 4"),
        ({"data": (X, X)}, "y must be one column"),
        ({"data": X}, "a pair, data=(x, y)"),
        ({"data": Table(a=[1], b=[2])}, "not a Table"),
        ({"data": ([], [])}, "at least one sample"),
        ({"data": (X.astype(complex), Y)}, "x holds what is no number"),
        ({"data": (X, ["yes", "no", "no", "yes"])}, "y holds what is no number"),
        ({"data": ([[1, 2], [3]], [1, 2])}, "rows of different lengths"),
        ({"data": (Table(town=["A", "B"], a=[1, 2]), [1, 2])}, "The column 'town' of x"),
        ({"data": (Table(when=np.array([1, 2, 3, 4], "M8[D]"), a=Y), Y)}, "The column 'when'"),
        (
            {"data": (Table(a=np.array([1, None, 3, 4])), Y)},
            "in 1 of its rows, the first of them 1",
        ),
        ({"data": ([1, np.nan, 3, np.inf], Y)}, "in 2 of its rows, the first of them 1"),
        ({"data": (np.ma.masked_array([1, 2, 3, 4], mask=X[:, 0] == 3.0), Y)}, "first of them 2"),
        ({"data": (np.zeros((2, 2, 2)), [1, 2])}, "an ndarray of shape (2, 2, 2)"),
        ({"data": ({"a": [1]}, [1])}, "not a dict"),
        ({"optimizer": X}, "with a method step(self, theta, gradient, rate), not an ndarray"),
        ({"x": X}, "no setting 'x'"),
        ({"start": {"theta_0": 1}}, "start must be numbers, one a parameter"),
    ],
)
def test_wrong_words_are_told_in_pythons_words(words: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011 – the sentence is looked at below
        gdsim.simulate("linear", **words)
    assert says in str(told.value)


def test_what_is_given_by_place_in_vain_is_named() -> None:
    with pytest.raises(TypeError, match=r"simulate\(\) takes a problem and an optimizer by place"):
        gdsim.simulate("linear", "gd", X, Y)  # type: ignore[call-arg, arg-type] # as users do


ODD: list[Any] = [
    None, float("nan"), float("inf"), "", "x", [], [1, 2], (1, 2, 3), {}, {"a": 1}, object(), 1j,
    np.array([1.0, 2.0]), X, np.zeros(0), np.array("x"), b"x", set(), True, np.True_, -1, 10**5000,
    print, int, [[1], [2, 3]], [None], range(3), 2.5, np.datetime64("2020-01-01"), "a\nb",
    np.array(["2020-01-01"], dtype="datetime64[D]"), Column(["a"], None), Table(a=["b"]),
]  # fmt: skip


def calls() -> Iterator[tuple[str, Callable[[], object]]]:
    """Each word of each call with each odd thing."""
    run = gdsim.simulate("linear", data=(X, Y), steps=1)
    words = [
        "problem", "optimizer", "lr", "convention", "schedule", "schedule_settings", "data",
        "problem_settings", "batch_size", "sampling", "seed", "start", "steps", "clip_norm",
        "clip_value", "weight_decay", "foo",
    ]  # fmt: skip
    own = ["grid", "tolerance", "target_loss", "jobs"]
    for word, odd in itertools.product(words, ODD):
        for base in ({}, {"problem": "linear", "data": (X, Y)}):
            given: dict[str, Any] = {**base, "steps": 2, word: odd}
            yield f"simulate {word}", lambda given=given: gdsim.simulate(**given)  # type: ignore[misc]
    for word, odd in itertools.product([*own, *words], ODD):
        given = {"grid": {"clip_norm": [1.0]}, "steps": 2, word: odd}
        yield f"sweep {word}", lambda given=given: gdsim.sweep(**given)  # type: ignore[misc]
    fields: list[Any] = ["lr", "theta_0", "optimizer", 3]
    for field, odd in itertools.product(fields, ODD):
        yield f"grid {field}", lambda w=field, o=odd: gdsim.sweep(grid={w: o}, steps=2)  # type: ignore[misc]
    for x, y in itertools.product(ODD, ODD):
        yield "data", lambda x=x, y=y: gdsim.simulate("linear", data=(x, y), steps=1)  # type: ignore[misc]
    for odd in ODD:
        yield "predict", lambda odd=odd: run.predict(odd)  # type: ignore[misc]


def test_whatever_is_given_the_answer_is_a_run_or_one_sentence() -> None:
    """Python's own words ("float() argument must be…") name nothing that a caller wrote."""
    refused = [(what, error) for what, call in calls() if (error := trouble_of(call)) is not None]
    assert len(refused) > 1500
    for what, error in refused:
        said = str(error)
        assert isinstance(error, Fault), (what, error)
        assert "\n" not in said, what
        assert "--" not in said, what
        assert said.endswith("."), (what, said)


def trouble_of(call: Callable[[], object]) -> Exception | None:
    try:
        call()
    except Exception as error:
        return error
    return None
