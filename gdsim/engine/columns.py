"""The settings of many runs at once: what they share stands once, what differs is an array."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings, fields_of


@dataclass(frozen=True)
class Columns(Sequence[Any]):
    """A sequence of settings that is never written out: as many as `length` says.

    `varied` holds an array (length,) for each field in which they differ; the rest is `shared`.
    """

    shared: Settings
    varied: Mapping[str, Array]
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, place: int) -> Settings: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        """The settings of one run."""
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(self.length))]
        if not -self.length <= place < self.length:
            raise IndexError(place)
        kinds = {item.name: item.kind for item in fields_of(self.shared)}
        values = {name: column[place].item() for name, column in self.varied.items()}
        whole = {name: int(v) if kinds[name] == "int" else v for name, v in values.items()}
        return replace(self.shared, **whole)

    def column(self, name: str) -> Array:
        """One field of all runs: (length,), or of shape () where all have the same."""
        values = self.varied.get(name)
        if values is None:
            return np.array(float(getattr(self.shared, name)))
        return values if values.min() < values.max() else np.array(float(values[0]))

    def take(self, places: Indices) -> Columns:
        """The settings of some of the runs."""
        kept = {name: column[places] for name, column in self.varied.items()}
        return Columns(self.shared, kept, len(places))

    def distinct(self) -> Iterator[tuple[Any, Indices | slice]]:
        """Each different settings once, with the places of the runs that have it."""
        if not self.varied:
            yield self.shared, slice(None)
            return
        table = np.stack(list(self.varied.values()))
        _, first, which = np.unique(table, axis=1, return_index=True, return_inverse=True)
        order = np.argsort(which.reshape(-1), kind="stable")
        ends = np.cumsum(np.bincount(which.reshape(-1)))[:-1]
        for place, places in zip(first, np.split(order, ends), strict=True):
            yield self[int(place)], places
