"""`gdsim.race`: optimizers tuned with one budget, from Python."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gdsim
from gdsim.engine.sweep.pieces import Cancelled


def test_a_score_is_what_simulate_does_at_that_rate() -> None:
    found = gdsim.race("beale", ["adam", "rmsprop"], steps=400)
    for score in found:
        run = gdsim.simulate("beale", score.optimizer, lr=score.best_lr, steps=400)
        assert score.outcome == run.outcome
        assert score.verdict == run.verdict
        assert score.steps is not None
        assert (run.loss[score.steps :] <= 0.01).all()
        assert run.loss[score.steps - 1] > 0.01
    assert found.least == 0.0
    assert not found.least_is_found


def test_settings_data_and_words_of_simulate_reach_every_run() -> None:
    x, y = [1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 3.0, 5.0, 7.0, 11.0]
    how: dict[str, Any] = {"steps": 600, "rates": "log:1e-3:0.1:21"}
    pairs: list[Any] = ["gd", ("momentum", {"momentum": 0.0})]
    found = gdsim.race("linear", pairs, data=(x, y), lr=0.08, **how)
    assert [score.lr_before for score in found] == [0.08, 0.08]
    assert [score.steps for score in found] == [68, 68]  # without momentum it is gradient descent
    same = gdsim.race("article", ["gd"], lr=0.08, **how)
    assert same["gd"].steps_before == found["gd"].steps_before == 68
    assert gdsim.race("quadratic", "gd", start=(0.0, 0.0), **how)["gd"].steps == 0


def test_it_goes_on_as_table_and_is_kept(tmp_path: Path) -> None:
    found = gdsim.race("article", ["gd", "adam"], steps=100, tolerance=0.5, rates="log:1e-4:1:9")
    kept = pickle.loads(pickle.dumps(found))
    assert kept.to_csv() == found.to_csv()
    found.to_csv(tmp_path / "race.csv")
    assert (tmp_path / "race.csv").read_text(encoding="utf-8") == found.to_csv()
    assert repr(found).startswith("<Race: article, 100 steps: gd ")
    assert found._repr_html_().count("<tr>") == 3
    with pytest.raises(ValueError, match="read-only"):
        found["gd"].arrivals[0] = 1
    with pytest.raises(KeyError):
        found["momentum"]


def test_what_never_gets_there_is_empty() -> None:
    text = gdsim.race("article", ["gd"], steps=20).to_csv()
    assert text is not None
    optimizer, rate, steps, width, outcome, before = text.splitlines()[1].split(",")
    assert (optimizer, steps, width, outcome, before) == ("gd", "", "", "moving", "")
    assert np.isfinite(float(rate))


def test_only_false_cancels() -> None:
    shares: list[float] = []
    gdsim.race("article", ["gd"], steps=50, report=shares.append)  # type: ignore[arg-type] # None
    assert shares[-1] == 1.0
    with pytest.raises(Cancelled):
        gdsim.race("article", ["gd"], steps=50, report=lambda share: False)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"optimizers": []}, "at least one"),
        ({"optimizers": ["gdd"]}, "Did you mean 'gd'"),
        ({"optimizers": [3]}, "must be a name"),
        ({"optimizers": [("gd", 0.1)]}, "dictionary"),
        ({"optimizers": None}, "must be a name"),
        ({"steps": 0}, "steps"),
        ({"jobs": 0}, "jobs"),
        ({"refine": -1}, "refine"),
        ({"rates": "0.1,1"}, "log:LOW:HIGH:COUNT"),
        ({"rates": [0.1, 1.0]}, "rates must be"),
        ({"field": 3}, "field must be"),
        ({"tolerance": -1.0}, "greater than zero"),
        ({"tolerance": "small"}, "finite number"),
        ({"report": 3}, "function"),
        ({"start": (1.0,)}, "start"),
    ],
)
def test_bad_words_are_told_in_a_sentence(words: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        gdsim.race(**words)
