"""How many labels a straight border can get right, whatever the loss."""

from __future__ import annotations

import numpy as np

from gdsim.engine.arrays import Array, Flags

MOST_SAMPLES = 300
"""With two columns up to so many are looked at: the time goes with their cube."""


def most_right(x: Array, labels: Flags) -> float | None:
    """The greatest share of labels on their side of a border, x (columns, n), labels (n,).

    One column: of all thresholds. Two: of the lines through any two samples, with those that lie on
    it parted by a threshold along it, which a slight turn does. None for more.
    """
    columns, count = x.shape
    if columns == 1:
        return float(_threshold(x[0], labels) / count)
    if columns != 2 or count > MOST_SAMPLES:
        return None
    best = max(int(labels.sum()), count - int(labels.sum()))
    spread = float(np.ptp(x, axis=1).max())
    for place in range(count):
        away = x - x[:, place, None]
        sides = np.outer(away[0], away[1])
        sides = sides - sides.T  # (j, k): on which side of the line to j sample k lies
        size = np.hypot(*away)
        on = np.abs(sides) <= 1e-12 * np.maximum(size[:, None] * spread, 1e-300)
        right = ((sides > 0.0) == labels) & ~on
        wrong = ~right & ~on
        for j in np.flatnonzero(size[place + 1 :] > 0.0) + place + 1:
            along = _threshold(away[:, j] @ away[:, on[j]], labels[on[j]])
            best = max(best, along + max(int(right[j].sum()), int(wrong[j].sum())))
    return float(best / count)


def _threshold(values: Array, labels: Flags) -> int:
    """How many labels the best threshold gets right, equal values being on one side."""
    order = np.argsort(values)
    ranked = values[order]
    ups = np.concatenate([[0], np.cumsum(labels[order])])
    downs = np.arange(len(ranked) + 1) - ups
    ends = np.concatenate([[True], ranked[1:] != ranked[:-1], [True]])
    right = downs + ups[-1] - ups  # zeros below, ones above
    both = np.maximum(right, len(ranked) - right)
    return int(both[ends].max())
