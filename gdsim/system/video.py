"""Films as MP4, by the machine's own ffmpeg: gdsim carries none."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.sentences import Fault

Pixels = NDArray[np.uint8]
"""(height, width, 3): red, green, blue."""
_LAST_WORDS = 200
"""Characters of what ffmpeg said last, to be quoted."""


def has_ffmpeg() -> bool:
    """Whether films can be written as MP4."""
    return shutil.which("ffmpeg") is not None


def find_ffmpeg(wanted: Path) -> str:
    """Where it is; `Fault` says of the `wanted` file that there is none."""
    found = shutil.which("ffmpeg")
    if found is None:
        raise Fault(
            "{file}: MP4 needs ffmpeg, which this machine does not have. Install it, or choose a "
            "name that ends in .gif.",
            file=str(wanted),
        )
    return found


class Mp4:
    """A film that ffmpeg writes to `path`; `add` hands it a frame."""

    def __init__(self, path: Path, size: tuple[int, int], frames_per_second: float) -> None:
        """`size` is (width, height) of the frames; `Fault` where there is no ffmpeg."""
        program = find_ffmpeg(path)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 # closed with the film
        width, height = size
        words = [
            program, "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
            "-s", f"{width}x{height}", "-r", f"{frames_per_second:g}", "-i", "-",
            # Players want even sizes and this order of colours, and the index before the frames.
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p",
            "-movflags", "+faststart", "-f", "mp4", str(path),
        ]  # fmt: skip
        # No window of a console on Windows; elsewhere there is no such flag.
        hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._said,
            creationflags=hidden,
        )  # fmt: skip

    def add(self, frame: Pixels) -> None:
        """The next frame; `Fault` where ffmpeg has given up."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(np.ascontiguousarray(frame).tobytes())
        except OSError:
            self._give_up()

    def close(self) -> None:
        """Wait until the file is whole; `Fault` where it will not be."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        if self._process.wait() != 0:
            self._give_up()

    def kill(self) -> None:
        """End it at once, from whichever thread; nothing more is written."""
        self._process.kill()

    def clear_up(self) -> None:
        """Leave no program and no open file behind, whatever has become of the film."""
        assert self._process.stdin is not None
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):  # it may hold what nobody takes any more
            self._process.stdin.close()
        self._said.close()

    def _give_up(self) -> None:
        self._process.kill()
        self._process.wait()
        self._said.seek(0)
        said = self._said.read().decode(errors="replace").split("\n")
        raise Fault(
            "ffmpeg could not write the film: {reason}. Choose a name that ends in .gif.",
            reason=" ".join(said)[-_LAST_WORDS:].strip() or "?",
        )
