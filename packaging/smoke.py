#!/usr/bin/env python3
"""Prove the packages in dist/ on bare systems: `sudo python3 packaging/smoke.py [SUITE …]`.

For each suite of Debian (bookworm and trixie if none is named) debootstrap makes a minimal root:
no Python, no X11, no fonts. In it, in namespaces without any network, the .deb is installed and the
portable file is started by a standard user from a folder with a space and Chinese in its name. Both
run the article's regression and draw the window in both languages. In the window, on Xvfb, keys
play the run, switch the language, export a picture, save the experiment and open it again, with
every socket watched; it is killed and what it was about is found again. Then: a read-only and a
missing profile, two users at once, settings beside the program, defaults of the machine, the .deb's
removal, a full disk, where a document stays what it was, and a share, a home and /tmp that nobody
may write. A word of warning, on the error stream or in the log, a wrong number, a socket that is
not local or a file left behind is a failure. Pictures of the windows are kept in build/smoke/.

Needs debootstrap, xvfb, xdotool, imagemagick, strace and, for debootstrap only, a network; some
4 minutes a suite. Not part of the tests that CI runs on every change, since it needs root.
"""

from __future__ import annotations

import ast
import contextlib
import csv
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bare_system import Bare, Failed, Window, require, say, windows, x_server, xdotool

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "build" / "smoke"
SUITES = ("bookworm", "trixie")
TOOLS = {
    "debootstrap": "debootstrap", "Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick",
    "unshare": "util-linux", "strace": "strace",
}  # fmt: skip

ARTICLE = ["run", "--problem", "article", "--optimizer", "gd", "--lr", "0.01", "--steps", "1000"]
EXPECTED = {
    "loss": 0.560465130125,
    "theta_0": -0.949448893427,
    "theta_1": 2.185998154069,
}
"""The article's result at step 1000 to the 12 digits that it was published with."""


def check_numbers(file: Path, expected: dict[str, float]) -> None:
    """The last row of a table of results."""
    with file.open(encoding="utf-8", newline="") as rows:
        last = list(csv.DictReader(line for line in rows if not line.startswith("#")))[-1]
    for column, value in expected.items():
        if not math.isclose(float(last[column]), value, rel_tol=1e-11):
            raise Failed(f"{column} is {last[column]}, not {value}")


def check_program(bare: Bare, program: str, name: str) -> None:
    """The article's numbers, both languages drawn, a session in the window."""
    bare.run(program, *ARTICLE, "--out", "t.csv")
    check_numbers(bare.folder / "t.csv", EXPECTED)
    for word in commands():
        if "usage: gdsim" not in bare.run(program, word, "--help"):
            raise Failed(f"gdsim {word} --help shows no usage")
    for kind in ("png", "svg", "pdf"):
        bare.run(program, *ARTICLE, "--quiet", "--plot", f"way.{kind}")
    check_sweep(bare, program)
    information = bare.run(program, "--info")
    if "no display" not in information:
        raise Failed(f"--info says:\n{information}")
    pictures = []
    for language in ("en", "zh"):
        bare.run(program, "--screenshot", f"{language}.png", "--lang", language, "--steps", "100")
        pictures.append((bare.folder / f"{language}.png").read_bytes())
        shutil.copy(bare.folder / f"{language}.png", PICTURES / f"{name}-{language}.png")
    if pictures[0] == pictures[1]:
        raise Failed("the window is the same in both languages")
    check_session(bare, program, name)


def check_sweep(bare: Bare, program: str) -> None:
    """On two cores a sweep's numbers are the same."""
    for jobs in ("1", "2"):
        grid = ("--grid", "lr=log:1e-3:1:4000", "--steps", "500", "--jobs", jobs)
        bare.run(program, "sweep", *grid, "--quiet", "--out", f"sweep-{jobs}.csv")
    one, two = ((bare.folder / f"sweep-{jobs}.csv").read_bytes() for jobs in ("1", "2"))
    if one != two:
        raise Failed("a sweep by two threads gives other numbers than by one")


