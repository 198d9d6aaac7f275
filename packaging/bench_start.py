#!/usr/bin/env python3
"""How long the frozen program takes to show itself, beside a bare Qt window. Not a test; prints.

    xvfb-run -s "-screen 0 1366x768x24" .venv-build/bin/python packaging/bench_start.py [times]

After `bootstrap.py build`. Both are frozen by the same recipe and started in turn, warm. Shown:
from the start of the process until the shell is painted. Ready: until the window is filled.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from building import HERE, WORK, Stopped, call, say

MOST_SHOWN, MOST_READY = 1.5, 4.0
"""What is asked for, as multiples of the bare window's time."""
PATIENCE = 60.0


def bare_program() -> Path:
    """The bare window, frozen if it has not been yet."""
    program = WORK / "frozen" / "bare" / "bare"
    if not program.exists():
        say("freezing a bare window")
        call(
            sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
            "--distpath", WORK / "frozen", "--workpath", WORK / "pyinstaller", HERE / "bare.spec",
        )  # fmt: skip
        call("strip", "--strip-unneeded", *program.parent.glob("_internal/libpython3*.so*"))
    return program


def bare_seconds(program: Path, home: Path) -> float:
    """From the start to the first paint."""
    began = time.time()
    done = subprocess.run(
        [program],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(home)},
    )
    return float(done.stdout) - began


def gdsim_seconds(program: Path, home: Path) -> tuple[float, float]:
    """From the start to the shell's first paint, and to the filled window, by gdsim's own log."""
    log = home / ".local" / "state" / "gdsim" / "gdsim.log"
    log.unlink(missing_ok=True)
    began = time.time()
    process = subprocess.Popen([program], env={**os.environ, "HOME": str(home)})
    try:
        while time.time() - began < PATIENCE:
            text = log.read_text(encoding="utf-8") if log.exists() else ""
            if " ready\n" in text:
                return moment(text, "shown") - began, moment(text, "ready") - began
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    raise Stopped("gdsim did not become ready.")


def moment(log: str, word: str) -> float:
    """When the word was logged; seconds since the epoch."""
    match = re.search(rf"^(\S+ \S+),(\d{{3}}) \d+ INFO {word}$", log, re.MULTILINE)
    if match is None:
        raise Stopped(f"The log does not say {word}:\n{log}")
    return datetime.fromisoformat(match[1]).timestamp() + int(match[2]) / 1000


def main(times: int = 15) -> int:
    """Print the medians and the ratios; 1 if they are above what is asked for."""
    gdsim, bare = WORK / "frozen" / "gdsim" / "gdsim", bare_program()
    rows: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for _ in range(times + 2):  # the first two warm the caches
            rows.append((bare_seconds(bare, home), *gdsim_seconds(gdsim, home)))
    columns = list(zip(*rows[2:], strict=True))
    medians = [statistics.median(column) for column in columns]
    for name, column, middle in zip(
        ("bare window", "shown", "ready"), columns, medians, strict=True
    ):
        print(
            f"{name:<12}median {1e3 * middle:6.0f} ms   least {1e3 * min(column):6.0f} ms"
            f"   × {middle / medians[0]:.2f} (least: × {min(column) / min(columns[0]):.2f})"
        )
    return int(medians[1] > MOST_SHOWN * medians[0] or medians[2] > MOST_READY * medians[0])


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
