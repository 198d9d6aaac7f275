"""The array types that the engine speaks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

IN_ORDER = 8
"""Up to so many numbers NumPy adds one after another, however they lie in memory."""

LINE = 64
"""Bytes of a line of a processor's cache, and of its widest registers."""


def room(*shape: int) -> Array:
    """An empty array that begins at a cache line's beginning.

    NumPy begins arrays at any 16 bytes; with wide registers every access then takes two lines, and
    sums of large arrays up to twice as long.
    """
    count = math.prod(shape)
    raw = np.empty(count + LINE // 8)
    first = -raw.ctypes.data % LINE // raw.itemsize
    return raw[first : first + count].reshape(shape)


def room_like(array: Array) -> Array:
    """`room` of the same shape."""
    return room(*array.shape)


def placed(array: Array) -> Array:
    """A copy that begins at a cache line's beginning, where it is of numbers."""
    if array.dtype != np.float64:
        return array.copy()
    copy = room_like(array)
    copy[...] = array
    return copy


def norms(array: Array) -> Array:
    """The length √Σθⱼ² of each run's vector: (parameters, runs) → (runs,).

    No bit of a run depends on its company: NumPy sums what is contiguous pairwise, but the columns
    of several runs row after row, so each run's numbers are laid side by side.
    """
    squares = array * array
    if len(squares) > IN_ORDER:
        return np.asanyarray(np.sqrt(squares.T.copy().sum(axis=1)))
    return np.asanyarray(np.sqrt(squares.sum(axis=0)))


def picked(numbers: Array, places: Array) -> Array:
    """numbers[..., places], places being whole numbers that are kept as floats: as batches are."""
    noting = getattr(places, "pick_from", None)
    if noting is not None:
        return np.asanyarray(noting(numbers))
    return np.asarray(numbers[..., places.astype(np.int64)])
