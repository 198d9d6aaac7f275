"""A recorded step: calls of inner loops on fixed places in memory."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.arrays import Array
from gdsim.engine.replay.kernel import ARGUMENTS, Kernel, Operation, Table
from gdsim.engine.replay.loops import NotRecordable, loop_of
from gdsim.engine.replay.places import Call, Extent, Places

Memory = NDArray[Any]
Dimension = tuple[int, list[int]]
"""How many, and how many bytes apart in each argument."""


class Tape:
    """Operations in their order. What they read and write stays where it is, and alive."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._calls: list[Call] = []
        self._rooms: list[Extent] = []
        """Arrays that a step makes for itself."""
        self._kept: list[Any] = []
        self._streams: list[tuple[int, int, int]] = []
        """Where each begins and ends, and how far it moves with each step."""
        self.numbers = 0
        """What all operations of a step write, together."""
        self._written: list[tuple[int, int]] = []
        """What changes from step to step: from where to where."""

    def __len__(self) -> int:
        return len(self._calls)

    def stream(self, array: Memory) -> None:
        """Memory (steps, …) of which a step sees its own row, and may see the next one."""
        low = array.ctypes.data
        self._streams.append((low, low + array.nbytes, array.strides[0]))
        self._kept.append(array)

    def changes(self, array: Memory) -> None:
        """Memory that is another from step to step, though it stays where it is."""
        low = array.ctypes.data
        self._written.append((low, low + max(array.nbytes, 1)))
        self._kept.append(array)

    def made(self, array: Memory) -> None:
        """Memory that each step makes for itself, and that none reads before it is written."""
        self._rooms.append(_extent(array))
        self._kept.append(array)

    def call(self, ufunc: Any, arrays: list[Memory]) -> None:
        """An elementwise ufunc on its inputs, into the last of the arrays."""
        loop, data = loop_of(ufunc, tuple(array.dtype for array in arrays))
        self._add(loop, data, arrays)

    def copy(self, source: Memory, target: Memory) -> None:
        """target[...] = source."""
        _floats(source, target)
        self._add(self._kernel.copy, None, [source, target])

    def select(self, mask: Memory, first: Memory, second: Memory, target: Memory) -> None:
        """target[...] = where(mask, first, second)."""
        _floats(first, second, target)
        self._add(self._kernel.select, None, [mask, first, second, target])

    def pick(self, numbers: Array, places: Memory, target: Memory) -> None:
        """target[...] = numbers[places]; `numbers` (n,) do not change."""
        _floats(numbers, places, target)
        table = Table(numbers.ctypes.data, len(numbers), numbers.strides[0])
        self._kept += [table, numbers]
        self._add(self._kernel.pick, ctypes.addressof(table), [places, target])

    def rows(self, ufunc: Any, target: Memory, source: Memory, *, within: bool) -> None:
        """target = ufunc(target, row) for each row along the first axis of `source`, in order.

        `within`, that axis is the inner one: NumPy's own loop goes along it, in an order of its
        own. `target` has no such axis.
        """
        loop, data = loop_of(ufunc, (source.dtype,) * 3)
        spread = np.broadcast_to(target, source.shape)
        arrays = [spread, source, spread]
        first, *others = _dimensions(arrays)
        others = _merged([one for one in others if one[0] != 1])
        self._changed(target)
        self._place(loop, data, arrays, [*others, first] if within else [first, *others])

    def matmul(self, a: Memory, b: Memory, result: Memory) -> None:
        """Products of matrices, (lanes, m, k) × (lanes, k, p) → (lanes, m, p)."""
        loop, data = loop_of(np.matmul, (a.dtype,) * 3)
        lanes, rows, _ = result.shape
        outer = [0 if array.shape[0] == 1 else array.strides[0] for array in (a, b, result)]
        core = [stride for array in (a, b, result) for stride in array.strides[1:]]
        sizes = (1, 1, lanes, rows, a.shape[2], b.shape[2])
        one = Operation(loop, data, 3, sizes)
        one.inner[: len(outer) + len(core)] = [*outer, *core]
        self._changed(result)
        self._append(one, [a, b, result], matrices=True)

    @property
    def nbytes(self) -> int:
        """What the arrays take that a step makes for itself."""
        return self._memory.nbytes

    def play(self, first: int, steps: int) -> None:
        """Make the steps `first`, `first` + 1, … of the streams."""
        code, bases, strides = self._code
        self._kernel.play(code, len(self._calls), first, steps, bases, strides)

    def finish(self) -> None:
        """No more is recorded: what the kernel is given is laid out."""
        rooms = list(self._rooms)
        self._memory = Places(self._calls, self._rooms).arranged()
        # Arrays that have moved there are wanted no more.
        self._kept = [one for one in self._kept if not _lies_in(one, rooms)]
        for call in self._calls:
            self._place_in_streams(call)
        bases = [0, *(low for low, _, _ in self._streams)]
        strides = [0, *(stride for _, _, stride in self._streams)]
        self._code = (
            (Operation * len(self._calls))(*(call.operation for call in self._calls)),
            (ctypes.c_void_p * len(bases))(*bases),
            (ctypes.c_ssize_t * len(strides))(*strides),
        )

    # How an operation is laid out

    def _add(self, loop: int | None, data: int | None, arrays: list[Memory]) -> None:
        target = arrays[-1]
        try:
            views = [_spread(array, target.shape) for array in arrays[:-1]]
        except ValueError:
            raise NotRecordable("shapes that do not fit together") from None
        views = [self._written_out(view) for view in views]
        for view in views:
            near = np.may_share_memory(view, target) and not _same_place(view, target)
            if near and np.shares_memory(view, target):
                raise NotRecordable("what is read overlaps with what is written")
        self._changed(target)
        views.append(target)
        dimensions = [one for one in _dimensions(views) if one[0] != 1]
        self._place(loop, data, views, _merged(dimensions))

    def _written_out(self, view: Memory) -> Memory:
        """A row that never changes is repeated in memory, for a longer inner loop."""
        if view.size < 2 or 0 not in view.strides or not any(view.strides):
            return view
        low = view.ctypes.data
        if any(begin <= low < end for begin, end, *_ in (*self._streams, *self._written)):
            return view
        return np.array(view, order="C")

    def _changed(self, target: Memory) -> None:
        self.changes(target)

    def _place(
        self, loop: int | None, data: int | None, views: list[Memory], dimensions: list[Dimension]
    ) -> None:
        if len(dimensions) > 3:
            raise NotRecordable("more than three dimensions")
        none: Dimension = (1, [0] * len(views))
        whole = [none] * (3 - len(dimensions)) + dimensions
        one = Operation(loop, data, len(views), tuple(count for count, _ in whole))
        for kind, (_, strides) in zip((one.outer, one.middle, one.inner), whole, strict=True):
            kind[: len(strides)] = strides
        self._append(one, views)

    def _append(self, one: Operation, views: list[Memory], *, matrices: bool = False) -> None:
        if len(views) > ARGUMENTS:
            raise NotRecordable("more than four arguments")
        target = views[-1]
        like = target.shape, target.strides
        one_by_one = target.flags.c_contiguous and not matrices
        self._kept += views
        self.numbers += max(view.size for view in views)
        self._calls.append(
            Call(
                one,
                [view.ctypes.data for view in views],
                [_extent(view) for view in views],
                [one_by_one and (view.shape, view.strides) == like for view in views],
                copies=one.loop == self._kernel.copy,
            )
        )

    def _place_in_streams(self, call: Call) -> None:
        """In which stream each argument lies, and how far in."""
        one = call.operation
        for place, at in enumerate(call.at):
            one.stream[place], one.offset[place] = 0, at
            for number, (low, high, _) in enumerate(self._streams, 1):
                if low <= at < high:
                    one.stream[place], one.offset[place] = number, at - low


