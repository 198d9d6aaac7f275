"""What is not played back here, and why: for the log and for `gdsim --info`."""

from __future__ import annotations

from gdsim.engine.problems import Problem

_REFUSED: dict[tuple[str, str], str] = {}
_UNTOLD: list[str] = []


def refuse(problem: Problem, name: str, why: Exception) -> str:
    """Note why a method on a problem, or its 'loss', takes the plain path; the reason."""
    reason = f"{type(why).__name__}: {why}"
    case = problem.name, name
    if _REFUSED.get(case) != reason:
        _REFUSED[case] = reason
        _UNTOLD.append(f"{name} on {problem.name} is not played back: {reason}")
    return reason


def refused() -> dict[tuple[str, str], str]:
    """Problem and method → why they have taken the plain path in this process."""
    return dict(_REFUSED)


def untold() -> list[str]:
    """What was refused since this was last asked, a line each."""
    lines = []
    while _UNTOLD:
        lines.append(_UNTOLD.pop(0))
    return lines
