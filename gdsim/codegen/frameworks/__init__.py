"""What scripts are written for. To add one: a file in this package, its line in `FRAMEWORKS`."""

from __future__ import annotations

from gdsim.codegen.frameworks.base import Framework
from gdsim.codegen.frameworks.keras import KERAS
from gdsim.codegen.frameworks.numpy import NUMPY
from gdsim.codegen.frameworks.optax import OPTAX
from gdsim.codegen.frameworks.torch import PYTORCH
from gdsim.engine.fields import unknown

FRAMEWORKS: tuple[Framework, ...] = (
    NUMPY,
    PYTORCH,
    KERAS,
    OPTAX,
)

__all__ = ["FRAMEWORKS", "Framework", "find_framework"]


def find_framework(name: str) -> Framework:
    """The framework of that name; `Fault` with the nearest name if there is none."""
    for framework in FRAMEWORKS:
        if framework.name == name:
            return framework
    raise unknown(name, [framework.name for framework in FRAMEWORKS], "framework")
