"""No code page stops the command line: signs that it lacks are written out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gdsim.cli.plain_output import WRITTEN_OUT, written_out

ROOT = Path(__file__).resolve().parents[2]


def printed(encoding: str, *words: str) -> str:
    """What gdsim writes into a pipe of that encoding."""
    done = subprocess.run(
        [sys.executable, "-m", "gdsim", *words], cwd=ROOT, capture_output=True, check=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert not done.stderr
    return done.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "cp437", "ascii", "utf-8"])
def test_a_run_is_told_in_every_code_page(encoding: str) -> None:
    told = printed(encoding, "run", "--steps", "1000", "--lr", "0.01")
    minus = "−" if encoding == "utf-8" else "-"
    dot = "*" if encoding == "ascii" else "·"
    assert f"Exact fit: {minus}1 + 2.2{dot}x, R" in told
    assert "\\u" not in told
    assert ("λ" in told) == (encoding in ("gbk", "utf-8"))
    assert ("lambdamax" in told) == (encoding not in ("gbk", "utf-8"))


def test_every_listed_formula_can_be_read_in_ascii() -> None:
    for what in ("problems", "optimizers", "schedules"):
        assert "\\u" not in printed("ascii", "list", what)


def test_json_stays_json() -> None:
    plain, full = (
        json.loads(printed(code, "list", "data", "--json")) for code in ("ascii", "utf-8")
    )
    assert [table["name"] for table in plain] == [table["name"] for table in full]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1×10⁻⁹", "1x10^-9"), ("10⁶", "10^6"), ("R²", "R^2"), ("−2 ≤ θ₁", "-2 <= theta1"),
        ("x²¹ y³", "x^21 y^3"), ("汉", "\\u6c49"), ("θ₃e⁻ˢ", "theta3e^-s"), ("ŷ", "y^"),
    ],
)  # fmt: skip
def test_signs_are_written_as_people_type_them(text: str, plain: str) -> None:
    out, at = "", 0
    while at < len(text):
        if text[at].isascii():
            out, at = out + text[at], at + 1
        else:
            error = UnicodeEncodeError("ascii", text, at, at + 1, "")
            more, at = written_out(error)
            out += more
    assert out == plain


def test_what_is_written_out_is_ascii_itself() -> None:
    assert all(plain.isascii() and not sign.isascii() for sign, plain in WRITTEN_OUT.items())
