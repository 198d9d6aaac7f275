"""Arrays that note on a tape what is done with them."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from gdsim.engine.replay.loops import CODES, NotRecordable
from gdsim.engine.replay.tape import Memory, Tape

_ONLY_VIEWS = frozenset(
    {"expand_dims", "transpose", "swapaxes", "moveaxis", "shape", "ndim", "size"}
)
"""NumPy's functions that compute nothing."""
_ADDING_BEGINS = np.array(np.add.reduce(np.array([-0.0])))
"""What NumPy's sums begin with: 0, or in newer versions −0, to which −0 adds up."""
_BY_CALLS = frozenset({"clip", "sum", "max", "amax", "min", "amin"})
"""Those that call ufuncs, which are recorded one by one."""


class Taped(np.ndarray[Any, np.dtype[Any]]):
    """A view of an array; what is computed from it is recorded, and is such a view itself.

    What a rule asks in Python (`if`, `float`, `tolist`) would be answered once for all steps, and
    is refused: `NotRecordable`. So is every function that is not known here.
    """

    tape: Tape

    def __array_finalize__(self, origin: Any) -> None:
        tape = getattr(origin, "tape", None)
        if tape is not None:
            self.tape = tape

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        tape = _tape_of(self, *inputs, *(options.get("out") or ()))
        arrays = [_memory(one) for one in inputs]
        if method == "reduce":
            return _reduced(tape, ufunc, arrays[0], **options)
        out = options.pop("out", None)
        if method != "__call__" or options or ufunc.nout != 1:
            raise NotRecordable(_named(ufunc, method, *options))
        if ufunc is np.matmul and out is None:
            return _multiplied(tape, *arrays)
        if ufunc.signature:
            raise NotRecordable(_named(ufunc))
        if out is None:
            result = np.asarray(ufunc(*arrays))
            tape.made(result)
        else:
            result = _memory(out[0])
            ufunc(*arrays, out=result)
        if result.dtype == np.float64:
            arrays = [_as_numbers(tape, array) for array in arrays]
        tape.call(ufunc, [*arrays, result])
        return taped(result, tape)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        name = function.__name__
        if name in _ONLY_VIEWS or name in _BY_CALLS:
            return super().__array_function__(function, types, args, options)
        known = _FUNCTIONS.get(name)
        if known is None:
            raise NotRecordable(name)
        return known(_tape_of(self, *args, *options.values()), *args, **options)

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        if not isinstance(found, np.ndarray):
            self._refuse()
        if not np.shares_memory(_memory(found), _memory(self)):
            raise NotRecordable("an index that is no slice")
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        target, source = _memory(self), _memory(value)
        mask = _mask_of(key, target)
        if mask is not None:
            shown = np.broadcast_to(mask, target.shape)
            if source.ndim:
                raise NotRecordable("several numbers at a mask")
            np.copyto(target, source, where=shown)
            self.tape.select(shown, source, target, target)
            return
        part = target[key]
        if not isinstance(part, np.ndarray):
            part = target[key, None][..., 0] if not isinstance(key, tuple) else _cell(target, key)
        if not np.shares_memory(part, target):
            raise NotRecordable("an index that is no slice")
        while source.ndim > part.ndim and source.shape[0] == 1:
            source = source[0]
        if source.ctypes.data == part.ctypes.data and source.strides == part.strides:
            return  # what an operation in place gives back
        part[...] = source
        self.tape.copy(source, part)

    def copy(self, order: Any = "C") -> Taped:
        result = np.array(_memory(self), order="C")
        self.tape.made(result)
        self.tape.copy(_memory(self), result)
        return taped(result, self.tape)

    def reshape(self, *shape: Any, **options: Any) -> Any:
        found = super().reshape(*shape, **options)
        if not np.shares_memory(_memory(found), _memory(self)):
            raise NotRecordable("a reshape that copies")
        return found

    def pick_from(self, numbers: Memory) -> Taped:
        """numbers[..., self]: see `arrays.picked`."""
        places = _memory(self)
        result = np.asarray(numbers[..., places.astype(np.int64)])
        self.tape.made(result)
        if numbers.ndim == 1:
            self.tape.pick(numbers, places, result)
        else:
            for row, target in zip(numbers, result, strict=True):
                self.tape.pick(row, places, target)
        return taped(result, self.tape)

    def _refuse(self, *args: Any, **options: Any) -> NoReturn:
        raise NotRecordable("a decision on a number")

    tolist = item = astype = __float__ = __int__ = __bool__ = __index__ = _refuse
    ravel = flatten = fill = sort = argsort = nonzero = tobytes = dot = _refuse


def taped(array: Memory, tape: Tape) -> Taped:
    """A view that notes on the tape what is done with it."""
    view = array.view(Taped)
    view.tape = tape
    return view


def _memory(value: Any) -> Memory:
    """The plain array of an argument."""
    if isinstance(value, Taped):
        return value.view(np.ndarray)
    if isinstance(value, np.ndarray):
        if value.dtype not in CODES:
            raise NotRecordable(f"numbers of the type {value.dtype}")
        return value
    if isinstance(value, (bool, int, float, np.floating, np.integer, np.bool_)):
        return np.array(float(value))
    raise NotRecordable(type(value).__name__)


def _tape_of(*values: Any) -> Tape:
    return next(value.tape for value in values if isinstance(value, Taped))


def _named(ufunc: Any, *more: str) -> str:
    return " ".join([ufunc.__name__, *(word for word in more if word != "__call__")])


