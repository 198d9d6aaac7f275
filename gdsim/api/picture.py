"""Small pictures of results for notebooks: inline SVG, in the colour of the text around it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from gdsim.engine.arrays import Array, Indices

WIDTH, HEIGHT, EDGE = 280, 90, 4
MOST_POINTS, MOST_CELLS = 280, 24


def line_picture(x: ArrayLike, y: ArrayLike, label: str) -> str:
    """y over x as a line, y on a log scale where all of it is above 0; `label` says what it is.

    What is not finite is left out; of many points the lowest and the highest of each column of
    pixels are kept.
    """
    across, up = (np.asarray(values, dtype=np.float64) for values in (x, y))
    seen = np.isfinite(across) & np.isfinite(up)
    across, up = across[seen], up[seen]
    if len(up) and up.min() > 0.0:
        up = np.log10(up)
    kept = _kept(up)
    columns = _spread(across, WIDTH)[kept]
    rows = HEIGHT - _spread(up, HEIGHT)[kept]
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(columns, rows, strict=True))
    line = f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    return _svg(line, label)


def map_picture(values: Array, label: str) -> str:
    """A grid (n, m) as cells, the first axis to the right, the second up: low values are dark.

    What is not finite is left empty; of many cells every so manieth is shown.
    """
    strides = [-(-count // MOST_CELLS) for count in values.shape]
    shown = values[:: strides[0], :: strides[1]]
    finite = np.isfinite(shown)
    numbers = shown[finite]
    if len(numbers) and numbers.min() > 0.0:
        numbers = np.log10(numbers)
    shade = np.full(shown.shape, np.nan)
    shade[finite] = 1.0 - _spread(numbers, 1, 0)
    wide, high = (WIDTH / shown.shape[0], HEIGHT / shown.shape[1])
    cells = "".join(
        f'<rect x="{i * wide:.1f}" y="{HEIGHT - (j + 1) * high:.1f}" width="{wide:.1f}" '
        f'height="{high:.1f}" fill="currentColor" fill-opacity="{shade[i, j]:.2f}"/>'
        for i, j in np.argwhere(finite).tolist()
    )
    return _svg(cells, label)


def told_in_html(title: str, lines: Sequence[str], picture: str) -> str:
    """A title, lines and a picture; every text is shown as it stands, whatever is in it."""
    told = "".join(f"<div>{escape(line)}</div>" for line in lines)
    return f"<div><strong>{escape(title)}</strong>{told}{picture}</div>"


def table_in_html(rows: Sequence[Sequence[str]]) -> str:
    """Rows of texts as a table."""
    cells = ("".join(f"<td>{escape(text)}</td>" for text in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def _svg(inside: str, label: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">{inside}</svg>'
    )


def _kept(values: Array) -> Indices:
    """Places in order: all of few; of many the least and the greatest of each so many."""
    if len(values) <= MOST_POINTS:
        return np.arange(len(values))
    parts = np.array_split(np.arange(len(values)), MOST_POINTS // 2)
    ends = [(part[values[part].argmin()], part[values[part].argmax()]) for part in parts]
    return np.unique(
        np.array([0, len(values) - 1, *(at for pair in ends for at in pair)], np.int64)
    )


def _spread(values: Array, size: float, edge: float = EDGE) -> Array:
    """Values laid out from `edge` to `size` − `edge`."""
    if not len(values):
        return values
    values = 0.5 * values  # the width of all that numbers can be is no number
    low, high = float(values.min()), float(values.max())
    share = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    return np.asarray(edge + share * (size - 2.0 * edge))
