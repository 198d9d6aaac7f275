"""gdsim: a desktop lab bench for gradient descent.

`simulate` runs one optimizer on a problem and gives the arrays of its way, `sweep` a grid of runs
and what became of them; the command lines are `gdsim run` and `gdsim sweep`, the window `gdsim`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdsim.api import Result, Sweep, simulate, sweep

__version__ = "0.1.0"
__all__ = ["Result", "Sweep", "__version__", "simulate", "sweep"]

_PLACES = {
    "simulate": "gdsim.api",
    "Result": "gdsim.api",
    "sweep": "gdsim.api",
    "Sweep": "gdsim.api",
}
"""Where the public names live: brought in when asked for, since NumPy would hold up the window."""


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'gdsim' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
