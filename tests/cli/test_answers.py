"""Answers on the command line: exact fit, R², predictions, and to stop where a run has settled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gdsim.cli.main import main
from tests.cli.calling import refused


def test_the_answer_stands_beside_a_regression(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """ŷ = −1 + 2.2x; Σ(y − ŷ)² is 2.8 of 51.2."""
    out = tmp_path / "run.json"
    words = ["run", "--problem", "article", "--lr", "0.08", "--steps", "9000"]
    assert main([*words, "--predict", "6", "--until-settled", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "Exact fit: −1 + 2.2·x, R² 0.945312." in said
    assert "The data have x from 1 to 5 only." in said
    assert "converged" in said
    found = json.loads(out.read_text(encoding="utf-8"))
    assert 100 < found["steps"] < 1500
    assert len(found["columns"]["step"]) == found["steps"] + 1
    assert found["answer"]["exact"]["intercept"] == pytest.approx(-1.0)
    assert found["answer"]["exact_r_squared"] == pytest.approx(1.0 - 2.8 / 51.2)
    # A run that never settles goes on to the end.
    assert main(["run", "--problem", "article", "--lr", "0.001", "--steps", "300",
                 "--until-settled"]) == 0  # fmt: skip
    assert "300 steps: moving" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--predict", "six"], "--predict takes numbers with commas between"),
        (["--predict", "1,2"], "needs 1 numbers, for x; there are 2"),
        (["--predict", "nan"], "must be a finite number"),
        (["--problem", "rosenbrock", "--predict", "1"], "predicts nothing"),
    ],
)
def test_what_cannot_be_predicted_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert said in refused(capsys, "run", *words)
