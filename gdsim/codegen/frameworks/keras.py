"""Scripts for Keras: a model, compile and fit; its own classes wherever they compute the same."""

from __future__ import annotations

import numpy

from gdsim.codegen.frameworks.base import Framework
from gdsim.codegen.frameworks.keras_class import averages, built_lines, optimizer_call, own_class
from gdsim.codegen.frameworks.written import function, table_lines
from gdsim.codegen.parts import Parts
from gdsim.codegen.problems import spelled
from gdsim.codegen.samples import batches_imports, batches_lines
from gdsim.codegen.telling import advice_lines, data_lines, docstring, expected_lines, imports_for
from gdsim.codegen.text import Sections, array_lines, decimal, indented, uses


def keras_script(parts: Parts) -> str:
    """The whole script; `Fault` for what Keras cannot do."""
    parts.check_own_losses(KERAS.name)
    task, code = parts.task, parts.code
    call = parts.method.keras()
    name, own = own_class(parts, call)
    rate, schedule, rates = _rate(parts)
    optimizer = optimizer_call(parts, name, call, rate)
    layer = _couples(parts) or not (code.dense or code.units)
    if layer:
        model = _layer_model(parts)
    else:
        model = _network_model(parts) if code.units else _dense_model(parts)
    batches = batches_lines(task)
    functions = [*schedule, *batches]
    script = Sections()
    script.add(docstring(parts))
    script.add(sorted({*imports_for(schedule), *batches_imports(task)}))
    everything = [*own, *model, *rates]
    if layer:
        everything += [line for helper in code.helpers for line in spelled(helper[3], "ops")]
    if not code.has_data:
        everything += spelled(code.loss, "ops")
    ops = ["from keras import ops"] if uses("ops", everything) else []
    script.add(["import keras", "import numpy as np", *ops])
    script.add(_DIGITS)
    script.add(_data(parts))
    if layer:
        for helper, head, about, inside in code.helpers:
            script.add(function(helper, head, about, spelled(inside, "ops")), apart=True)
    if not code.has_data:
        body = spelled(code.loss, "ops")
        script.add(function("loss", "(theta):", code.loss_about, body), apart=True)
    if uses("learning_rate", functions):
        script.add([f"learning_rate = {task.run.learning_rate!r}"])
    for lines in (schedule, batches, own):
        script.add(lines, apart=True)
    script.add(rates, apart=any(line.startswith("class") for line in rates))
    if layer:
        script.add(array_lines("start", "np.array", numpy.array(task.run.start), code.start_about))
        script.add(model[:-1], apart=True)
        model = model[-1:]
    script.add(model)
    script.add(_fit(parts, optimizer, built_lines(parts, name)))
    script.add(
        [
            *_results(parts, layer),
            *code.report,
            *expected_lines(task),
            *advice_lines(parts),
        ]
    )
    return script.text()


_DIGITS = [
    "# In float64, as gdsim works: Keras takes float32 unless told. (JAX wants JAX_ENABLE_X64=1.)",
    'keras.config.set_floatx("float64")',
]


KERAS = Framework("keras", "Keras", keras_script)


def _couples(parts: Parts) -> bool:
    """Whether an update looks at all parameters at once, so that they must be one variable."""
    return parts.method.couples or bool(parts.task.run.clipping.clip_norm)


def _data(parts: Parts) -> list[str]:
    if not parts.code.has_data:
        return []
    lines = data_lines(parts, "np")
    if parts.code.flat:
        lines.append("x = x.reshape(-1, 1)  # Keras wants a row for each sample")
    return lines


def _rate(parts: Parts) -> tuple[str, list[str], list[str]]:
    """The argument `learning_rate`, the function of the step, and the lines that join them."""
    task = parts.task
    if parts.is_constant or parts.watch:
        return decimal(task.run.learning_rate), [], []
    call = "" if parts.method.warmup else parts.schedule.keras()
    if call:
        return "rates", [], [f"rates = keras.optimizers.schedules.{call}"]
    lines = [
        *table_lines(task, "np"),
        "",
        "",
        "class Table(keras.optimizers.schedules.LearningRateSchedule):",
        '    """The rate of each step from the table, for a schedule that Keras does not have."""',
        "",
        "    def __call__(self, step):",
        "        table = ops.convert_to_tensor(rates, keras.config.floatx())",
        '        return ops.take(table, ops.cast(step, "int32"))',
    ]
    return "Table()", parts.schedule_lines(), lines


