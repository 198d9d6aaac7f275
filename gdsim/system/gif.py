"""Moving pictures as GIF89a: one palette of the pictures' own colours, each frame what has changed.

Source: the GIF89a specification (CompuServe, 1990) and Netscape's extension for repetition.
"""

from __future__ import annotations

import heapq
import struct
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(height, width, 3): red, green, blue."""
MOST_COLORS = 255
"""Of the 256 one stands for what has not changed."""
UNCHANGED = 255
_BITS = 8


class Gif:
    """A film that plays again and again; `add` writes a frame."""

    def __init__(
        self, stream: BinaryIO, samples: Sequence[Pixels], frames_per_second: float
    ) -> None:
        """Its colours are those of `samples`, frames that stand for all, of one size."""
        self._stream = stream
        self._colors = colors_of(samples)
        self._delay = max(2, round(100.0 / frames_per_second))  # readers slow down what is faster
        self._before: Pixels | None = None
        height, width, _ = samples[0].shape
        table = np.zeros((256, 3), np.uint8)
        table[: len(self._colors)] = self._colors
        stream.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0))
        stream.write(table.tobytes())
        stream.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")

    def add(self, frame: Pixels) -> None:
        """The next frame, of the samples' size."""
        if self._before is None:
            changed = np.ones((len(frame), frame.shape[1]), bool)
        else:
            changed = (frame != self._before).any(axis=2)
        self._before = frame
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if not len(rows):
            rows = columns = np.zeros(1, np.intp)  # it lasts all the same
        top, left = int(rows[0]), int(columns[0])
        inside = np.s_[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
        part, fresh = frame[inside], changed[inside]
        places = np.full(fresh.shape, UNCHANGED, np.uint8)
        places[fresh] = nearest(part[fresh], self._colors)
        height, width = len(places), len(places[0])
        # Left as it is when the next comes; `UNCHANGED` lets through what lies beneath.
        self._stream.write(b"\x21\xf9\x04" + struct.pack("<BHBB", 0x05, self._delay, UNCHANGED, 0))
        self._stream.write(b"\x2c" + struct.pack("<HHHHB", left, top, width, height, 0))
        self._stream.write(bytes([_BITS]))
        packed = lzw(places.tobytes())
        for at in range(0, len(packed), 255):
            block = packed[at : at + 255]
            self._stream.write(bytes([len(block)]) + block)
        self._stream.write(b"\x00")

    def close(self) -> None:
        """Write the end; the stream stays open."""
        self._stream.write(b"\x3b")


def colors_of(pictures: Sequence[Pixels], most: int = MOST_COLORS) -> Pixels:
    """(colours, 3): all colours of the pictures, or `most` that stand for them.

    Median cut (Heckbert, 1982) of the box whose colours lie farthest apart, weighed by the root of
    how often they are met: a thin line counts beside a large ground. Each box is stood for by the
    colour that is met most often in it, so that white stays white.
    """
    packed = np.concatenate([_packed(picture.reshape(-1, 3)) for picture in pictures])
    values, counts = np.unique(packed, return_counts=True)
    colors = _unpacked(values)
    if len(colors) <= most:
        return colors
    points, weights = colors.astype(np.float64), np.sqrt(counts)

    def box(members: NDArray[np.intp]) -> tuple[float, int, NDArray[np.intp], int]:
        weight = weights[members]
        middle = np.average(points[members], axis=0, weights=weight)
        spread = weight @ (points[members] - middle) ** 2
        axis = int(np.argmax(spread))
        return -float(spread[axis]), int(members[0]), members, axis

    boxes = [box(np.arange(len(colors)))]
    while len(boxes) < most and boxes[0][0] < 0.0:
        _, _, members, axis = heapq.heappop(boxes)
        along = points[members, axis]
        below = along <= np.average(along, weights=weights[members])
        heapq.heappush(boxes, box(members[below]))
        heapq.heappush(boxes, box(members[~below]))
    return colors[[members[np.argmax(counts[members])] for _, _, members, _ in boxes]]


def nearest(pixels: Pixels, colors: Pixels) -> NDArray[np.uint8]:
    """For each of (pixels, 3) the place of the nearest of (colours, 3)."""
    values, whose = np.unique(_packed(pixels), return_inverse=True)
    wanted, offered = _unpacked(values).astype(np.float32), colors.astype(np.float32)
    lengths = (offered**2).sum(axis=1)
    found = np.empty(len(values), np.uint8)
    for at in range(0, len(values), 4096):
        part = np.s_[at : at + 4096]
        found[part] = np.argmin(lengths - 2.0 * (wanted[part] @ offered.T), axis=1)
    return found[whose]


def lzw(places: bytes) -> bytes:
    """Bytes in GIF's variable-length LZW codes (Welch, 1984), as its blocks hold them."""
    clear, end = 1 << _BITS, (1 << _BITS) + 1
    out = bytearray()
    held, bits, size, count = clear, _BITS + 1, _BITS + 1, end + 1
    codes: dict[int, int] = {}
    prefix = -1
    for place in places:
        if prefix < 0:
            prefix = place
            continue
        key = prefix << 8 | place
        known = codes.get(key)
        if known is not None:
            prefix = known
            continue
        held |= prefix << bits
        bits += size
        while bits >= 8:
            out.append(held & 255)
            held >>= 8
            bits -= 8
        if count < 4096:
            if count == 1 << size:
                size += 1
            codes[key] = count
            count += 1
        else:
            held |= clear << bits
            bits += size
            codes.clear()
            size, count = _BITS + 1, end + 1
        prefix = place
    for code in (prefix, end):
        held |= code << bits
        bits += size
        if code == prefix and count == 1 << size and size < 12:
            size += 1
    out += held.to_bytes((bits + 7) // 8, "little")
    return bytes(out)


def _packed(pixels: Pixels) -> NDArray[np.uint32]:
    wide = pixels.astype(np.uint32)
    packed: NDArray[np.uint32] = wide @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    return packed


def _unpacked(values: NDArray[np.uint32]) -> Pixels:
    return np.stack([values >> 16, values >> 8 & 255, values & 255], axis=1).astype(np.uint8)
