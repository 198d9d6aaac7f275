"""How much memory there is, and how much something takes."""

from __future__ import annotations

import ctypes
import os
import sys
import tracemalloc
from pathlib import Path

import numpy as np

from gdsim.engine.problems import Problem

ASSUMED_BYTES = 4_000_000_000
"""Where a system does not tell."""


def free_bytes() -> int:
    """The memory that can be had without pushing other programs out."""
    if sys.platform == "win32":
        return _windows_free_bytes()
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    except (OSError, ValueError):
        pass
    try:
        # macOS tells how much is built in; half of it can be had as a rule.
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (OSError, ValueError):
        return ASSUMED_BYTES


if sys.platform == "win32":

    class _MemoryStatus(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("total", "free", "total_page", "free_page", "all", "left", "extended")
            ),
        )

    def _windows_free_bytes() -> int:
        status = _MemoryStatus()
        status.length = ctypes.sizeof(status)
        known = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.free) if known else ASSUMED_BYTES


def gradient_bytes(problem: Problem) -> int:
    """What the gradient of one lane takes on its way, found by trying."""
    theta = np.tile(np.array(problem.start)[:, None], (1, 8))
    out = np.empty_like(theta)
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    with np.errstate(all="ignore"):
        problem.gradient(theta, out)
    peak = tracemalloc.get_traced_memory()[1]
    if not traced:
        tracemalloc.stop()
    return max(1, (peak - before) // 8)


def bytes_text(count: float) -> str:
    """A size as people read it: 3.2 GB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.3g} {unit}"
        count /= 1000.0
    return f"{count:,.3g} TB"
