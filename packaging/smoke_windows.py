#!/usr/bin/env python3
"""Try the set-up for Windows under Wine: `sudo python3 packaging/smoke_windows.py`.

debootstrap makes a root of Debian 13 with Wine 10 and a Chinese font (Windows has several). In it,
in namespaces without any network, the set-up installs silently, the article's regression is run,
the window is drawn in both languages and shown on Xvfb, quits by Ctrl+Q, and the uninstaller leaves
nothing. Pictures are kept in build/smoke/.

Wine is not Windows: it lacks ICU and some complex functions of the C library, which are made up
here (SHIMS) in the installed copy only. What counts is the run on Windows itself, in CI.

Needs debootstrap, xvfb, xdotool, imagemagick, binutils-mingw-w64-x86-64; 3–5 minutes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bare_system import DISPLAY, PATIENCE, Failed, require, say, x_server, xdotool
from smoke import ARTICLE, EXPECTED, PICTURES, ROOT, check_numbers

TOOLS = {
    "debootstrap": "debootstrap", "Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick",
    "x86_64-w64-mingw32-ld": "binutils-mingw-w64-x86-64",
}  # fmt: skip
DRIVE = "root/.wine/drive_c"
USER = f"{DRIVE}/users/root"
FOLDER = f"{USER}/AppData/Local/Programs/gdsim"

MATH = "api-ms-win-crt-math-l1-1-0.dll"
SHIM = "gdsim-test-shim-math".ljust(len(MATH) - 4, "-") + ".dll"
# Windows' convention: a pair of doubles comes by its address, a pair of floats in one register.
COMPLEX = {
    "creal": "movsd (%rcx), %xmm0", "creall": "movsd (%rcx), %xmm0",
    "cimag": "movsd 8(%rcx), %xmm0", "cimagl": "movsd 8(%rcx), %xmm0",
    "crealf": "movd %ecx, %xmm0", "cimagf": "shr $32, %rcx\n movd %ecx, %xmm0",
}  # fmt: skip


def imports(binary: Path, library: str) -> list[str]:
    """What a Windows binary imports from a library."""
    done = subprocess.run(
        ["objdump", "-p", binary], capture_output=True, text=True, errors="replace", check=True
    )
    part = re.search(rf"DLL Name: {re.escape(library)}\n(.*?)\n\n", done.stdout, re.S)
    return re.findall(r"^\s+[0-9a-f]+\s+\S.*?(\w+)$", part[1], re.M) if part else []


def make_library(target: Path, own: dict[str, str], forwarded: list[str]) -> None:
    """A library with functions of a line of assembly each; others are ucrtbase's."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        bodies = {**own, "DllMainCRTStartup": "movl $1, %eax"}
        text = "".join(f".globl {n}\n{n}:\n {body}\n ret\n" for n, body in bodies.items())
        (work / "shim.s").write_text(".text\n" + text)
        exports = [f" {n}" for n in own] + [f" {n} = ucrtbase.{n}" for n in forwarded]
        (work / "shim.def").write_text(
            "\n".join([f"LIBRARY {target.name}", "EXPORTS", *exports, ""])
        )
        tool = "x86_64-w64-mingw32-"
        subprocess.run([tool + "as", "-o", work / "shim.o", work / "shim.s"], check=True)
        subprocess.run(
            [tool + "ld", "-shared", "-e", "DllMainCRTStartup", "-o", target,
             work / "shim.o", work / "shim.def"],
            check=True,
        )  # fmt: skip


def make_up_what_wine_lacks(folder: Path) -> None:
    """In the installed copy: ICU's converters (none is opened) and parts of complex numbers."""
    converters = imports(folder / "lib" / "PySide6" / "Qt6Core.dll", "icuuc.dll")
    make_library(folder / "icuuc.dll", dict.fromkeys(converters, "xorl %eax, %eax"), [])
    names: set[str] = set()
    for module in folder.glob("lib/numpy/**/*.pyd"):
        found = set(imports(module, MATH))
        if found & set(COMPLEX):
            names |= found
            content = module.read_bytes()
            module.write_bytes(content.replace(MATH.encode() + b"\0", SHIM.encode() + b"\0"))
    own = {name: body for name, body in COMPLEX.items() if name in names}
    make_library(folder / SHIM, own, sorted(names - set(own)))


class Wine:
    """Windows' programs in the bare root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def command(self, *words: str) -> list[str]:
        variables = {
            "HOME": "/root", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8",
            "DISPLAY": DISPLAY, "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "PYTHONUTF8": "1",
        }  # fmt: skip
        settings = [f"{name}={value}" for name, value in variables.items()]
        inside = ["sh", "-c", 'cd /root && exec "$@"', "sh", *words]
        return ["env", "-i", *settings, "chroot", str(self.root), *inside]

    def run(self, *words: str) -> str:
        """Run a command that must succeed; what it printed."""
        done = subprocess.run(
            self.command(*words), capture_output=True, text=True, errors="replace",
            timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Failed(f"{' '.join(words)}: status {done.returncode}\n{done.stderr[-3000:]}")
        return done.stdout

    def wait(self) -> None:
        """Until all of Wine's processes have ended: the uninstaller goes on in a copy of itself."""
        subprocess.run(self.command("wineserver", "-w"), timeout=120, check=False)