def _dense_model(parts: Parts) -> list[str]:
    task = parts.task
    bias, *kernel = task.run.start
    first = []
    if len(set(kernel)) == 1:
        kernel_start = kernel[0]
        value = '"zeros"' if not kernel_start else f"keras.initializers.Constant({kernel_start!r})"
        first.append(f"kernel_initializer={value}")
    if bias:
        first.append(f"bias_initializer=keras.initializers.Constant({bias!r})")
    options = "".join(f", {one}" for one in first)
    point = ", ".join(f"{value:g}" for value in task.run.start)
    layer = f"    keras.layers.Dense(1{options}),"
    comment = f"  # {task.problem.formula}, from θ = ({point})"
    lines = [layer + comment] if len(layer + comment) <= 100 else [f"    {comment.strip()}", layer]
    return ["model = keras.Sequential([", f"    keras.Input(shape=({len(kernel)},)),", *lines,
            "])"]  # fmt: skip


def _network_model(parts: Parts) -> list[str]:
    """Dense layers, with gdsim's weights at the start."""
    code = parts.code
    *hidden, _ = code.units
    cuts, at, inputs = [], 0, 1
    for units in code.units:
        stop = at + units * inputs
        cuts += [
            f"start[{at}:{stop}].reshape({units}, {inputs}).T",
            f"start[{stop}:{stop + units}]",
        ]
        at, inputs = stop + units, units
    return [
        *array_lines("start", "np.array", numpy.array(parts.task.run.start), code.start_about),
        "model = keras.Sequential([",
        "    keras.Input(shape=(1,)),",
        *(f'    keras.layers.Dense({units}, "{code.activation}"),' for units in hidden),
        "    keras.layers.Dense(1),",
        "])",
        "# A layer's kernel is what others call its weights, turned on its side.",
        f"model.set_weights([{', '.join(cuts)}])",
    ]


def _layer_model(parts: Parts) -> list[str]:
    """A layer whose only weight is theta, all in one variable."""
    code, count = parts.code, len(parts.task.run.start)
    if code.has_data:
        about = "The model with all its parameters in one variable, so that their length is known."
        call = [*spelled(["theta = self.theta", *code.predict], "ops")]
    else:
        about = "A model without data: theta is all it has, and the height there its output."
        call = ["return ops.reshape(loss(self.theta), (1, 1))"]
    return [
        "class Theta(keras.layers.Layer):",
        *indented([f'"""{about}"""', "", "def build(self, shape):"]),
        f'        self.theta = self.add_weight(shape=({count},), name="theta")',
        "        self.theta.assign(start)",
        *indented(["", "def call(self, x):"]),
        *indented(call, 8),
        f"model = keras.Sequential([keras.Input(shape=({max(code.columns, 1)},)), Theta()])",
    ]


def _fit(parts: Parts, optimizer: str, built: list[str]) -> list[str]:
    task, code = parts.task, parts.code
    steps, watch, callbacks = task.steps, list[str](), ""
    if parts.watch:
        watch, callbacks = [f"plateau = {parts.watch.keras_callback()}"], ", callbacks=[plateau]"
    if not code.has_data:
        return [
            f"model.compile(optimizer={optimizer}, loss=lambda _, height: height)",
            *built,
            *watch,
            "# There are no data; every batch of this nothing is one step.",
            f"nothing = np.zeros(({'1' if watch else steps}, 1))",
            f"model.fit(nothing, nothing, batch_size=1, epochs={steps if watch else 1}, "
            f"verbose=0{callbacks})",
        ]
    compiled = f"model.compile(optimizer={optimizer}, loss={code.keras_loss})"
    lines = [compiled, *built, *watch]
    if task.batch_size:
        return [
            *lines,
            "# Each batch is one step.",
            "samples = ((x[batch], y[batch]) for batch in batches())",
            f"model.fit(samples, steps_per_epoch={steps}, epochs=1, verbose=0)",
        ]
    size = task.problem.size
    return [
        *lines,
        f"# An epoch sees all {size} samples at once, so it is one step.",
        f"history = model.fit(x, y, epochs={steps}, batch_size={size}, verbose=0{callbacks})",
    ]


def _results(parts: Parts, layer: bool) -> list[str]:
    code = parts.code
    if code.units and not layer:
        read = ["theta = np.concatenate([w.T.ravel() for w in model.get_weights()])"]
    elif layer:
        read = ["(theta,) = model.get_weights()"]
    else:
        read = [
            "kernel, bias = model.get_weights()",
            "theta = np.concatenate([bias, kernel[:, 0]])",
        ]
    loss = "float(loss(theta))"
    if code.has_data:
        loss = "model.evaluate(x, y, verbose=0)"
    return [*averages(parts), *read, 'print("theta =", theta.tolist())', f'print("loss =", {loss})']
