"""``kedai headroom``: what is left under ceilings and quotas, and reserving, drawing and releasing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer
from pydantic import BaseModel

from api import wiring
from api.cli.failures import BAD_INPUT, FAILED, fail, reported
from api.cli.inputs import day_or_today, settings
from api.cli.options import AsJson, Note
from api.clock import now
from api.headroom import views as headroom_views
from api.headroom.checks import NoHeadroomLeft, NotPossible, Unknown
from api.headroom.desk import HeadroomDesk, Kept
from api.headroom.shapes import (
    enterprise_headroom,
    headroom_summary,
    reservation_answer,
    reservation_page,
)
from api.headroom.steps import (
    QUOTA,
    RESERVATION,
    DrawStep,
    HeadroomStep,
    QuotaStep,
    ReleaseStep,
    ReserveStep,
    request_key,
)
from api.headroom.store import HeadroomStore
from api.headroom.values import Act, ListFilter
from api.storage.ledger import KeyReusedError
from products.asked import question_from
from products.canonical import canonical_json
from products.headroom import State

app = typer.Typer(help="Guarantee headroom: what is left, reserve, draw, release.", no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="The person or system that acts.")]
On = Annotated[str | None, typer.Option(help="The day, YYYY-MM-DD; today at the bank if left out.")]
Key = Annotated[str | None, typer.Option(help="Name of the request: repeated with the same one it is done once.")]
Id = Annotated[str, typer.Argument(help="Id of a reservation; kedai headroom list names them.")]


@app.command()
def show(
    uscc: Annotated[
        str | None, typer.Argument(help="Unified social credit code of an enterprise; a summary if left out.")
    ] = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Show what every programme leaves an enterprise, or what is taken by programme and year."""
    with _desk() as desk:
        as_of = day_or_today(on, settings())
        if uscc is None:
            summary = headroom_summary(headroom_views.by_programme(desk, as_of), as_of)
            _print(summary, as_json=as_json)
        else:
            _print(enterprise_headroom(headroom_views.enterprise(desk, uscc, as_of)), as_json=as_json)


@app.command("list")
def show_list(
    state: Annotated[State | None, typer.Option(help="Only reservations in this state on the day.")] = None,
    programme: Annotated[str | None, typer.Option(help="Only reservations under this programme.")] = None,
    applicant: Annotated[str | None, typer.Option(help="Only reservations of this enterprise.")] = None,
    expiring_within: Annotated[
        int | None, typer.Option(help="Only what is reserved and expires within so many days.", min=1)
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 50,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """List reservations, newest first, as they stand on a day."""
    with _desk() as desk:
        as_of = day_or_today(on, settings())
        before = as_of + timedelta(days=expiring_within + 1) if expiring_within is not None else None
        which = ListFilter(on=as_of, state=state, applicant=applicant, programme=programme, expiring_before=before)
        found = headroom_views.listed(desk, which, before=None, limit=limit + 1)
        _print(reservation_page(found, as_of, limit=limit), as_json=as_json)


@app.command()
def reserve(
    decision_id: Annotated[str, typer.Argument(help="Id of an approved decision; its amount is reserved.")],
    by: By,
    days: Annotated[int | None, typer.Option(help="For how many days; as the programme says if left out.")] = None,
    note: Note = "",
    key: Key = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Hold the approved amount of a decision under its programme's ceiling and quota. Exit 1 if nothing is left."""
    with _desk() as desk:
        step = question_from(
            {"actor": by, "note": note, "decision_id": decision_id, "days": days}, ReserveStep, what=RESERVATION
        )
        as_of = day_or_today(on, settings())
        kept = desk.reserve(step.decision_id, on=as_of, act=_act(step, key, "reserve"), days=step.days)
        _print(reservation_answer(kept.reservation, as_of), as_json=as_json, replayed=kept)


@app.command()
def draw(
    reservation_id: Id,
    by: By,
    amount: Annotated[str | None, typer.Option(help="Yuan; all that is still reserved if left out.")] = None,
    note: Note = "",
    key: Key = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Turn a reservation, or a part of it, into guaranteed balance."""
    with _desk() as desk:
        step = question_from({"actor": by, "note": note, "amount": amount}, DrawStep, what=RESERVATION)
        as_of = day_or_today(on, settings())
        act = _act(step, key, f"draw {reservation_id}")
        kept = desk.draw(reservation_id, on=as_of, act=act, amount=step.amount)
        _print(reservation_answer(kept.reservation, as_of), as_json=as_json, replayed=kept)


@app.command()
def release(
    reservation_id: Annotated[str, typer.Argument(help="Id of a reservation, or of the decision it was made for.")],
    by: By,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="The decision is off; it cannot be reserved again.")
    ] = False,
    note: Note = "",
    key: Key = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Give back what is still reserved."""
    with _desk() as desk:
        step = question_from({"actor": by, "note": note, "withdrawn": withdrawn}, ReleaseStep, what=RESERVATION)
        as_of = day_or_today(on, settings())
        act = _act(step, key, f"release {reservation_id}")
        kept = desk.release(reservation_id, on=as_of, act=act, withdrawn=step.withdrawn)
        _print(reservation_answer(kept.reservation, as_of), as_json=as_json, replayed=kept)


@app.command()
def quota(
    programme: Annotated[str, typer.Argument(help="Slug of a guarantee programme.")],
    year: Annotated[int, typer.Argument(help="The year in which reservations are made.")],
    amount: Annotated[str, typer.Argument(help="Yuan, such as 500000000.00; the newest quota counts.")],
    by: By,
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """Lay down the most that may be reserved and drawn under a programme in a year."""
    with _desk() as desk:
        given = {"actor": by, "note": note, "programme": programme, "year": year, "amount": amount}
        step = question_from(given, QuotaStep, what=QUOTA)
        desk.set_quota(step.programme, step.year, step.amount, act=_act(step, None, "quota"))
        as_of = day_or_today(None, settings())
        _print(headroom_summary(headroom_views.by_programme(desk, as_of), as_of), as_json=as_json)


@contextmanager
def _desk() -> Iterator[HeadroomDesk]:
    """The desk of the settings' organisation; ends the command with sentences where a step is refused."""
    with reported():
        use = settings()
        repository = wiring.repository(use)
        catalogue = wiring.offered(use)
        store = HeadroomStore(repository.database, repository.engine, use.organisation)
        try:
            yield wiring.headroom_desk(store, catalogue)
        except NoHeadroomLeft as error:
            fail(FAILED, *(f"{name}: {why.en}" for name, why in error.short.items()))
        except NotPossible as error:
            fail(BAD_INPUT, f"{error.place}: {error}")
        except KeyReusedError as error:
            fail(BAD_INPUT, f"--key: {error} was given to another request before; repeat that one or take another key.")
        except Unknown as error:
            fail(BAD_INPUT, str(error))
        finally:
            catalogue.host.close()
            repository.close()


def _act(step: HeadroomStep, key: str | None, address: str) -> Act:
    asked = canonical_json(step.model_dump(mode="json"))
    return Act(actor=step.actor, note=step.note, at=now(), request=request_key(key, address, None, asked))


def _print(answer: BaseModel, *, as_json: bool, replayed: Kept | None = None) -> None:
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
        return
    from api.cli.holdings import show_headroom  # noqa: PLC0415 - programs that read JSON need no tables

    show_headroom(answer, replayed=replayed is not None and replayed.replayed)
