"""How many labels a straight border can get right, whatever the loss."""

from __future__ import annotations

import math

import numpy as np

from gdsim.engine.arrays import Array, Flags

MOST_SAMPLES = 1000
"""With two columns up to so many are looked at: the time goes with n² log n."""
_SURE = 1e-12
"""Angles that differ by less are the same."""


def most_right(x: Array, labels: Flags) -> float | None:
    """The greatest share of labels on their side of a border, x (columns, n), labels (n,).

    One column: of all thresholds. Two: of all straight lines. None for more.
    """
    columns, count = x.shape
    if columns == 1:
        return float(_threshold(x[0], labels) / count)
    if columns != 2 or count > MOST_SAMPLES:
        return None
    # A line can be moved to a sample, then turned about it until only that sample lies on it.
    scaled = np.stack([np.ldexp(row, -math.frexp(float(np.ptp(row)))[1]) for row in x])
    # 2000.1, 2000.2 and 2000.3 are equally far apart as people read them, not in binary.
    unsure = 4.0 * float(np.spacing(np.abs(scaled).max()))
    best = max(_about(scaled, labels, place, unsure) for place in range(count))
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


def _about(x: Array, labels: Flags, place: int, unsure: float) -> int:
    """The most labels that a line close by one sample gets right, whose side it can choose.

    It turns by half a circle, and passes the others one direction after the other; places are
    known to `unsure`.
    """
    across, up = x - x[:, place, None]
    here = (across == 0.0) & (up == 0.0)
    ones_here = int(labels[here].sum())
    best_here = max(ones_here, int(here.sum()) - ones_here)
    across, up, gain = across[~here], up[~here], np.where(labels[~here], 1, -1)
    if not len(gain):
        return best_here
    behind = (up < 0.0) | ((up == 0.0) & (across < 0.0))
    angle = np.arctan2(np.where(behind, -up, up), np.where(behind, -across, across))
    blur = _SURE + unsure / np.hypot(across, up)
    full = angle > math.pi - blur  # the same way as angle 0
    angle[full] -= math.pi
    behind = behind ^ full
    order = np.argsort(angle)
    ranked, blur = angle[order], blur[order]
    ahead = int(gain[~behind].sum()) + np.cumsum(np.where(behind, gain, -gain)[order])
    passed = np.concatenate([ranked[1:] - ranked[:-1] > blur[1:] + blur[:-1], [True]])
    right = int((gain < 0).sum()) + ahead[passed]  # ones ahead of the line, zeros behind it
    return best_here + int(np.maximum(right, len(gain) - right).max())
