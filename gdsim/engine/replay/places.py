"""Where the arrays of a recorded step lie: few of them, near one another, and none copied in vain.

A rule written as its formula makes an array for every term. On a tape each has its life, from the
first call that touches it to the last. One that ends in making another is worked out where that
other lies, be it a row of θ or of the state; those whose lives do not meet share memory.
"""

from __future__ import annotations

from collections.abc import Iterator
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
        """Work out where it is wanted what can be, then let rooms share memory: that memory."""
        self._settle(copies=True)
        self._settle(copies=False)
        return self._shared()

    def _settle(self, *, copies: bool) -> None:
        """Let what is copied, or else what is read for the last time, lie where the call writes."""
        for number in reversed(range(len(self.calls))):
            call = self.calls[number]
            if call.copies is not copies:
                continue
            for source, alike in zip(call.extents[:-1], call.alike, strict=False):
                if alike and source in self.rooms and self._may_become(source, number):
                    self._move(source, call.extents[-1])
                    if copies:
                        del self.calls[number]
                    break

    def _may_become(self, source: Extent, number: int) -> bool:
        """Whether what a call reads number by number may lie where the call writes.

        What is copied may still be read afterwards, where it then is.
        """
        call = self.calls[number]
        target = call.extents[-1]
        touched = [i for i, one in enumerate(self.calls) if one.touches(source)]
        first, last = touched[0], touched[-1]
        begins, between = self.calls[first], self.calls[first + 1 : number]
        if first == number or source == target or not call.alike[-1]:
            return False
        for extent, alike in zip(call.extents[:-1], call.alike, strict=False):
            whole = alike and extent == source
            if _meet(extent, target) or (_meet(extent, source) and not whole):
                return False
        if last > number and not call.copies:
            return False
        if any(one.touches(target) for one in between):
            return False
        if any(
            one.writes(target) or one.writes(source) for one in self.calls[number + 1 : last + 1]
        ):
            return False
        # In place of an argument, only where each number is read before it is written.
        return begins.writes(source) and all(
            begins.extents[place] == target and begins.alike[place] and begins.alike[-1]
            for place, extent in enumerate(begins.extents)
            if _meet(extent, target)
        )

    def _move(self, source: Extent, target: Extent) -> None:
        self.rooms.remove(source)
        for call in self.calls:
            call.move(source, target[0] - source[0])

    def _shared(self) -> Array:
        placed: list[_Placed] = []
        for first, last, extent in sorted(self._lives()):
            size = -(-(extent[1] - extent[0]) // LINE) * LINE
            begin = _gap(size, [one for one in placed if one.last >= first])
            placed.append(_Placed(extent, last, begin, begin + size))
        memory = room(max((one.end for one in placed), default=0) // 8)
        base = memory.ctypes.data
        # All at once: a room's new place may be another's old one.
        ways = {one.extent: base + one.begin - one.extent[0] for one in placed}
        for call in self.calls:
            for place, (low, high) in enumerate(call.extents):
                for whole, way in ways.items():
                    if whole[0] <= low and high <= whole[1]:
                        call.at[place] += way
        return memory

    def _lives(self) -> Iterator[tuple[int, int, Extent]]:
        """The first and the last call that touches each room, and the room."""
        for extent in self.rooms:
            touched = [i for i, call in enumerate(self.calls) if call.touches(extent)]
            if touched:
                yield touched[0], touched[-1], extent


@dataclass
class _Placed:
    """A room, the last call that touches it, and from where to where it lies in the memory."""

    extent: Extent
    last: int
    begin: int
    end: int


def _gap(size: int, taken: list[_Placed]) -> int:
    """Where so many bytes are free."""
    begin = 0
    for one in sorted(taken, key=lambda one: one.begin):
        if one.begin - begin >= size:
            break
        begin = max(begin, one.end)
    return begin


def _meet(one: Extent, other: Extent) -> bool:
    return one[0] < other[1] and other[0] < one[1]
