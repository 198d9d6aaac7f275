"""Samples held back from training, to see how a fit does on what it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from gdsim.engine.arrays import Indices
from gdsim.engine.data import Data
from gdsim.engine.fields import Settings, field
from gdsim.engine.problems.base import Problem
from gdsim.engine.sentences import Fault


@dataclass(frozen=True)
class HeldBackSettings(Settings):
    """How many samples are held back, and which."""

    test_share: float = field(
        0.0, "Test share", "This share of the samples is held back: no run learns from them, and "
        "their loss is drawn dashed.",
        minimum=0.0, maximum=0.9, advanced=True,
    )  # fmt: skip
    test_seed: int = field(
        0, "Seed of the share", "The same seed holds the same samples back.",
        minimum=0, maximum=2**31 - 1, advanced=True,
    )  # fmt: skip


def parted(data: Data, settings: Settings) -> tuple[Data, Indices]:
    """The samples to learn from, and the places in `data` (n,) of those held back.

    One at least where a share is wished, two at least are left; a sample added at the end changes
    little about the others.
    """
    assert isinstance(settings, HeldBackSettings)
    if not settings.test_share:
        return data, np.empty(0, dtype=np.int64)
    if data.size < 3:
        raise Fault(
            "A test share needs three samples at least; the data have {count}.", count=data.size
        )
    count = min(max(1, round(settings.test_share * data.size)), data.size - 2)
    lots = np.random.default_rng(settings.test_seed).random(data.size)
    held = np.sort(np.argsort(lots, kind="stable")[:count])
    return without(data, held), held


P = TypeVar("P", bound=Problem)


def of_parts(make: Callable[[Data], P], own: Data | None, whole: Data, settings: Settings) -> P:
    """The problem that `make` makes of the samples to learn from; it knows those held back.

    `own` are the samples that a user gave, `whole` these or those made in their place.
    """
    part, held = parted(whole, settings)
    made = make(part)
    made.own_data, made.whole, made.held = own, whole, held
    return made


def without(data: Data, places: Indices) -> Data:
    """The data but for some samples."""
    kept = np.ones(data.size, dtype=np.bool_)
    kept[places] = False
    return Data(data.x[:, kept], data.y[kept], data.names, data.target, data.told)
