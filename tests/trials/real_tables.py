"""How many of other people's tables open at once: python -m tests.trials.real_tables FOLDER….

The tables of packages that ship data are a start (scikit-learn, statsmodels, pydataset,
vega_datasets: installed elsewhere, for the trial only). A table opens if two columns can be taken
without a word, gaps being left out as the window does; what does not open is listed with its
sentence, so that one sees whether a person would have read it.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from gdsim.engine.sentences import Fault
from gdsim.experiment.tables import Kind, chosen, data_from, look

ENDINGS = (".csv", ".tsv", ".txt", ".data", ".tab", ".dat")


def opened(path: Path) -> tuple[str, str]:
    """What became of a table: "opens", "no numbers" or "refused"; and what was taken or said."""
    try:
        found = look(path)
        if sum(one.kind is Kind.NUMBER for one in found.columns) < 2:
            kinds = ", ".join(f"{one.name} {one.kind.value}" for one in found.columns[:6])
            return "no numbers", kinds
        columns, target = chosen(found, None, None)
        data = data_from(found, columns, target, "drop")
        counts = {one.kind for one in columns}
        if Kind.RUNNING in counts and len(found.columns) > 2:
            return "row number as x", f"{columns[0].name} → {target.name}"
        return "opens", f"{columns[0].name} → {target.name}: {data.size} samples, {data.told}"
    except Fault as fault:
        return "refused", str(fault)


def main(folders: list[str]) -> None:
    paths = sorted(
        path for folder in folders for path in Path(folder).rglob("*")
        if path.suffix.lower() in ENDINGS and path.is_file()
    )  # fmt: skip
    counts: Counter[str] = Counter()
    for path in paths:
        began = time.process_time()
        became, said = opened(path)
        took = time.process_time() - began
        counts[became] += 1
        if became != "opens" or took > 5.0:
            print(f"{became:16} {path.name[:40]:40} {said[:150]} ({took:.1f} s)")
    print(dict(counts))
    two = len(paths) - counts["no numbers"]
    print(f"{len(paths)} tables, {two} with two columns of numbers: "
          f"{counts['opens'] / max(two, 1):.1%} of those open with sensible columns")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
