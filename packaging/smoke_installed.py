#!/usr/bin/env python3
"""Try an installed gdsim on any system: `python3 packaging/smoke_installed.py PROGRAM [WORD …]`.

PROGRAM and words are what starts it (a frozen program; pythonw.exe -m gdsim). It runs the article's
regression, draws the window in both languages and shows it until it is ready; a wrong number or a
warning in the log is a failure. Pictures are kept in build/smoke/. Standard library only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bare_system import Failed, say
from smoke import ARTICLE, EXPECTED, PICTURES, check_numbers

PATIENCE = 120.0


def check(program: list[str], home: Path) -> None:
    """All that is tried, with settings and log below `home`."""
    environment = {
        **os.environ, "HOME": str(home), "APPDATA": str(home), "LOCALAPPDATA": str(home),
        "XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home),
    }  # fmt: skip

    def run(*words: str) -> str:
        done = subprocess.run(
            [*program, *words], env=environment, cwd=home, timeout=PATIENCE,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8",
            errors="replace", check=False,
        )  # fmt: skip
        if done.returncode or done.stderr:
            raise Failed(f"{' '.join(words)}: status {done.returncode}\n{done.stderr}")
        return done.stdout

    run(*ARTICLE, "--out", "t.csv")
    check_numbers(home / "t.csv", EXPECTED)
    say("the article's numbers")
    run("sweep", "--grid", "lr=log:1e-3:1:4000", "--steps", "500", "--jobs", "2", "--quiet")
    say(run("--info"))
    PICTURES.mkdir(parents=True, exist_ok=True)
    for language in ("en", "zh"):
        picture = PICTURES / f"installed-{language}.png"
        run("--screenshot", str(picture), "--lang", language, "--steps", "100")
        if not picture.read_bytes().startswith(b"\x89PNG"):
            raise Failed("the screenshot is no picture")
    say(f"drawn in both languages, see {PICTURES}")
    window = subprocess.Popen(program, env=environment, cwd=home)
    try:
        log = wait_for_log(home, window)
    finally:
        window.kill()
        window.wait()
    if bad := [line for line in log.splitlines() if " INFO " not in line]:
        raise Failed("the log has warnings:\n" + "\n".join(bad))
    say("the window opens and is ready")


def wait_for_log(home: Path, window: subprocess.Popen[bytes]) -> str:
    """The log of a window that has become ready."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and window.poll() is None:
        for file in home.rglob("gdsim.log"):
            text = file.read_text(encoding="utf-8")
            if " ready\n" in text:
                return text
        time.sleep(0.2)
    raise Failed("the window did not become ready")


def main(program: list[str]) -> int:
    """The exit status: 0 if all is well."""
    if not program:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="gdsim 实验 ") as folder:
        try:
            check(program, Path(folder))
        except (Failed, OSError, subprocess.TimeoutExpired) as failed:
            say(f"FAILED: {failed}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
