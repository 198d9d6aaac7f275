"""Runs exported scripts with their frameworks and compares where they end with gdsim.

    python -m tests.reference.check_code pytorch optax keras        (from the repository's folder)

Not a test of the suite, since it needs torch, jax, optax and keras (see make_reference.py). A
script is run as it is, several in one process so that a framework is imported once. Keras runs on
the backend that KERAS_BACKEND names, TensorFlow unless told.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from gdsim.codegen import export
from gdsim.engine.sentences import Fault
from tests.reference.code_cases import Exported, exported

AT_ONCE = 40
ALLOWED = 1e-10
ALLOWED_KERAS = 1e-5
"""Keras takes the learning rate and some other numbers in float32 whatever its floatx is; 3e-6 is
the most that was seen, on TensorFlow."""
GROWTH = 30.0
"""The noise is a sample of what rounding may do, not the most of it."""


def main() -> None:
    """Check the frameworks named; the exit status is 1 where a script ends elsewhere."""
    parser = argparse.ArgumentParser()
    parser.add_argument("frameworks", nargs="*", default=["numpy", "pytorch", "optax", "keras"])
    parser.add_argument("--only", default="", help="runs whose name contains it")
    parser.add_argument("--every", type=int, default=1, help="each n-th run only")
    parser.add_argument("--worker", action="store_true")
    options = parser.parse_args()
    if options.worker:
        _work()
        return
    listed = [one for one in exported() if options.only in one.name][:: options.every]
    bad = 0
    for framework in options.frameworks:
        allowed = ALLOWED_KERAS if framework == "keras" else ALLOWED
        bad += _check(framework, listed, allowed)
    sys.exit(bool(bad))


def _check(framework: str, listed: list[Exported], allowed: float) -> int:
    began = time.monotonic()
    counts: Counter[str] = Counter()
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        todo = []
        for one in listed:
            try:
                script = export(one.problem, one.run, one.steps, framework)
            except Fault as fault:
                counts["refused"] += 1
                print(f"refused: {one.name}: {fault}")
                continue
            todo.append((one, script.text))
            if (table := script.table) is not None:
                (Path(folder) / script.table_name).write_text(table, encoding="utf-8")
        for first in range(0, len(todo), AT_ONCE):
            part = todo[first : first + AT_ONCE]
            for (one, text), found in zip(part, _run(part, folder), strict=True):
                verdict, difference = _judge(one, found, allowed)
                counts[verdict] += 1
                if verdict == "same":
                    worst = max(worst, difference)
                if verdict != "same":
                    print(f"{verdict}: {framework}: {one.name}: {difference:.2e} {found}")
                    (Path(tempfile.gettempdir()) / "gdsim_script.py").write_text(text)
    said = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    seconds = time.monotonic() - began
    print(f"{framework}: {said}; same within {worst:.1e}; {seconds:.0f} s", flush=True)
    return counts["different"] + counts["failed"]


def _judge(one: Exported, found: Any, allowed: float) -> tuple[str, float]:
    if isinstance(found, str):
        return "failed", float("nan")
    wanted = one.ends()
    size = max(1.0, float(np.abs(wanted).max()))
    if np.array_equal(found, wanted, equal_nan=True):
        return "same", 0.0
    difference = float(np.abs(np.array(found) - wanted).max()) / size
    if difference <= allowed:
        return "same", difference
    noise = one.noise() / size
    return ("within rounding noise" if difference <= GROWTH * noise else "different"), difference


def _run(part: list[tuple[Exported, str]], folder: str) -> list[Any]:
    environment = {
        **os.environ, "KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "tensorflow"),
        "JAX_PLATFORMS": "cpu", "JAX_ENABLE_X64": "1", "PYTHONPATH": os.getcwd(),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.reference.check_code", "--worker"],
        input=json.dumps([text for _, text in part]), cwd=folder, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return [done.stderr[-500:]] * len(part)
    return list(json.loads(done.stdout.splitlines()[-1]))


def _work() -> None:
    found: list[Any] = []
    for text in json.load(sys.stdin):
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said):
                exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
            lines = [line for line in said.getvalue().splitlines() if line.startswith("theta = ")]
            numbers = lines[-1].removeprefix("theta = [").removesuffix("]").split(", ")
            found.append([float(value) for value in numbers])
        except Exception:
            found.append(traceback.format_exc()[-600:])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
