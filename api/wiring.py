"""Settings become objects here and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import products
import scoring
from api.clock import now
from api.headroom.reading import stored_reservations
from api.plugins.fault_log import FaultLog
from api.plugins.installed import for_organisation, installed, stored_state
from api.revisions.reading import with_stored_revisions
from api.settings import Settings, SettingsError
from api.storage import ledger, schema
from api.storage.connections import Connection, Database, database_at
from api.trials.reading import running_trials
from api.underwriting import Underwriter
from products.guarantee.library import Library, load_library
from scoring.recalibration import load_recalibration

if TYPE_CHECKING:
    from sqlalchemy import Engine

    import templates
    from api.headroom.desk import HeadroomDesk
    from api.headroom.store import HeadroomStore
    from api.revisions.desk import Desk
    from api.revisions.store import RevisionStore
    from api.storage.repository import Repository
    from api.texts.desk import TextDesk
    from api.web.office import Office


def underwriter(settings: Settings, catalogue: products.Catalogue | None = None) -> Underwriter:
    """The underwriter of the organisation, with the products of a catalogue; with every installed one if left out."""
    return Underwriter(
        organisation=settings.organisation,
        catalogue=catalogue or installed(settings).catalogue,
        scorecard=scorecard(settings),
        utc_offset_minutes=settings.utc_offset_minutes,
        application_limit_bytes=settings.body_limit_bytes,
    )


def underwriter_as_stored(settings: Settings) -> Underwriter:
    """The underwriter with all that the organisation has laid down, and the headroom it holds, for commands that run
    once."""
    database = database_at(settings.database_url)
    return replace(
        underwriter(settings, catalogue_as_stored(settings)),
        trials=running_trials(database, settings.organisation),
        reservations=partial(stored_reservations, database, settings.organisation),
    )


def offered(settings: Settings) -> products.Catalogue:
    """What is installed, as the organisation has admitted and configured it by now."""
    state = stored_state(database_at(settings.database_url), settings.organisation)
    return for_organisation(installed(settings).catalogue, state)


def catalogue_as_stored(settings: Settings) -> products.Catalogue:
    """What is installed, as the organisation has admitted, configured and revised it by now."""
    return with_stored_revisions(offered(settings), database_at(settings.database_url), settings.organisation)


def fault_log(settings: Settings, host: products.PluginHost, database: Database, engine: Engine) -> FaultLog:
    """The organisation's log of what plugins at a host do wrong, through the connections of an engine."""
    return FaultLog(host, database, engine.raw_connection, settings.organisation)


def rule_books(settings: Settings) -> Library:
    """The guarantee rule books shipped and the bank's own. SettingsError if the folder of the latter is none."""
    if settings.rule_books is None:
        return load_library()
    if not settings.rule_books.is_dir():
        raise SettingsError(
            f"KEDAI_RULE_BOOKS={settings.rule_books} is no folder; name the folder with the YAML books."
        )
    return load_library(settings.rule_books)


def scorecard(settings: Settings) -> scoring.Scorecard:
    """The score that decides. SettingsError if its artefact or calibration cannot be used."""
    path = settings.scorecard or scoring.DEMO_ARTEFACT
    try:
        score = scoring.load(path)
        if settings.calibration is None:
            return score
        path = settings.calibration
        return load_recalibration(path, score)
    except (OSError, scoring.ArtefactError) as error:
        raise SettingsError(
            f"The score artefact {path} cannot be used: {error} Correct KEDAI_SCORECARD or KEDAI_CALIBRATION."
        ) from error


@cache
def printer(fonts: Path) -> templates.Printer:
    """Who makes PDFs with the fonts in a folder; kept, because a warm compiler is ten times as fast.

    SettingsError if the fonts are not there.
    """
    from templates.writing.pdf import FontsMissing, PdfWriter  # noqa: PLC0415 - only those who want PDFs load the compiler

    try:
        return PdfWriter.with_noto(fonts)
    except FontsMissing as error:
        raise SettingsError(f"{error} KEDAI_PDF_FONTS names the folder.") from error


