"""Which libraries and files go into the frozen program, found by what needs what.

PyInstaller collects every plug-in of each Qt module with all that hangs on it (GTK, Kerberos,
OpenSSL, …). Here the plug-ins in use are named; then only those libraries stay that the program's
extension modules and these plug-ins really need. Libraries of the build system's own are set apart
in `fallback/`: the system's copies come first at run time (frozen_start.py), since they fit its
drivers and settings.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from building import languages

Entry = tuple[str, str, str]
"""PyInstaller's (name in the bundle, file on this system, type)."""

PLUGINS = frozenset(
    {
        "platforms/libqxcb.so",
        "platforms/libqwayland.so",
        "platforms/libqoffscreen.so",
        # Typing Chinese, and accents by dead keys.
        "platforminputcontexts/libibusplatforminputcontextplugin.so",
        "platforminputcontexts/libcomposeplatforminputcontextplugin.so",
        # The desktop's own file dialogs.
        "platformthemes/libqxdgdesktopportal.so",
        "imageformats/libqjpeg.so",
        "xcbglintegrations/libqxcb-glx-integration.so",
        "xcbglintegrations/libqxcb-egl-integration.so",
        "wayland-shell-integration/libxdg-shell.so",
        "wayland-decoration-client/libbradient.so",
        "wayland-graphics-integration-client/libqt-plugin-wayland-egl.so",
    }
)

COMMANDS = ("run", "sweep", "race", "list", "code", "lesson", "manual")
IMPORTED_WHEN_ASKED_FOR = (
    "gdsim.app",
    "gdsim.api",
    *(f"gdsim.cli.{command}" for command in COMMANDS),
)
"""Modules that nothing names in an import statement: the window, the commands, the calls."""

MACOS_PLUGINS = frozenset(
    {
        "platforms/libqcocoa.dylib",
        "platforms/libqoffscreen.dylib",
        "imageformats/libqjpeg.dylib",
        "styles/libqmacstyle.dylib",
    }
)
MACOS_FRAMEWORKS = frozenset(
    {"QtCore", "QtDBus", "QtGui", "QtOpenGL", "QtOpenGLWidgets", "QtSvg", "QtWidgets"}
)

# Python's modules that nothing in gdsim, NumPy or pyqtgraph's used parts imports.
EXCLUDED_MODULES = [
    "tkinter", "unittest", "doctest", "pdb", "lib2to3", "distutils", "setuptools", "ensurepip",
    "asyncio", "ssl", "_ssl", "_hashlib", "readline", "curses", "sqlite3", "email", "http",
    "xmlrpc", "ftplib", "smtplib",
    "numpy.f2py", "numpy.testing", "numpy.distutils", "numpy.tests",
    "PySide6.QtNetwork", "PySide6.QtDBus", "PySide6.QtTest", "PySide6.QtQml",
    "PySide6.QtQuick", "PySide6.QtPrintSupport", "PySide6.QtSql", "PySide6.QtXml",
    "pyqtgraph.opengl", "pyqtgraph.examples", "pyqtgraph.jupyter", "pyqtgraph.flowchart",
    "pyqtgraph.console", "pyqtgraph.dockarea", "pyqtgraph.canvas",
]  # fmt: skip

# Part of every system, or of every Wayland session, and bound to its kernel, compiler or
# compositor: never carried along.
_SYSTEMS_OWN = re.compile(
    r"(ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv|nsl|crypt|anl|stdc\+\+|gcc_s|wayland-.*))"
    r"\.so(\..*)?"
)
# Of the encodings only Chinese tables are read (and what Python itself starts with).
_FOREIGN_CODEC = re.compile(r"_codecs_(hk|jp|kr|tw|iso2022)\.")
_UNUSED_MODULE = re.compile(r"(_ssl|_hashlib|readline|_asyncio|_crypt|nis|audioop)\.")


def is_wanted_binary(name: str) -> bool:
    """Whether a binary that PyInstaller found is kept: modules and the plug-ins in use."""
    path = PurePosixPath(name)
    if "plugins" in path.parts:
        return "/".join(path.parts[-2:]) in PLUGINS
    return not (_FOREIGN_CODEC.match(path.name) or _UNUSED_MODULE.match(path.name))


