"""The frameworks whose formulas and defaults the methods know, where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gdsim.engine.fields import Value, field

FRAMEWORK_TITLES = {"pytorch": "PyTorch", "keras": "Keras", "optax": "Optax"}
FRAMEWORKS = tuple(FRAMEWORK_TITLES)
"""The conventions there are; PyTorch's is the default wherever PyTorch has the method."""

Defaults = Mapping[str, Mapping[str, Value]]
"""Where a framework's defaults differ from those declared: framework → setting → value."""


def convention_field(*frameworks: str) -> Any:
    """The choice between the frameworks' formulas; the first is the default."""
    return field(
        frameworks[0], "Convention", "Whose formula is used where the frameworks differ.",
        choices={name: FRAMEWORK_TITLES[name] for name in frameworks}, advanced=True,
    )  # fmt: skip
