"""``kedai programmes``: guarantee programmes and rule books."""

# ruff: noqa: PLC0415 - imports stand in the commands so that each loads only its own part of kedai

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.groups import Shown
from api.cli.options import AsJson, On

app = typer.Typer(cls=Shown, help="Guarantee programmes: list them, describe one, check a rule book.")


@app.command("show")
def programmes_show(
    slug: Annotated[str | None, typer.Argument(help="One programme in full; all in short if left out.")] = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="List every value that rests on no text that was read.")
    ] = False,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """List the guarantee programmes; or describe one with the values in force. The word show may be left out."""
    from api.cli import cataloguing

    cataloguing.programmes(slug, unverified=unverified, on=on, as_json=as_json)


@app.command("check")
def programmes_check(
    file: Annotated[Path, typer.Argument(help="Rule book (YAML), of either form.")], as_json: AsJson = False
) -> None:
    """Say what is wrong with a rule book, where, and how to mend it. Exit 2 if anything is."""
    from api.cli import cataloguing

    cataloguing.check(file, as_json=as_json)