def is_wanted_on_macos(name: str) -> bool:
    """Whether a binary is kept there, where Qt's modules are frameworks."""
    path = PurePosixPath(name)
    if "plugins" in path.parts:
        return "/".join(path.parts[-2:]) in MACOS_PLUGINS
    framework = next((part for part in path.parts if part.endswith(".framework")), "")
    if framework.startswith("Qt"):
        return framework.removesuffix(".framework") in MACOS_FRAMEWORKS
    return is_wanted_binary(name)


def is_wanted_data(name: str) -> bool:
    """Whether a data file is kept: no foreign translations of Qt, no pictures of pyqtgraph's."""
    path = PurePosixPath(name)
    if "translations" in path.parts and path.suffix == ".qm":
        code = path.stem.removeprefix("qtbase_")  # zh_CN
        return code != "en" and not {code, code.split("_")[0]}.isdisjoint(languages())
    if path.parts[0] == "pyqtgraph":
        return path.suffix == ".svg" or "colors" in path.parts
    return not (path.suffix in {".pyi", ".typed", ".h", ".cpp"} or "include" in path.parts)


def needed_by(file: str) -> list[str]:
    """The sonames that a library asks for."""
    done = subprocess.run(
        ["objdump", "-p", file], check=True, capture_output=True, text=True, errors="replace"
    )
    return re.findall(r"^\s+NEEDED\s+(\S+)", done.stdout, flags=re.MULTILINE)


def system_libraries() -> dict[str, str]:
    """Soname → file, of the dynamic loader's cache for this machine's architecture."""
    done = subprocess.run(["/sbin/ldconfig", "-p"], check=True, capture_output=True, text=True)
    found: dict[str, str] = {}
    for line in done.stdout.splitlines():
        match = re.match(r"\s+(\S+) \(libc6,x86-64.*\) => (\S+)", line)
        if match:
            found.setdefault(match[1], match[2])
    return found


def order_of_loading(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """The names, each after those that it needs; of independent ones the first by name."""
    ordered: list[str] = []

    def visit(name: str, above: frozenset[str]) -> None:
        if name in ordered or name in above:
            return
        for other in sorted(needs[name]):
            if other in needs:
                visit(other, above | {name})
        ordered.append(name)

    for name in sorted(needs):
        visit(name, frozenset())
    return ordered


def choose(binaries: Iterable[Entry]) -> tuple[list[Entry], list[Entry], list[str]]:
    """What stays of PyInstaller's binaries, the fallback libraries, and their order of loading.

    A binary stays if it is a wanted module or plug-in or if one that stays needs it. A needed
    library that lies outside the environment (Python's own folder, the wheels) is a fallback;
    but what Python itself needs before the first line of gdsim must lie beside it.
    """
    every = [entry for entry in binaries if entry[2] != "SYMLINK"]
    system = system_libraries()
    by_name = {PurePosixPath(name).name: (name, file, kind) for name, file, kind in every}
    is_root = {
        name: is_wanted_binary(name) and (".so." not in name or "libpython" in name)
        for name, _, _ in every
    }
    waiting = [entry for entry in every if is_root[entry[0]]]
    kept: dict[str, Entry] = {}
    fallback: dict[str, Entry] = {}
    while waiting:
        entry = waiting.pop()
        name, file, _ = entry
        is_fallback = name.startswith("fallback/")
        place = fallback if is_fallback else kept
        if name in place:
            continue
        place[name] = entry
        is_early = "lib-dynload" in name or "libpython" in name
        for soname in needed_by(file):
            if _SYSTEMS_OWN.fullmatch(soname):
                continue
            found = by_name.get(soname)
            if found and not found[1].startswith(("/lib", "/usr/lib")):
                waiting.append(found)
            elif is_early and soname in system:
                waiting.append((soname, system[soname], "BINARY"))
            elif soname in system:
                waiting.append((f"fallback/{soname}", system[soname], "BINARY"))
            else:
                raise FileNotFoundError(f"{soname}, which {name} needs, is not on this system")
    early = {PurePosixPath(name).name for name in kept}
    late = {n: e for n, e in fallback.items() if PurePosixPath(n).name not in early}
    needs = {PurePosixPath(n).name: needed_by(e[1]) for n, e in late.items()}
    return list(kept.values()), list(late.values()), order_of_loading(needs)
