"""Reads a typed f(x) or f(x, y): a grammar of its own, where only what is listed has a meaning.

    sum     = product { (+ | −) product }
    product = signed { (* | / | nothing) signed }      2x, 3(x + 1), x sin y
    signed  = { + | − } power
    power   = atom [ (^ | **) signed ]                 −x² is −(x²), 2^3^2 is 2^(3^2)
    atom    = number | x | y | constant | ( sum ) | |sum| | function ( sum {, sum} )
            | function power { power }                 cos 2πx

What people paste is read too: ² · × − π √ ½ and full-width signs.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass

from gdsim.engine.formulas import Graph, Node, named_trouble
from gdsim.engine.sentences import Fault

LONGEST = 500
DEEPEST = 40
MOST_OPERATIONS = 200
CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e, "tau": math.tau, "τ": math.tau}
FUNCTIONS = {
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "asin",
    "arcsin": "asin",
    "acos": "acos",
    "arccos": "acos",
    "atan": "atan",
    "arctan": "atan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "exp": "exp",
    "ln": "log",
    "log": "log",
    "log2": "log2",
    "log10": "log10",
    "lg": "log10",
    "sqrt": "sqrt",
    "√": "sqrt",
    "abs": "abs",
    "sign": "sign",
    "sgn": "sign",
    "sigmoid": "sigmoid",
    "relu": "relu",
    "min": "min",
    "max": "max",
}
_PAIRS = ("min", "max")
_WORDS = (*FUNCTIONS, *CONSTANTS, "x", "y")
_LISTED = ", ".join(("x", "y", *(name for name in (*CONSTANTS, *FUNCTIONS) if name.isascii())))
_SOME = ", ".join(_LISTED.split(", ")[:8]) + " …"
"""Of the names that are known: all of them would be more than a sentence."""
_SIGNS = {"−": "-", "–": "-", "·": "*", "⋅": "*", "∙": "*", "×": "*", "∗": "*", "÷": "/", "∕": "/"}
_SUPERSCRIPTS = {c: "0123456789-+"[i] for i, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")}
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1.0 / 3.0, "⅔": 2.0 / 3.0, "⅛": 0.125}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign and the column (from 1) where it stands."""

    kind: str
    text: str
    column: int
    value: float = 0.0


def read_expression(text: str) -> tuple[Graph, Node]:
    """The formula of a text; `Fault` points at the column of what cannot be read."""
    if len(text) > LONGEST:
        raise Fault("The expression is too long: at most {most} characters.", most=LONGEST)
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        sign, column = _plain(text[at]), at + 1
        if sign.isspace():
            at += 1
        elif sign in _SUPERSCRIPTS:
            end = at
            while end < len(text) and text[end] in _SUPERSCRIPTS:
                end += 1
            digits = "".join(_SUPERSCRIPTS[c] for c in text[at:end])
            if not digits.lstrip("+-").isdigit() or len(digits) > 4:
                raise _misplaced(text[at:end], column)
            tokens += [Token("^", "^", column), Token("number", digits, column, float(digits))]
            at = end
        elif sign in _FRACTIONS:
            tokens.append(Token("number", sign, column, _FRACTIONS[sign]))
            at += 1
        elif sign in "0123456789.":
            end = _number_end(text, at)
            tokens.append(_number("".join(_plain(c) for c in text[at:end]), column))
            at = end
        elif sign.isalpha() or sign == "_":
            end = at
            while end < len(text) and (_plain(text[end]).isalnum() or _plain(text[end]) == "_"):
                # Greek constants and superscripts stand for themselves: 2πx, x²y.
                if end > at and (text[end] in CONSTANTS and not text[end].isascii()):
                    break
                if text[end] in _SUPERSCRIPTS or text[end] in _FRACTIONS:
                    break
                end += 1
                if text[at] in CONSTANTS and not text[at].isascii():
                    break
            tokens += _words("".join(_plain(c) for c in text[at:end]).lower(), column)
            at = end
        elif text.startswith("**", at):
            tokens.append(Token("^", "**", column))
            at += 2
        elif sign in "+-*/^(),|√":
            tokens.append(Token("word" if sign == "√" else sign, sign, column))
            at += 1
        else:
            raise _misplaced(text[at], column)
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def _plain(sign: str) -> str:
    """The ASCII sign that another stands for: full-width ones, and those of typeset formulas."""
    if "！" <= sign <= "～":
        sign = chr(ord(sign) - 0xFEE0)
    return _SIGNS.get(sign, sign)


