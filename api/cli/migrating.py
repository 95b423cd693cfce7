"""``kedai migrate``: the schema up, down and as it is."""

from __future__ import annotations

from contextlib import closing

import typer

from api.cli.failures import BAD_INPUT, fail, reported
from api.cli.inputs import settings
from api.storage import schema
from api.storage.connections import Database, database_at


def up() -> None:
    """Migrate to the newest schema and say where the database stands."""
    with reported():
        database = database_at(settings().database_url)
        schema.upgrade(database)
        typer.echo(f"The database stands at {_standing(database)}.")


def down(revision: str, *, yes: bool) -> None:
    """Migrate back to ``revision`` once the user has said that the data may go."""
    with reported():
        database = database_at(settings().database_url)
        if not yes:
            fail(
                BAD_INPUT,
                f"Going back to {revision} drops tables with everything stored in them, decisions included. "
                "Make a copy of the database, then add --yes.",
            )
        if revision != "base" and revision not in schema.known():
            fail(BAD_INPUT, f"There is no migration {revision!r}. There are base, {', '.join(schema.known())}.")
        schema.downgrade(database, revision=revision)
        typer.echo(f"The database stands at {_standing(database)}.")


def current() -> None:
    """Say where the database stands and what this version needs."""
    with reported():
        standing = _standing(database_at(settings().database_url))
        typer.echo(f"The database stands at {standing}; this version of kedai needs {schema.HEAD}.")


def _standing(database: Database) -> str:
    with closing(database.connect()) as connection:
        return schema.version(database, connection) or "no migration"
