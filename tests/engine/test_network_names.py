"""Of any network no two parameters have one name."""

from __future__ import annotations

import pytest

from gdsim.engine.generators import made_data
from gdsim.engine.problems.network import Network, NetworkSettings


@pytest.mark.parametrize("hidden", ["1", "1,1", "2,1", "1,16", "8", "8,8", "12,11", "16,16"])
def test_names_tell_parameters_apart(hidden: str) -> None:
    settings = NetworkSettings(hidden=hidden)
    parameters = Network(made_data(settings), settings).parameters
    assert len({one.symbol for one in parameters}) == len(parameters)
    assert len({one.name for one in parameters}) == len(parameters)
