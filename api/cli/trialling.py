"""``kedai trial``: a champion and a challenger on live applicants, from the draft to the stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from api.cli.desks import desk_here
from api.cli.failures import BAD_INPUT, fail
from api.cli.inputs import payload
from api.cli.options import AsJson, Note, Reason
from api.clock import now
from api.trials.desk import TrialDesk, UnknownTrial
from api.trials.shapes import RulingShape, SideShape, TrialAnswer, TrialReport, trial_answer, trial_list, trial_report
from api.trials.store import StoredTrial
from products.trials.outcomes import GREATEST_REPORT, outcomes_in_csv
from products.trials.plan import GREATEST_PLAN, read_plan

app = typer.Typer(help="Trials of a challenger on a share of live applicants.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Id of a trial; kedai trial list names them.")]
By = Annotated[str, typer.Option("--by", help="The person who acts. Whoever drafted a trial does not approve it.")]


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(help="Plan as JSON; - reads it from standard input.")],
    by: By,
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """Store the plan of a trial, once both sides are on offer for all of its days."""
    with _trials() as trials:
        plan = read_plan(payload(file, limit=GREATEST_PLAN))
        _report(trials.draft(plan, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def approve(trial_id: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Approve a draft; by another person than its author."""
    with _trials() as trials:
        _report(trials.approve(trial_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def start(trial_id: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Let an approved trial split applicants, from its first day on."""
    with _trials() as trials:
        _report(trials.start(trial_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def stop(trial_id: Id, by: By, note: Reason, as_json: AsJson = False) -> None:
    """End a running trial now; the champion decides every application from then on."""
    with _trials() as trials:
        _report(trials.stop(trial_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def withdraw(trial_id: Id, by: By, note: Reason, as_json: AsJson = False) -> None:
    """Give a trial up before it was started."""
    with _trials() as trials:
        _report(trials.withdraw(trial_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def watch(as_json: AsJson = False) -> None:
    """Stop trials whose rules have tripped and end those whose days are over; safe to repeat, for a periodic job."""
    with _trials() as trials:
        changed = trials.watch(moment=now())
    if as_json:
        _echo(trial_list(changed))
        return
    for each in changed:
        typer.echo(f"{_sentence(trial_answer(each))} {each.history[-1].note}".rstrip())
    if not changed:
        typer.echo("No trial had to be stopped or has ended.")


@app.command("list")
def show_list(as_json: AsJson = False) -> None:
    """List the trials with their states."""
    with _trials() as trials:
        found = trial_list(trials.trials())
    if as_json:
        _echo(found)
        return
    for each in found.items:
        plan = each.plan
        typer.echo(f"{each.id}  {plan.product}/{plan.slug}  {each.state}  {plan.starts_on} to {plan.ends_on}")


@app.command()
def show(trial_id: Id) -> None:
    """Print a trial with its plan and history, as JSON."""
    with _trials() as trials:
        _echo(trial_answer(trials.standing(trial_id).trial))


@app.command()
def report(trial_id: Id, as_json: AsJson = False) -> None:
    """Show what both sides add up to and where every stop rule stands."""
    with _trials() as trials:
        found = trial_report(trials.standing(trial_id))
    if as_json:
        _echo(found)
        return
    typer.echo(_sentence(found.trial))
    for line in _lines(found):
        typer.echo(line)


@app.command()
def outcomes(
    file: Annotated[Path, typer.Argument(help="CSV: decision_id, defaulted, defaulted_on, loss, recovered.")],
    by: By,
) -> None:
    """Store what became of loans that were decided here; for a decision reported again the latest counts."""
    with _trials() as trials:
        text = payload(file, limit=GREATEST_REPORT)
        stored = trials.report(outcomes_in_csv(text), actor=by, moment=now())
    typer.echo(f"{stored} outcomes are stored.")


@contextmanager
def _trials() -> Iterator[TrialDesk]:
    with desk_here() as desk:
        try:
            yield TrialDesk(desk)
        except UnknownTrial as error:
            fail(BAD_INPUT, str(error))


def _report(changed: StoredTrial, *, as_json: bool) -> None:
    answer = trial_answer(changed)
    _echo(answer) if as_json else typer.echo(_sentence(answer))


def _sentence(answer: TrialAnswer) -> str:
    plan = answer.plan
    return f"Trial {plan.slug} of {plan.product} ({answer.id}) is {answer.state}, {plan.starts_on} to {plan.ends_on}."


def _lines(found: TrialReport) -> Iterator[str]:
    sides = (found.champion, found.challenger)
    yield f"{'':24}{'champion':>16}{'challenger':>16}"
    for name in SideShape.model_fields:
        cells = "".join(f"{_cell(getattr(side, name)):>16}" for side in sides)
        yield f"{name.replace('_', ' '):24}{cells}"
    yield f"fell back to the champion: {found.fell_back}; share {_cell(found.actual_share)} of {found.stated_share}"
    yield from map(_rule_line, found.rules)


def _cell(value: object) -> str:
    return "–" if value is None else f"{value:,}"


def _rule_line(rule: RulingShape) -> str:
    standing = "TRIPPED" if rule.tripped else "kept" if rule.asked else f"not asked before {rule.least} cases a side"
    return f"{rule.measure}: difference {_cell(rule.difference)}, limit {rule.limit} {rule.direction}: {standing}"


def _echo(answer: BaseModel) -> None:
    typer.echo(answer.model_dump_json(indent=2))
