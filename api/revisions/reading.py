"""The catalogue with the revisions a database holds, for commands that run once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import products
from api.storage import schema
from api.storage.connections import Database, Dialect


def with_stored_revisions(catalogue: products.Catalogue, database: Database, organisation: str) -> products.Catalogue:
    """The catalogue with the organisation's approved revisions; as it is where no migrated database holds any.

    A database that does not exist yet is not made. The object mapper is loaded only where there is something to read.
    """
    if database.dialect is Dialect.SQLITE and not Path(database.location).exists():
        return catalogue
    if not _any_approved(database, organisation):
        return catalogue
    from api.revisions.store import RevisionStore, approvals  # noqa: PLC0415 - as above
    from api.storage.engine import engine_for  # noqa: PLC0415 - most databases hold no revisions
    from products.revising.lines import with_lines  # noqa: PLC0415 - as above

    engine = engine_for(database, pool_size=1)
    try:
        with RevisionStore(database, engine, organisation).reading() as rows:
            return with_lines(catalogue, approvals(rows.all()))
    finally:
        engine.dispose()


def _any_approved(database: Database, organisation: str) -> bool:
    with closing(database.connect()) as connection:
        if schema.version(database, connection) != schema.HEAD:
            return False
        cursor = connection.cursor()
        cursor.execute(
            "SELECT 1 FROM revision_event WHERE kind = 'approved' AND "  # noqa: S608 - only a placeholder
            f"organisation_id = {database.parameter('organisation')} LIMIT 1",
            {"organisation": organisation},
        )
        return cursor.fetchone() is not None
