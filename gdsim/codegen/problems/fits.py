"""Linear models as they stand in scripts: lines, planes, polynomials, logistic regression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gdsim.codegen.problems.base import ProblemCode
from gdsim.codegen.text import number
from gdsim.engine.problems import LinearRegression, MultipleRegression
from gdsim.engine.problems.fit_settings import (
    SQUARES,
    FitSettings,
    LossSettings,
    ScaleSettings,
)
from gdsim.engine.problems.linear_model import LinearModel
from gdsim.engine.problems.logistic import LogisticRegression
from gdsim.engine.problems.origin import ThroughOrigin
from gdsim.engine.problems.polynomial import PolynomialRegression
from gdsim.engine.sentences import Fault, some


@dataclass(frozen=True)
class Error:
    """A loss of single samples in `error`, what the model says less y; `slope` and `bend` by it."""

    title: str
    symbol: str
    loss: tuple[str, ...]
    """Lines; the last one is the mean over the samples."""
    slope: str
    bend: str
    """The second derivative: a number, or weights for the samples."""
    keras: str


def _mse(s: LossSettings, samples: int) -> Error:
    return Error(
        "the mean squared error", "(1/n) Σ (ŷ − y)²", ("np.mean(error**2)",),
        "2 * error", "2", '"mean_squared_error"',
    )  # fmt: skip


def _half_mse(s: LossSettings, samples: int) -> Error:
    return Error(
        "half the mean squared error", "(1/2n) Σ (ŷ − y)²", ("np.mean(error**2) / 2",),
        "error", "1", "lambda y, y_hat: (y_hat - y) ** 2 / 2",
    )  # fmt: skip


def _sse(s: LossSettings, samples: int) -> Error:
    return Error(
        "the sum of squared errors", "Σ (ŷ − y)²", (f"{samples} * np.mean(error**2)",),
        f"{2 * samples} * error", f"{2 * samples}",
        f"lambda y, y_hat: {samples} * (y_hat - y) ** 2",
    )  # fmt: skip


def _mae(s: LossSettings, samples: int) -> Error:
    return Error(
        "the mean absolute error", "(1/n) Σ |ŷ − y|", ("np.mean(np.abs(error))",),
        "np.sign(error)", "0", '"mean_absolute_error"',
    )  # fmt: skip


def _huber(s: LossSettings, samples: int) -> Error:
    delta = number(s.huber_delta)
    return Error(
        f"the Huber loss with δ = {delta}", "(1/n) Σ huber(ŷ − y)",
        (
            "size = np.abs(error)",
            f"np.mean(np.where(size <= {delta}, error**2 / 2, {delta} * (size - {delta} / 2)))",
        ),
        f"np.clip(error, -{delta}, {delta})", f"(np.abs(error) <= {delta})",
        f"keras.losses.Huber(delta={delta})",
    )  # fmt: skip


_ERRORS: dict[str, Callable[[LossSettings, int], Error]] = {
    "mse": _mse,
    "half_mse": _half_mse,
    "sse": _sse,
    "mae": _mae,
    "huber": _huber,
}


def _error(settings: LossSettings, samples: int) -> Error:
    make = _ERRORS.get(settings.loss)
    if make is None:
        raise Fault(
            "The loss '{name}' has not been written for scripts yet; these can be exported: "
            "{known}.",
            name=settings.loss, known=some(_ERRORS),
        )  # fmt: skip
    return make(settings, samples)


@dataclass(frozen=True)
class Form:
    """How the model's sum is written."""

    flat: bool
    """Whether x is one column without a second axis."""
    intercept: bool = True

    @property
    def weights(self) -> str:
        """All of theta but the intercept."""
        return "theta[1:]" if self.intercept else "theta"

    @property
    def model(self) -> str:
        """What it says at x."""
        first = "theta[0] + " if self.intercept else ""
        if self.flat:
            return f"{first}theta[{int(self.intercept)}] * x"
        return f"{first}x @ {self.weights}"

    @property
    def predict(self) -> tuple[str, ...]:
        """The same as the body of a function, a row for each sample."""
        if self.flat:
            return (f"return {self.model}",)
        first = "theta[0] + " if self.intercept else ""
        return (f"return {first}np.matmul(x, np.reshape({self.weights}, (-1, 1)))",)

    @property
    def design(self) -> str:
        """What the parameters multiply, a row each."""
        columns = "x" if self.flat else "*x.T"
        return f"design = np.stack([{'np.ones_like(y), ' if self.intercept else ''}{columns}])"

    @property
    def start_about(self) -> str:
        """What theta is at the start."""
        slopes = "slope" if self.flat else "slopes"
        return f"{'intercept and ' if self.intercept else ''}{slopes} at the start"

    def gradient(self, name: str) -> tuple[str, ...]:
        """By θ₀ the mean of the slopes in `name`, by the others that of slope times column."""
        if self.flat:
            first = f"np.mean({name}), " if self.intercept else ""
            return (f"return np.array([{first}np.mean({name} * x)])",)
        if self.intercept:
            return (f"return np.append(np.mean({name}), {name} @ x / len(y))",)
        return (f"return {name} @ x / len(y)",)


