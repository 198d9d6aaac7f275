"""Settings drawn from their declarations, so that what is added is tested without a word."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gdsim.engine.fields import Field, fields_of
from gdsim.engine.problems import Problem

TEXTS = {
    "expression": ("x² + 3y²", "sin(x)·cos(y) + 0.1x^2", "exp(-x^2) + log(x^2 + 1)", "|x| + y^4"),
    "hidden": ("3", "8", "4, 3"),
}
GREATEST = {
    "l2": 1e3,
    "reach": 5.0,
    "samples": 60,
    "huber_delta": 3.0,
    "noise": 2.0,
    "kappa": 1e4,
    "data_seed": 50,
}
LEAST = {"reach": 1.0, "samples": 8, "huber_delta": 0.2}


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """Allowed values of one field, not so extreme that nothing is left to compare."""
    if field.kind == "bool":
        return st.booleans()
    if field.kind == "choice":
        return st.sampled_from(field.choices)
    if field.kind == "text":
        return st.sampled_from(TEXTS[field.name])
    low = LEAST.get(field.name, field.minimum if field.minimum is not None else 0.0)
    high = GREATEST.get(field.name, field.maximum if field.maximum is not None else 1.0)
    if field.kind == "int":
        return st.integers(int(low), int(high))
    return st.floats(low, high, allow_subnormal=False).map(lambda x: float(f"{x:.6g}"))


def problem_settings(cls: type[Problem]) -> st.SearchStrategy[dict[str, Any]]:
    """Any settings of a problem that go together: L2 stands beside squared losses only."""
    drawn = st.fixed_dictionaries({f.name: value_of(f) for f in fields_of(cls.Settings)})
    return drawn.map(_together)


def _together(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "l2": 0.0} if values.get("loss") in ("mae", "huber") else values
