"""Whether a function has no lower bound along a straight way, or ends there while it falls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gdsim.engine.arrays import Array

FAR = 10.0 ** np.arange(1.0, 101.0)
"""How far along the way values are looked at, in sizes of θ: to where squares are still numbers."""


NEAR = 10.0 ** np.arange(-6.0, 2.0, 0.02)
"""How far along the way a wall is looked for, in sizes of θ."""


def falls_to_a_wall(value: Callable[[Array], Array], theta: Array, way: Array) -> bool:
    """Whether f falls from θ (parameters,) along `way`, of length 1, until it has no value, as √x
    and log x do at 0; `value` takes (parameters, n) to (n,)."""
    size = max(1e-3, float(np.abs(theta).max()))
    steps = np.concatenate([[0.0], size * NEAR])
    with np.errstate(all="ignore"):
        values = value(theta[:, None] + way[:, None] * steps)
    ended = np.flatnonzero(np.isnan(values))
    return bool(len(ended) and ended[0] and (np.diff(values[: ended[0]]) < 0.0).all())


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
    if len(drops) < 2:  # from far out numbers end at once
        return bool(len(ended)) and bool((drops > 0.0).all())
    return bool((drops > 0.0).all()) and bool(drops[-1] >= 0.5 * drops[min(3, len(drops) - 1)])