def _number_end(text: str, at: int) -> int:
    """Where a number ends: digits, a point, and an exponent if one is complete."""
    signs = [_plain(c) for c in text[at : at + LONGEST]]
    end, count = 0, len(signs)
    while end < count and signs[end] in "0123456789.":
        end += 1
    if end < count and signs[end] in "eE":
        digits = end + (2 if signs[end + 1 : end + 2] in (["+"], ["-"]) else 1)
        if digits < count and signs[digits] in "0123456789":
            end = digits
            while end < count and signs[end] in "0123456789":
                end += 1
    return at + end


def _number(text: str, column: int) -> Token:
    try:
        value = float(text)
    except ValueError:
        raise _misplaced(text, column) from None
    if not math.isfinite(value):
        raise Fault("Column {column}: {text} is too large.", column=column, text=text[:20])
    return Token("number", text, column, value)


def _words(word: str, column: int) -> list[Token]:
    """One name; or, as in xy, several variables beside each other."""
    if word in _WORDS:
        return [Token("word", word, column)]
    if set(word) <= {"x", "y"}:
        return [Token("word", letter, column + i) for i, letter in enumerate(word)]
    if power := re.fullmatch(r"([xy])(\d{1,2})", word):
        raise Fault(
            "Column {column}: '{name}' is no name. For a power type {power}, for a product "
            "{product}.", column=column, name=word, power=f"{power[1]}^{power[2]}",
            product=f"{power[2]}{power[1]}",
        )  # fmt: skip
    near = difflib.get_close_matches(word[:20], _WORDS, n=1)
    if near:
        raise Fault(
            "Column {column}: there is no '{name}'. Did you mean '{near}'?",
            column=column, name=word[:20], near=near[0],
        )  # fmt: skip
    raise Fault(
        "Column {column}: there is no '{name}'. Known: {known}.",
        column=column, name=word[:20], known=_SOME,
    )  # fmt: skip


def _misplaced(text: str, column: int) -> Fault:
    return Fault("Column {column}: '{text}' is not expected here.", column=column, text=text[:20])


