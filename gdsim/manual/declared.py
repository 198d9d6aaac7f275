"""Pages made from what is declared: one of each optimizer, schedule and problem."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from gdsim.engine.conventions import FRAMEWORK_TITLES
from gdsim.engine.fields import Field, Settings, fields_of
from gdsim.engine.optimizers import Optimizer
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.schedules import Schedule
from gdsim.engine.sentences import number
from gdsim.manual.markdown import inline, link, table, to_html
from gdsim.manual.tongue import Tongue

_STEPS = (0, 1, 10, 100, 500, 1000)
"""The steps whose rates stand on a schedule's page."""
_MOST_MINIMA = 4
_MOST_PARAMETERS = 4


def optimizer_page(optimizer: type[Optimizer], tongue: Tongue, note: str) -> str:
    """Title, sentence, formula, what to try, limit, settings, source; `note` is Markdown."""
    tr = tongue.tr
    facts = []
    method = optimizer([optimizer.Settings()])
    if method.stability_factor() is not None:
        told = tr("On a quadratic it converges below the critical rate {law}.", law=method.law())
        facts.append(f"{html.escape(told)} {link('rates', tr('The gauge shows it'))}")
    if optimizer.moves_by_rate:
        told = tr("Each parameter moves by about α a step, however small its slope: near the "
                  "minimum the rate has to fall.")  # fmt: skip
        facts.append(html.escape(told))
    if optimizer.single_sample:
        told = tr("It is fed one sample a step, unless a batch size is set.")
        facts.append(f"{html.escape(told)} {link('view-samples', tr('How samples scatter'))}")
    known = " · ".join(FRAMEWORK_TITLES[one] for one in optimizer.conventions)
    facts.append(html.escape(tr("Numbers as in: {frameworks}. Source: {source}",
                                frameworks=known, source=optimizer.source)))  # fmt: skip
    return "\n".join([
        _head(optimizer_title(optimizer, tongue), tr(optimizer.summary)),
        formula_box(optimizer.formula), _letters(tongue), _tried(note, tongue),
        _facts(facts), _settings(optimizer.Settings, tongue),
    ])  # fmt: skip


def schedule_page(schedule: type[Schedule], tongue: Tongue, note: str) -> str:
    """The same, with the rates at some steps."""
    tr = tongue.tr
    told = tr("α is the learning rate that is set: the peak. k is the step, from 0.")
    facts = [html.escape(tr("Source: {source}", source=schedule.source))]
    parts = [
        _head(schedule_title(schedule, tongue), tr(schedule.summary)),
        formula_box((schedule.formula,)), f"<p>{html.escape(told)}</p>", _tried(note, tongue),
    ]  # fmt: skip
    if not schedule.watches_loss:
        rates = schedule(schedule.Settings()).rate(1.0, np.array(_STEPS))
        rows = [
            [tr("Step", "axis"), *(f"{step:,}" for step in _STEPS)],
            [tr("Share of α"), *(number(float(rate), 4) for rate in np.broadcast_to(rates, 6))],
        ]
        heading = tr("With the settings below as they are")
        parts.append(f"<h2>{html.escape(heading)}</h2>{table(rows)}")
    return "\n".join([*parts, _facts(facts), _settings(schedule.Settings, tongue)])


def problem_page(problem: type[Problem], tongue: Tongue, note: str) -> str:
    """What is descended, from where, what is known of its minima, and its settings."""
    tr, made = tongue.tr, make_problem(problem.name)
    facts = [tr("Loss: {name}", name=made.loss_name)]
    if len(made.parameters) <= _MOST_PARAMETERS:
        start = tr(", ").join(
            f"{one.symbol} = {number(value, 4)}"
            for one, value in zip(made.parameters, made.start, strict=True)
        )
        facts.append(tr("It starts at {start}, with α = {rate}", start=start,
                        rate=number(made.learning_rate, 4)))  # fmt: skip
    else:
        count, rate = len(made.parameters), number(made.learning_rate, 4)
        facts.append(
            tr("It has {count} parameters and starts with α = {rate}", count=count, rate=rate)
        )
    if problem.convex:
        facts.append(tr("Convex: there is no other minimum to be caught in."))
    if made.unbounded:
        facts.append(tr("The loss falls without end along some way."))
    facts += _minima(made, tongue)
    return "\n".join([
        _head(problem_title(problem, tongue), ""), formula_box((made.formula,)),
        to_html(note), _facts([html.escape(fact) for fact in facts]),
        _settings(problem.Settings, tongue),
    ])  # fmt: skip


