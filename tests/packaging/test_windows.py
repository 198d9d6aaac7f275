"""The set-up for Windows and the program for macOS: all of them that can be checked elsewhere."""

from __future__ import annotations

import plistlib
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PACKAGING))
    import build_windows

    return build_windows


@pytest.fixture
def macos(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PACKAGING))
    import build_macos

    return build_macos


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("gdsim/resources/fonts/gdsim-cjk.otf", True),
        ("pyqtgraph/Qt/__init__.py", True),
        ("pyqtgraph/examples/Plotting.py", False),
        ("pyqtgraph/opengl/items/GLMeshItem.py", False),
        ("pyqtgraph/colors/maps/CET-L1.csv", True),
        ("numpy/_core/numeric.py", True),
        ("numpy/_core/tests/test_numeric.py", False),
        ("numpy/f2py/__init__.py", False),
        ("numpy/_core/include/numpy/arrayobject.h", False),
        ("PySide6/translations/qtbase_zh_CN.qm", True),
        ("PySide6/translations/qtbase_de.qm", False),
        ("PySide6/QtGui.pyi", False),
        ("gdsim/engine/replay/libreplay-linux-x86_64.so", False),
        ("gdsim/engine/replay/libreplay-macos-arm64.dylib", False),
        ("colorama/win32.py", True),  # pyqtgraph needs it there
    ],
)
def test_what_of_the_wheels_is_kept(windows: Any, name: str, wanted: bool) -> None:
    assert windows.is_wanted(name) is wanted


