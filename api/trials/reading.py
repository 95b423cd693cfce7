"""The trials that are running by what a database holds, for commands that run once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from api.storage import schema
from api.storage.connections import Database, Dialect

if TYPE_CHECKING:
    from products.trials.deciding import RunningTrial


def running_trials(database: Database, organisation: str) -> tuple[RunningTrial, ...]:
    """The organisation's running trials; none where no migrated database holds any."""
    if not any_row(database, "trial_event", organisation):
        return ()
    from api.storage.engine import engine_for  # noqa: PLC0415 - most databases hold no trials
    from api.trials.store import TrialRows  # noqa: PLC0415 - as above

    engine = engine_for(database, pool_size=1)
    try:
        with engine.connect() as connection:
            found = TrialRows(connection, organisation).all()
    finally:
        engine.dispose()
    return tuple(each.running for each in found if each.running is not None)


def any_row(database: Database, table: str, organisation: str) -> bool:
    """Whether a table of a migrated database holds a row of the organisation; the object mapper is not loaded."""
    if database.dialect is Dialect.SQLITE and not Path(database.location).exists():
        return False
    with closing(database.connect()) as connection:
        if schema.version(database, connection) != schema.HEAD:
            return False
        cursor = connection.cursor()
        cursor.execute(
            f"SELECT 1 FROM {table} WHERE organisation_id = {database.parameter('organisation')} LIMIT 1",  # noqa: S608 - a table of ours
            {"organisation": organisation},
        )
        return cursor.fetchone() is not None
