"""The library that plays tapes back, if it has been built for this machine."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path

import numpy as np

NUMPY_VERSIONS = ("1.26", "2.0", "2.1", "2.2", "2.3", "2.4")
"""Those with which all the tests of playback have passed; any other takes the plain path."""
SWITCH = "GDSIM_REPLAY"
"""An environment variable; 0 leaves the library alone."""
ARGUMENTS, SIZES, STRIDES = 4, 6, 12

_Size = ctypes.c_ssize_t


class Operation(ctypes.Structure):
    """One call of an inner loop; see `Operation` in kernel.c."""

    _fields_ = (
        ("loop", ctypes.c_void_p),
        ("data", ctypes.c_void_p),
        ("count", _Size),
        ("size", _Size * SIZES),
        ("outer", _Size * ARGUMENTS),
        ("middle", _Size * ARGUMENTS),
        ("inner", _Size * STRIDES),
        ("stream", _Size * ARGUMENTS),
        ("offset", _Size * ARGUMENTS),
    )


class Table(ctypes.Structure):
    """What `pick` takes numbers from; see `Table` in kernel.c."""

    _fields_ = (("numbers", ctypes.c_void_p), ("count", _Size), ("stride", _Size))


class Kernel:
    """The functions of the library. Calls of `play` do not hold the interpreter's lock."""

    def __init__(self, path: Path) -> None:
        """`OSError` or `AttributeError` where that is no such library."""
        library = ctypes.CDLL(str(path))
        size_of = library.gdsim_size_of_operation
        size_of.restype = _Size
        if size_of() != ctypes.sizeof(Operation):
            raise OSError(f"{path.name} was built for another layout")
        self.path = path
        self.play = library.gdsim_play
        self.play.restype = None
        self.play.argtypes = (
            ctypes.POINTER(Operation), _Size, _Size, _Size,
            ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(_Size),
        )  # fmt: skip
        self.copy, self.select, self.pick = (
            ctypes.cast(getattr(library, f"gdsim_{name}"), ctypes.c_void_p).value
            for name in ("copy", "select", "pick")
        )


def library_name() -> str:
    """Of this machine's library, which lies beside this file."""
    if sys.platform == "win32":
        return "libreplay-windows-x86_64.dll"
    system, end = ("macos", ".dylib") if sys.platform == "darwin" else ("linux", ".so")
    return f"libreplay-{system}-{os.uname().machine}{end}"


@cache
def load() -> tuple[Kernel | None, str]:
    """The library, or None and why it is not used."""
    if os.environ.get(SWITCH) == "0":
        return None, f"switched off by {SWITCH}=0"
    version = ".".join(np.__version__.split(".")[:2])
    if version not in NUMPY_VERSIONS:
        return None, f"not tried with NumPy {np.__version__}"
    if sys.implementation.name != "cpython" or ctypes.sizeof(_Size) != 8:
        return None, "only for 64-bit CPython"
    if sys.byteorder != "little":
        return None, "only for little-endian machines"
    path = Path(__file__).with_name(library_name())
    if not path.is_file():
        return None, "not built: there was no C compiler"
    try:
        return Kernel(path), ""
    except (OSError, AttributeError) as trouble:
        return None, f"cannot be loaded: {trouble}"


def describe() -> str:
    """Whether steps are played back here, and why not, in a line."""
    kernel, why = load()
    return f"in use ({kernel.path.name})" if kernel else f"not in use: {why}"