def check_session(bare: Bare, program: str, name: str) -> None:
    """Play, switch the language, export, save, quit, open again; kill it, and find all again."""
    window = Window(bare, program)
    say(f"{name}: a window after {window.seconds:.2f} s")
    window.wait_for_title("Untitled")
    window.press("Escape")  # from the start page
    window.press("plus", "plus", "plus", "plus", "space")
    time.sleep(3)
    window.picture(PICTURES / f"{name}-window.png")
    window.press("alt+v", *["Down"] * menu_place("view", "language"), "Right", "Down", "Return")
    window.wait_for_title("未命名")
    window.press("ctrl+e")
    window.answer("seen.png")
    window.press("ctrl+s")
    window.answer("kept.gdsim")
    window.wait_for_title("kept.gdsim")
    window.quit()
    (picture,) = bare.folder.rglob("seen.png")
    if not picture.read_bytes().startswith(b"\x89PNG"):
        raise Failed("the exported picture is none")
    (document,) = bare.folder.rglob("kept.gdsim")
    trace = PICTURES / f"{name}-sockets.txt"
    window = Window(bare, program, str(document.relative_to(bare.folder)), watch=trace)
    window.wait_for_title("kept.gdsim")
    window.press("ctrl+shift+a")
    kept = window.wait_for_file(bare.state / "sessions", "session-*.gdsim")
    window.kill()
    check_sockets(trace)
    if kept.read_text(encoding="utf-8").count('"optimizer"') != 2:
        raise Failed("the killed window's second run is not kept")
    window = Window(bare, program)
    window.picture(PICTURES / f"{name}-restore.png")
    question = next(iter(windows(".") - {window.number}), "")
    xdotool("windowfocus", "--sync", question, "key", "Return")
    window.wait_for_title("kept.gdsim")
    window.press("ctrl+s")
    time.sleep(1)
    window.quit()
    if document.read_text(encoding="utf-8").count('"optimizer"') != 2:
        raise Failed("what was restored was not saved to its own file")
    check_log(bare.state)


def commands() -> list[str]:
    """The words that gdsim's command line knows."""
    source = (ROOT / "gdsim" / "cli" / "main.py").read_text(encoding="utf-8")
    found = re.search(r"^COMMANDS = (\(.*\))$", source, re.MULTILINE)
    if found is None:
        raise Failed("cli/main.py has no COMMANDS")
    return list(ast.literal_eval(found[1]))


def menu_place(menu: str, entry: str) -> int:
    """How often Down is pressed in an open menu to reach the entry."""
    sys.path.insert(0, str(ROOT))
    from gdsim.ui.actions import MENUS  # needs nothing that is not here

    opened = next(one for one in MENUS if one.name == menu)
    names = [one.name for one in opened.shown() if one is not None]
    return names.index(entry)


def check_sockets(trace: Path) -> None:
    """Only sockets of this machine, such as the X server's."""
    lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    families = {match[0] for line in lines if (match := re.search(r"\bAF_\w+", line))}
    say(f"{trace.stem}: {len(lines)} calls, families {' '.join(sorted(families))}")
    if families != {"AF_UNIX"}:
        raise Failed(f"sockets other than the X server's: {sorted(families)}, see {trace}")


def check_log(state: Path) -> None:
    """It is whole, and has nothing but information."""
    text = (state / "gdsim.log").read_text(encoding="utf-8")
    if "ready" not in text or "closed" not in text:
        raise Failed(f"the log is not whole:\n{text}")
    check_log_lines(state)


def check_log_lines(state: Path) -> None:
    """Nothing but information, of a session that was killed."""
    text = (state / "gdsim.log").read_text(encoding="utf-8")
    if bad := [line for line in text.splitlines() if " INFO " not in line]:
        raise Failed("the log has warnings:\n" + "\n".join(bad))


