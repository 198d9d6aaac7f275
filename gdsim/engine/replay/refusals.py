"""What is not played back here, and why: for the log and for `gdsim --info`."""

from __future__ import annotations

from gdsim.engine.optimizers import Optimizer
from gdsim.engine.problems import Problem

_REFUSED: dict[tuple[str, str], str] = {}


def refuse(problem: Problem, optimizer: Optimizer, why: Exception) -> str:
    """Note why a method on a problem takes the plain path; the reason."""
    reason = f"{type(why).__name__}: {why}"
    _REFUSED[problem.name, optimizer.name] = reason
    return reason


def refused() -> dict[tuple[str, str], str]:
    """Problem and method → why they have taken the plain path in this process."""
    return dict(_REFUSED)
