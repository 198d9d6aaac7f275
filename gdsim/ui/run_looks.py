"""Which look each run has: no two of those that are there share one, and none changes its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from gdsim.ui.theme import RunStyle, Theme


class RunLooks:
    """Looks by the runs' keys, kept for those that may come back by undo.

    A run gets the look of its number; where a run that is there has it, the first free one.
    """

    def __init__(self) -> None:
        self._places: dict[int, int] = {}

    def of(self, keys: Iterable[int], theme: Theme) -> Mapping[int, RunStyle]:
        """The look of each of these runs in that theme."""
        taken: dict[int, int] = {}
        for key in sorted(keys):
            place = self._places.get(key, key % len(theme.runs))
            if place in taken.values():
                place = next(p for p in range(len(taken) + 1) if p not in taken.values())
            taken[key] = place
        self._places.update(taken)
        looks = {
            key: replace(theme.run_style(place), label=str(key + 1)) for key, place in taken.items()
        }
        return MappingProxyType(looks)
