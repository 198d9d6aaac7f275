"""gdsim: a desktop lab bench for gradient descent.

`simulate` runs one optimizer on a problem and gives the arrays of its way, `sweep` a grid of runs
and what became of them, `race` tunes optimizers with one budget, `load` opens an experiment that
was saved; `problems`, `optimizers` and `schedules` list what there is. The command lines are
`gdsim run`, `gdsim sweep` and `gdsim race`, the window `gdsim`.
"""

# An old Python, even 2, must be able to read this file, so that __main__.py can say that it is old.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from gdsim.api import (
        Race,
        Result,
        Sweep,
        load,
        optimizers,
        problems,
        race,
        schedules,
        simulate,
        sweep,
    )

__version__ = "0.1.0"
__all__ = [
    "Race",
    "Result",
    "Sweep",
    "__version__",
    "load",
    "optimizers",
    "problems",
    "race",
    "schedules",
    "simulate",
    "sweep",
]

_OFFERED = frozenset(__all__) - {"__version__"}
"""The public names, which live in `gdsim.api`: brought in when asked for, since NumPy would hold up
the window."""


def __getattr__(name):  # type: (str) -> object
    if name not in _OFFERED:
        raise AttributeError("module 'gdsim' has no attribute '%s'" % name)
    from importlib import import_module

    return getattr(import_module("gdsim.api"), name)


def __dir__():  # type: () -> list[str]
    return sorted(_OFFERED.union(globals()))