def _extent(array: Memory) -> Extent:
    """The bytes from its first number to its last."""
    ways = [(n - 1) * stride for n, stride in zip(array.shape, array.strides, strict=True)]
    low = array.ctypes.data
    if not array.size:
        return low, low
    return low + sum(min(way, 0) for way in ways), low + sum(
        max(way, 0) for way in ways
    ) + array.itemsize


def _lies_in(one: Any, rooms: list[Extent]) -> bool:
    if not isinstance(one, np.ndarray):
        return False
    low, high = _extent(one)
    return any(begin <= low and high <= end for begin, end in rooms)


def _spread(array: Memory, shape: tuple[int, ...]) -> Memory:
    """One of that shape: itself, or its numbers repeated."""
    return array if array.shape == shape else np.broadcast_to(array, shape)


def _same_place(one: Memory, other: Memory) -> bool:
    """Whether two arrays of one shape are the same numbers in memory."""
    strides = zip(one.shape, one.strides, other.strides, strict=True)
    return one.ctypes.data == other.ctypes.data and all(n == 1 or a == b for n, a, b in strides)


def _floats(*arrays: Memory) -> None:
    for array in arrays:
        if array.dtype != np.float64:
            raise NotRecordable(f"numbers of the type {array.dtype}")


def _dimensions(views: list[Memory]) -> list[Dimension]:
    return [(count, [v.strides[i] for v in views]) for i, count in enumerate(views[-1].shape)]


def _merged(dimensions: list[Dimension]) -> list[Dimension]:
    """Neighbours that are one run of memory in all arrays, as one."""
    merged: list[Dimension] = []
    for count, strides in dimensions:
        if merged and all(b == count * a for b, a in zip(merged[-1][1], strides, strict=True)):
            merged[-1] = (merged[-1][0] * count, strides)
        else:
            merged.append((count, strides))
    return merged
