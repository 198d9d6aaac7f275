"""Where the arrays of a recorded step lie: few of them, near one another, and none copied in vain.

A rule written as its formula makes an array for every term. On a tape each has its life, from the
first call that touches it to the last; those whose lives do not meet share memory, and one that is
copied at its end is worked out where the copy would lie.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gdsim.engine.arrays import LINE, Array, room
from gdsim.engine.replay.kernel import Operation

Extent = tuple[int, int]
"""From which byte of memory on, and before which it ends."""


@dataclass
class Call:
    """An operation and where its arguments lie; the last is written."""

    operation: Operation
    at: list[int]
    extents: list[Extent]
    alike: list[bool]
    """Whether each argument lies as the last does, number by number, in one piece of memory."""
    copies: bool = False

    def touches(self, extent: Extent) -> bool:
        return any(_meet(one, extent) for one in self.extents)

    def writes(self, extent: Extent) -> bool:
        return _meet(self.extents[-1], extent)

    def move(self, whole: Extent, way: int) -> None:
        """What lies within `whole` lies so many bytes further on."""
        for place, (low, high) in enumerate(self.extents):
            if whole[0] <= low and high <= whole[1]:
                self.extents[place] = low + way, high + way
                self.at[place] += way


@dataclass
class Places:
    """The calls of a step, and the rooms (extents) of the arrays that it makes for itself."""

    calls: list[Call]
    rooms: list[Extent] = field(default_factory=list)

    def arranged(self) -> Array:
        """Leave needless copies out, then let rooms share memory: that memory."""
        number = 0
        while number < len(self.calls):
            if self.calls[number].copies and self._is_needless(number):
                self._leave_out(number)
            else:
                number += 1
        return self._shared()

    def _is_needless(self, number: int) -> bool:
        """Whether what a call copies can be worked out where the copy would lie."""
        call = self.calls[number]
        source, target = call.extents
        if source not in self.rooms or not call.alike[0]:
            return False
        first = next(i for i, one in enumerate(self.calls) if one.touches(source))
        between, after = self.calls[first + 1 : number], self.calls[number + 1 :]
        if any(one.touches(target) for one in between):
            return False
        if any(one.writes(target) or one.writes(source) for one in after):
            return False
        begins = self.calls[first]
        # In place of an argument, only where each number is read before it is written.
        return begins.writes(source) and all(
            begins.extents[place] == target and begins.alike[place] and begins.alike[-1]
            for place, extent in enumerate(begins.extents)
            if _meet(extent, target)
        )

    def _leave_out(self, number: int) -> None:
        source, target = self.calls.pop(number).extents
        self.rooms.remove(source)
        for call in self.calls:
            call.move(source, target[0] - source[0])

    def _shared(self) -> Array:
        lives: list[tuple[int, int, Extent]] = []
        for extent in self.rooms:
            touched = [i for i, call in enumerate(self.calls) if call.touches(extent)]
            if touched:
                lives.append((touched[0], touched[-1], extent))
        placed: list[tuple[int, int, int]] = []  # the last call, where it begins, where it ends
        moves: list[tuple[Extent, int]] = []
        for first, last, extent in sorted(lives):
            size = -(-(extent[1] - extent[0]) // LINE) * LINE
            taken = sorted((low, high) for end, low, high in placed if end >= first)
            begin = 0
            for low, high in taken:
                if low - begin >= size:
                    break
                begin = max(begin, high)
            placed.append((last, begin, begin + size))
            moves.append((extent, begin))
        memory = room(max((high for _, _, high in placed), default=0) // 8)
        base = memory.ctypes.data
        # All at once: a room's new place may be another's old one.
        old = [(call, list(call.at), list(call.extents)) for call in self.calls]
        for extent, begin in moves:
            way = base + begin - extent[0]
            for call, at, extents in old:
                for place, (low, high) in enumerate(extents):
                    if extent[0] <= low and high <= extent[1]:
                        call.at[place] = at[place] + way
        return memory


def _meet(one: Extent, other: Extent) -> bool:
    return one[0] < other[1] and other[0] < one[1]
