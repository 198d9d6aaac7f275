"""Settings of all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A busy machine is slow, not wrong: no test fails for the time that it takes.
settings.register_profile("gdsim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gdsim")
