"""A disk that fails, or loses its power, at any write, flush or rename; for tests of what is kept.

A write that fails is torn: half of it is there. After a power cut nothing more is done, what was
written and not flushed is torn, and a rename whose folder was not flushed may not have happened.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest


class PowerCut(BaseException):
    """No program goes on behind it."""


class FaultyDisk:
    """While patched in, all that happens in `folder` is counted, and number `at` goes wrong."""

    def __init__(self, folder: Path, at: int = 0, *, cut: bool = False) -> None:
        self.count, self.at, self.cut = 0, at, cut
        self._folder = os.path.realpath(folder)
        self._is_off = False
        self._unflushed: set[str] = set()
        self._renamed: list[tuple[str, bytes | None]] = []

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        open_low, open_high, fsync, replace = os.open, io.open, os.fsync, os.replace
        unlink, chmod = os.unlink, os.chmod

        def opened(path: Any, flags: int, *more: Any, **named: Any) -> int:
            if flags & os.O_CREAT and self._is_here(path):
                self._step()
            return open_low(path, flags, *more, **named)

        def open_stream(file: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
            if isinstance(file, int) or not set(mode) & set("wax+") or not self._is_here(file):
                return open_high(file, mode, *more, **named)
            self._step()
            raw = _Torn(self, os.fspath(file), mode.replace("b", "").replace("t", ""))
            if "b" in mode:
                return io.BufferedWriter(raw)
            named.pop("buffering", None)
            texts = dict(zip(("encoding", "errors", "newline"), more[1:], strict=False))
            return io.TextIOWrapper(io.BufferedWriter(raw), **{**texts, **named})

        def flushed(file: int) -> None:
            path = os.path.realpath(f"/proc/self/fd/{file}")
            self._step()
            fsync(file)
            if stat.S_ISDIR(os.fstat(file).st_mode):
                self._renamed.clear()
            self._unflushed.discard(path)

        def replaced(source: Any, target: Any) -> None:
            self._step()
            old, new = os.path.realpath(source), os.path.abspath(target)
            before = Path(new).read_bytes() if os.path.exists(new) else None
            replace(source, target)
            self._renamed.append((new, before))
            if old in self._unflushed:
                self._unflushed.discard(old)
                self._unflushed.add(new)

        def in_step(before: Any) -> Any:
            def act(path: Any, *more: Any, **named: Any) -> None:
                if self._is_here(path):
                    self._step()
                before(path, *more, **named)

            return act

        patch.setattr(os, "open", opened)
        patch.setattr(io, "open", open_stream)
        patch.setattr(os, "fsync", flushed)
        patch.setattr(os, "replace", replaced)
        patch.setattr(os, "unlink", in_step(unlink))
        patch.setattr(os, "chmod", in_step(chmod))

    def lose(self, *, renames: bool) -> None:
        """What a power cut has left, with the newest renames or without them."""
        for path in self._unflushed:
            if os.path.exists(path):
                os.truncate(path, os.path.getsize(path) // 2)
        for path, before in reversed(self._renamed) if renames else ():
            if before is None:
                os.unlink(path)
            else:
                Path(path).write_bytes(before)

    def written(self, path: str) -> None:
        self._unflushed.add(os.path.realpath(path))

    def _is_here(self, path: Any) -> bool:
        return bool(os.path.realpath(path).startswith(self._folder))

    def _step(self) -> None:
        self.count += 1
        if self._is_off or (self.cut and self.count == self.at):
            self._is_off = True
            raise PowerCut
        if self.count == self.at:
            raise OSError(errno.EIO, "the disk is faulty")

    def step_of(self, raw: _Torn, data: Any) -> None:
        """Of a write, which is torn where it fails."""
        try:
            self._step()
        except (OSError, PowerCut):
            if not raw.torn:
                raw.torn = True
                io.FileIO.write(raw, bytes(data)[: len(data) // 2])
            raise


class _Torn(io.FileIO):
    """A file on that disk."""

    def __init__(self, disk: FaultyDisk, path: str, mode: str) -> None:
        super().__init__(path, mode)
        self._disk, self._path, self.torn = disk, path, False

    def write(self, data: Any) -> int:
        self._disk.written(self._path)
        self._disk.step_of(self, data)
        return super().write(data)