class _Parser:
    """Builds the graph of a list of tokens by descent; `DEEPEST` bounds how far."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = self._bars = self._operations = 0
        self._graph = Graph()

    def whole(self) -> tuple[Graph, Node]:
        if self._next.kind == "end":
            raise Fault("The expression is empty: type f(x) or f(x, y), as in x² + 3y².")
        node = self._sum()
        if self._next.kind != "end":
            raise self._unexpected()
        return self._graph, node

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _unexpected(self) -> Fault:
        token = self._next
        if token.kind == "end":
            return Fault("Column {column}: something is missing here.", column=token.column)
        return _misplaced(token.text, token.column)

    def _apply(self, kind: str, column: int, *arguments: Node) -> Node:
        self._operations += 1
        if self._operations > MOST_OPERATIONS:
            raise Fault(
                "Column {column}: the expression has more than {most} operations.",
                column=column, most=MOST_OPERATIONS,
            )  # fmt: skip
        graph = self._graph
        node = graph.apply(kind, *arguments)
        value = graph.value(node)
        if value is not None and not math.isfinite(value):
            numbers = [graph.value(argument) for argument in arguments]
            known = [number for number in numbers if number is not None]
            trouble = named_trouble(kind, known, column)
            if trouble is not None:
                raise Fault(trouble.template, **trouble.values)
            raise Fault("Column {column}: {text} is too large.", column=column, text=kind)
        graph.columns.setdefault(node, column)
        return node

    def _sum(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Fault("Column {column}: nested too deeply.", column=self._next.column)
        node = self._product()
        while self._next.kind in ("+", "-"):
            sign = self._take()
            kind = "add" if sign.kind == "+" else "sub"
            node = self._apply(kind, sign.column, node, self._product())
        self._depth -= 1
        return node

    def _product(self) -> Node:
        node = self._signed()
        while True:
            sign = self._next
            if sign.kind in ("*", "/"):
                self._take()
                kind = "mul" if sign.kind == "*" else "div"
                node = self._apply(kind, sign.column, node, self._signed())
            elif self._begins_factor(sign):
                node = self._apply("mul", sign.column, node, self._power())
            else:
                return node

    def _begins_factor(self, token: Token) -> bool:
        """Whether a factor follows without a sign between."""
        return token.kind in ("number", "word", "(") or (token.kind == "|" and not self._bars)

    def _signed(self) -> Node:
        column, negative = self._next.column, False
        while self._next.kind in ("+", "-"):
            negative ^= self._take().kind == "-"
        node = self._power()
        return self._apply("neg", column, node) if negative else node

    def _power(self) -> Node:
        return self._raised(self._atom())

    def _raised(self, base: Node) -> Node:
        if self._next.kind != "^":
            return base
        sign = self._take()
        self._depth += 1
        if self._depth > DEEPEST:
            raise Fault("Column {column}: nested too deeply.", column=sign.column)
        node = self._apply("pow", sign.column, base, self._signed())
        self._depth -= 1
        return node

    def _atom(self) -> Node:
        token = self._next
        if token.kind == "number":
            self._take()
            return self._graph.number(token.value)
        if token.kind == "(":
            self._take()
            node = self._sum()
            self._close(")", token)
            return node
        if token.kind == "|":
            self._take()
            self._bars += 1
            node = self._sum()
            self._bars -= 1
            self._close("|", token)
            return self._apply("abs", token.column, node)
        if token.kind == "word":
            self._take()
            if token.text in FUNCTIONS:
                return self._called(token)
            if token.text in CONSTANTS:
                return self._graph.number(CONSTANTS[token.text])
            return self._graph.variable(("x", "y").index(token.text))
        raise self._unexpected()

    def _close(self, kind: str, opened: Token) -> None:
        if self._next.kind == "end":
            raise Fault("Column {column}: '{text}' is not closed.",
                        column=opened.column, text=opened.text)  # fmt: skip
        if self._next.kind != kind:
            raise self._unexpected()
        self._take()

    def _called(self, function: Token) -> Node:
        """A function and its arguments; in sin²(x) the power is the value's."""
        power: Node | None = None
        if self._next.kind == "^" and self._tokens[self._at + 1].kind == "number":
            self._take()
            power = self._graph.number(self._take().value)
        opened = self._next
        bars, self._bars = self._bars, 0
        if opened.kind == "(":
            self._take()
            arguments = [self._sum()]
            while self._next.kind == ",":
                self._take()
                arguments.append(self._sum())
            self._close(")", opened)
            self._bars = bars
        else:
            self._bars = bars
            arguments = [self._bare_argument()]
        wanted = 2 if FUNCTIONS[function.text] in _PAIRS else 1
        if len(arguments) != wanted:
            raise Fault(
                "Column {column}: '{name}' needs {wanted} in its parentheses, not {given}.",
                column=function.column, name=function.text, wanted=wanted, given=len(arguments),
            )  # fmt: skip
        node = self._function(FUNCTIONS[function.text], function.column, arguments)
        return node if power is None else self._apply("pow", function.column, node, power)

    def _bare_argument(self) -> Node:
        """cos 2πx: the factors up to the next sign or function."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise Fault("Column {column}: nested too deeply.", column=self._next.column)
        node = self._power()
        while self._begins_factor(self._next) and self._next.text not in FUNCTIONS:
            node = self._apply("mul", self._next.column, node, self._power())
        self._depth -= 1
        return node

    def _function(self, name: str, column: int, arguments: list[Node]) -> Node:
        first, number = arguments[0], self._graph.number

        if name == "sigmoid":
            fall = self._apply("exp", column, self._apply("neg", column, first))
            return self._apply(
                "div", column, number(1.0), self._apply("add", column, number(1.0), fall)
            )
        if name == "relu":
            return self._apply("max", column, first, number(0.0))
        if name in ("log2", "log10"):
            base = number(math.log(2.0 if name == "log2" else 10.0))
            return self._apply("div", column, self._apply("log", column, first), base)
        return self._apply(name, column, *arguments)
