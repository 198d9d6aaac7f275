"""What a film shall be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QSize

from gdsim.ui.language import tr

WINDOW = "window"
"""What stands for a view's name where the whole window is filmed."""


@dataclass(frozen=True)
class FilmPlan:
    """What is filmed, from which step to which, in how many seconds, how many pixels wide."""

    picture: str
    first: int
    last: int
    seconds: int
    frames_per_second: int
    width: int

    @property
    def steps(self) -> list[int]:
        """The step that each frame shows."""
        count = self.seconds * self.frames_per_second
        return [int(step) for step in np.linspace(self.first, self.last, count).round()]


def film_told(size: QSize, plan: FilmPlan) -> str:
    """What the film will be."""
    height = round(size.height() * plan.width / max(size.width(), 1))
    return tr(
        "{count} frames of {width} × {height} pixels",
        count=len(plan.steps), width=plan.width, height=height,
    )  # fmt: skip