def optimizer_title(optimizer: type[Optimizer], tongue: Tongue) -> str:
    return tongue.tr(optimizer.title, "optimizer")


def schedule_title(schedule: type[Schedule], tongue: Tongue) -> str:
    return tongue.tr(schedule.title, "schedule")


def problem_title(problem: type[Problem], tongue: Tongue) -> str:
    return tongue.tr(problem.title, "problem")


def formula_box(lines: Sequence[str]) -> str:
    """Formulas, one a line."""
    return f'<p class="formula">{"<br>".join(html.escape(line) for line in lines)}</p>'


def _head(title: str, summary: str) -> str:
    said = f"<p>{html.escape(summary)}</p>" if summary else ""
    return f"<h1>{html.escape(title)}</h1>\n{said}"


def _letters(tongue: Tongue) -> str:
    told = tongue.tr("θ are the parameters, g is the slope ∇J at θ, α the learning rate, t the "
                     "number of the step; ← puts the new value in place.")  # fmt: skip
    return f"<p>{html.escape(told)}</p>"


def _tried(note: str, tongue: Tongue) -> str:
    return f"<h2>{html.escape(tongue.tr('Try it'))}</h2>\n{to_html(note)}" if note else ""


def _facts(facts: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{fact}</li>' for fact in facts)}</ul>"


def _minima(problem: Problem, tongue: Tongue) -> list[str]:
    """Where the known minima are, and what gradient descent's limit is at the first."""
    tr, told = tongue.tr, []
    if not problem.minima or len(problem.parameters) > _MOST_PARAMETERS:
        return []
    for minimum in problem.minima[:_MOST_MINIMA]:
        place = tr(", ").join(number(value, 4) for value in minimum)
        loss = number(problem.loss_at(np.array(minimum)), 4)
        told.append(tr("A lowest point: ({place}), loss {loss}", place=place, loss=loss))
    curvature = np.linalg.eigvalsh(problem.hessian(np.array(problem.minima[0])))
    if not (np.isfinite(curvature).all() and curvature[-1] > 0.0):
        return told
    told.append(tr("Its greatest curvature there is λmax = {steepest}: gradient descent's critical "
                   "rate is 2/λmax = {rate}", steepest=number(float(curvature[-1]), 4),
                   rate=number(2.0 / float(curvature[-1]), 4)))  # fmt: skip
    if len(curvature) > 1 and curvature[0] > 1e-9 * curvature[-1]:
        told.append(tr("Condition number κ = λmax/λmin = {kappa}",
                       kappa=number(float(curvature[-1] / curvature[0]), 3)))  # fmt: skip
    return told


def _settings(settings: type[Settings], tongue: Tongue) -> str:
    """A table of the declared settings; nothing where there are none."""
    tr, declared = tongue.tr, fields_of(settings)
    if not declared:
        return ""
    head = (tr("Setting"), tr("Symbol"), tr("At first"), tr("May be"), tr("What it does"))
    rows = [[html.escape(one) for one in head]]
    for item in declared:
        cells = (item.symbol, _value(item, tongue), _range(item, tongue), tr(item.help))
        name = inline(f"**{tr(item.label, 'setting').replace('&', '')}** `{item.name}`")
        rows.append([name, *(html.escape(cell) for cell in cells)])
    return f"<h2>{html.escape(tr('Settings'))}</h2>\n{table(rows)}"


def _value(item: Field, tongue: Tongue) -> str:
    """A setting's value where none is given."""
    if item.kind == "bool":
        return tongue.tr("on", "setting") if item.default else tongue.tr("off", "setting")
    if item.kind == "choice":
        titles = dict(zip(item.choices, item.titles, strict=False))
        return tongue.tr(titles.get(str(item.default), str(item.default)), "choice")
    if item.kind == "text" or isinstance(item.default, str):
        return str(item.default)
    return number(float(item.default), 6)


def _range(item: Field, tongue: Tongue) -> str:
    if item.kind == "bool":
        return tongue.tr("on or off")
    if item.kind == "choice" and item.titles:
        return tongue.tr(", ").join(tongue.tr(title, "choice") for title in item.titles)
    return tongue.say(item.allowed())
