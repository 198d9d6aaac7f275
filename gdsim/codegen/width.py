"""Lines that are too long, broken as a formatter would break them."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable
from itertools import pairwise

WIDTH = 100


def fitted(lines: Iterable[str], *, inside: bool = False) -> list[str]:
    """The lines, none longer than `WIDTH` if that can be: comments go above, brackets open.

    `inside` says that they stand in a bracket, where a line may end anywhere.
    """
    out = []
    for line in lines:
        code, mark, comment = line.partition("  # ")
        if mark and len(line) > WIDTH:
            out.append(f"{_indent(code)}# {comment}")
            line = code
        out += _broken(line, inside) if len(line) > WIDTH else [line]
    return out


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _broken(line: str, inside: bool) -> list[str]:
    indent, code = _indent(line), line.strip()
    if code.startswith("#"):
        return [line]
    if code.endswith(","):
        *before, last = _broken(line.removesuffix(","), inside)
        return [*before, f"{last},"]
    for mark in (" = ", "return "):
        left, found, right = code.partition(mark)
        if found and not inside and _last_bracket(f"({right})")[1]:
            # Several values are parted from each other, not within the last.
            code = f"{left}{mark}({right})"
            break
    opened, commas = _last_bracket(code)
    inner = indent + "    "
    if opened is None and inside:
        place = _last_sign(line)
        if not place:
            return [line]
        return [line[:place], *fitted([indent + line[place + 1 :]], inside=True)]
    if opened is None:
        # No bracket ends the line: the whole right-hand side gets one.
        for mark in (" = ", "return "):
            left, found, right = code.partition(mark)
            if found:
                return [
                    f"{indent}{left}{mark}(",
                    *fitted([inner + right], inside=True),
                    f"{indent})",
                ]
        return [line]
    head, tail = code[: opened + 1], code[-1]
    whole = inner + code[opened + 1 : -1]
    if len(whole) <= WIDTH or not commas:
        return [indent + head, *fitted([whole], inside=True), indent + tail]
    cuts = [opened, *commas, len(code) - 1]
    parts = [code[a + 1 : b].strip() for a, b in pairwise(cuts)]
    each = (one for part in parts for one in fitted([f"{inner}{part},"], inside=True))
    return [indent + head, *each, indent + tail]


def _last_sign(line: str) -> int:
    """Where the last + or − outside all brackets stands that the width has room before; 0: none."""
    depth, found = 0, 0
    for place, sign in enumerate(line[:WIDTH]):
        depth += (sign in "([{") - (sign in ")]}")
        if not depth and line[:place].strip() and line[place : place + 3] in (" + ", " - "):
            found = place
    return found


def _last_bracket(code: str) -> tuple[int | None, list[int]]:
    """Where the bracket opens that closes at the end, and the commas right inside it."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return None, []
    stack: list[tuple[int, list[int]]] = []
    arguments: list[int] = []
    for token in tokens:
        place = token.start[1]
        if token.string == "lambda":
            arguments.append(len(stack))
        if token.type != tokenize.OP:
            continue
        if arguments and arguments[-1] == len(stack) and token.string in (":", ","):
            # Commas up to the colon part what the lambda takes.
            if token.string == ":":
                arguments.pop()
            continue
        if token.string in "([{":
            stack.append((place, []))
        elif token.string in ")]}" and stack:
            opened, commas = stack.pop()
            if not stack and place == len(code) - 1:
                return opened, commas
        elif token.string == "," and stack:
            stack[-1][1].append(place)
    return None, []
