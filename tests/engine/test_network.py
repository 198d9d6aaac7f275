"""The network: its derivatives against complex steps, its planes, and that it learns."""

from __future__ import annotations

import numpy as np
import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.data import data_of
from gdsim.engine.planes import parameter_plane, principal_plane
from gdsim.engine.problems import make_problem
from gdsim.engine.problems.network import Network
from gdsim.engine.run import make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation


def network(**chosen: object) -> Network:
    made = make_problem("network", None, chosen)
    assert isinstance(made, Network)
    return made


def complex_loss(problem: Network, theta: Array) -> complex:
    """The loss written down afresh, in complex numbers."""
    z = ((problem.x - problem.centre) / problem.spread).astype(complex)[None]
    sizes = (1, *problem.hidden, 1)
    at, value = 0, z
    for place in range(len(sizes) - 1):
        inputs, units = sizes[place], sizes[place + 1]
        weights = theta[at : at + units * inputs].reshape(units, inputs)
        biases = theta[at + units * inputs : at + units * inputs + units]
        at += units * inputs + units
        value = weights @ value + biases[:, None]
        if place < len(sizes) - 2:
            smooth = problem.settings.activation == "tanh"
            value = np.tanh(value) if smooth else np.where(value.real > 0.0, value, 0.0)
    return complex(np.mean((value[0] - problem.y) ** 2))


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("hidden", ["1", "8", "5, 3"])
def test_backpropagation_agrees_with_complex_steps(hidden: str, activation: str) -> None:
    problem = network(hidden=hidden, activation=activation)
    theta = np.array(problem.start) + 0.1 * np.random.default_rng(1).normal(size=len(problem.start))
    assert problem.loss_at(theta) == pytest.approx(complex_loss(problem, theta).real, rel=1e-13)
    steps = np.array(
        [complex_loss(problem, theta + 1e-30j * way).imag / 1e-30 for way in np.eye(len(theta))]
    )
    np.testing.assert_allclose(problem.gradient_at(theta), steps, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("hidden", ["8", "8, 8"])
def test_adam_fits_the_wave(hidden: str) -> None:
    problem = network(hidden=hidden)
    simulation = Simulation(problem, [make_run(problem, "adam"), make_run(problem, "gd")])
    simulation.advance(2000)
    variance = float(problem.y.var())
    assert simulation.loss[0] < 0.05 * variance
    assert simulation.loss[1] < 0.5 * variance


def test_weights_begin_as_declared() -> None:
    smooth = network(hidden="16, 16")
    for weights, biases in smooth.layer_arrays(np.array(smooth.start)):
        units, inputs = weights.shape
        assert np.abs(weights).max() <= (6.0 / (units + inputs)) ** 0.5
        assert not biases.any()
    bent = network(hidden="16, 16", activation="relu")
    middle = bent.layer_arrays(np.array(bent.start))[1][0]
    assert middle.std() == pytest.approx((2.0 / 16) ** 0.5, rel=0.2)
    assert network().start == network().start
    assert network().start != network(init_seed=1).start
    names = [parameter.name for parameter in network(hidden="2").parameters]
    assert names == ["w1_1_1", "w1_2_1", "b1_1", "b1_2", "w2_1_1", "w2_1_2", "b2_1"]


@pytest.mark.parametrize("batch", [1, 7, 40])
def test_mini_batches_are_the_samples_alone(batch: int) -> None:
    problem = network(hidden="3", standardise=False)
    assert problem.data is not None
    rng = np.random.default_rng(0)
    chosen = [rng.integers(problem.size, size=count) for count in (batch, max(1, batch // 2))]
    offsets = np.cumsum([0, *map(len, chosen)])
    statistics = problem.reduce(np.concatenate(chosen), offsets)
    theta = rng.normal(size=(len(problem.parameters), 2))
    out = np.empty_like(theta)
    problem.batch_gradient(theta, statistics, out)
    for lane, samples in enumerate(chosen):
        part = data_of(problem.x[samples], problem.y[samples])
        alone = make_problem("network", part, {"hidden": "3", "standardise": False})
        np.testing.assert_allclose(out[:, lane], alone.gradient_at(theta[:, lane]), atol=1e-12)


def test_runs_of_batches_have_the_same_bits_alone_and_among_many() -> None:
    problem = network(hidden="4, 4")
    runs = [
        make_run(problem, "sgd", sampling=Sampling(batch, order, seed))
        for batch, order, seed in ((7, "shuffle", 1), (7, "random", 2), (7, "shuffle", 3))
    ]
    together = Simulation(problem, runs).advance(40)
    for lane, run in enumerate(runs):
        alone = Simulation(problem, [run]).advance(40)
        np.testing.assert_array_equal(alone.theta[:, :, 0], together.theta[:, :, lane])


@pytest.mark.parametrize("hidden", ["", "0", "17", "8, 8, 8", "a", "8.5", "-1"])
def test_layers_that_cannot_be_are_refused(hidden: str) -> None:
    with pytest.raises(Fault, match="hidden cannot be"):
        network(hidden=hidden)


def test_several_columns_are_refused() -> None:
    with pytest.raises(Fault, match="one column"):
        make_problem("network", data_of(np.ones((2, 5)), np.ones(5)))


def test_predictions_are_in_the_datas_own_units() -> None:
    plain = network(hidden="3")
    data = data_of(1000.0 + 10.0 * plain.x, plain.y)
    moved = make_problem("network", data, {"hidden": "3"})
    assert isinstance(moved, Network)
    theta = np.array(plain.start)
    np.testing.assert_allclose(moved.predict(theta, data.x), plain.predict(theta, plain.x))
    residual = plain.predict(theta, plain.x) - plain.y
    assert plain.loss_at(theta) == pytest.approx(float(np.mean(residual**2)), rel=1e-13)


def test_the_plane_of_two_parameters_shows_them_and_holds_the_rest() -> None:
    problem = network(hidden="3")
    point = np.array(problem.start)
    plane = parameter_plane(problem, point, 2, 5)
    assert plane.labels == (problem.parameters[2].symbol, problem.parameters[5].symbol)
    np.testing.assert_allclose(plane.project(point[None])[0], [point[2], point[5]])
    lifted = plane.lift(np.array([[0.3, point[2]], [0.4, point[5]]]))
    assert lifted[[2, 5], 0].tolist() == [0.3, 0.4]
    np.testing.assert_array_equal(lifted[:, 1], point)
    a, b = np.linspace(-1, 1, 7), np.linspace(0, 1, 7)
    seen = plane.loss(problem, np.stack([a, b]))
    moved = point.copy()
    moved[[2, 5]] = a[6], b[6]
    assert seen[6] == pytest.approx(problem.loss_at(moved), rel=1e-13)
    assert plane.slope(problem.gradient_at(point)) == (
        problem.gradient_at(point)[2],
        problem.gradient_at(point)[5],
    )


def test_the_principal_plane_holds_a_flat_path_whole() -> None:
    rng = np.random.default_rng(3)
    ways = np.linalg.qr(rng.normal(size=(20, 2)))[0].T
    turn = np.linspace(0.0, 6.0, 200)
    path = 1.0 + np.outer(5.0 * np.cos(turn), ways[0]) + np.outer(2.0 * np.sin(turn), ways[1])
    plane = principal_plane([path])
    assert plane.shares is not None
    assert sum(plane.shares) == pytest.approx(1.0)
    assert plane.shares[0] > 0.8
    np.testing.assert_allclose(plane.lift(plane.project(path).T).T, path, atol=1e-12)
    np.testing.assert_allclose(plane.project(path[-1:]), 0.0, atol=1e-12)
    assert abs(float(plane.u @ ways[0])) > 0.99
    np.testing.assert_allclose([plane.u @ plane.u, plane.v @ plane.v, plane.u @ plane.v], [1, 1, 0],
                               atol=1e-12)  # fmt: skip


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_short_paths_have_a_plane_too(rows: int) -> None:
    path = np.arange(5.0 * rows).reshape(rows, 5) ** 2
    plane = principal_plane([path, np.full((1, 5), np.nan)])
    assert np.linalg.norm(plane.u) == pytest.approx(1.0)
    assert np.linalg.norm(plane.v) == pytest.approx(1.0)
    assert plane.u @ plane.v == pytest.approx(0.0)


def test_a_rate_that_is_given_is_not_looked_for_as_well() -> None:
    """A saved network opens at once: trying fourteen rates takes longer than all else."""
    network = make_problem("network", settings={"hidden": "8, 8"})
    make_run(network, "gd", {"learning_rate": 0.05})
    assert "learning_rate" not in vars(network)
    assert make_run(network, "gd").learning_rate == network.learning_rate
