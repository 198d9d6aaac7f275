"""What the window adds to a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from gdsim.experiment.view_state import ViewOptions
from gdsim.ui.theme import LIGHT, RunStyle, Theme

if TYPE_CHECKING:
    from gdsim.experiment.setup import Setup
    from gdsim.runtime.snapshot import Snapshot


@dataclass(frozen=True)
class Scene:
    """What the window adds to a snapshot: what the user has set, and how it is looked at."""

    theme: Theme = LIGHT
    styles: Mapping[int, RunStyle] = field(default_factory=lambda: MappingProxyType({}))
    """By the run's key."""
    hidden: frozenset[int] = frozenset()
    selected: int = 0
    options: ViewOptions = field(default_factory=ViewOptions)
    setup: Setup | None = None
    """What the runs are to be, which the snapshot may not show yet; None where nothing is set."""
    awaited: int | None = None
    """The step that the engine was told to go to, as long as the snapshot shows another setup."""

    hides: frozenset[str] = frozenset()
    """What a lesson wants nowhere to be seen, by `experiment.lessons.lesson.KINDS`."""

    free: frozenset[str] | None = None
    """What a lesson leaves to be set, by the names of `gdsim run`; None where none is played."""
    span: int = 0
    """The step up to which a lesson lets step axes reach from the start; 0 as they do anyway."""

    def step(self, snapshot: Snapshot) -> int:
        """The step at which the user is."""
        return snapshot.step if self.awaited is None else self.awaited
