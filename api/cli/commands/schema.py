"""``kedai migrate``: the database's schema."""

# ruff: noqa: PLC0415 - imports stand in the commands so that each loads only its own part of kedai

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.command()
def up() -> None:
    """Bring the database to the newest migration."""
    from api.cli import migrating

    migrating.up()


@app.command()
def down(
    revision: Annotated[str, typer.Argument(help="Migration to go back to; base drops every table.")],
    yes: Annotated[bool, typer.Option("--yes", help="Really drop what the later migrations made.")] = False,
) -> None:
    """Take migrations back. What they made is lost, stored decisions too."""
    from api.cli import migrating

    migrating.down(revision, yes=yes)


@app.command()
def current() -> None:
    """Say at which migration the database stands, and which one this version needs."""
    from api.cli import migrating

    migrating.current()
