"""Epochs on the command line: as a length, and where a schedule counts steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gdsim.cli.main import main
from tests.cli.calling import refused


def rates(tmp_path: Path, *words: str) -> list[float]:
    out = tmp_path / "run.npz"
    assert main(["run", "--problem", "article", *words, "--out", str(out)]) == 0
    with np.load(out) as found:
        return [float(rate) for rate in found["learning_rate"]]


def test_an_epoch_is_as_many_steps_as_it_takes_to_see_all_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five points: five steps of one, three of two, one of all."""
    assert len(rates(tmp_path, "--optimizer", "sgd", "--epochs", "4", "--lr", "0.01")) == 21
    assert "20 steps (4 epochs)" in capsys.readouterr().out
    assert len(rates(tmp_path, "--batch-size", "2", "--epochs", "4", "--lr", "0.01")) == 13
    assert len(rates(tmp_path, "--epochs", "4", "--lr", "0.01")) == 5
    assert "4 steps:" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["2epochs", "2 epochs", "2.0epoch"])
def test_a_schedule_may_count_epochs(tmp_path: Path, given: str) -> None:
    words = ["--optimizer", "sgd", "--lr", "0.01", "--schedule", "step", "--epochs", "5"]
    found = rates(tmp_path, *words, "--schedule-set", f"step_size={given}", "gamma=0.5")
    assert found == [0.01 * 0.5 ** (step // 10) for step in range(26)]


def test_a_list_of_milestones_may_count_epochs(tmp_path: Path) -> None:
    words = ["--optimizer", "sgd", "--lr", "0.01", "--schedule", "multistep", "--epochs", "4"]
    found = rates(tmp_path, *words, "--schedule-set", "milestones=1epochs, 3epochs", "gamma=0.1")
    assert found == pytest.approx([0.01] * 5 + [0.001] * 10 + [0.0001] * 6, rel=1e-12)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--epochs", "2", "--steps", "9"], "say the same"),
        (["--epochs", "0"], "--epochs must be"),
        (["--epochs", "90000000", "--optimizer", "sgd"], "at most"),
    ],
)
def test_what_makes_no_length_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert said in refused(capsys, "run", "--problem", "article", *words)
