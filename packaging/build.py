#!/usr/bin/env python3
"""Build everything that is given to users, into dist/: `python3 packaging/bootstrap.py build`.

    gdsim-VERSION-py3-none-any.whl, gdsim-VERSION.tar.gz   for pip
    gdsim_VERSION_amd64.deb                                for Debian, Ubuntu and relatives
    gdsim-VERSION-linux-x86_64.run                         one file, without installation or root
    gdsim-VERSION-windows-x86_64-setup.exe                 for Windows 10 and 11 (build_windows.py)
    gdsim-VERSION-SYSTEM.cdx.json                          what is carried, versions, licences
    SHA256SUMS

The .deb and the portable file hold the same frozen program (PyInstaller, one folder). It starts on
systems whose glibc is at least as new as the build system's Python and wheels ask for, so build on
the oldest system that is to be supported. With the same checkout, Python and system packages the
files come out the same byte for byte: times are those of the last commit (SOURCE_DATE_EPOCH).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import sys
import sysconfig
import tarfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import build_deb
import build_windows
import frozen_parts
from building import (
    DIST,
    HERE,
    WORK,
    Stopped,
    call,
    checksums,
    epoch,
    filled_in,
    say,
    version,
)  # fmt: skip
from compile_replay import LIBRARY
from cross_compile import cross_compile
from licences import Carried, copy_own, file_in_package, from_wheel, write_list

TOOLS = {
    "strip": "binutils", "objdump": "binutils", "ld": "binutils", "chrpath": "chrpath",
    **build_deb.TOOLS, **build_windows.TOOLS,
}  # fmt: skip
FONTS = Path("/usr/share/fonts/truetype/dejavu")
CARRIED_FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
WHEELS = ("PySide6-Essentials", "shiboken6", "numpy", "pyqtgraph", "contourpy", "PyInstaller")


def check_tools() -> None:
    """What the build system must have."""
    lacking = {package for tool, package in TOOLS.items() if not shutil.which(tool)}
    if not all((FONTS / name).exists() for name in CARRIED_FONTS):
        lacking.add("fonts-dejavu-core")
    shared = str(sysconfig.get_config_var("INSTSONAME"))
    if not (Path(str(sysconfig.get_config_var("LIBDIR"))) / shared).exists():
        lacking.add("libpython{}.{}".format(*sys.version_info))  # Debian splits it off
    if lacking:
        raise Stopped(
            "Packages for building are missing. Install them, then run this again:\n"
            "  apt-get install -y --no-install-recommends " + " ".join(sorted(lacking))
        )


# The frozen program


def freeze() -> Path:
    """The one-folder program, slim."""
    say("freezing the program")
    call(
        sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
        "--distpath", WORK / "frozen", "--workpath", WORK / "pyinstaller", HERE / "gdsim.spec",
    )  # fmt: skip
    program = WORK / "frozen" / "gdsim"
    inside = program / "_internal"
    pythons = sorted([*inside.glob("libpython3*.so*"), *inside.glob("python3*/lib-dynload/*.so")])
    call("strip", "--strip-unneeded", *pythons)
    # A Python that was built by hand tells the loader to search its own folder: on other machines
    # that may be anybody's.
    call("chrpath", "--delete", *pythons)
    say("leaving out the ICU data of languages that gdsim does not speak")
    for library in inside.glob("PySide6/Qt/lib/libicudata.so.*"):
        call(sys.executable, HERE / "icu_subset.py", library)
    fonts = inside / "fallback" / "fonts"
    fonts.mkdir()
    for name in CARRIED_FONTS:
        shutil.copy(FONTS / name, fonts / name)
    collect_licences(inside)
    for path in sorted(program.rglob("*")):
        if not path.is_symlink():
            is_program = path.is_dir() or path == program / "gdsim"
            path.chmod(0o755 if is_program else 0o644)
    return program


def collect_licences(inside: Path) -> None:
    """The licence of everything that is carried along, and a list of it all."""
    target = inside / "licences"
    listed = copy_own(target)
    python = next(Path(os.__file__).parent.glob("LICENSE*"), None)
    python = python or Path("/usr/share/doc/python3/copyright")
    shutil.copy(python, target / "python.txt")
    listed.append(Carried("Python", sys.version.split()[0], "PSF-2.0", "python.txt"))
    listed += [from_wheel(name, target) for name in WHEELS]
    names = (inside / "fallback" / "order.txt").read_text().split()
    early = [path.name for path in inside.glob("lib*.so*") if "python" not in path.name]
    system = frozen_parts.system_libraries()
    files = [FONTS / name for name in CARRIED_FONTS]
    files += [Path(system[name]) for name in [*names, *early] if name in system]
    for package in sorted({file_in_package(path) for path in files}):
        name, number = package
        shutil.copy(Path("/usr/share/doc") / name / "copyright", target / f"{name}.txt")
        listed.append(Carried(name, number, "see the text", f"{name}.txt"))
    write_list(listed, target, "linux-x86_64")


# What is given to users


def wheel_and_sdist() -> None:
    """For pip."""
    say("wheel and sdist")
    call(sys.executable, "-m", "hatchling", "build", "-d", DIST, "-t", "wheel", "-t", "sdist")


def portable(program: Path, moment: int) -> None:
    """One file: a shell script with the program behind it."""
    say("portable file")
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in [program, *sorted(program.rglob("*"))]:
            info = archive.gettarinfo(path, path.relative_to(program.parent).as_posix())
            info.uid = info.gid = 0
            info.uname = info.gname = "root"
            info.mtime = moment
            if info.isfile():
                with path.open("rb") as file:
                    archive.addfile(info, file)
            else:
                archive.addfile(info)
    # gzip, since a bare system need not have xz.
    payload = gzip.compress(plain.getbuffer(), compresslevel=9, mtime=moment)
    script = filled_in("linux/portable.sh", moment)
    stamp = f"{version()}-{hashlib.sha256(payload).hexdigest()[:12]}"
    script = script.replace("@STAMP@", stamp)
    script = script.replace("@LINES@", str(script.count("\n") + 1))
    target = DIST / f"gdsim-{version()}-linux-x86_64.run"
    target.write_bytes(script.encode() + payload)
    target.chmod(0o755)


def main() -> int:
    """Build all; the exit status."""
    try:
        check_tools()
        moment = epoch()
        os.environ.update(
            SOURCE_DATE_EPOCH=str(moment), PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC"
        )
        os.umask(0o022)
        for folder in (DIST, WORK):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        say("the library for playback")
        cross_compile(LIBRARY.parent, WORK / "zig")
        wheel_and_sdist()
        program = freeze()
        build_deb.build(program, moment)
        portable(program, moment)
        build_windows.build(moment)
        checksums(DIST)
    except Stopped as stopped:
        say(str(stopped))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
