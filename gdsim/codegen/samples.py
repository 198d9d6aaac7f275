"""Which samples a step sees: gdsim's order, drawn by the same calls of NumPy's generator."""

from __future__ import annotations

from gdsim.codegen.task import Task
from gdsim.codegen.text import indented
from gdsim.engine.sampling import Sampler


def batches_lines(task: Task) -> list[str]:
    """`def batches()`, which yields each step's indices for ever; [] where all samples are used."""
    if not task.batch_size:
        return []
    size, batch = task.problem.size, task.batch_size
    sampling = task.run.sampling
    sampler = Sampler(task.problem, sampling, batch)
    epochs, per_epoch = sampler.epochs_ahead, sampler.per_epoch
    cut = f"yield order[first : first + {batch}]" if batch > 1 else "yield order[first : first + 1]"
    slices = [f"for first in range(0, {size}, {batch}):", f"    {cut}"]
    if sampling.sampling == "cyclic":
        about = '"""The samples in the order of the data, again and again."""'
        body = [f"order = np.arange({size})", "while True:", *indented(slices)]
        return ["def batches():", *indented([about, *body])]
    chunk = f"generator = np.random.default_rng([{sampling.seed}, chunk])"
    if sampling.sampling == "random":
        about = '"""Samples drawn at random, with replacement; gdsim draws many steps at once."""'
        body = [
            "for chunk in itertools.count():",
            f"    {chunk}",
            f"    drawn = generator.integers({size}, size={epochs * per_epoch * batch})",
            f"    yield from drawn.reshape(-1, {batch})",
        ]
        return ["def batches():", *indented([about, *body])]
    about = '"""Each epoch all samples in a new order; gdsim shuffles many epochs at once."""'
    body = [
        "for chunk in itertools.count():",
        f"    {chunk}",
        f"    epochs = np.tile(np.arange({size}), ({epochs}, 1))",
        "    for order in generator.permuted(epochs, axis=1):",
        *indented(slices, 8),
    ]
    return ["def batches():", *indented([about, *body])]


def batches_imports(task: Task) -> list[str]:
    """What `batches` needs to be imported."""
    if not task.batch_size:
        return []
    return [] if task.run.sampling.sampling == "cyclic" else ["import itertools"]
