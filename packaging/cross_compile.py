"""Builds the library that plays steps back for every system, on this one: the same bytes each time.

By the C compiler of Zig, a locked wheel. The library needs no C library and knows nothing of
Python's or NumPy's versions, so all of them lie in one wheel; kernel.py takes the machine's own.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from building import call
from compile_replay import FLAGS, SOURCE

TARGETS = {
    "libreplay-linux-x86_64.so": "x86_64-linux-gnu.2.17",
    "libreplay-linux-aarch64.so": "aarch64-linux-gnu.2.17",
    "libreplay-windows-x86_64.dll": "x86_64-windows-gnu",
    "libreplay-macos-x86_64.dylib": "x86_64-macos.11.0",
    "libreplay-macos-arm64.dylib": "aarch64-macos.11.0",
}
MORE = {"windows": ("-Wl,--no-entry",), "macos": ("-install_name", "@rpath/libreplay.dylib")}
"""No start of its own; a name in place of the path at which it was built."""


def cross_compile(folder: Path, cache: Path) -> list[Path]:
    """Build all of them into a folder; `Stopped` where the compiler is not there or fails."""
    os.environ.update(ZIG_GLOBAL_CACHE_DIR=str(cache), ZIG_LOCAL_CACHE_DIR=str(cache))
    cache.mkdir(exist_ok=True)
    built = []
    for name, target in TARGETS.items():
        aside = cache / name  # for Windows, what compilers would link with comes along
        more = next((words for system, words in MORE.items() if system in target), ())
        call(
            sys.executable, "-m", "ziglang", "cc", "-target", target, *FLAGS,
            "-nostdlib", "-ffreestanding", "-g0", "-s", *more, "-o", aside, SOURCE,
        )  # fmt: skip
        library = shutil.copyfile(aside, folder / name)
        built.append(library)
    return built