def check_profiles(root: Path) -> None:
    """A read-only profile, none at all, two users at once, and the machine's defaults."""
    (root / "home" / "locked").mkdir()
    number = (root / "home" / "student").stat().st_uid
    for home in ("/home/locked", "/nowhere"):
        bare = Bare(root, "student", "/tmp", home, f"/tmp/gdsim-state-{number}")
        window = Window(bare, "gdsim")
        window.wait_for_title("Untitled")
        window.press("ctrl+shift+a")
        window.wait_for_file(bare.state / "sessions", "session-*.gdsim")
        window.kill()
        check_log_lines(bare.state)
        shutil.rmtree(bare.state)
    say("a read-only and a missing profile: work, and what is open is kept")
    users = [Bare(root, user, f"/home/{user}") for user in ("student", "teacher")]
    for window in [Window(bare, "gdsim") for bare in users]:
        window.wait_for_title("Untitled")
        window.quit()
    for bare in users:
        check_log(bare.state)
    say("two users at once: work")
    (root / "etc" / "gdsim").mkdir()
    (root / "etc" / "gdsim" / "gdsim.ini").write_text("[General]\nlanguage=zh\ntheme=dark\n")
    window = Window(users[1], "gdsim")
    window.wait_for_title("未命名")
    window.picture(PICTURES / f"{root.name}-defaults.png")
    window.quit()
    shutil.rmtree(root / "etc" / "gdsim")
    say("defaults of the machine: hold")


def check_portable(bare: Bare, program: str) -> None:
    """Settings and log beside the file, from then on without the switch too."""
    beside = bare.folder / "gdsim-portable"
    carried = Bare(bare.root, bare.user, bare.home, state=f"{bare.home}/gdsim-portable")
    for switch in (["--portable"], []):
        Window(carried, program, *switch).quit()
    check_log(beside)
    if not (beside / "gdsim.ini").exists():
        raise Failed("no settings beside the portable file")
    shutil.rmtree(beside)
    say("settings beside the portable file: kept")


def check_read_only(root: Path, portable: str) -> None:
    """The portable file unpacked into a share that nobody may write, home and /tmp neither."""
    program = "/srv/共享 share/gdsim/gdsim"
    Bare(root, "root", "/root").run(portable, "--unpack", "/srv/共享 share")
    places = (root / "srv", root / "home", root / "tmp", root / "var" / "tmp")
    for place in places:
        subprocess.run(["mount", "--rbind", place, place], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
    try:
        window = Window(Bare(root, "student", "/", "/home/student"), program, has_log=False)
        window.wait_for_title("Untitled")
        window.press("space")
        time.sleep(2)
        window.picture(PICTURES / f"{root.name}-read-only.png")
        window.quit(allowed="Fontconfig error: No writable cache directories")
    finally:
        for place in places:
            subprocess.run(["umount", "--lazy", place], check=True)
    shutil.rmtree(root / "srv" / "共享 share")
    say("program, home and temporary files all read-only: works")


def check_full_disk(bare: Bare, program: str) -> None:
    """Saving onto a full stick says so in a sentence; what was there stays."""
    (document,) = bare.folder.rglob("kept.gdsim")
    before = document.read_bytes()
    stick = bare.folder / "stick"
    stick.mkdir()
    options = f"size=64k,uid={bare.folder.stat().st_uid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", stick], check=True)
    try:
        kept = stick / "kept.gdsim"
        kept.write_bytes(before)
        with contextlib.suppress(OSError):
            (stick / "rest").write_bytes(b"-" * 65_536)
        words = bare.command(program, "run", "--out", "stick/t.csv")
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 2 or done.stderr.count("\n") != 1:
            raise Failed(f"a full disk: status {done.returncode}\n{done.stderr}")
        window = Window(bare, program, "stick/kept.gdsim")
        window.wait_for_title("kept.gdsim")
        window.press("ctrl+shift+a", "ctrl+s")
        window.wait_for_dialog()
        window.picture(PICTURES / f"{bare.root.name}-full.png")
        window.kill()
        if kept.read_bytes() != before:
            raise Failed("a document on a full disk was lost")
    finally:
        subprocess.run(["umount", "--lazy", stick], check=True)
    shutil.rmtree(bare.state)
    say("a full disk: said, and what was there stays")


