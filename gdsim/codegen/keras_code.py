"""Scripts for Keras: a model, compile and fit; its own classes wherever they compute the same."""

from __future__ import annotations

import numpy

from gdsim.codegen.keras_own import needs_own, optimizer_call, own_class
from gdsim.codegen.keras_parts import optimizer_of, schedule_call
from gdsim.codegen.order import batches_imports, batches_lines
from gdsim.codegen.parts import (
    Plan,
    ProblemCode,
    Sections,
    arguments,
    array_lines,
    decimal,
    indented,
    uses,
)
from gdsim.codegen.problems import spelled
from gdsim.codegen.rates import schedule_imports, schedule_lines
from gdsim.codegen.telling import (
    advice_lines,
    data_lines,
    docstring,
    expected_lines,
)
from gdsim.codegen.written import function, table_lines
from gdsim.engine.sentences import Fault


def keras_script(plan: Plan, code: ProblemCode) -> str:
    """The whole script; `Fault` for what Keras cannot do."""
    native = optimizer_of(plan)
    name, own = native[0] if native else "", list[str]()
    if needs_own(plan, native):
        name, own = own_class(plan, native)
    rate, schedule, rates = _rate(plan)
    optimizer = optimizer_call(plan, name, native, rate)
    layer = _couples(plan) or not (code.dense or code.units)
    if layer:
        model = _layer_model(plan, code)
    else:
        model = _network_model(plan, code) if code.units else _dense_model(plan)
    batches = batches_lines(plan)
    functions = [*schedule, *batches]
    script = Sections()
    script.add(docstring(plan, code))
    script.add(sorted({*schedule_imports(schedule), *batches_imports(plan)}))
    everything = [*own, *model, *rates]
    if layer:
        everything += [line for helper in code.helpers for line in spelled(helper[3], "ops")]
    if not code.has_data:
        everything += spelled(code.loss, "ops")
    ops = ["from keras import ops"] if uses("ops", everything) else []
    script.add(["import keras", "import numpy as np", *ops])
    script.add(_data(plan, code))
    if layer:
        for helper, head, about, inside in code.helpers:
            script.add(function(helper, head, about, spelled(inside, "ops")), apart=True)
    if not code.has_data:
        body = spelled(code.loss, "ops")
        script.add(function("loss", "(theta):", code.loss_about, body), apart=True)
    if uses("learning_rate", functions):
        script.add([f"learning_rate = {plan.run.learning_rate!r}"])
    for lines in (schedule, batches, own):
        script.add(lines, apart=True)
    script.add(rates, apart=any(line.startswith("class") for line in rates))
    if layer:
        script.add(array_lines("start", "np.array", numpy.array(plan.run.start), code.start_about))
        script.add(model[:-1], apart=True)
        model = model[-1:]
    script.add(model)
    script.add(_fit(plan, code, optimizer))
    script.add(
        [
            *_results(plan, code, layer),
            *code.report,
            *expected_lines(plan),
            *advice_lines(plan, code, "keras"),
        ]
    )
    return script.text()


def _couples(plan: Plan) -> bool:
    """Whether an update looks at all parameters at once, so that they must be one variable."""
    return plan.run.optimizer == "lamb" or bool(plan.run.clipping.clip_norm)


def _data(plan: Plan, code: ProblemCode) -> list[str]:
    if not code.has_data:
        return []
    lines = data_lines(plan, code, "np")
    if code.flat:
        lines.append("x = x.reshape(-1, 1)  # Keras wants a row for each sample")
    return lines


def _rate(plan: Plan) -> tuple[str, list[str], list[str]]:
    """The argument `learning_rate`, the function of the step, and the lines that join them."""
    if plan.is_constant or plan.watches or (plan.run.schedule == "constant"):
        return decimal(plan.run.learning_rate), [], []
    call = schedule_call(plan)
    if call:
        return "rates", [], [f"rates = keras.optimizers.schedules.{call}"]
    lines = [
        *table_lines(plan, "np"),
        "",
        "",
        "class Table(keras.optimizers.schedules.LearningRateSchedule):",
        '    """The rate of each step from the table, for a schedule that Keras does not have."""',
        "",
        "    def __call__(self, step):",
        "        table = ops.convert_to_tensor(rates, keras.config.floatx())",
        '        return ops.take(table, ops.cast(step, "int32"))',
    ]
    return "Table()", schedule_lines(plan), lines


