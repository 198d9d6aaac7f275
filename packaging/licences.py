"""The licences of all that is carried along: the texts, a list for people, one for programs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, NamedTuple

from building import DIST, ROOT, Stopped, call, version

COMMON = Path("/usr/share/common-licenses")
QT_TEXTS = ("LGPL-3", "GPL-3")
"""Qt's and PySide6's wheels name the licences but do not bring these texts."""


class Carried(NamedTuple):
    """One component."""

    name: str
    version: str
    licence: str
    text: str
    """The file with its licence's text."""


def copy_own(target: Path) -> list[Carried]:
    """Make the folder with gdsim's own licences and Qt's."""
    target.mkdir()
    shutil.copy(ROOT / "LICENSE", target / "gdsim.txt")
    shutil.copy(ROOT / "resources" / "fonts" / "OFL.txt", target / "gdsim-cjk-font.txt")
    for text in QT_TEXTS:
        shutil.copy(COMMON / text, target / f"{text}.txt")
    return [
        Carried("gdsim", version(), "MIT", "gdsim.txt"),
        Carried("gdsim CJK (Noto Sans CJK SC)", "2.004", "OFL-1.1", "gdsim-cjk-font.txt"),
    ]


def from_wheel(name: str, target: Path, site: Path | None = None) -> Carried:
    """Write a wheel's licence texts into one file; `site` is where it lies, if not installed."""
    places = [str(site)] if site else sys.path
    wheel = next(iter(distributions(name=name, path=places)), None)
    if wheel is None:
        raise Stopped(f"{name} is not there, so its licence is not known.")
    fields = wheel.metadata.json
    licence = str(fields.get("license_expression") or fields.get("license") or "see the text")
    licence = licence.splitlines()[0]
    if name in ("PySide6-Essentials", "shiboken6"):
        return Carried(name, wheel.version, licence, "LGPL-3.txt")
    file = f"{name.lower()}.txt"
    texts = [
        path
        for path in sorted(wheel.files or [], key=str)
        if re.search(r"licen[cs]e|copying", path.name, re.IGNORECASE) and path.suffix != ".py"
    ]
    if not texts:
        raise Stopped(f"The wheel of {name} brings no licence text.")
    with (target / file).open("w", encoding="utf-8") as out:
        for path in texts:
            text = Path(str(path.locate())).read_text(encoding="utf-8", errors="replace")
            out.write(f"==== {path} ====\n\n{text}\n")
    return Carried(name, wheel.version, licence, file)


def file_in_package(path: Path) -> tuple[str, str]:
    """The Debian package of a file, and its version."""
    for candidate in (path.resolve(), path, Path(str(path.resolve()).removeprefix("/usr"))):
        done = subprocess.run(
            ["dpkg", "-S", str(candidate)], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            package = done.stdout.split(":")[0]
            return package, call("dpkg-query", "-W", "-f", "${Version}", package).strip()
    raise Stopped(f"{path} is of no package, so its licence is not known.")


def write_list(listed: Sequence[Carried], target: Path, system: str) -> None:
    """LIST.tsv beside the texts, and the same as a CycloneDX document in dist/."""
    for one in listed:
        if not (target / one.text).exists():
            raise Stopped(f"The licence text of {one.name} is missing: {one.text}")
    rows = "".join("\t".join(one) + "\n" for one in listed)
    (target / "LIST.tsv").write_text("component\tversion\tlicence\ttext\n" + rows, encoding="utf-8")
    (DIST / f"gdsim-{version()}-{system}.cdx.json").write_text(
        json.dumps(bill_of_materials(listed), ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )


def bill_of_materials(listed: Sequence[Carried]) -> dict[str, Any]:
    """CycloneDX 1.5; the first component is gdsim itself."""

    def component(one: Carried, kind: str) -> dict[str, object]:
        return {
            "type": kind,
            "name": one.name,
            "version": one.version,
            "licenses": [{"license": {"name": one.licence}}],
        }

    own, *others = listed
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(own, "application")},
        "components": [component(one, "library") for one in others],
    }
