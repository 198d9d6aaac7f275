"""`gdsim code`: a run as a script for a framework."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gdsim.cli.parser import Parser
from gdsim.cli.problem_options import spare
from gdsim.cli.run_options import asked_for, file_options, whole_number
from gdsim.codegen import FRAMEWORKS, export, save, table_beside
from gdsim.engine.sentences import Fault


def command(words: Sequence[str]) -> int:
    """Do what `words` after `code` say; the exit status."""
    parser = Parser(
        prog="gdsim code",
        description="Write a run as a script. With a FILE the options change what its run says.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    file_options(parser)
    known = "|".join(framework.name for framework in FRAMEWORKS)
    add("--framework", required=True, metavar=known, help="what it is written for")
    add("--run", metavar="N", help="which run of the file, from 1 (the selected one)")
    add("--out", type=Path, metavar="FILE.py", help="where to; without it the script is printed")
    options = parser.parse_args(words)
    asked = asked_for(options)
    place = asked.selected
    if options.run is not None:
        if options.file is None:
            raise Fault("--run chooses among the runs of a FILE.gdsim: give one.")
        place = whole_number(options.run, "--run", 1, len(asked.tracks)) - 1
    run, changes = asked.tracks[place]
    made = export(
        asked.problem, run, asked.steps, options.framework, source=asked.source, changes=changes,
        table_name=table_beside(options.out).name if options.out is not None else "data.csv",
    )  # fmt: skip
    if options.out is not None:
        if made.columns:
            spare(options.data, table_beside(options.out))
        save(options.out, made)
        return 0
    if made.columns:
        raise Fault(
            "The data have {rows:,} rows, too many to be printed in a script: --out FILE.py writes "
            "the script and the table that it reads beside it.",
            rows=len(made.columns[0]),
        )
    print(made.text, end="")
    return 0