def registry(root: Path) -> str:
    """The user's part."""
    return (root / "root/.wine/user.reg").read_text(encoding="utf-8", errors="replace")


def inside(root: Path) -> None:
    """All checks; runs in namespaces of its own, without a network."""
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    (setup,) = (ROOT / "dist").glob("*-setup.exe")
    wine = Wine(root)
    with x_server(root):
        say("windows: silent installation")
        wine.run("wineboot", "-i")
        shutil.copy(setup, root / DRIVE / "setup.exe")
        wine.run("wine", "C:\\setup.exe", "/S")
        wine.wait()
        folder = root / FOLDER
        python = "C:\\users\\root\\AppData\\Local\\Programs\\gdsim\\python.exe"
        if not (folder / "pythonw.exe").exists() or "gdsim.experiment" not in registry(root):
            raise Failed("the set-up has not installed gdsim with its file type")
        if not list(root.glob(f"{USER}/AppData/Roaming/**/Start Menu/**/gdsim.lnk")):
            raise Failed("there is no entry in the start menu")
        make_up_what_wine_lacks(folder)
        say("windows: the article's numbers")
        wine.run("wine", python, "-m", "gdsim", *ARTICLE, "--out", "C:\\t.csv")
        check_numbers(root / DRIVE / "t.csv", EXPECTED)
        (PICTURES / "windows-info.txt").write_text(
            wine.run("wine", python, "-m", "gdsim", "--info")
        )
        for language in ("en", "zh"):
            picture = f"窗口 {language}.png"
            wine.run("wine", python, "-m", "gdsim", "--screenshot", f"C:\\{picture}",
                     "--lang", language, "--steps", "100")  # fmt: skip
            shutil.copy(root / DRIVE / picture, PICTURES / f"windows-{language}.png")
        log_file = root / USER / "AppData/Local/gdsim/gdsim.log"
        check_window(wine, python.replace("python.exe", "pythonw.exe"), log_file)
        log = log_file.read_text(encoding="utf-8")
        if bad := [line for line in log.splitlines() if " INFO " not in line]:
            raise Failed("the log has warnings:\n" + "\n".join(bad))
        say("windows: silent removal")
        for made_up in ("icuuc.dll", SHIM):
            (folder / made_up).unlink()
        wine.run(
            "wine",
            f"C:\\{FOLDER.removeprefix(DRIVE + '/')}\\uninstall.exe".replace("/", "\\"),
            "/S",
        )
        wine.wait()
    if folder.exists():
        raise Failed(f"left behind: {sorted(map(str, folder.rglob('*')))[:20]}")
    left = ("gdsim.experiment", "Software\\\\gdsim", "Uninstall\\\\gdsim")
    if any(key in registry(root) for key in left) or list(root.glob(f"{USER}/**/gdsim.lnk")):
        raise Failed("the registry or the start menu still names gdsim")


def check_window(wine: Wine, program: str, log: Path) -> None:
    """It appears, is drawn, and quits by Ctrl+Q."""
    window = subprocess.Popen(wine.command("wine", program, "-m", "gdsim", "--lang", "zh"))
    began = time.monotonic()
    try:
        while not xdotool("search", "--onlyvisible", "--name", "gdsim"):
            if window.poll() is not None or time.monotonic() - began > 2 * PATIENCE:
                raise Failed("no window appeared")
            time.sleep(0.1)
        say(f"windows: shown after {time.monotonic() - began:.1f} s")
        while not log.exists() or " ready\n" not in log.read_text(encoding="utf-8"):
            if window.poll() is not None or time.monotonic() - began > 3 * PATIENCE:
                raise Failed("the window did not become ready")
            time.sleep(0.2)
        time.sleep(3)
        picture = PICTURES / "windows-window.png"
        subprocess.run(["import", "-display", DISPLAY, "-window", "root", picture], check=True)
        xdotool("mousemove", "680", "755", "click", "1")
        time.sleep(0.5)
        xdotool("key", "ctrl+q")
        window.wait(timeout=PATIENCE)
    finally:
        window.kill()
    wine.wait()


def main(arguments: list[str]) -> int:
    """The exit status: 0 if all is well."""
    if os.geteuid() != 0:
        print("smoke: run this as root: it makes a root folder of another system", file=sys.stderr)
        return 1
    try:
        if arguments[:1] == ["--inside"]:
            inside(Path(arguments[1]))
            return 0
        require(TOOLS)
        PICTURES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="gdsim-smoke-") as name:
            root = Path(name) / "trixie"
            say("windows: making a root with Wine")
            with (PICTURES / "wine-debootstrap.log").open("w") as log:
                subprocess.run(
                    ["debootstrap", "--variant=minbase",
                     "--include=wine,wine64,fonts-dejavu-core,fonts-wqy-microhei", "trixie", root],
                    stdout=log, check=True,
                )  # fmt: skip
            root.parent.chmod(0o755)
            subprocess.run(
                ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
                 sys.executable, __file__, "--inside", root],
                check=True,
            )  # fmt: skip
        say("windows: passed under Wine")
    except (Failed, subprocess.CalledProcessError, subprocess.TimeoutExpired) as failed:
        say(f"FAILED: {failed}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
