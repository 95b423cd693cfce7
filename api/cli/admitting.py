"""``kedai plugin list|admit|form|configure|faults``: what an operator does about plugins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

import products
from api import wiring
from api.cli.failures import BAD_INPUT, fail, reported
from api.cli.inputs import payload, settings
from api.cli.terminal import console
from api.clock import civil_day, now
from api.plugins import desk as plugin_desk
from api.plugins.installed import for_organisation, installed, stored_state
from api.plugins.ledger import PluginEvent, PluginLedger
from api.plugins.status import PluginOverview, fault_page, overview
from api.settings import Settings
from api.storage.connections import database_at
from products.configuration import InvalidConfiguration, configuration_form

FAULTS_SHOWN = 50


@contextmanager
def _ledger(use: Settings) -> Iterator[PluginLedger]:
    database, connection = wiring.prepared(use)
    with closing(connection):
        yield PluginLedger(database, connection, use.organisation)


@contextmanager
def _checked() -> Iterator[None]:
    try:
        with reported():
            yield
    except InvalidConfiguration as error:
        fail(BAD_INPUT, *(f"{one.path or 'file'}: {one.message}" for one in error.problems))


def show_list(*, as_json: bool) -> None:
    """List the packages with what they bring and what is wrong with them."""
    with reported():
        use = settings()
        here = installed(use).catalogue
        state = stored_state(database_at(use.database_url), use.organisation)
    found = overview(
        here,
        for_organisation(here, state),
        deployment=products.Admission(use.plugins),
        organisation=state.admission,
        strict=use.strict_plugins,
    )
    here.host.close()
    typer.echo(found.model_dump_json(indent=2)) if as_json else _show(found)


def _show(found: PluginOverview) -> None:
    table = Table("", "package", "state", "brings", "what is wrong, and what to do")
    for one in found.packages:
        brings = [f"{kind}: {', '.join(names)}" for kind, names in one.brings if names]
        wrong = [f"{each.name}: {each.cause} {each.remedy}" for each in one.broken]
        wrong += [f"{one.fault.kind}: {one.fault.cause}"] if one.fault else []
        name = f"{one.package} {one.version}"
        table.add_row(str(one.order), name, one.state.value, escape("\n".join(brings)), escape("\n".join(wrong)))
    console().print(table)


def admit(named: list[str], *, everything: bool, nothing: bool, actor: str, note: str) -> None:
    """Say which packages the organisation admits."""
    if [bool(named), everything, nothing].count(True) != 1:
        fail(BAD_INPUT, "Name the packages to admit, or give --all or --none.")
    packages = None if everything else tuple(named)
    with _checked():
        use = settings()
        step = plugin_desk.admission(packages, actor=actor, note=note)
        with _ledger(use) as plugins:
            event = plugin_desk.admit(installed(use).catalogue, plugins, step, moment=now(), day=_today(use))
    said = "all that the deployment admits" if packages is None else ", ".join(event.said) or "none"
    typer.echo(f"{use.organisation} admits {said}.")


def show_form(product: str) -> None:
    """Print the form of a product's configuration."""
    with reported():
        found = wiring.catalogue_as_stored(settings()).offering(product, None).product
    typer.echo(json.dumps(configuration_form(found), ensure_ascii=False, indent=2))


def configure(product: str, file: Path, *, actor: str, note: str) -> None:
    """Set the organisation's values of a product."""
    with _checked():
        use = settings()
        most = use.body_limit_bytes
        step = plugin_desk.configuration(payload(file, limit=most), actor=actor, note=note, most_bytes=most)
        with _ledger(use) as plugins:
            event = plugin_desk.configure(
                installed(use).catalogue, plugins, product, step, moment=now(), day=_today(use)
            )
    typer.echo(f"{product} has {_said(event)} from {event.day} on.")


def _said(event: PluginEvent) -> str:
    return ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in event.said.items())


def faults(*, as_json: bool) -> None:
    """Print the fault log, newest first."""
    with reported(), _ledger(settings()) as plugins:
        found = fault_page(plugins.faults(limit=FAULTS_SHOWN + 1), limit=FAULTS_SHOWN)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    for one in found.items:
        breaker = "; the breaker is open" if one.breaker_open else ""
        typer.echo(f"{one.at:%Y-%m-%d %H:%M:%S}  {one.package}  {one.kind}: {one.cause}{breaker}")


def _today(use: Settings) -> date:
    return civil_day(now(), utc_offset_minutes=use.utc_offset_minutes)
