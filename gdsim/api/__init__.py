"""`gdsim.simulate` and `gdsim.sweep`: runs in one call, for notebooks and scripts."""

from gdsim.api.preparing import prepare
from gdsim.api.result import Result, Row
from gdsim.api.simulating import simulate
from gdsim.api.sweeping import Sweep, sweep

__all__ = ["Result", "Row", "Sweep", "prepare", "simulate", "sweep"]