def _dense_model(plan: Plan) -> list[str]:
    bias, *kernel = plan.run.start
    first = []
    if len(set(kernel)) == 1:
        kernel_start = kernel[0]
        value = '"zeros"' if not kernel_start else f"keras.initializers.Constant({kernel_start!r})"
        first.append(f"kernel_initializer={value}")
    if bias:
        first.append(f"bias_initializer=keras.initializers.Constant({bias!r})")
    options = "".join(f", {one}" for one in first)
    point = ", ".join(f"{value:g}" for value in plan.run.start)
    layer = f"    keras.layers.Dense(1{options}),"
    comment = f"  # {plan.problem.formula}, from θ = ({point})"
    lines = [layer + comment] if len(layer + comment) <= 100 else [f"    {comment.strip()}", layer]
    return ["model = keras.Sequential([", f"    keras.Input(shape=({len(kernel)},)),", *lines,
            "])"]  # fmt: skip


def _network_model(plan: Plan, code: ProblemCode) -> list[str]:
    """Dense layers, with gdsim's weights at the start."""
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
        *array_lines("start", "np.array", numpy.array(plan.run.start), code.start_about),
        "model = keras.Sequential([",
        "    keras.Input(shape=(1,)),",
        *(f'    keras.layers.Dense({units}, "{code.activation}"),' for units in hidden),
        "    keras.layers.Dense(1),",
        "])",
        "# A layer's kernel is what others call its weights, turned on its side.",
        f"model.set_weights([{', '.join(cuts)}])",
    ]


def _layer_model(plan: Plan, code: ProblemCode) -> list[str]:
    """A layer whose only weight is theta, all in one variable."""
    count = len(plan.run.start)
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


def _fit(plan: Plan, code: ProblemCode, optimizer: str) -> list[str]:
    steps, watch, callbacks = plan.steps, [], ""
    if plan.watches:
        watch, callbacks = _plateau(plan), ", callbacks=[plateau]"
    if not code.has_data:
        return [
            f"model.compile(optimizer={optimizer}, loss=lambda _, height: height)",
            *watch,
            "# There are no data; every batch of this nothing is one step.",
            f"nothing = np.zeros(({'1' if watch else steps}, 1))",
            f"model.fit(nothing, nothing, batch_size=1, epochs={steps if watch else 1}, "
            f"verbose=0{callbacks})",
        ]
    compiled = f"model.compile(optimizer={optimizer}, loss={code.keras_loss})"
    lines = [compiled, *watch]
    if plan.batch_size:
        return [
            *lines,
            "# Each batch is one step.",
            "samples = ((x[batch], y[batch]) for batch in batches())",
            f"model.fit(samples, steps_per_epoch={steps}, epochs=1, verbose=0)",
        ]
    size = plan.problem.size
    return [
        *lines,
        f"# An epoch sees all {size} samples at once, so it is one step.",
        f"history = model.fit(x, y, epochs={steps}, batch_size={size}, verbose=0{callbacks})",
    ]


def _plateau(plan: Plan) -> list[str]:
    s = plan.run.schedule_settings
    if s.convention != "keras" or s.threshold_mode != "abs" or plan.batch_size:
        raise Fault(
            "Keras's ReduceLROnPlateau looks at the loss once an epoch and counts an amount, not "
            "a share: choose the convention 'keras', the threshold 'abs' and the full batch, or "
            "export NumPy or PyTorch."
        )
    values = {
        "factor": (s.factor, 0.1),
        "patience": (s.patience, 10),
        "min_delta": (s.threshold, 1e-4),
        "cooldown": (s.cooldown, 0),
        "min_lr": (s.min_lr, 0.0),
    }
    call = f'keras.callbacks.ReduceLROnPlateau(monitor="loss"{arguments(values)})'
    return [f"plateau = {call}"]


def _results(plan: Plan, code: ProblemCode, layer: bool) -> list[str]:
    if code.units and not layer:
        read = ["theta = np.concatenate([w.T.ravel() for w in model.get_weights()])"]
    elif layer:
        read = ["(theta,) = model.get_weights()"]
    else:
        read = [
            "kernel, bias = model.get_weights()",
            "theta = np.concatenate([bias, kernel[:, 0]])",
        ]
    if plan.run.optimizer == "schedule_free_adamw":
        beta = plan.settings.beta1
        read += [
            "# The model stands at y = beta1 x + (1 - beta1) z; what counts is x, the average.",
            'fast = [v.numpy() for v in model.optimizer.variables if v.path.endswith("momentum")]',
            "z = fast[0]" if layer else "z = np.concatenate([fast[1], fast[0][:, 0]])",
            f"theta = (theta - (1 - {beta!r}) * z) / {beta!r}",
        ]
    if code.has_data:
        loss = "model.evaluate(x, y, verbose=0)"
        if plan.run.optimizer == "schedule_free_adamw" and not layer:
            read.append("model.set_weights([theta[1:].reshape(-1, 1), theta[:1]])")
    else:
        loss = "float(loss(theta))"
    return [*read, 'print("theta =", theta.tolist())', f'print("loss =", {loss})']