def linear(problem: LinearRegression) -> ProblemCode:
    """A line, with its choice of loss."""
    return _line_or_plane(problem, problem.settings)


def plane(problem: MultipleRegression) -> ProblemCode:
    """A plane over several columns, with its choice of loss."""
    return _line_or_plane(problem, problem.settings)


def origin(problem: ThroughOrigin) -> ProblemCode:
    """A line or plane without an intercept, with its choice of loss."""
    return _line_or_plane(problem, problem.settings)


def _line_or_plane(problem: LinearModel, settings: FitSettings) -> ProblemCode:
    form = Form(problem.data.columns == 1, problem.has_intercept)
    return _fit(
        problem, settings, form, problem.data.columns,
        prepare=(*_scaled_columns(problem, settings), *_scaled_target(problem, settings)),
        report=_own_units(problem, settings),
    )  # fmt: skip


def polynomial(problem: PolynomialRegression) -> ProblemCode:
    """A polynomial: the columns are what the parameters multiply."""
    degree, basis = problem.settings.degree, problem.settings.basis
    low, high = float(problem.x.min()), float(problem.x.max())
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    report = [f"line = np.polynomial.Polynomial(theta, [{low!r}, {high!r}]).convert()"]
    if basis == "plain":
        prepare = [
            "# The powers of x, a column each.",
            f"x = np.vander(x, {degree + 1}, increasing=True)[:, 1:]",
        ]
        report = []
    elif basis == "scaled":
        prepare = [
            "# The powers of x brought to -1 ... 1, a column each.",
            f"t = (x - {middle!r}) / {half!r}",
            f"x = np.vander(t, {degree + 1}, increasing=True)[:, 1:]",
        ]
    else:
        prepare = [
            "# Legendre's polynomials of x brought to -1 ... 1, a column each: they are nearly",
            "# independent of each other, which keeps the valley round.",
            f"t = (x - {middle!r}) / {half!r}",
            f"x = np.polynomial.legendre.legvander(t, {degree})[:, 1:]",
        ]
        report = [
            f"line = np.polynomial.Legendre(theta, [{low!r}, {high!r}])",
            "line = line.convert(kind=np.polynomial.Polynomial)",
        ]
    if report:
        report.append('print("coefficients of 1, x, x^2 ...:", line.coef.tolist())')
    return _fit(
        problem, problem.settings, Form(flat=False), degree,
        prepare=tuple(prepare), report=tuple(report),
    )  # fmt: skip


def logistic(problem: LogisticRegression) -> ProblemCode:
    """The probability of a label, by binary cross-entropy."""
    columns = problem.data.columns
    form = Form(columns == 1)
    score = f"score = {form.model}"
    probability = "p = 1 / (1 + np.exp(-score))  # of the label 1"
    code = ProblemCode(
        about=f"The model is {problem.formula}, the loss J the binary cross-entropy.",
        prepare=_scaled_columns(problem, problem.settings),
        report=_own_units(problem, problem.settings),
        loss=(score, "return np.mean(np.logaddexp(np.zeros_like(score), score) - y * score)"),
        gradient=(score, probability, "slope = p - y", *form.gradient("slope")),
        hessian=(
            score, probability, form.design,
            "return design * (p * (1 - p)) @ design.T / len(y)",
        ),
        has_data=True,
        columns=columns,
        flat=form.flat,
        loss_about="The binary cross-entropy, from the scores.",
        start_about=form.start_about,
        predict=form.predict,
        dense=True,
        keras_loss="keras.losses.BinaryCrossentropy(from_logits=True)",
    )  # fmt: skip
    return _with_penalty(code, problem, form)


def _with_penalty(code: ProblemCode, problem: LinearModel, form: Form) -> ProblemCode:
    """The same with λ Σ θⱼ² in loss, gradient and curvature; the intercept is spared."""
    l2 = float(getattr(problem.settings, "l2", 0.0))
    if not l2:
        return code
    *before, loss = code.loss
    *slope_before, slope = code.gradient
    *bend_before, bend = code.hessian
    twice, weights = number(2.0 * l2), form.weights
    some = "[1:, 1:]" if form.intercept else ""
    return replace(
        code,
        about=code.about.removesuffix(".") + f", and {number(l2)} times the squared weights.",
        loss=(*before, f"{loss} + {number(l2)} * np.sum({weights} ** 2)"),
        gradient=(
            *slope_before, slope.replace("return ", "g = ", 1),
            f"{weights.replace('theta', 'g')} += {twice} * {weights}", "return g",
        ),
        hessian=(
            *bend_before, bend.replace("return ", "curved = ", 1),
            f"curved{some} += {twice} * np.eye(len({weights}))", "return curved",
        ),
        penalty=l2,
    )  # fmt: skip


