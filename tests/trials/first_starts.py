"""First starts in a bare Debian: `sudo python -m tests.trials.first_starts [--root FOLDER]`.

debootstrap makes a root with nothing but Python 3 (or FOLDER is one already). In it the last commit
is started as a stranger does it: twice, two at once, interrupted, killed, damaged, without network,
on full and read-only disks, as another user, in Chinese folders under any locale.
A line is printed for each: the status, what was said last, and what was left; a wrong one fails.
Needs root, debootstrap, git and a network; pip's own settings of this machine hold in there too.
`--bind FOLDER` shows a folder of this machine in there, such as one that pip's settings name.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = ["run", "run", "--problem", "article", "--optimizer", "gd", "--lr", "0.01", "--steps", "1000"]
LOSS = "0.56046513012"  # the article's, at step 1000


class Bare:
    """The root folder of a system with Python 3 alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.failures = 0

    def command(self, folder: str, *words: str, **how: str) -> list[str]:
        """`bootstrap.py` with such words in a folder of the root."""
        passed = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        settings = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", **passed, **how}
        user = settings.pop("user", "root")
        net = ["unshare", "--net"] if settings.pop("net", "yes") == "no" else []
        inner = "cd {} && exec python3 {} {}".format(
            shlex.quote(folder), "packaging/bootstrap.py", shlex.join(words)
        )
        return [
            *net, "chroot", f"--userspec={user}", str(self.root), "/usr/bin/env", "-i",
            *(f"{name}={value}" for name, value in settings.items()), "sh", "-c", inner,
        ]  # fmt: skip

    def begin(self, folder: str, *words: str, **how: str) -> subprocess.Popen[str]:
        """Start it; in a group of its own, as a terminal would."""
        return subprocess.Popen(
            self.command(folder, *(words or RUN), **how),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace", start_new_session=True,
        )  # fmt: skip

    def checkout(self, folder: str) -> str:
        """The last commit in a folder of the root."""
        place = self.root / folder.lstrip("/")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        archive = subprocess.run(
            ["git", "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, check=True
        )
        subprocess.run(["tar", "-x", "-C", str(place)], input=archive.stdout, check=True)
        return folder

    def strip(self) -> None:
        """Take away again what the script has brought to the system."""
        purge = ["apt-get", "purge", "-y", "--autoremove", "python3-venv", "python3.11-venv"]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(
            ["chroot", str(self.root), *purge],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip

    def has(self, folder: str, name: str = ".venv") -> bool:
        return (self.root / folder.lstrip("/") / name).exists()

    def ends(
        self,
        case: str,
        process: subprocess.Popen[str],
        status: int,
        out: str = "",
        said: str = "",
        left: tuple[str, bool] | None = None,
    ) -> None:
        """Wait for its end, print how it ended, and judge it."""
        began = time.monotonic()
        printed, complaint = process.communicate()
        lines = [line for line in complaint.splitlines() if line.startswith("gdsim: ")]
        good = process.returncode == status and "Traceback" not in complaint
        good = good and out in printed and said in complaint
        kept = ""
        if left is not None:
            folder, wanted = left
            kept = ", an environment left" if self.has(folder) else ", nothing left"
            good = good and self.has(folder) == wanted
        self.failures += not good
        last = lines[-1].removeprefix("gdsim: ") if lines else (printed.splitlines() or [""])[0]
        seconds = time.monotonic() - began
        mark = "ok  " if good else "BAD "
        print(f"{mark}{case}: status {process.returncode} in {seconds:.0f} s{kept}; “{last}”")
        if not good:
            print(complaint[-2000:], printed[-500:])
        sys.stdout.flush()


@contextmanager
def mounted(*words: object) -> Iterator[None]:
    """A mount for as long as it is needed; the last word is where."""
    Path(str(words[-1])).mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", *map(str, words)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(words[-1])], check=True)


def commands(bare: Bare) -> None:
    """README's two commands, and again."""
    bare.strip()
    home = bare.checkout("/root/gdsim")
    bare.ends("run, the first time", bare.begin(home), 0, LOSS, "will take 350 MB", (home, True))
    bare.ends("run, again", bare.begin(home), 0, LOSS)
    bare.ends("run, again, no network", bare.begin(home, net="no"), 0, LOSS)
    missing = bare.root / "root/gdsim/.venv/lib/python3.11/site-packages/numpy/linalg"
    if missing.exists():
        shutil.rmtree(missing)
    bare.ends("run, a package damaged", bare.begin(home), 0, LOSS, "is made anew")
    tests = ["test", "tests/test_house.py"]
    bare.ends("test, the first time", bare.begin(home, *tests), 0, "passed")
    bare.ends("test, again, no network", bare.begin(home, *tests, net="no"), 0, "passed")


def at_once(bare: Bare) -> None:
    """Two first starts, a moment apart and at the same moment."""
    for pause in (0.0, 0.1, 1.0, 5.0):
        if not pause:
            bare.strip()
        home = bare.checkout("/root/gdsim")
        first = bare.begin(home)
        time.sleep(pause)
        second = bare.begin(home)
        bare.ends(f"two at once, {pause} s apart, the first", first, 0, LOSS)
        bare.ends(f"two at once, {pause} s apart, the second", second, 0, LOSS, "", (home, True))


def interrupted(bare: Bare) -> None:
    """Ctrl-C and worse, at five moments; then it works."""
    home = bare.checkout("/root/gdsim")
    for seconds in (0.3, 2.0, 5.0, 9.0, 14.0):
        process = bare.begin(home)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)
        bare.ends(f"Ctrl-C after {seconds} s", process, 130, said="run the same command again")
    for number, status in ((signal.SIGTERM, 143), (signal.SIGKILL, -9)):
        process = bare.begin(home)
        time.sleep(6)
        os.kill(process.pid, number)
        bare.ends(f"{number.name} after 6 s", process, status)
    bare.ends("run after all these", bare.begin(home), 0, LOSS, left=(home, True))


def disks(bare: Bare) -> None:
    """No network, full disks, read-only ones."""
    home = bare.checkout("/root/gdsim")
    told = "index could not be reached"
    alone = bare.begin(home, net="no", PIP_NO_CACHE_DIR="1")
    bare.ends("no network", alone, 1, said=told, left=(home, False))
    for size in (20, 60, 250):
        place = bare.root / "mnt"
        with mounted("-t", "tmpfs", "-o", f"size={size}m", "tmpfs", place):
            home = bare.checkout("/mnt/gdsim")
            told = "MB of free space"
            bare.ends(f"a disk of {size} MB", bare.begin(home), 1, said=told, left=(home, False))
    home = bare.checkout("/srv/gdsim")
    place = bare.root / "srv"
    with mounted("--bind", place, place):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
        cache = "/root/.cache"
        bare.ends("a read-only checkout", bare.begin(home), 0, LOSS, f"{cache}/gdsim-")
        bare.ends("a read-only checkout, again", bare.begin(home, net="no"), 0, LOSS)
        nowhere = bare.begin(home, XDG_CACHE_HOME="/srv/cache")
        bare.ends("nothing writable", nowhere, 1, said="Set XDG_CACHE_HOME")


def users(bare: Bare) -> None:
    """A checkout of somebody else, without an environment and with one."""
    home = bare.checkout("/srv/gdsim")
    for place in (bare.root / "root/.cache").glob("gdsim-*"):  # of a trial before
        shutil.rmtree(place)
    (bare.root / "home/student").mkdir(parents=True, exist_ok=True)
    os.chown(bare.root / "home/student", 1000, 1000)
    student = {"user": "1000:1000", "HOME": "/home/student"}
    bare.ends("another user's checkout", bare.begin(home, **student), 0, LOSS, "/home/student")
    bare.ends("its owner makes it ready", bare.begin(home), 0, LOSS, "/srv/gdsim/.venv")
    shutil.rmtree(bare.root / "home/student/.cache")
    ready = bare.begin(home, net="no", **student)
    bare.ends("another user, now that it is ready", ready, 0, LOSS)


def names(bare: Bare) -> None:
    """A Chinese folder in every kind of locale."""
    for locale in ("C.UTF-8", "C", "zh_CN.UTF-8", "zh_CN.GB18030"):
        home = bare.checkout("/root/实验 一/梯度下降")
        kind = "" if locale.startswith("C") else " (not generated)"
        first = bare.begin(home, LC_ALL=locale)
        bare.ends(f"a Chinese folder, LC_ALL={locale}{kind}", first, 0, LOSS, left=(home, True))
        other = bare.begin(home, net="no", LC_ALL="C.UTF-8" if locale == "C" else "C")
        bare.ends("    the same in another locale", other, 0, LOSS)


TRIALS = (commands, at_once, interrupted, disks, users, names)


def main(arguments: list[str]) -> int:
    """The exit status: 0 if every outcome is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path)
    parser.add_argument("--bind", type=Path, action="append", default=[])
    parser.add_argument("only", nargs="*", choices=[[], *(one.__name__ for one in TRIALS)])
    options = parser.parse_args(arguments)
    # Started by a script it would be deaf to Ctrl-C, and so would be all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="gdsim-first-") as made:
        root = options.root or Path(made) / "debian"
        if not root.exists():
            bare = ["debootstrap", "--variant=minbase", "--include=python3", "bookworm", str(root)]
            subprocess.run(bare, check=True, stdout=subprocess.DEVNULL)
        for name in ("/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt", "/etc/pip.conf"):
            if Path(name).exists():
                (root / name[1:]).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(name, root / name[1:])
        trial = Bare(root)
        chosen = [one for one in TRIALS if not options.only or one.__name__ in options.only]
        within = [("--bind", "/dev", root / "dev"), ("-t", "proc", "proc", root / "proc")]
        within += [("--bind", place, root / str(place)[1:]) for place in options.bind]
        with ExitStack() as stack:
            for words in within:
                stack.enter_context(mounted(*words))
            for one in chosen:
                one(trial)
    print("all as it should be" if not trial.failures else f"{trial.failures} were wrong")
    return bool(trial.failures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
