"""Builds the library that plays recorded steps back, by the machine's C compiler if it has one.

It lies beside its source, gdsim/engine/replay/kernel.c, and is no part of the repository. Without
it everything works by NumPy's calls alone: the same numbers, 5 to 50 times slower. The packages
carry libraries that cross_compile.py has built, for other systems too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "gdsim" / "engine" / "replay" / "kernel.c"
# No contraction to fused operations: the loops are NumPy's, and nothing of ours may round.
FLAGS = ["-O2", "-shared", "-fPIC", "-ffp-contract=off", "-fvisibility=hidden"]
SECONDS = 60


def library_name() -> str:
    """That of this machine, as kernel.py has it (which needs NumPy)."""
    if os.name == "nt":
        return "libreplay-windows-x86_64.dll"
    system, end = ("macos", ".dylib") if sys.platform == "darwin" else ("linux", ".so")
    return f"libreplay-{system}-{os.uname().machine}{end}"


LIBRARY = SOURCE.with_name(library_name())


def compiler() -> str | None:
    """The C compiler that there is; none is looked for on Windows, where few have one."""
    if os.name == "nt":
        return None
    return next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


def is_current() -> bool:
    """Whether the library is there and newer than its source."""
    try:
        return LIBRARY.stat().st_mtime >= SOURCE.stat().st_mtime
    except OSError:
        return False


def compile_replay() -> str:
    """Build the library where it is missing or old; why there is none, or ""."""
    if is_current():
        return ""
    tool = compiler()
    if tool is None:
        return "there is no C compiler"
    aside = LIBRARY.with_name(f"{LIBRARY.name}.{os.getpid()}")
    try:
        done = subprocess.run(
            [tool, *FLAGS, "-o", str(aside), str(SOURCE)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        if done.returncode:
            return f"{Path(tool).name} could not build it"
        aside.replace(LIBRARY)  # another process may be loading the old one
    except (OSError, subprocess.TimeoutExpired) as trouble:
        return str(trouble)
    finally:
        aside.unlink(missing_ok=True)
    return ""


if __name__ == "__main__":
    sys.exit(compile_replay() or None)
