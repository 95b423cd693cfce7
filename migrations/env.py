"""Alembic's entry: runs the migrations on the database that `api.storage.schema` hands over."""

from __future__ import annotations

from alembic import context

import api.contracts.case_tables
import api.headroom.tables
import api.plugins.tables
import api.revisions.tables
import api.texts.tables
import api.trials.tables  # noqa: F401 - importing each enters its tables into the metadata
from api.storage.connections import Database, Dialect
from api.storage.engine import WRITES, engine_for
from api.storage.tables import Row

_LOCK = 20261123
"""Name of the lock that makes two processes migrate one after the other; the second then finds nothing to do."""


def run() -> None:
    """Run the asked-for migrations, all in one transaction."""
    database = context.config.attributes["database"]
    if not isinstance(database, Database):
        raise TypeError(f"Migrations run through `kedai migrate`, which gives them the database; got {database!r}.")
    engine = engine_for(database, pool_size=1).execution_options(**{WRITES: True})
    with engine.connect() as connection, connection.begin():
        if database.dialect is Dialect.POSTGRESQL:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        context.configure(connection=connection, target_metadata=Row.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
