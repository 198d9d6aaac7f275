"""Documents: what is saved comes back bit for bit, and nothing else gets in."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdsim.engine.data import data_of
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation
from gdsim.experiment.document import (
    Experiment,
    default_experiment,
    from_json,
    load,
    save,
    to_json,
)
from gdsim.experiment.view_state import OPTIONS, ViewOptions, ViewState
from tests.setups import experiment_of, setup_of

ARTICLE = make_problem("article")

numbers = st.floats(-1e6, 1e6, allow_nan=False)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    return make_run(
        make_problem("article"),
        draw(st.sampled_from([cls.name for cls in OPTIMIZERS])),
        {"learning_rate": draw(st.floats(1e-12, 1e6))},
        draw(st.sampled_from([cls.name for cls in SCHEDULES])),
        None,
        Sampling(draw(st.integers(0, 5)), draw(st.sampled_from(["shuffle", "cyclic", "random"])),
                 draw(st.integers(0, 2**31 - 1))),
        Clipping(draw(st.floats(0, 1e12)), draw(st.floats(0, 1e12))),
        draw(st.tuples(numbers, numbers)),
    )  # fmt: skip


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    data = None
    if draw(st.booleans()):
        x = draw(st.lists(numbers, min_size=5, max_size=9, unique=True))
        y = draw(st.lists(numbers, min_size=len(x), max_size=len(x)))
        data = data_of(x, y)
    steps = sorted(draw(st.sets(st.integers(1, 10**9), max_size=3)))
    first = draw(runs())
    changes = tuple((step, replace(draw(runs()), start=first.start)) for step in steps)
    flags = (name for name, option in OPTIONS.items() if option.kind == "bool")
    options = ViewOptions(
        **{name: draw(st.booleans()) for name in flags},
        steps_per_second=draw(st.floats(0.0, 1e6)),
    )
    view = ViewState(options, 1, (0,))
    source = draw(st.text("ab数据. /\\", max_size=8)) if data else ""
    problem = make_problem("linear" if data else "article", data)
    limit = draw(st.integers(1, 10**9))
    return Experiment(
        setup_of(problem, (first, changes), draw(runs()), limit=limit, source=source), view
    )


@given(experiments())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read(experiment: Experiment) -> None:
    again = from_json(to_json(experiment))
    assert again.setup == experiment.setup
    assert again.view == experiment.view
    before, after = experiment.setup.problem.own_data, again.setup.problem.own_data
    if before is None:
        assert after is None
    else:
        assert after is not None
        assert after.x.tobytes() == before.x.tobytes()
        assert after.y.tobytes() == before.y.tobytes()


def test_reopened_trajectories_are_the_same_bit_for_bit(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=50)
    data = data_of(x, 0.1 + x / 3 + rng.normal(size=50))
    problem = make_problem("linear", data)
    run = make_run(problem, "sgd", {"learning_rate": 1 / 30}, "cosine", None, Sampling(7, seed=3))
    path = tmp_path / "a b 实验.gdsim"
    save(path, Experiment(setup_of(problem, run, source="a.csv")))
    again = load(path)
    first, second = (
        Simulation(problem, [run]),
        Simulation(again.setup.problem, [again.setup.tracks[0].run]),
    )
    first.advance(500)
    second.advance(500)
    assert first.theta.tobytes() == second.theta.tobytes()


def test_the_file_can_be_read_by_people() -> None:
    text = to_json(default_experiment())
    assert '"optimizer": "gd"' in text
    assert '"learning_rate": 0.01' in text
    assert len(text.splitlines()) < 60
    assert max(map(len, text.splitlines())) < 80


BAD: list[tuple[str, object, str]] = [
    ("runs.0.settings.learning_rate", -1, "runs[0].*learning_rate.*> 0"),
    ("runs.0.settings.learning_rate", "fast", "runs[0].*learning_rate"),
    ("runs.0.settings.speed", 1, "runs[0].*speed"),
    ("runs.0.optimizer", "adm", "runs[0].*adm"),
    ("runs.0.optimizer", 3, "runs[0].optimizer must be a text"),
    ("runs.0.schedule", "cosin", "Did you mean 'cosine'"),
    ("runs.0.start", [0.0], "2 numbers"),
    ("runs.0.start", [0.0, "a"], r"runs[0].start[1] must be a finite number"),
    ("runs.0.sampling.batch_size", 6, "there are 5 samples"),
    ("runs.0.changes", [{"step": -1}], r"runs[0].changes[0].step"),
    ("runs", [], "a list of 1 to"),
    ("step_limit", 0, "step_limit must be a whole number from 1"),
    ("step_limit", 10**10, "step_limit must be a whole number from 1"),
    ("problem.name", "articel", "Did you mean 'article'"),
    ("problem.x", [1.0], "problem.y"),
    ("view.selected", 4, "view.selected"),
    ("view.hidden", [4], "view.hidden"),
    ("view.log_scale", "perhaps", "view: log_scale cannot be perhaps: allowed is true"),
    ("view.steps_per_second", -1, "steps_per_second cannot be -1: allowed is ≥ 0, ≤ 1×10⁶"),
    ("view.fog", True, "view.fog is not known"),
    ("extra", 1, "extra is not known"),
    ("version", 3, "newer gdsim"),
    ("version", True, "version cannot be True"),
    ("problem.settings", {"loss": "mean"}, "loss cannot be mean: allowed is mse"),
    ("problem.settings", [], "problem.settings must be"),
    ("version", "1", "version cannot be '1'"),
    ("format", "other", "not a gdsim experiment"),
]


@pytest.mark.parametrize(("place", "value", "words"), BAD)
def test_what_is_wrong_is_named_by_its_place(place: str, value: object, words: str) -> None:
    whole = json.loads(to_json(default_experiment()))
    target = whole
    *path, last = place.split(".")
    for key in path:
        target = target[int(key)] if key.isdigit() else target[key]
    target[last] = value
    with pytest.raises(Fault) as caught:
        from_json(json.dumps(whole), "x.gdsim")
    said = str(caught.value)
    assert said.startswith("x.gdsim")
    for part in words.split(".*"):
        assert part in said


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "nul", "[" * 100_000, '{"format": "gdsim", "version": 1, "x": NaN}']
)
def test_what_is_no_document_gets_a_sentence(text: str) -> None:
    with pytest.raises(Fault, match=r"x\.gdsim"):
        from_json(text, "x.gdsim")


@given(st.data())
def test_no_damage_to_a_file_crashes_the_reader(data: st.DataObject) -> None:
    text = to_json(default_experiment())
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.text('0a"{}[],:-e.\\\0学', max_size=3))
    cut = data.draw(st.integers(0, 5))
    with contextlib.suppress(Fault):
        from_json(text[:at] + put + text[at + cut :], "x.gdsim")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\xff", b"\xff\xfe\0"])
def test_pictures_and_missing_files_get_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.gdsim"
    path.write_bytes(content)
    with pytest.raises(Fault, match=r"p\.gdsim is not a gdsim experiment"):
        load(path)
    with pytest.raises(Fault, match="no file"):
        load(tmp_path / "none.gdsim")
    with pytest.raises(Fault, match="is a folder"):
        load(tmp_path)


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be written"):
        save(tmp_path / "none" / "x.gdsim", default_experiment())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("columns", [1, 3])
def test_columns_names_and_settings_come_back(columns: int) -> None:
    rng = np.random.default_rng(4)
    names = ("a", "数据", "c d")[:columns]
    data = data_of(rng.normal(size=(columns, 6)), rng.normal(size=6), names, "target")
    chosen = {"loss": "huber", "huber_delta": 0.3, "standardise": True}
    problem = make_problem("linear", data, chosen)
    again = from_json(to_json(experiment_of(problem, make_run(problem), limit=10)))
    assert again.setup.problem.own_data == data
    assert again.setup.problem.settings == problem.settings
    theta = rng.normal(size=columns + 1)
    assert again.setup.problem.loss_at(theta) == problem.loss_at(theta)


def test_files_of_version_1_keep_opening() -> None:
    run = {"optimizer": "gd", "schedule": "constant", "settings": {"learning_rate": 0.01}}
    old: dict[str, object] = {"format": "gdsim", "version": 1, "runs": [run], "step_limit": 7}
    article = from_json(json.dumps({**old, "problem": {"name": "article"}}))
    assert article.setup.problem.loss_at(np.zeros(2)) == pytest.approx(41.6)
    data = {"name": "linear", "source": "a.csv", "x": [1, 2, 4], "y": [3.0, 5.0, 9.0]}
    line = from_json(json.dumps({**old, "problem": data}))
    assert line.setup.problem.minima[0] == pytest.approx((1.0, 2.0))
    assert (line.setup.source, line.setup.step_limit) == ("a.csv", 7)


def test_a_run_branched_off_at_its_start_by_version_0_1_opens() -> None:
    first, later = make_run(ARTICLE), make_run(ARTICLE, "adam", {"learning_rate": 0.3})
    whole = json.loads(to_json(experiment_of(ARTICLE, first, (first, ((1, later),)))))
    whole["runs"][1]["changes"][0]["step"] = 0
    whole["runs"][1]["changes"].append({**whole["runs"][0], "step": 9})
    again = from_json(json.dumps(whole)).setup
    assert again == setup_of(ARTICLE, first, (later, ((9, first),)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": [[1.0, 2.0], [3.0]]}, "problem.x must be columns of 2 numbers"),
        ({"x": [[1.0, "b"]]}, "problem.x[0][1] must be a finite number"),
        ({"names": ["a"]}, "2 columns of x, but 1 names"),
        ({"names": "ab"}, "problem.names must be a list of texts"),
        ({"target": 3}, "problem.target must be a text"),
        ({"x": []}, "problem.x must be columns of 2 numbers"),
    ],
)
def test_wrong_data_are_named_by_their_place(change: dict[str, object], words: str) -> None:
    whole = json.loads(to_json(default_experiment()))
    whole["problem"] = {"name": "linear", "x": [[1.0, 2.0], [2.0, 1.0]], "y": [3.0, 5.0], **change}
    with pytest.raises(Fault) as caught:
        from_json(json.dumps(whole), "x.gdsim")
    assert words in str(caught.value)


def test_a_fault_quotes_no_more_of_a_value_than_anyone_reads() -> None:
    for value in ("a" * 100_000, list(range(10_000))):
        fault = Fault("{name} cannot be {value}.", name="x", value=value)
        assert len(str(fault)) < 100
        assert "…" in str(fault)
