"""What the builds of all packages have in common: the version, the time, running tools."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DIST = ROOT / "dist"
WORK = ROOT / "build"


class Stopped(Exception):
    """What is wrong and what to do about it."""


def say(text: str) -> None:
    """One line of progress."""
    print("build: " + text, file=sys.stderr, flush=True)


def call(*command: str | Path) -> str:
    """Run a command that must succeed; what it printed. Its last words are shown if it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise Stopped(
            f"{Path(command[0]).name} failed:\n" + "\n".join(done.stdout.splitlines()[-15:])
        )
    return done.stdout


def languages() -> list[str]:
    """What the window speaks: English, and each language that has a folder."""
    return [
        "en",
        *sorted(path.parent.name for path in ROOT.glob("resources/translations/*/name.txt")),
    ]


def version() -> str:
    """The one place that names it."""
    text = (ROOT / "gdsim" / "__init__.py").read_text(encoding="utf-8")
    match = re.search(r'__version__ = "([^"]+)"', text)
    if match is None:
        raise Stopped("gdsim/__init__.py names no version.")
    return match[1]


def epoch() -> int:
    """The time that all files get: SOURCE_DATE_EPOCH, or that of the last commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    if (ROOT / ".git").exists() and shutil.which("git"):
        return int(call("git", "-c", "safe.directory=*", "log", "-1", "--format=%ct"))
    raise Stopped("This is no git checkout: set SOURCE_DATE_EPOCH to the time of the release.")


def filled_in(name: str, moment: int) -> str:
    """A file of packaging/ with version and date."""
    date = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
    text = (HERE / name).read_text(encoding="utf-8")
    return text.replace("@VERSION@", version()).replace("@DATE@", date)


def set_times(tree: Path, moment: int) -> None:
    """Give all files one time and plain rights."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink() and path.is_dir():
            path.chmod(0o755)
        elif not path.is_symlink() and not os.access(path, os.X_OK):
            path.chmod(0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)


def checksums(folder: Path) -> None:
    """SHA256SUMS, for `sha256sum --check`; and the sizes to see."""
    lines = []
    for path in sorted(folder.iterdir()):
        if path.name != "SHA256SUMS":
            content = path.read_bytes()
            lines.append(f"{hashlib.sha256(content).hexdigest()}  {path.name}\n")
            say(f"{path.name}: {len(content) / 2**20:.1f} MiB")
    (folder / "SHA256SUMS").write_text("".join(lines))
