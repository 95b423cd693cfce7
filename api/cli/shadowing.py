"""``kedai shadow``: a candidate revision beside live decisions, which never notice."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import BaseModel

from api import wiring
from api.cli.desks import desk_here
from api.cli.inputs import settings
from api.cli.options import AsJson, Reason
from api.clock import now
from api.shadows.desk import ShadowDesk, ShadowStanding
from api.shadows.report import CaughtUpAnswer, ShadowAnswer, ShadowList, ShadowReport, shadow_answer

app = typer.Typer(help="Candidates beside live decisions, without effect on them.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Id of a submitted or approved revision; kedai revision list names them.")]
By = Annotated[str, typer.Option("--by", help="The person who acts.")]


@app.command("on")
def switch_on(revision_id: Id, by: By, note: Reason, as_json: AsJson = False) -> None:
    """Put a revision beside every live decision of its product from now on."""
    with desk_here() as desk:
        _report(ShadowDesk(desk).start(revision_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command("off")
def switch_off(revision_id: Id, by: By, note: Reason, as_json: AsJson = False) -> None:
    """Take a candidate away from live decisions."""
    with desk_here() as desk:
        _report(ShadowDesk(desk).stop(revision_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command("list")
def show_list(as_json: AsJson = False) -> None:
    """List the shadows, running and stopped."""
    with desk_here() as desk:
        found = ShadowList(
            items=tuple(shadow_answer(each.revision, each.history) for each in ShadowDesk(desk).shadows())
        )
    if as_json:
        _echo(found)
        return
    for each in found.items:
        typer.echo(_sentence(each))


@app.command()
def run(as_json: AsJson = False) -> None:
    """Put candidates beside the live decisions they were not asked about yet; safe to repeat, for a periodic job."""
    with desk_here() as desk:
        done = ShadowDesk(desk).catch_up(wiring.scorecard(settings()), moment=now())
    if as_json:
        _echo(CaughtUpAnswer(decided=done.decided, failed=done.failed))
        return
    typer.echo(f"{done.decided} live decisions were put beside candidates, {done.failed} of which a candidate failed.")


@app.command()
def report(revision_id: Id, as_json: AsJson = False) -> None:
    """Say what a candidate would have decided otherwise."""
    with desk_here() as desk:
        found = ShadowDesk(desk).report(revision_id)
    if as_json:
        _echo(found)
        return
    for line in _lines(found):
        typer.echo(line)


def _report(standing: ShadowStanding, *, as_json: bool) -> None:
    answer = shadow_answer(standing.revision, standing.history)
    _echo(answer) if as_json else typer.echo(_sentence(answer))


def _sentence(answer: ShadowAnswer) -> str:
    last = answer.history[-1]
    return (
        f"Revision {answer.number} of {answer.product}/{answer.slug} ({answer.revision_id}): "
        f"{last.kind} by {last.actor}: {last.note}"
    )


def _lines(found: ShadowReport) -> list[str]:
    lines = [
        _sentence(found.shadow),
        f"compared {found.compared}, of which the same {found.same}; failed {found.failed}; missed {found.missed}",
    ]
    lines += [f"{each.live} → {each.candidate}: {each.n}" for each in found.moved]
    for one in found.by_live_revision:
        lines.append(
            f"beside {one.live_revision or 'own terms'}: {one.n}, approved {one.approved_live} → "
            f"{one.approved_candidate}, amount {one.amount_live:,.2f} → {one.amount_candidate:,.2f}"
        )
    lines.append(f"mean yearly cost {_change(found.mean_all_in_change)}, fee {_change(found.mean_fee_rate_change)}")
    lines += [f"failed {each.n} times: {each.failure}" for each in found.failures]
    return lines


def _change(value: object) -> str:
    return "–" if value is None else f"{value:+}"


def _echo(answer: BaseModel) -> None:
    typer.echo(answer.model_dump_json(indent=2))
