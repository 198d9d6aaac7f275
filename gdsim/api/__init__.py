"""What `import gdsim` offers to notebooks and scripts: runs in one call, and what goes with it."""

from gdsim.api.listing import Listing, optimizers, problems, schedules
from gdsim.api.loading import LoadedExperiment, load
from gdsim.api.preparing import prepare
from gdsim.api.racing import Race, race
from gdsim.api.result import Result, Row
from gdsim.api.simulating import simulate
from gdsim.api.sweeping import Sweep, sweep

__all__ = [
    "Listing",
    "LoadedExperiment",
    "Race",
    "Result",
    "Row",
    "Sweep",
    "load",
    "optimizers",
    "prepare",
    "problems",
    "race",
    "schedules",
    "simulate",
    "sweep",
]
