"""Players of groups that are gone, for groups alike: an edit or a seek records nothing anew."""

from __future__ import annotations

import threading
from collections.abc import Hashable

from gdsim.engine.replay.player import Player

MOST = 64
MOST_BYTES = 64_000_000
"""So many are kept, and of so many bytes together; those that came first go first."""


class Kept:
    """Players by what their tapes depend on: problem, method, all settings but the rates, lanes.

    Each belongs to one group at a time, or lies here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._players: list[tuple[Hashable, Player]] = []
        self._given: list[tuple[Hashable, Player]] = []
        """Not looked at yet. A group may end anywhere, amid `take` even: no lock is taken then."""

    def has(self, structure: Hashable) -> bool:
        """Whether there is one to take."""
        with self._lock:
            self._look()
            return any(known == structure for known, _ in self._players)

    def take(self, structure: Hashable) -> Player | None:
        """One of that structure, which then is the caller's alone."""
        with self._lock:
            self._look()
            for place, (known, player) in enumerate(self._players):
                if known == structure:
                    del self._players[place]
                    return player
        return None

    def give(self, structure: Hashable, player: Player) -> None:
        """Keep it until it is taken, or others need the room."""
        self._given.append((structure, player))

    def _look(self) -> None:
        while self._given:
            self._players.append(self._given.pop(0))
        size = sum(player.nbytes for _, player in self._players)
        while size > MOST_BYTES or len(self._players) > MOST:
            size -= self._players.pop(0)[1].nbytes


kept = Kept()
