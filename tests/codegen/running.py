"""Scripts for NumPy, run. Only tests run what is generated; gdsim never does."""

from __future__ import annotations

from typing import Any

import numpy as np

from gdsim.codegen import export
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from tests.reference.code_cases import Exported

# What makes them different from gdsim is rounding; the widest seen is 2e-12.
ALLOWED = 1e-10


def names_of(text: str) -> dict[str, Any]:
    """What a script has defined when it is through."""
    names: dict[str, Any] = {"print": lambda *words: None}
    with np.errstate(all="ignore"):
        exec(compile(text, "script.py", "exec"), names)
    return names


def assert_ends_alike(problem: Problem, run: Run, steps: int) -> str:
    """The script, which ends where gdsim does."""
    text = export(problem, run, steps, "numpy").text
    found = np.asarray(names_of(text)["theta"])
    wanted = Exported("", problem, run, steps).ends()
    size = max(1.0, float(np.abs(wanted).max()))
    if not np.array_equal(found, wanted, equal_nan=True):
        assert float(np.abs(found - wanted).max()) <= ALLOWED * size
    return text
