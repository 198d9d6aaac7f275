"""Output where the encoding lacks our signs: λ, − and ⁹ are written out in ASCII.

Windows hands pipes and files the code page of the system, which has some of them (GBK: λ, no −).
"""

from __future__ import annotations

import codecs
import sys
import unicodedata
from io import TextIOWrapper

WRITTEN_OUT = {
    "−": "-", "–": "-", "—": "-", "·": "*", "×": "x", "…": "...", "≤": "<=", "≥": ">=", "≠": "!=",
    "≈": "~", "∞": "inf", "→": "->", "←": "<-", "↗": "up to", "↘": "down to", "√": "sqrt",
    "‖": "||", "∇": "grad ", "∂": "d", "∏": "prod ", "Σ": "sum ", "Δ": "d", "⁄": "/",
    "′": "'", "’": "'", "‘": "'", "“": '"', "”": '"', "⌊": "[", "⌋": "]", "\u0302": "^",
    "α": "alpha", "β": "beta", "γ": "gamma", "ε": "eps", "η": "eta", "θ": "theta", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi",
    "ψ": "psi", "ω": "omega",
}  # fmt: skip
NAME = "gdsim.written_out"


def written_out(error: UnicodeError) -> tuple[str, int]:
    """What stands for signs that cannot be encoded: as `codecs.register_error` wants it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    parts = [_plain(error.object, at) for at in range(error.start, error.end)]
    return "".join(parts), error.end


def _plain(text: str, at: int) -> str:
    sign = text[at]
    # Taken apart: ⁹ is 9, ½ is 1⁄2, ŷ is y and a circumflex.
    parts = unicodedata.normalize("NFKD", sign)
    plain = "".join(WRITTEN_OUT.get(part, part) for part in WRITTEN_OUT.get(sign, parts))
    if not plain.isascii():
        return f"\\u{ord(sign):04x}"  # JSON reads this, too
    return "^" + plain if _is_raised(sign) and not (at and _is_raised(text[at - 1])) else plain


def _is_raised(sign: str) -> bool:
    return unicodedata.decomposition(sign).startswith("<super>")


def print_any_sign() -> None:
    """From now on no text stops the command line for want of a sign in the encoding."""
    codecs.register_error(NAME, written_out)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.encoding.lower() not in ("utf-8", "utf8"):
            stream.reconfigure(errors=NAME)
