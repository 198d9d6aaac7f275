"""NumPy's inner loops: where they are, for which types."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np

CODES = {np.dtype(np.float64): 12, np.dtype(np.bool_): 0}
"""The types that are recorded, by NumPy's numbers for them (NPY_DOUBLE, NPY_BOOL)."""


class NotRecordable(Exception):
    """Why a step cannot be recorded; the plain path makes it."""


class _UFunc(ctypes.Structure):
    """The public head of `PyUFuncObject` (numpy/ufuncobject.h), the same in 1.26 and all of 2."""

    _fields_ = (
        ("references", ctypes.c_ssize_t),
        ("type", ctypes.c_void_p),
        ("nin", ctypes.c_int),
        ("nout", ctypes.c_int),
        ("nargs", ctypes.c_int),
        ("identity", ctypes.c_int),
        ("functions", ctypes.POINTER(ctypes.c_void_p)),
        ("data", ctypes.POINTER(ctypes.c_void_p)),
        ("ntypes", ctypes.c_int),
        ("reserved", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("types", ctypes.c_void_p),
    )


@cache
def loop_of(ufunc: Any, types: tuple[np.dtype[Any], ...]) -> tuple[int, int | None]:
    """The address of a ufunc's inner loop for these types of its arguments, and of its data.

    `NotRecordable` where it has none, or is not what NumPy's header says.
    """
    head = _UFunc.from_address(id(ufunc))
    name = head.name.decode("ascii") if head.name else ""
    if (head.nin, head.nout, head.ntypes, name) != (
        ufunc.nin, ufunc.nout, ufunc.ntypes, ufunc.__name__,
    ):  # fmt: skip
        raise NotRecordable(f"{ufunc.__name__} is laid out otherwise than NumPy's own")
    wanted = bytes(CODES[one] for one in types)
    known = ctypes.string_at(head.types, head.ntypes * head.nargs)
    for place in range(head.ntypes):
        if known[place * head.nargs : (place + 1) * head.nargs] == wanted:
            loop = head.functions[place]
            if loop:
                return loop, head.data[place] if head.data else None
    raise NotRecordable(f"{ufunc.__name__} has no loop for {[str(one) for one in types]}")
