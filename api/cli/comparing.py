"""``kedai offers``: all products for one applicant."""

from __future__ import annotations

from pathlib import Path

import typer

from api import wiring
from api.cli.failures import reported
from api.cli.inputs import day, payload, settings
from api.clock import now


def offers(file: Path, *, on: str | None, as_json: bool) -> None:
    """Compare all products for the applicant in ``file`` and print them, best first."""
    with reported():
        use = settings()
        as_of = day(on)
        found = wiring.underwriter_as_stored(use).offers(
            payload(file, limit=use.body_limit_bytes), moment=now(), on=as_of
        )
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    from api.cli.lists import show_offers  # noqa: PLC0415 - programs that read JSON need no tables

    show_offers(found)
