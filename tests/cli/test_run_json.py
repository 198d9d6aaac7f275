"""What `gdsim run --out FILE.json` writes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.calling import gdsim
from tests.cli.test_run import ran


def _no_json(word: str) -> float:
    raise AssertionError(f"{word} is no JSON")


@pytest.mark.parametrize(
    "words",
    [
        ["--lr", "3"],
        ["--problem", "expression", "--expression", "log(x)", "--start", "1", "--lr", "0.1"],
        ["--problem", "expression", "--expression", "-x^2", "--start", "1", "--lr", "0.5"],
        ["--problem", "expression", "--expression", "exp(x)", "--start", "1000", "--lr", "0.1"],
    ],
)
def test_json_is_strict_and_float_reads_it_back(words: list[str], tmp_path: Path) -> None:
    """JSON has neither NaN nor Infinity; most readers refuse a file with either."""
    path = tmp_path / "a.json"
    assert gdsim("run", *words, "--steps", "2000", "--quiet", "--out", str(path)) == 0
    whole = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_json)
    names, rows = ran(tmp_path, *words, "--steps", "2000")
    for place, name in enumerate(names):
        column = [float(value) for value in whole["columns"][name]]
        np.testing.assert_array_equal(column, [row[place] for row in rows])
    float(whole["loss"])
