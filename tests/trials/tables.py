"""Tables in every way that people write them, then damaged: python -m tests.trials.tables SEED N.

A table whose numbers are known is written with a random delimiter, decimal sign, thousands, header,
encoding, ends of lines, gaps, titles, row names and columns of text. What is read must be those
numbers, or one sentence that says what is asked. Every second one is damaged first: bytes replaced,
lines cut, doubled or mixed. Then it is read or refused, with no exception and in bounded time.
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from gdsim.engine.sentences import Fault
from gdsim.experiment.tables import chosen, data_from, look, sensible

LONGEST = 400
"""Characters of a refusal."""
PATIENCE = 5.0
ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "big5", "shift_jis", "cp1252",
)  # fmt: skip
HEADERS = {
    "gb18030": ("面积", "价格", "备注"), "big5": ("面積", "價格", "說明"),
    "shift_jis": ("身長", "体重", "名前"), "cp1252": ("Größe", "Höhe", "Straße"),
}  # fmt: skip
GAPS = ("", "NA", "NaN", "?", "-", "null", "#N/A")


class Written:
    """A table, and what a person reads in it."""

    def __init__(self, rng: random.Random) -> None:
        self.encoding = rng.choice(ENCODINGS)
        self.delimiter = rng.choice([",", ";", "\t", "|", " "])
        self.comma = self.delimiter != "," and rng.random() < 0.4
        self.quoted = rng.random() < 0.2
        self.header = rng.random() < 0.8
        self.text = self.delimiter != " " and rng.random() < 0.4
        self.gaps = rng.random() < 0.3 and self.delimiter != " "
        self.end = rng.choice(["\n", "\r\n", "\r"])
        digits = rng.choice([0, 1, 2, 4])
        self.rows: list[tuple[float, float]] = []
        self.kept: list[tuple[float, float]] = []
        lines = []
        if rng.random() < 0.2 and self.delimiter != " ":
            lines += ["Measured by hand", ""]
        names = HEADERS.get(self.encoding, ("length", "width", "note"))
        if self.header:
            lines.append(self.joined([*names[: 3 if self.text else 2]]))
        for _ in range(rng.randint(3, 60)):
            x, y = (round(rng.uniform(-5000, 5000), digits) + 0.0 for _ in range(2))
            cells = [self.number(value, digits) for value in (x, y)]
            whole = True
            if self.gaps and rng.random() < 0.1:
                cells[rng.randrange(2)] = rng.choice(GAPS)
                whole = False
            if self.text:
                cells.append(rng.choice(["red", "green", "blue", "red, dark"]))
            self.rows.append((x, y))
            if whole:
                self.kept.append((x, y))
            lines.append(self.joined(cells))
        self.data = (self.end.join(lines) + self.end).encode(self.encoding)

    def number(self, value: float, digits: int) -> str:
        """As this table writes numbers."""
        text = f"{value:.{digits}f}"
        return text.replace(".", ",") if self.comma else text

    def joined(self, cells: list[str]) -> str:
        """The cells of a line, quoted where they must be or all are."""
        special = self.delimiter
        return self.delimiter.join(
            f'"{cell}"' if self.quoted or special in cell else cell for cell in cells
        )


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The table after an accident or a few."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(6)
        if kind == 0:
            data = (
                data[:at] + bytes(rng.randrange(256) for _ in range(rng.randint(1, 8))) + data[at:]
            )
        elif kind == 1:
            data = data[:at]
        elif kind == 2:
            data = data[:at] + data[at + rng.randint(1, 40) :]
        elif kind == 3:
            data = data[:at] + data[max(0, at - 60) : at] * rng.randint(1, 3) + data[at:]
        elif kind == 4:
            data = data.replace(
                rng.choice([b",", b";", b"\t", b"\n"]), rng.choice([b" ", b",", b'"', b""])
            )
        else:
            lines = data.split(b"\n")
            rng.shuffle(lines)
            data = b"\n".join(lines)
    return data


def objection(path: Path, written: Written | None) -> tuple[str, str]:
    """What became of a table, and what speaks against it ("" if nothing)."""
    began = time.monotonic()
    try:
        found = look(path)
        columns, target = chosen(found, None, None)
        data = data_from(found, columns, target, "drop")
    except Fault as fault:
        said = str(fault)
        against = f"{len(said)} characters" if len(said) > LONGEST or "\n" in said else ""
        allowed = ("may part thousands", "Every line of", "no two columns", "has no line")
        if written is not None and not any(part in said for part in allowed):
            against = said
        return "refused", against
    except Exception as error:  # that nothing escapes is what is tried
        return "failed", repr(error)
    if time.monotonic() - began > PATIENCE:
        return "slow", f"{time.monotonic() - began:.1f} s"
    if written is None:
        return "read", ""
    both = sensible(found.columns)
    if both is None or {both[0].place, both[1].place} != {0, 1}:
        return "other columns", "" if written.gaps or len(written.rows) < 5 else str(both)
    pairs = written.kept
    x, y = (data.x[0], data.y) if both[0].place == 0 else (data.y, data.x[0])
    right = len(x) == len(pairs) and all(
        math.isclose(a, p, abs_tol=1e-12) and math.isclose(b, q, abs_tol=1e-12)
        for a, b, (p, q) in zip(x.tolist(), y.tolist(), pairs, strict=True)
    )
    return "read", "" if right else f"{found.delimiter!r} {found.decimal} {found.has_header}"


def main(seed: int = 1, count: int = 2000) -> int:
    rng = random.Random(seed)
    counts: Counter[str] = Counter()
    against = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        for place in range(count):
            written = Written(rng)
            whole = place % 2 == 0
            path.write_bytes(written.data if whole else damaged(written.data, rng))
            became, said = objection(path, written if whole else None)
            counts[("whole: " if whole else "damaged: ") + became] += 1
            if said:
                against += 1
                kept = Path(tempfile.gettempdir()) / f"table-{seed}-{place}.csv"
                kept.write_bytes(path.read_bytes())
                print(f"{place} {became}: {said[:160]} ({written.encoding}, kept as {kept.name})")
    print(f"seed {seed}: {count} tables, {against} not as they should be; {dict(counts)}")
    return against


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:3]))))
