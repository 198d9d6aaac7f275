#!/usr/bin/env python3
"""Build gdsim.app and its disk image on macOS: `python packaging/build_macos.py`, after
`pip install --require-hashes -r packaging/requirements-build.lock` (and -macos.lock).

Signed with the identity in GDSIM_SIGN_IDENTITY, or for this machine alone (ad hoc) without one;
notarised with the keychain profile in GDSIM_NOTARY_PROFILE if that is given. Run by CI only: nobody
has tried it by hand.
"""

from __future__ import annotations

import os
import platform
import shutil
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from building import DIST, HERE, ROOT, WORK, Stopped, call, epoch, say, version
from compile_replay import compile_replay

# Sizes of pictures → their names in an .icns file.
KINDS = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08"}


def information() -> dict[str, object]:
    """What Info.plist says besides PyInstaller's own."""
    kind = "org.gdsim.experiment"
    return {
        "CFBundleShortVersionString": version(),
        "CFBundleVersion": version(),
        "CFBundleLocalizations": ["en", "zh_CN"],
        "LSMinimumSystemVersion": "13.0",
        "LSApplicationCategoryType": "public.app-category.education",
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "gdsim experiment",
                "CFBundleTypeRole": "Editor",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [kind],
            }
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": kind,
                "UTTypeDescription": "gdsim experiment",
                "UTTypeConformsTo": ["public.json"],
                "UTTypeTagSpecification": {"public.filename-extension": ["gdsim"]},
            }
        ],
    }


def icns(pictures: dict[int, bytes]) -> bytes:
    """An .icns of PNG pictures by their size."""
    parts = [
        KINDS[size] + struct.pack(">I", len(picture) + 8) + picture
        for size, picture in sorted(pictures.items())
        if size in KINDS
    ]
    return b"icns" + struct.pack(">I", 8 + sum(map(len, parts))) + b"".join(parts)


def main() -> int:
    """Build all; the exit status."""
    if sys.platform != "darwin":
        say("the disk image is built on macOS")
        return 1
    try:
        os.environ.update(SOURCE_DATE_EPOCH=str(epoch()), PYTHONHASHSEED="0")
        shutil.rmtree(WORK / "macos", ignore_errors=True)
        work = WORK / "macos" / "work" / "gdsim"  # where PyInstaller's spec looks for the icon
        work.mkdir(parents=True)
        DIST.mkdir(exist_ok=True)
        pictures = {
            int(path.stem.partition("-")[2]): path.read_bytes()
            for path in (ROOT / "resources" / "icons").glob("gdsim-*.png")
        }
        (work / "gdsim.icns").write_bytes(icns(pictures))
        lacking = compile_replay()
        if lacking:
            raise Stopped(f"The library for playback could not be built: {lacking}.")
        call(
            sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
            "--distpath", WORK / "macos", "--workpath", WORK / "macos" / "work",
            HERE / "macos" / "gdsim.spec",
        )  # fmt: skip
        sign_and_pack(WORK / "macos" / "gdsim.app")
    except Stopped as stopped:
        say(str(stopped))
        return 1
    return 0


def sign_and_pack(application: Path) -> None:
    """Sign, put into an image, sign that, have it notarised: as far as there are keys."""
    identity = os.environ.get("GDSIM_SIGN_IDENTITY") or "-"
    options = [] if identity == "-" else ["--timestamp", "--options", "runtime"]
    call(
        "codesign", "--force", "--deep", "--sign", identity, *options,
        "--entitlements", HERE / "macos" / "entitlements.plist", application,
    )  # fmt: skip
    call("codesign", "--verify", "--deep", "--strict", application)
    # PyInstaller builds for the processor at hand: the name tells which.
    image = DIST / f"gdsim-{version()}-macos-{platform.machine()}.dmg"
    os.environ["GDSIM_APP"] = str(application)
    call(sys.executable, "-m", "dmgbuild", "-s", HERE / "macos" / "dmg.py", "gdsim", image)
    if identity != "-":
        call("codesign", "--sign", identity, "--timestamp", image)
    if profile := os.environ.get("GDSIM_NOTARY_PROFILE"):
        call("xcrun", "notarytool", "submit", image, "--keychain-profile", profile, "--wait")
        call("xcrun", "stapler", "staple", image)
    say(f"{image.name}: {image.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    sys.exit(main())
