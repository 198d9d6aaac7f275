"""A function of x, or of x and y, as it stands in scripts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PythonText:
    """Expressions in x and y, and in what `named` has named; functions are NumPy's."""

    height: str
    slope: tuple[str, ...]
    """∂J/∂x, ∂J/∂y."""
    bend: tuple[str, ...]
    """∂²J/∂x², ∂²J/∂x∂y, ∂²J/∂y²."""
    named: tuple[str, ...] = ()
    """Lines that name parts of the height, for the slope and the curvature too."""