def _as_numbers(tape: Tape, array: Memory) -> Memory:
    """Truth as 1 and 0, where it is computed with."""
    if array.dtype != np.bool_:
        return array
    numbers = array.astype(np.float64)
    tape.made(numbers)
    tape.select(array, np.array(1.0), np.array(0.0), numbers)
    return numbers


def _mask_of(key: Any, target: Memory) -> Memory | None:
    """Which numbers an index with a mask in its last place is about."""
    last = key[-1] if isinstance(key, tuple) else key
    if not (isinstance(last, np.ndarray) and last.dtype == np.bool_):
        return None
    before = key[:-1] if isinstance(key, tuple) else ()
    if any(one != slice(None) for one in before) or len(before) + last.ndim != target.ndim:
        raise NotRecordable("a mask beside other indices")
    return _memory(last)


def _cell(target: Memory, key: tuple[Any, ...]) -> Memory:
    """One number as a view."""
    return target[tuple(slice(k, k + 1) if k >= 0 else slice(k, None) for k in key)].reshape(())


def _multiplied(tape: Tape, a: Memory, b: Memory) -> Taped:
    if a.ndim != 3 or b.ndim != 3:
        raise NotRecordable("matmul of other than three dimensions")
    result = np.matmul(a, b)
    tape.made(result)
    tape.matmul(a, b, result)
    return taped(result, tape)


def _reduced(
    tape: Tape, ufunc: Any, array: Memory, axis: Any = 0, dtype: Any = None, out: Any = None,
    keepdims: bool = False, initial: Any = None, where: Any = True,
) -> Any:  # fmt: skip
    """ufunc.reduce along one axis, in NumPy's order.

    Along the axis that is nearest in memory NumPy's loop sums pairwise; along another it goes row
    by row.
    """
    if dtype is not None or where is not True or initial not in (None, np._NoValue):
        raise NotRecordable(_named(ufunc, "with options"))
    if not isinstance(axis, int) and not (axis is None and array.ndim == 1):
        raise NotRecordable(_named(ufunc, "over several axes"))
    array = _as_numbers(tape, array)
    axis = 0 if axis is None else axis % array.ndim
    if out is None:
        whole = np.asarray(ufunc.reduce(array, axis=axis, keepdims=True))
        tape.made(whole)
    else:
        whole = np.expand_dims(_memory(out[0]), axis)
        ufunc.reduce(array, axis=axis, keepdims=True, out=whole)
    front, target = np.moveaxis(array, axis, 0), np.moveaxis(whole, axis, 0)[0]
    others = [
        abs(stride)
        for place, (count, stride) in enumerate(zip(array.shape, array.strides, strict=True))
        if place != axis and count > 1
    ]
    within = not others or abs(array.strides[axis]) < min(others)
    if ufunc is np.add:
        tape.copy(_ADDING_BEGINS, target)
        rest = front
    else:
        tape.copy(front[0], target)
        rest = front[1:]
    if len(rest):
        tape.rows(ufunc, target, rest, within=within)
    if out is not None:
        return out[0]
    return taped(whole if keepdims else target, tape)


def _where(tape: Tape, mask: Any, first: Any, second: Any) -> Taped:
    chosen = _memory(mask)
    if chosen.dtype != np.bool_:
        raise NotRecordable("where without a mask")
    one, other = (_as_numbers(tape, _memory(value)) for value in (first, second))
    result = np.asarray(np.where(chosen, one, other))
    tape.made(result)
    tape.select(chosen, one, other, result)
    return taped(result, tape)


def _copyto(tape: Tape, target: Any, source: Any, where: Any = True) -> None:
    target, source = _memory(target), _memory(source)
    if where is True:
        np.copyto(target, source)
        tape.copy(source, target)
        return
    mask = _memory(where)
    np.copyto(target, source, where=mask)
    tape.select(mask, source, target, target)


def _empty_like(tape: Tape, array: Any) -> Taped:
    result = np.empty(_memory(array).shape)
    tape.made(result)
    return taped(result, tape)


def _filled_like(value: float) -> Any:
    def filled(tape: Tape, array: Any) -> Taped:
        result = np.full(_memory(array).shape, value)
        tape.made(result)
        tape.copy(np.array(value), result)
        return taped(result, tape)

    return filled


def _broadcast_to(tape: Tape, array: Any, shape: Any) -> Taped:
    return taped(np.broadcast_to(_memory(array), shape), tape)


def _repeat(tape: Tape, array: Any, repeats: int, axis: int) -> Taped:
    source = _memory(array)
    result = np.repeat(source, repeats, axis=axis)
    tape.made(result)
    for offset in range(repeats):
        tape.copy(source, np.moveaxis(np.moveaxis(result, axis, 0)[offset::repeats], 0, axis))
    return taped(result, tape)


def _stack(tape: Tape, arrays: Any) -> Taped:
    parts = [_memory(one) for one in arrays]
    result = np.stack(parts)
    tape.made(result)
    for part, target in zip(parts, result, strict=True):
        tape.copy(part, target)
    return taped(result, tape)


_FUNCTIONS = {
    "where": _where,
    "copyto": _copyto,
    "empty_like": _empty_like,
    "zeros_like": _filled_like(0.0),
    "ones_like": _filled_like(1.0),
    "broadcast_to": _broadcast_to,
    "repeat": _repeat,
    "stack": _stack,
}
"""What each of NumPy's functions is, on a tape."""
