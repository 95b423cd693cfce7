"""`python -m migrations "what changes"` writes the next migration from the difference between tables and migrations."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from api.clock import now
from api.storage import schema
from api.storage.connections import Database, database_at
from api.storage.engine import engine_for
from api.storage.tables import Row


def write(message: str) -> str:
    """Write a dated migration to be read, completed and mirrored in `schema.HEAD`; returns its name.

    ValueError if tables and migrations agree, or if the message holds no word to name the migration by.
    """
    words = "_".join(re.findall(r"[a-z0-9]+", message.lower()))[:23].strip("_")
    if not words:
        raise ValueError(f"{message!r} names no change; describe it in a few English words.")
    with tempfile.TemporaryDirectory() as folder:
        database = database_at(f"sqlite:///{Path(folder) / 'kedai.db'}")
        schema.upgrade(database)
        if not _differences(database):
            raise ValueError("Tables and migrations agree; change api/storage/tables.py first.")
        name = f"{now():%Y%m%d}_{words}"
        command.revision(schema.config(database), message, autogenerate=True, rev_id=name)
    return name


def _differences(database: Database) -> bool:
    engine = engine_for(database, pool_size=1)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = bool(compare_metadata(context, Row.metadata))
    engine.dispose()
    return differences


if __name__ == "__main__":
    try:
        sys.stdout.write(f"migrations/versions/{write(' '.join(sys.argv[1:]))}.py\n")
    except ValueError as error:
        sys.exit(str(error))
