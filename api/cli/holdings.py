"""Reserved headroom as tables."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from pydantic import BaseModel
from rich.box import SIMPLE_HEAD
from rich.table import Table

from api.cli.terminal import console, money
from api.headroom.shapes import EnterpriseHeadroom, HeadroomSummary, ReservationAnswer, ReservationPage
from products.headroom import State

STATE_STYLE = {State.RESERVED: "bold green", State.DRAWN: "cyan", State.RELEASED: "dim", State.EXPIRED: "yellow"}
FIGURES = ("cap", "balance", "drawn", "reserved", "left", "amount", "held", "quota", "expiring soon", "year")


def show_headroom(answer: BaseModel, *, replayed: bool) -> None:
    """Print an answer about headroom; ``replayed`` if an earlier request had brought it about."""
    _show(answer)
    if replayed:
        console().print("[dim]An earlier request with the same key had done this.[/]")


@singledispatch
def _show(answer: BaseModel) -> None:
    raise TypeError(f"{type(answer).__name__} is shown as JSON only.")


@_show.register
def _reservation(answer: ReservationAnswer) -> None:
    against = answer.measured_against
    screen = console()
    screen.print(
        f"[{STATE_STYLE[answer.state]}]{answer.state.upper()}[/]  {money(answer.amount)} yuan "
        f"for {answer.applicant_uscc} under {answer.programme}, {answer.made_on} to before {answer.expires_on}"
    )
    screen.print(
        f"of the ceiling of {money(against.cap)}: {money(against.balance)} guaranteed as of "
        f"{against.balance_stated_on}, {money(against.drawn)} drawn since, {money(against.reserved)} held by others"
    )
    for event in answer.history:
        screen.print(f"{event.day}  {event.kind} {money(event.amount)} by {event.actor}  [dim]{event.note}[/]")
    screen.print(f"Reservation [bold]{answer.id}[/] of decision {answer.decision_id}")


@_show.register
def _page(answer: ReservationPage) -> None:
    _reservations(answer.items)
    if answer.next_cursor is not None:
        console().print("[dim]There are more; raise --limit or narrow the list.[/]")


@_show.register
def _enterprise(answer: EnterpriseHeadroom) -> None:
    table = _table("programme", "cap", "balance", "drawn", "reserved", "left", "counted together with")
    for one in answer.programmes:
        others = ", ".join(slug for slug in one.counted_together if slug != one.programme)
        figures = (money(amount) for amount in (one.cap, one.balance, one.drawn, one.reserved, one.left))
        table.add_row(one.programme, *figures, f"[dim]{others}[/]")
    screen = console()
    stated = answer.balance_stated_on or "never"
    screen.print(f"[bold]{answer.uscc}[/]  on {answer.on}  ·  balance stated {stated}")
    if answer.programmes:
        screen.print(table)
    if answer.reservations:
        _reservations(answer.reservations)


@_show.register
def _summary(answer: HeadroomSummary) -> None:
    table = _table("programme", "year", "reservations", "reserved", "expiring soon", "drawn", "quota", "left")
    for one in answer.items:
        figures = (money(amount) for amount in (one.reserved, one.expiring_soon, one.drawn, one.quota, one.left))
        table.add_row(one.programme, str(one.year), str(one.reservations), *figures)
    screen = console()
    screen.print(f"Headroom taken on {answer.on}")
    screen.print(table if answer.items else "Nothing is reserved, and no quota is laid down.")


def _reservations(some: Iterable[ReservationAnswer]) -> None:
    table = _table(
        "reservation", "state", "enterprise", "programme", "amount", "held", "drawn", "made on", "expires on"
    )
    for one in some:
        state = f"[{STATE_STYLE[one.state]}]{one.state}[/]"
        figures = (money(amount) for amount in (one.amount, one.held, one.drawn))
        days = (one.made_on.isoformat(), one.expires_on.isoformat())
        table.add_row(one.id, state, one.applicant_uscc, one.programme, *figures, *days)
    console().print(table if table.row_count else "There are no such reservations.")


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for name in names:
        figure = name in FIGURES
        table.add_column(name, justify="right" if figure else "left", no_wrap=figure, overflow="fold")
    return table
