"""Linear models as they stand in scripts: lines, planes, polynomials, logistic regression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gdsim.codegen.problems.base import ProblemCode
from gdsim.codegen.text import number
from gdsim.engine.problems import LinearRegression, MultipleRegression
from gdsim.engine.problems.linear_model import SQUARES, LinearModel, LossSettings
from gdsim.engine.problems.logistic import LogisticRegression
from gdsim.engine.problems.polynomial import PolynomialRegression
from gdsim.engine.problems.regression import FitSettings
from gdsim.engine.sentences import Fault


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
            name=settings.loss, known=", ".join(_ERRORS),
        )  # fmt: skip
    return make(settings, samples)


def linear(problem: LinearRegression) -> ProblemCode:
    """A line, with its choice of loss."""
    return _line_or_plane(problem, problem.settings)


def plane(problem: MultipleRegression) -> ProblemCode:
    """A plane over several columns, with its choice of loss."""
    return _line_or_plane(problem, problem.settings)


def _line_or_plane(problem: LinearModel, settings: FitSettings) -> ProblemCode:
    columns = problem.data.columns
    scaled = settings.standardise
    return _fit(
        problem, settings, columns == 1, columns,
        prepare=_standardise(problem, scaled), report=_own_units(scaled),
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
        problem, problem.settings, False, degree,
        prepare=tuple(prepare), report=tuple(report),
    )  # fmt: skip


def logistic(problem: LogisticRegression) -> ProblemCode:
    """The probability of a label, by binary cross-entropy."""
    columns = problem.data.columns
    flat = columns == 1
    score = f"score = {_model(flat)}"
    probability = "p = 1 / (1 + np.exp(-score))  # of the label 1"
    code = ProblemCode(
        about=f"The model is {problem.formula}, the loss J the binary cross-entropy.",
        prepare=_standardise(problem, problem.settings.standardise),
        report=_own_units(problem.settings.standardise),
        loss=(score, "return np.mean(np.logaddexp(np.zeros_like(score), score) - y * score)"),
        gradient=(score, probability, "slope = p - y", *_gradient("slope", flat)),
        hessian=(
            score, probability, _design(flat),
            "return design * (p * (1 - p)) @ design.T / len(y)",
        ),
        has_data=True,
        columns=columns,
        flat=flat,
        loss_about="The binary cross-entropy, from the scores.",
        start_about=_START[flat],
        predict=_predict(flat),
        dense=True,
        keras_loss="keras.losses.BinaryCrossentropy(from_logits=True)",
    )  # fmt: skip
    return _with_penalty(code, problem)


def _with_penalty(code: ProblemCode, problem: LinearModel) -> ProblemCode:
    """The same with λ Σ θⱼ² in loss, gradient and curvature; the intercept is spared."""
    l2 = float(getattr(problem.settings, "l2", 0.0))
    if not l2:
        return code
    *before, loss = code.loss
    *slope_before, slope = code.gradient
    *bend_before, bend = code.hessian
    twice = number(2.0 * l2)
    return replace(
        code,
        about=code.about.removesuffix(".") + f", and {number(l2)} times the squared weights.",
        loss=(*before, f"{loss} + {number(l2)} * np.sum(theta[1:] ** 2)"),
        gradient=(
            *slope_before, slope.replace("return ", "g = ", 1), f"g[1:] += {twice} * theta[1:]",
            "return g",
        ),
        hessian=(
            *bend_before, bend.replace("return ", "curved = ", 1),
            f"curved[1:, 1:] += {twice} * np.eye(len(theta) - 1)", "return curved",
        ),
        penalty=l2,
    )  # fmt: skip


_START = {True: "intercept and slope at the start", False: "intercept and slopes at the start"}


def _fit(
    problem: LinearModel,
    settings: LossSettings,
    flat: bool,
    columns: int,
    *,
    prepare: tuple[str, ...],
    report: tuple[str, ...],
) -> ProblemCode:
    """`flat` says that x is one column without a second axis."""
    error = _error(settings, problem.size)
    model = f"error = {_model(flat)} - y"
    *before, mean = error.loss
    slope = () if error.slope == "error" else (f"slope = {error.slope}",)
    gradient = _gradient("slope" if slope else "error", flat)
    if error.slope == "2 * error" and flat:
        slope = ()
        gradient = ("return 2 * np.array([np.mean(error), np.mean(error * x)])",)
    code = ProblemCode(
        about=f"The model is {problem.formula}, the loss J = {error.symbol}, {error.title}.",
        prepare=prepare,
        report=report,
        loss=(model, *before, f"return {mean}"),
        gradient=(model, *slope, *gradient),
        hessian=_hessian(error.bend, model, flat),
        has_data=True,
        columns=columns,
        flat=flat,
        loss_about=f"{error.title[0].upper()}{error.title[1:]}.",
        start_about=_START[flat],
        predict=_predict(flat),
        dense=True,
        keras_loss=error.keras,
        best="least squares" if settings.loss in SQUARES else "the best fit",
    )
    return _with_penalty(code, problem)


def _model(flat: bool) -> str:
    return "theta[0] + theta[1] * x" if flat else "theta[0] + x @ theta[1:]"


def _predict(flat: bool) -> tuple[str, ...]:
    if flat:
        return ("return theta[0] + theta[1] * x",)
    return ("return theta[0] + np.matmul(x, np.reshape(theta[1:], (-1, 1)))",)


def _gradient(name: str, flat: bool) -> tuple[str, ...]:
    """By θ₀ the mean of the slopes, by the others that of slope times column."""
    if flat:
        return (f"return np.array([np.mean({name}), np.mean({name} * x)])",)
    return (f"return np.append(np.mean({name}), {name} @ x / len(y))",)


def _design(flat: bool) -> str:
    return f"design = np.stack([np.ones_like(y), {'x' if flat else '*x.T'}])"


def _hessian(bend: str, model: str, flat: bool) -> tuple[str, ...]:
    if bend in ("0", "1", "2"):
        times = f"{bend} * " if bend != "1" else ""
        return (_design(flat), f"return {times}design @ design.T / len(y)")
    return (model, _design(flat), f"return design * {bend} @ design.T / len(y)")


def _standardise(problem: LinearModel, scaled: bool) -> tuple[str, ...]:
    """Each column at mean 0 and spread 1, where the run descends so."""
    if not scaled:
        return ()
    ddof = ", ddof=1" if getattr(problem.settings, "deviation", "") == "sample" else ""
    lines = (
        "# Each column of x at mean 0 and spread 1: then the valley is as round as can be.",
        f"centre, spread = x.mean(0), x.std(0{ddof})",
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


def _own_units(scaled: bool) -> tuple[str, ...]:
    """The coefficients in the data's own units, where the run has others."""
    if not scaled:
        return ()
    return (
        "slopes = np.asarray(theta[1:]) / spread",
        'print("in the data\'s own units:", float(theta[0] - (slopes * centre).sum()), '
        "slopes.tolist())",
    )  # fmt: skip