def test_libraries_are_kept_that_something_kept_needs(
    windows: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = {
        "a/QtGui.pyd": ["Qt6Gui.dll", "KERNEL32.dll"],
        "a/Qt6Gui.dll": ["Qt6Core.dll", "MSVCP140.dll"],
        "a/Qt6Core.dll": [],
        "a/Qt6Qml.dll": ["Qt6Core.dll"],
        "a/msvcp140.dll": [],
        "b/msvcp140.dll": [],
    }
    monkeypatch.setattr(
        windows, "needed_by", lambda path: needs[path.relative_to(tmp_path).as_posix()]
    )
    libraries = [tmp_path / name for name in needs if name.endswith(".dll")]
    kept = windows.closure([tmp_path / "a/QtGui.pyd"], libraries)
    assert {path.relative_to(tmp_path).as_posix() for path in kept} == {
        "a/QtGui.pyd", "a/Qt6Gui.dll", "a/Qt6Core.dll", "a/msvcp140.dll",
    }  # fmt: skip


def test_the_uninstaller_deletes_files_by_name_and_folders_from_within(
    windows: Any, tmp_path: Path
) -> None:
    (tmp_path / "lib" / "gdsim").mkdir(parents=True)
    (tmp_path / "lib" / "gdsim" / "$a.pyc").touch()
    (tmp_path / "python.exe").touch()
    assert windows.removal(tmp_path).splitlines() == [
        'Delete "$INSTDIR\\python.exe"',
        'Delete "$INSTDIR\\lib\\gdsim\\$$a.pyc"',
        'RMDir "$INSTDIR\\lib\\gdsim"',
        'RMDir "$INSTDIR\\lib"',
    ]


def test_a_binary_without_pythons_signature_is_refused(
    windows: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from building import Stopped

    said = (
        "Signing certificate chain verified using:\n\tSigner #1:\n\t\tSubject: /CN=An authority\n"
        "\tSigner #0:\n\t\tSubject: /C=US/{}\n\t\tIssuer : x\n"
    )
    answers = [
        (0, said.format(windows.SIGNER), True),
        (1, said.format(windows.SIGNER), False),  # expired, changed, not by this authority
        (0, said.format("O=Someone/CN=Someone"), False),
        (0, "No signature found", False),
    ]
    for status, text, accepted in answers:
        done = subprocess.CompletedProcess([], status, stdout=text, stderr="")
        monkeypatch.setattr(windows.subprocess, "run", lambda *a, _done=done, **k: _done)
        if accepted:
            windows.verify(tmp_path / "python311.dll")
        else:
            with pytest.raises(Stopped, match="signature"):
                windows.verify(tmp_path / "python311.dll")


def png(size: int) -> bytes:
    return (ROOT / "resources" / "icons" / f"gdsim-{size}.png").read_bytes()


def test_the_icon_holds_each_picture(windows: Any, tmp_path: Path) -> None:
    made = windows.icon([png(16), png(256)])
    assert struct.unpack("<HHH", made[:6]) == (0, 1, 2)
    for number, size in enumerate((16, 256)):
        width, _, _, _, _, _, length, offset = struct.unpack_from(
            "<BBBBHHII", made, 6 + 16 * number
        )
        assert width == size % 256
        assert made[offset : offset + length] == png(size)


def test_the_bill_of_materials_names_licences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PACKAGING))
    import licences

    own = licences.Carried("gdsim", "1.0", "MIT", "gdsim.txt")
    other = licences.Carried("numpy", "2.4", "BSD-3-Clause", "numpy.txt")
    found = licences.bill_of_materials([own, other])
    assert found["metadata"]["component"]["name"] == "gdsim"
    assert [part["name"] for part in found["components"]] == ["numpy"]
    assert found["components"][0]["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]


# macOS


def test_the_macos_icon_is_whole(macos: Any) -> None:
    made = macos.icns({16: png(16), 24: png(24), 256: png(256)})
    assert made[:4] == b"icns"
    assert struct.unpack(">I", made[4:8])[0] == len(made)
    assert b"ic08" + struct.pack(">I", len(png(256)) + 8) + png(256) in made
    assert png(24) not in made  # a size that the format does not know


def test_macos_is_told_of_the_file_type_and_the_version(macos: Any) -> None:
    told = plistlib.loads(plistlib.dumps(macos.information()))
    import gdsim

    assert told["CFBundleShortVersionString"] == gdsim.__version__
    (exported,) = told["UTExportedTypeDeclarations"]
    assert exported["UTTypeTagSpecification"]["public.filename-extension"] == ["gdsim"]
    assert told["CFBundleDocumentTypes"][0]["LSItemContentTypes"] == [exported["UTTypeIdentifier"]]
    plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("PySide6/Qt/lib/QtGui.framework/Versions/A/QtGui", True),
        ("PySide6/Qt/lib/QtNetwork.framework/Versions/A/QtNetwork", False),
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", True),
        ("PySide6/Qt/plugins/tls/libqopensslbackend.dylib", False),
        ("PySide6/QtCore.abi3.so", True),
        ("lib-dynload/_ssl.cpython-311-darwin.so", False),
    ],
)
def test_what_of_qt_is_kept_on_macos(
    monkeypatch: pytest.MonkeyPatch, name: str, wanted: bool
) -> None:
    monkeypatch.syspath_prepend(str(PACKAGING))
    import frozen_parts

    assert frozen_parts.is_wanted_on_macos(name) is wanted


@pytest.mark.parametrize("name", ["gdsim.spec", "bare.spec", "macos/gdsim.spec", "macos/dmg.py"])
def test_recipes_that_run_elsewhere_are_python(name: str) -> None:
    compile((PACKAGING / name).read_text(encoding="utf-8"), name, "exec")


def test_ci_names_only_what_is_there() -> None:
    text = (ROOT / ".github" / "workflows" / "packages.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"packaging/[\w./-]+\.(?:py|lock|nsi)", text))
    assert len(named) >= 5
    assert not [name for name in named if not (ROOT / name).exists()]


@pytest.mark.skipif(sys.platform != "linux", reason="what a person types on Linux")
def test_the_disk_image_is_refused_elsewhere_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, PACKAGING / "build_macos.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "build: the disk image is built on macOS\n"
