"""Rows written by hand for tests of the storage, which needs no kernel."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from api.storage.connections import Database
from api.storage.ids import new_id
from api.storage.ledger import register_organisation
from api.storage.rows import ApplicationRow, DecisionRow, decision_row
from products.explaining.answer import Decision

MOMENT = datetime(2026, 7, 23, 1, 30, tzinfo=UTC)
ORGANISATION = "default"
HAND_WRITTEN = Decision.model_validate_json((Path(__file__).parent / "data" / "decision.json").read_bytes())


def application_row(*, name: str = "乐山精工机械有限公司", organisation: str = ORGANISATION) -> ApplicationRow:
    """An application's row; its body is any JSON text."""
    return ApplicationRow(
        organisation_id=organisation,
        id=new_id(),
        created_at=MOMENT,
        applicant_uscc="91511100MA6XX0TE50",
        applicant_name=name,
        body=b'{"request":{}}',
        sha256="0" * 64,
    )


def rows(*, organisation: str = ORGANISATION, **changes: object) -> tuple[ApplicationRow, DecisionRow]:
    """An application with the hand-written decision under a new id; ``changes`` are fields of its row."""
    application = application_row(organisation=organisation)
    decision = HAND_WRITTEN.model_copy(update={"id": new_id()})
    return application, replace(decision_row(decision, application=application), **changes)  # type: ignore[arg-type]


def register(database: Database, organisation: str = ORGANISATION) -> None:
    """Add an organisation."""
    connection = database.connect()
    register_organisation(database, connection, organisation, MOMENT)
    connection.close()
