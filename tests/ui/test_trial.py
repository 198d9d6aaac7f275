"""Some random edits against a plain model; `python -m tests.trials.edits` does thousands."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from tests.trials.edits import Trial


@pytest.mark.parametrize("seed", [1, 2])
def test_window_and_engine_are_where_a_plain_model_is(
    qtbot: QtBot, interior: Interior, tmp_path: Path, seed: int
) -> None:
    trial = Trial(interior, tmp_path, seed)
    trial.go(150)
    assert trial.counts["rest"] > 3
