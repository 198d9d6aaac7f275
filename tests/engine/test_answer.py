"""The exact fit, R² and predictions, against NumPy's least squares and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

import gdsim
from gdsim.engine.answer import answer_of, prediction
from gdsim.engine.data import data_of
from gdsim.engine.problems import make_problem
from gdsim.engine.sentences import Fault

RNG = np.random.default_rng(11)
X = RNG.normal(size=(3, 80)) * np.array([[1.0], [50.0], [0.02]]) + np.array([[3.0], [900.0], [0.1]])
Y = 2.0 - X[0] + 0.03 * X[1] + 7.0 * X[2] + RNG.normal(size=80)


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("columns", [1, 3])
def test_the_exact_fit_is_that_of_least_squares(standardise: bool, columns: int) -> None:
    x = X[:columns]
    problem = make_problem("linear", data_of(x, Y), {"standardise": standardise})
    theta = RNG.normal(size=columns + 1)
    found = answer_of(problem, theta)
    assert found is not None
    design = np.vstack([np.ones(80), x]).T
    best = np.linalg.lstsq(design, Y, rcond=None)[0]
    assert found.exact == pytest.approx(best, rel=1e-8)
    whole = ((Y - Y.mean()) ** 2).sum()
    assert found.exact_r_squared == pytest.approx(
        1.0 - ((Y - design @ best) ** 2).sum() / whole, rel=1e-10
    )
    own = design @ problem.own_units(theta)
    assert found.r_squared == pytest.approx(1.0 - ((Y - own) ** 2).sum() / whole, rel=1e-8)


def test_of_many_exact_fits_the_shortest_is_meant() -> None:
    x = np.array([[1.0, 2.0, 3.0, 4.0], [100.0, 200.0, 300.0, 400.0]])
    problem = make_problem("linear", data_of(x, [1.0, 3.0, 4.0, 8.0], ["m", "cm"]))
    found = answer_of(problem, np.zeros(3))
    assert found is not None
    assert str(found.exact_told).startswith("Exact fit, the shortest of many: ")
    centred = x - x.mean(axis=1, keepdims=True)
    slopes = np.linalg.pinv(centred.T) @ (np.array([1.0, 3.0, 4.0, 8.0]) - 4.0)
    assert found.exact[1:] == pytest.approx(slopes, rel=1e-9)


def test_other_losses_have_a_best_fit_and_labels_have_none() -> None:
    told = answer_of(make_problem("article", None, {"loss": "mae"}), np.zeros(2))
    assert told is not None
    assert str(told.exact_told).startswith("Best fit by MAE: ")
    assert answer_of(make_problem("logistic"), np.zeros(2)) is None
    assert answer_of(make_problem("rosenbrock"), np.zeros(2)) is None


def test_predictions_are_in_the_datas_units_and_say_where_the_data_end() -> None:
    data = data_of(X[:2], Y, ["rooms", "area"], "price")
    problem = make_problem("linear", data, {"standardise": True})
    best = np.array(problem.minima[0])
    design = np.vstack([np.ones(80), X[:2]]).T
    expected = float(np.array([1.0, 3.0, 900.0]) @ np.linalg.lstsq(design, Y, rcond=None)[0])
    said = str(prediction(problem, best, [3.0, 900.0]))
    assert said.startswith("At rooms = 3, area = 900 it predicts price = ")
    assert float(said.rsplit(" = ", 1)[1].rstrip(".")) == pytest.approx(expected, rel=1e-7)
    assert "The data have area from" in str(prediction(problem, best, [3.0, 9000.0]))
    with pytest.raises(Fault, match="needs 2 numbers, for rooms, area; there are 1"):
        prediction(problem, best, [3.0])
    with pytest.raises(Fault, match="predicts nothing"):
        prediction(make_problem("rosenbrock"), np.zeros(2), [1.0])
    chance = str(prediction(make_problem("logistic"), np.zeros(2), [0.0]))
    assert "the probability of 1 is 0.5" in chance


def test_a_result_answers_and_predicts() -> None:
    run = gdsim.simulate("linear", "adam", data=(X[1], Y), lr=0.1, steps=200,
                         problem_settings={"standardise": True})  # fmt: skip
    assert run.answer is not None
    slope, intercept = np.polyfit(X[1], Y, 1)
    assert run.answer.exact == pytest.approx([intercept, slope], rel=1e-8)
    own = run.answer.own
    assert run.predict([900.0, 950.0]) == pytest.approx(own[0] + own[1] * np.array([900.0, 950.0]))
    with pytest.raises(ValueError, match="must have 1 numbers a row"):
        run.predict([[1.0, 2.0]])
