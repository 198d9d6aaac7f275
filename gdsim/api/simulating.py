"""`simulate`: one run in one call."""

from __future__ import annotations

import numpy as np

from gdsim.api.preparing import frozen, named_by, prepare
from gdsim.api.result import Result
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run, check_value
from gdsim.engine.verdict import verdict_at
from gdsim.experiment.trajectories import Tracks, accounts_of, blocks_of


@named_by(prepare)
def simulate(problem: Problem, run: Run, steps: int) -> Result:
    """Run one optimizer on a problem; the words are those of `gdsim run`.

    `settings` are the optimizer's own (`gdsim.optimizers("adam")`): momentum, beta1, eps,
    weight_decay, …. `convention` ("pytorch", "keras", "optax") sets the formulas and defaults of
    that framework, its learning rate too where `lr` is not given. `data` = (x, y) for problems that
    fit data, as arrays, lists or what pandas has: x (samples,) or (samples, columns), y (samples,);
    `problem_settings` are the problem's (`gdsim.problems("linear")`). `batch_size` is a number of
    samples or "full". Raises `ValueError` in one clear sentence for all that makes no sense, a
    start at which the loss has no value (1/x at 0) among it; where a run comes to such a place on
    its way, its outcome is "no value".

    >>> import gdsim
    >>> run = gdsim.simulate("article", "gd", lr=0.01, steps=1000)
    >>> run.parameters.shape, run.names, run.outcome
    ((1001, 2), ('theta_0', 'theta_1'), 'moving')
    >>> print(run.loss[:3].round(6), run.parameters[-1].round(6))
    [41.6      24.643008 14.760186] [-0.949449  2.185998]
    >>> gdsim.simulate("beale", "adam", lr=0.2, convention="keras", beta1=0.8).outcome
    'converged'

    A problem may be a function of θ, with a `start` and, if there is one, its `gradient`, a
    function too. θ is what `start` is: a number, an array (P,), or an argument each where the
    function takes several. Without a gradient central differences are taken, and `notes` says how
    far they are off at the start; a gradient that they contradict is noted. `lr` is 0.01 if none is
    given. What the function raises at the start is raised; OverflowError later is a loss too large,
    other errors of arithmetic and ValueError are no value.

    >>> def bowl(x, y):
    ...     return (x - 1) ** 2 + 10 * (y + 2) ** 2
    >>> run = gdsim.simulate(bowl, start=(0, 0), lr=0.04)
    >>> run.names, run.outcome, run.last.parameters.round(6).tolist()
    (('x', 'y'), 'converged', [1.0, -2.0])
    >>> run.notes
    ('The gradient is by central differences, right to about 2×10⁻⁹ at the start.',)
    >>> gdsim.simulate(lambda t: t @ t, gradient=lambda t: 2 * t, start=[3.0, 4.0]).notes
    ()

    An optimizer may be a class with a method `step(theta, gradient, rate)` that gives the θ to
    come, (P,) as the other two are; `rate` is that of the schedule. Each run has an object of its
    own, which may remember things; its arguments, numbers with defaults, are settings.

    >>> class HeavyBall:
    ...     def __init__(self, beta=0.9):
    ...         self.beta, self.velocity = beta, 0.0
    ...     def step(self, theta, gradient, rate):
    ...         self.velocity = self.beta * self.velocity + gradient
    ...         return theta - rate * self.velocity
    >>> mine = gdsim.simulate("rosenbrock", HeavyBall, lr=0.001, beta=0.8)
    >>> known = gdsim.simulate("rosenbrock", "momentum", lr=0.001, momentum=0.8)
    >>> bool((mine.parameters == known.parameters).all())
    True
    """
    check_value(problem, run)
    (result,) = results_of(problem, [(run, ())], steps)
    return result


def results_of(problem: Problem, tracks: Tracks, steps: int) -> list[Result]:
    """What each of these runs does in so many steps, changes of its settings on the way included.

    `regime`, `why` and `remedies` are told of the settings that it starts with.
    """
    accounts = accounts_of(problem, tracks)
    blocks = list(blocks_of(accounts, steps))
    step = frozen(np.arange(steps + 1))
    names = tuple(parameter.name for parameter in problem.parameters)
    rates, losses, thetas = (
        np.concatenate([getattr(block, part) for block in blocks])
        for part in ("rate", "loss", "theta")
    )
    results = []
    for lane, account in enumerate(accounts):
        found = verdict_at(account, steps)
        results.append(Result(
            step, frozen(rates[:, lane]), frozen(losses[:, lane]), frozen(thetas[:, :, lane]),
            names, found.outcome.value, str(found.sentence), account.diverged_at, found.left_at,
            found.back_at, problem, account.run,
        ))  # fmt: skip
    return results
