"""``kedai decide``: one application decided, stored and shown."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import typer

from api import wiring
from api.cli.failures import reported
from api.cli.inputs import day, payload, settings
from api.clock import now
from api.plugins.ledger import fault_rows
from api.settings import Settings
from api.storage import ledger
from api.underwriting import Decided
from products import PluginHost


def decide(file: Path, *, on: str | None, as_json: bool) -> None:
    """Decide the application in ``file``, store the decision, and print it."""
    with reported():
        use = settings()
        as_of = day(on)
        underwriter = wiring.underwriter_as_stored(use)
        application = payload(file, limit=use.body_limit_bytes)
        decided = underwriter.decide_and_store(
            application, moment=now(), on=as_of, store=partial(_store, use, underwriter.catalogue.host)
        )
    if as_json:
        typer.echo(decided.decision.model_dump_json(indent=2))
        return
    from api.cli.panels import show_decision  # noqa: PLC0415 - programs that read JSON need no tables

    show_decision(decided.decision, applicant=decided.application_row.applicant_name)


def _store(use: Settings, host: PluginHost, decided: Decided) -> None:
    faults = fault_rows(host.collect(), organisation=use.organisation, moment=now())
    database, connection = wiring.prepared(use)
    with closing(connection):
        ledger.append(
            database,
            connection,
            decided.application_row,
            decided.decision_row,
            trial=decided.trial_row,
            faults=faults,
        )
