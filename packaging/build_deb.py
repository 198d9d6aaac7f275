"""The package for Debian, Ubuntu and relatives; build.py calls it."""

from __future__ import annotations

import gzip
import re
import shutil
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from building import DIST, ROOT, WORK, call, filled_in, say, set_times, version

TOOLS = {"dpkg-deb": "dpkg", "objdump": "binutils"}
MAINTAINER = "the gdsim developers <maintainers@gdsim.invalid>"


def build(program: Path, moment: int) -> None:
    """The package; the system's triggers renew menus and MIME types."""
    say("deb")
    tree = WORK / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    share = tree / "usr" / "share"
    shutil.copytree(program, tree / "usr" / "lib" / "gdsim", symlinks=True)
    (tree / "usr" / "bin").mkdir()
    (tree / "usr" / "bin" / "gdsim").symlink_to("../lib/gdsim/gdsim")
    texts = {
        share / "applications" / "gdsim.desktop": "gdsim.desktop",
        share / "mime" / "packages" / "gdsim.xml": "gdsim.xml",
        share / "metainfo" / "org.gdsim.gdsim.metainfo.xml": "gdsim.metainfo.xml",
        share / "lintian" / "overrides" / "gdsim": "gdsim.lintian-overrides",
    }
    for target, name in texts.items():
        target.parent.mkdir(parents=True)
        target.write_text(filled_in(f"linux/{name}", moment), encoding="utf-8")
    pack(filled_in("linux/gdsim.1", moment), share / "man" / "man1" / "gdsim.1.gz")
    for picture in (ROOT / "resources" / "icons").glob("gdsim-*.png"):
        size = picture.stem.partition("-")[2]
        place = share / "icons" / "hicolor" / f"{size}x{size}" / "apps"
        place.mkdir(parents=True)
        shutil.copy(picture, place / "gdsim.png")
    drawing = share / "icons" / "hicolor" / "scalable" / "apps"
    drawing.mkdir(parents=True)
    shutil.copy(ROOT / "resources" / "icons" / "gdsim.svg", drawing)
    document = share / "doc" / "gdsim"
    pack(changelog(moment), document / "changelog.gz")
    pack((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), document / "NEWS.md.gz")
    shutil.copy(ROOT / "LICENSE", document / "copyright")
    (document / "licences").symlink_to("../../../lib/gdsim/_internal/licences")
    kib = sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    control = tree / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(
        f"""Package: gdsim
Version: {version()}
Architecture: amd64
Maintainer: {MAINTAINER}
Installed-Size: {kib}
Depends: libc6 (>= {needed_glibc(program)}), libstdc++6, libgcc-s1
Section: education
Priority: optional
Description: desktop lab bench for gradient descent
 Shows how gradient descent and its relatives find the minimum of a loss, step
 by step and side by side, with the numbers of the usual frameworks. Carries all
 that it needs and works without a network.
"""
    )
    set_times(tree, moment)
    target = DIST / f"gdsim_{version()}_amd64.deb"
    call("dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, target)


def pack(text: str, target: Path) -> None:
    """A text as gzip, without the time: the same bytes whenever it is made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text.encode(), mtime=0))


def changelog(moment: int) -> str:
    """What Debian wants to have in its own form; what has changed stands in NEWS.md."""
    return f"""gdsim ({version()}) stable; urgency=low

  * gdsim {version()}. What has changed: NEWS.md.gz beside this file.

 -- {MAINTAINER}  {format_datetime(datetime.fromtimestamp(moment, UTC))}
"""


def needed_glibc(program: Path) -> str:
    """The newest version of glibc that Python, the wheels and Qt ask for, such as "2.34"."""
    found = {(2, 28)}
    for path in program.rglob("*"):
        if path.is_symlink() or not path.is_file() or "fallback" in path.parts:
            continue
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        for match in re.finditer(r"GLIBC_(\d+)\.(\d+)", call("objdump", "-T", path)):
            found.add((int(match[1]), int(match[2])))
    return "{}.{}".format(*max(found))
