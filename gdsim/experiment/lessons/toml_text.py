"""Values as TOML writes them; the standard library only reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping


def toml_value(value: object) -> str:
    """A text, number, truth, list or table on one line; floats round-trip."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, str):
        # JSON's quotes are TOML's but for DEL, and for halves of characters, which no file holds.
        text = json.dumps(value.encode("utf-8", "replace").decode("utf-8"), ensure_ascii=False)
        return text.replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        inner = ", ".join(f"{toml_key(str(key))} = {toml_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    assert isinstance(value, Iterable)
    return f"[{', '.join(toml_value(one) for one in value)}]"


def toml_key(name: str) -> str:
    """A name, in quotes where it must be."""
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else toml_value(name)
