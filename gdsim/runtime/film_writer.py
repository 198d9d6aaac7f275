"""Frames become a film beside the window: a thread of its own packs and writes them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.sentences import Fault
from gdsim.system.files import written_aside
from gdsim.system.gif import Gif
from gdsim.system.video import Mp4, find_ffmpeg

Pixels = NDArray[np.uint8]
"""(height, width, 3): red, green, blue."""
FORMATS = (".gif", ".mp4")
WAITING = 4
"""So many frames wait at most: a film is never held in memory."""
LOOK_SECONDS = 0.1
GRACE_SECONDS = 2.0


class _Film(Protocol):
    def add(self, frame: Pixels) -> None: ...
    def close(self) -> None: ...


class _Stopped(Exception):
    """Nobody wants the film any more."""


class FilmWriter:
    """Writes a film in the format of its name's ending, whole or not at all."""

    def __init__(self, path: Path, samples: Sequence[Pixels], frames_per_second: float) -> None:
        """`samples` are frames that have the colours of all."""
        self.fault: Fault | None = None
        """Why there will be no film."""
        self._frames: queue.Queue[Pixels | None] = queue.Queue(WAITING)
        self._stop = threading.Event()
        self._mp4: Mp4 | None = None
        self._work = path, samples, frames_per_second
        self._thread = threading.Thread(target=self._write, name="gdsim-film", daemon=True)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is written: the film is whole, or `fault` says why not."""
        return not self._thread.is_alive()

    @property
    def has_room(self) -> bool:
        """Whether one more frame can wait."""
        return not self._frames.full()

    def add(self, frame: Pixels) -> None:
        """The next frame, to be given where there is room for it."""
        self._frames.put_nowait(frame)

    def finish(self) -> None:
        """There are no more frames, where there is room to say so."""
        self._frames.put_nowait(None)

    def stop(self) -> None:
        """Leave nothing of it; wait for a moment until that is so."""
        self._stop.set()
        if self._mp4 is not None:
            self._mp4.kill()  # its thread may wait for it to take a frame
        self._thread.join(GRACE_SECONDS)

    def _write(self) -> None:
        path, samples, rate = self._work
        try:
            check_format(path)
            with written_aside(path) as aside:
                if path.suffix.lower() == ".gif":
                    with aside.open("wb") as stream:
                        self._pass_on(Gif(stream, samples, rate))
                    return
                height, width, _ = samples[0].shape
                film = self._mp4 = Mp4(aside, (width, height), rate)
                try:
                    self._pass_on(film)
                finally:
                    film.clear_up()
        except _Stopped:
            pass
        except Fault as fault:
            self.fault = fault

    def _pass_on(self, film: _Film) -> None:
        while True:
            if self._stop.is_set():
                raise _Stopped
            try:
                frame = self._frames.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            if frame is None:
                film.close()
                return
            film.add(frame)


def check_format(path: Path) -> None:
    """`Fault` for an ending that is none of `FORMATS`, or for MP4 where there is no ffmpeg."""
    if path.suffix.lower() not in FORMATS:
        raise Fault(
            "{file}: a film's name ends in {endings}.", file=str(path), endings=", ".join(FORMATS)
        )
    if path.suffix.lower() == ".mp4":
        find_ffmpeg(path)
