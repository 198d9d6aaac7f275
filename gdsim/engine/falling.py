"""Whether a function has no lower bound along a straight way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gdsim.engine.arrays import Array

FAR = 10.0 ** np.arange(1.0, 101.0)
"""How far along the way values are looked at, in sizes of θ: to where squares are still numbers."""


def falls_without_end(value: Callable[[Array], Array], theta: Array, way: Array) -> bool:
    """Whether f falls from θ (parameters,) along `way`, of length 1, farther with every decade.

    `value` takes (parameters, n) to (n,). What nears a bound, as −1/(1 + x²) does, falls by less
    and less; a logarithm by as much each time. Seen are the values up to 10¹⁰⁰, or to −∞.
    """
    size = max(1.0, float(np.abs(theta).max()))
    steps = np.concatenate([[0.0], size * FAR])
    with np.errstate(all="ignore"):
        values = value(theta[:, None] + way[:, None] * steps)
    ended = np.flatnonzero(~np.isfinite(values))
    if len(ended):
        if values[ended[0]] != -np.inf:
            return False
        values = values[: ended[0]]
    drops = -np.diff(values)
    if len(drops) < 2:
        return False
    return bool((drops > 0.0).all()) and bool(drops[-1] >= 0.5 * drops[min(3, len(drops) - 1)])
