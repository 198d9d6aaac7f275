"""Files that are no tables and no experiments."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gdsim.engine.sentences import Fault
from gdsim.experiment.document import load
from gdsim.experiment.tables import look


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for read in (load, look):
        with pytest.raises(Fault, match="not a file on a disk"):
            read(pipe)
