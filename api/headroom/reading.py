"""An enterprise's reservations for commands that run once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from api.storage import schema
from api.storage.connections import Database, Dialect
from products.headroom import ClientReservation


def stored_reservations(database: Database, organisation: str, uscc: str) -> tuple[ClientReservation, ...]:
    """The reservations that a database holds for an enterprise; none where it is not migrated.

    A database that does not exist yet is not made. The object mapper is loaded only where there is something to read.
    """
    if database.dialect is Dialect.SQLITE and not Path(database.location).exists():
        return ()
    if not _any(database, organisation, uscc):
        return ()
    from api.headroom.store import HeadroomStore  # noqa: PLC0415 - as above
    from api.storage.engine import engine_for  # noqa: PLC0415 - most enterprises have no reservation

    engine = engine_for(database, pool_size=1)
    try:
        return HeadroomStore(database, engine, organisation).of_client(uscc)
    finally:
        engine.dispose()


def _any(database: Database, organisation: str, uscc: str) -> bool:
    with closing(database.connect()) as connection:
        if schema.version(database, connection) != schema.HEAD:
            return False
        cursor = connection.cursor()
        own, whose = database.parameter("organisation"), database.parameter("uscc")
        cursor.execute(
            f"SELECT 1 FROM headroom_reservation WHERE organisation_id = {own} AND applicant_uscc = {whose} LIMIT 1",  # noqa: S608 - only placeholders
            {"organisation": organisation, "uscc": uscc},
        )
        return cursor.fetchone() is not None