def inside(root: Path, suite: str) -> None:
    """All checks in one bare root; runs in namespaces of its own, without a network."""
    devices = Path("/proc/net/dev").read_text(encoding="ascii").splitlines()
    interfaces = [line.split(":")[0].strip() for line in devices if ":" in line]
    if interfaces != ["lo"]:
        raise Failed(f"there is a network: {interfaces}")
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    (package,) = (ROOT / "dist").glob("*.deb")
    (portable,) = (ROOT / "dist").glob("*.run")
    system = Bare(root, "root", "/root")
    for tool in ("python3", "Xorg", "fc-list"):
        if subprocess.run(system.command("which", tool), capture_output=True).returncode == 0:
            raise Failed(f"{tool} is there: this system is not bare")
    before = {path for path in root.rglob("*") if "gdsim" in path.name}
    for user in ("student", "teacher"):
        subprocess.run(system.command("useradd", "--create-home", user), check=True)
    student = Bare(root, "student", "/home/student/实验 1")
    student.folder.mkdir()
    shutil.copy(portable, student.folder / portable.name)
    shutil.copy(package, root / "root" / package.name)
    shutil.chown(student.folder, *[(root / "home" / "student").stat().st_uid] * 2)
    carried = student.folder / portable.name
    carried.chmod(0o644)  # as a download has it
    if "gdsim" not in student.run("sh", carried.name, "--version"):
        raise Failed("the portable file is not started by sh")
    carried.chmod(0o755)
    with x_server(root):
        say(f"{suite}: the portable file, as a standard user")
        check_program(student, f"./{portable.name}", f"{suite}-portable")
        check_full_disk(student, f"./{portable.name}")
        check_portable(student, f"./{portable.name}")
        shutil.copy(carried, root / "root" / portable.name)
        check_read_only(root, f"./{portable.name}")
        say(f"{suite}: the .deb")
        system.run("dpkg", "--install", package.name)
        teacher = Bare(root, "teacher", "/home/teacher")
        check_program(teacher, "gdsim", f"{suite}-deb")
        shutil.rmtree(teacher.state.parent)
        shutil.rmtree(teacher.folder / ".config")
        check_profiles(root)
        system.run("dpkg", "--remove", "gdsim")
    left = {path for path in root.rglob("*") if "gdsim" in path.name} - before
    left = {p for p in left if p.relative_to(root).parts[0] not in ("root", "home", "proc")}
    left = {p for p in left if "dpkg" not in p.parts}
    if left:
        raise Failed(f"left behind: {sorted(map(str, left))}")


def check_policy() -> None:
    """What Debian's own checker says of the .deb, where it is installed."""
    if not shutil.which("lintian"):
        say("lintian is not here: the .deb is not checked by it")
        return
    (package,) = (ROOT / "dist").glob("*.deb")
    levels = "error,warning,info,pedantic"
    subprocess.run(
        ["lintian", "--allow-root", "--pedantic", "--fail-on", levels, package], check=True
    )
    say("lintian: content")


def outside(suites: list[str]) -> None:
    """Make the bare roots, start the checks in them, take the roots away again."""
    require(TOOLS)
    check_policy()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for suite in suites:
        with tempfile.TemporaryDirectory(prefix="gdsim-smoke-") as folder:
            root = Path(folder) / suite
            say(f"{suite}: making a minimal root")
            with (PICTURES / f"{suite}-debootstrap.log").open("w") as log:
                subprocess.run(
                    ["debootstrap", "--variant=minbase", suite, root], stdout=log, check=True
                )
            root.parent.chmod(0o755)
            subprocess.run(
                ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
                 sys.executable, __file__, "--inside", root, suite],
                check=True,
            )  # fmt: skip
        say(f"{suite}: passed")


def main(arguments: list[str]) -> int:
    """The exit status: 0 if all is well."""
    if os.geteuid() != 0:
        print("smoke: run this as root: it makes root folders of other systems", file=sys.stderr)
        return 1
    try:
        if arguments[:1] == ["--inside"]:
            inside(Path(arguments[1]), arguments[2])
        else:
            outside(arguments or list(SUITES))
    except Failed as failed:
        say(f"FAILED: {failed}")
        return 1
    except subprocess.CalledProcessError as failed:
        say(f"FAILED: {failed}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
