"""Settings come back the same from a document and from the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.cli.parser import Parser
from gdsim.cli.run_options import experiment_from, experiment_options
from gdsim.engine.fields import Settings, fields_of, settings_values
from gdsim.engine.run import Run
from gdsim.experiment.document import from_json, to_json
from tests.engine.run_strategies import problem, runs_on
from tests.setups import experiment_of

WHERE = st.sampled_from(("article", "rosenbrock"))
some = settings(max_examples=150, deadline=None)


def effective(values: Settings) -> dict[str, Any]:
    """Those settings that have an effect beside the others."""
    every = settings_values(values)
    return {f.name: every[f.name] for f in fields_of(values) if f.applies(every)}


def words_of(where: str, run: Run) -> list[str]:
    """The run as a script would write it."""
    words = ["--problem", where, "--optimizer", run.optimizer, "--schedule", run.schedule]
    for option, values in (("--set", run.settings), ("--schedule-set", run.schedule_settings)):
        for name, value in effective(values).items():
            words += [option, f"{name}={value}"]
    if run.sampling.batch_size:
        words += ["--batch-size", str(run.sampling.batch_size)]
    words += ["--sampling", run.sampling.sampling, "--seed", str(run.sampling.seed)]
    words += ["--clip-norm", repr(run.clipping.clip_norm)]
    words += ["--clip-value", repr(run.clipping.clip_value)]
    return [*words, "--start", ",".join(map(repr, run.start))]


@given(st.data())
@some
def test_through_the_command_line(data: st.DataObject) -> None:
    where = data.draw(WHERE)
    run = data.draw(runs_on(where))
    parser = Parser()
    experiment_options(parser)
    _, again = experiment_from(parser.parse_args(words_of(where, run)))
    assert (again.optimizer, again.schedule) == (run.optimizer, run.schedule)
    assert effective(again.settings) == effective(run.settings)
    assert effective(again.schedule_settings) == effective(run.schedule_settings)
    assert (again.sampling, again.clipping, again.start) == (run.sampling, run.clipping, run.start)


@given(st.data())
@some
def test_through_a_document(data: st.DataObject) -> None:
    where = data.draw(WHERE)
    runs = data.draw(st.lists(runs_on(where), min_size=1, max_size=3))
    first = runs[0]
    changed = [(run, ((7, replace(first, start=run.start)),)) for run in runs]
    whole = experiment_of(problem(where), *changed, limit=50)
    again = from_json(to_json(whole))
    assert again.setup.tracks == whole.setup.tracks
