"""The state of the database's schema: a cheap look, and the way up and down through the migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.storage.connections import Connection, Database, Dialect, StorageError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "20261124_returned"
"""The newest migration; a test compares it with the migrations themselves."""

_VERSION_TABLE: Final = {
    Dialect.SQLITE: "SELECT name FROM sqlite_master WHERE name = 'alembic_version'",
    Dialect.POSTGRESQL: "SELECT to_regclass('alembic_version')",
}


def version(database: Database, connection: Connection) -> str | None:
    """The migration the database stands at, None before the first one. Two small queries; Alembic is not loaded."""
    cursor = connection.cursor()
    cursor.execute(_VERSION_TABLE[database.dialect])
    found = cursor.fetchone()
    if found is None or found[0] is None:
        connection.rollback()
        return None
    cursor.execute("SELECT version_num FROM alembic_version")
    row = cursor.fetchone()
    connection.rollback()
    return str(row[0]) if row else None


def require_head(database: Database, connection: Connection) -> None:
    """StorageError unless the database stands at `HEAD`."""
    standing = version(database, connection)
    if standing != HEAD:
        raise StorageError(
            f"The database stands at migration {standing or 'none'}, this version of kedai needs {HEAD}. "
            "Run `kedai migrate up`."
        )


def bring_to_head(database: Database, connection: Connection) -> None:
    """Migrate if the database is behind. StorageError if it stands where this version of kedai has never been."""
    standing = version(database, connection)
    if standing == HEAD:
        return
    if standing is not None and standing not in known():
        raise StorageError(
            f"The database stands at migration {standing}, which this version of kedai does not know; it needs {HEAD}. "
            "Use the version of kedai that migrated it, or another database."
        )
    upgrade(database)


def upgrade(database: Database, *, revision: str = "head") -> None:
    """Bring the schema up to ``revision``."""
    from alembic import command  # noqa: PLC0415 - loaded only when there is something to migrate

    command.upgrade(config(database), revision)


def downgrade(database: Database, *, revision: str) -> None:
    """Take the schema back to ``revision`` (``base`` drops every table)."""
    from alembic import command  # noqa: PLC0415 - loaded only when there is something to migrate

    command.downgrade(config(database), revision)


def known() -> tuple[str, ...]:
    """Every migration, newest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - loaded only when there is something to migrate

    return tuple(script.revision for script in ScriptDirectory(_scripts()).walk_revisions())


def config(database: Database) -> Config:
    """Alembic's configuration for the migrations of kedai on ``database``."""
    from alembic.config import Config  # noqa: PLC0415 - loaded only when there is something to migrate

    made = Config()
    made.set_main_option("script_location", _scripts())
    made.set_main_option("path_separator", "os")
    made.set_main_option("file_template", "%%(rev)s")
    made.attributes["database"] = database
    return made


def _scripts() -> str:
    from importlib.resources import files  # noqa: PLC0415 - loaded only when there is something to migrate

    return str(files("migrations"))
