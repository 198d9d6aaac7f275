"""Settings of all tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# As in the program: OpenBLAS's threads would spin, and tests that run side by side want the cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A busy machine is slow, not wrong: no test fails for the time that it takes.
settings.register_profile("gdsim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gdsim")