def _fit(
    problem: LinearModel,
    settings: LossSettings,
    form: Form,
    columns: int,
    *,
    prepare: tuple[str, ...],
    report: tuple[str, ...],
) -> ProblemCode:
    error = _error(settings, problem.size)
    model = f"error = {form.model} - y"
    *before, mean = error.loss
    slope = () if error.slope == "error" else (f"slope = {error.slope}",)
    gradient = form.gradient("slope" if slope else "error")
    if error.slope == "2 * error" and form == Form(flat=True):
        slope = ()
        gradient = ("return 2 * np.array([np.mean(error), np.mean(error * x)])",)
    code = ProblemCode(
        about=f"The model is {problem.formula}, the loss J = {error.symbol}, {error.title}.",
        prepare=prepare,
        report=report,
        loss=(model, *before, f"return {mean}"),
        gradient=(model, *slope, *gradient),
        hessian=_hessian(error.bend, model, form),
        has_data=True,
        columns=columns,
        flat=form.flat,
        loss_about=f"{error.title[0].upper()}{error.title[1:]}.",
        start_about=form.start_about,
        predict=form.predict,
        dense=form.intercept,
        keras_loss=error.keras,
        best="least squares" if settings.loss in SQUARES else "the best fit",
    )
    return _with_penalty(code, problem, form)


def _hessian(bend: str, model: str, form: Form) -> tuple[str, ...]:
    if bend.isdecimal():
        times = f"{bend} * " if bend != "1" else ""
        return (form.design, f"return {times}design @ design.T / len(y)")
    return (model, form.design, f"return design * {bend} @ design.T / len(y)")


_SCALES = {
    "population": ("at mean 0 and spread 1", "{0}.mean({1})", "{0}.std({1})"),
    "sample": ("at mean 0 and spread 1", "{0}.mean({1})", "{0}.std({2}ddof=1)"),
    "range": ("brought to 0 ... 1", "{0}.min({1})", "np.ptp({0}{3})"),
}
"""What they do, centre and spread of an array, along its first axis where it has two."""


def _scaled_columns(problem: LinearModel, settings: ScaleSettings) -> tuple[str, ...]:
    """Each column scaled, where the run descends so."""
    if not settings.standardise:
        return ()
    what, centre, spread = (
        text.format("x", "0", "0, ", ", 0") for text in _SCALES[settings.scaled_by]
    )
    if not problem.has_intercept:
        return (
            "# Without an intercept nothing is shifted.",
            f"spread = {spread}",
            "x = x / spread",
        )
    lines = (
        f"# Each column of x {what}: then the valley is rounder.",
        f"centre, spread = {centre}, {spread}",
    )
    varied = [bool(column.min() < column.max()) for column in problem.data.x]
    if all(varied):
        return (*lines, "x = (x - centre) / spread")
    return (
        *lines,
        f"varied = np.array({varied})  # a column that is constant tells nothing",
        "spread = np.where(varied, spread, 1.0)",
        "x = np.where(varied, (x - centre) / spread, 0.0)",
    )


def _scaled_target(problem: LinearModel, settings: FitSettings) -> tuple[str, ...]:
    """y likewise, where that is wished too."""
    if not (settings.standardise and settings.standardise_y):
        return ()
    _, centre, spread = (text.format("y", "", "", "") for text in _SCALES[settings.scaled_by])
    if not problem.has_intercept:
        return (f"y_spread = {spread}", "y = y / y_spread")
    return (f"y_centre, y_spread = {centre}, {spread}", "y = (y - y_centre) / y_spread")


def _own_units(problem: LinearModel, settings: ScaleSettings) -> tuple[str, ...]:
    """The coefficients in the data's own units, where the run has others."""
    if not settings.standardise:
        return ()
    scaled_y = getattr(settings, "standardise_y", False)
    if not problem.has_intercept:
        by_y = " * y_spread" if scaled_y else ""
        return (
            f"slopes = np.asarray(theta){by_y} / spread",
            'print("in the data\'s own units:", slopes.tolist())',
        )
    if scaled_y:
        return (
            "slopes = np.asarray(theta[1:]) * y_spread / spread",
            "intercept = y_centre + y_spread * theta[0] - (slopes * centre).sum()",
            'print("in the data\'s own units:", float(intercept), slopes.tolist())',
        )
    return (
        "slopes = np.asarray(theta[1:]) / spread",
        'print("in the data\'s own units:", float(theta[0] - (slopes * centre).sum()), '
        "slopes.tolist())",
    )  # fmt: skip