def prepared(settings: Settings) -> tuple[Database, Connection]:
    """The database, migrated if it was behind and holding the organisation, and an open connection to it.

    StorageError if it cannot be reached, or if it stands at a migration that this version does not know.
    """
    database = database_at(settings.database_url)
    connection = database.connect()
    try:
        schema.bring_to_head(database, connection)
        ledger.register_organisation(database, connection, settings.organisation, now())
    except BaseException:
        connection.close()
        raise
    return database, connection


def repository(settings: Settings) -> Repository:
    """The organisation's rows, through a pool of connections to the prepared database."""
    from api.storage.engine import engine_for  # noqa: PLC0415 - deciding on the command line does without the object mapper
    from api.storage.repository import Repository  # noqa: PLC0415 - as above

    database, connection = prepared(settings)
    connection.close()
    engine = engine_for(database, pool_size=settings.pool_size)
    return Repository(database=database, engine=engine, organisation=settings.organisation)


def office(settings: Settings) -> Office:
    """Everything one server process works with."""
    from anyio import CapacityLimiter  # noqa: PLC0415 - only a server needs it

    from api.headroom.store import HeadroomStore  # noqa: PLC0415 - only a server needs it
    from api.revisions.live import LiveUnderwriter  # noqa: PLC0415 - only a server needs it
    from api.revisions.store import RevisionStore  # noqa: PLC0415 - only a server needs it
    from api.shadows.beside import BesideWorker  # noqa: PLC0415 - only a server needs it
    from api.storage.engine import engine_for  # noqa: PLC0415 - only a server needs it
    from api.web.office import Office  # noqa: PLC0415 - only a server needs it

    rows, here = repository(settings), installed(settings)
    store = RevisionStore(rows.database, rows.engine, settings.organisation)
    reserved = HeadroomStore(rows.database, rows.engine, settings.organisation)
    live = LiveUnderwriter(replace(underwriter(settings, here.catalogue), reservations=reserved.of_client), store)
    apart = RevisionStore(rows.database, engine_for(rows.database, pool_size=1), settings.organisation)
    host = here.catalogue.host
    beside_log = fault_log(settings, host, apart.database, apart.engine)
    return Office(
        settings=settings,
        installed=here,
        live=live,
        beside=BesideWorker(live, desk(settings, apart, here.catalogue), beside_log.store),
        faults=fault_log(settings, host, rows.database, rows.engine),
        revision_desk=desk(settings, store, here.catalogue),
        headroom_desk=headroom_desk(reserved, here.catalogue),
        text_desk=text_desk(settings, rows),
        repository=rows,
        threads=CapacityLimiter(settings.pool_size),
        library=rule_books(settings),
    )


def desk(settings: Settings, store: RevisionStore, catalogue: products.Catalogue) -> Desk:
    """The desk of the organisation's product team, over what it is offered."""
    from api.revisions.desk import Desk  # noqa: PLC0415 - as above

    key = settings.revision_key
    return Desk(
        store=store,
        catalogue=catalogue,
        key=key.get_secret_value().encode() if key is not None else None,
        utc_offset_minutes=settings.utc_offset_minutes,
    )


def headroom_desk(store: HeadroomStore, catalogue: products.Catalogue) -> HeadroomDesk:
    """The desk that reserves the organisation's headroom, over what it is offered."""
    from api.headroom.desk import HeadroomDesk  # noqa: PLC0415 - deciding does without it

    return HeadroomDesk(store=store, catalogue=catalogue)


def text_desk(settings: Settings, rows: Repository) -> TextDesk:
    """The desk of the organisation's legal team, over its rows."""
    from api.texts.desk import TextDesk  # noqa: PLC0415 - as above
    from api.texts.store import TextStore  # noqa: PLC0415 - as above

    return TextDesk(
        store=TextStore(rows.database, rows.engine, settings.organisation),
        utc_offset_minutes=settings.utc_offset_minutes,
    )
