"""The chain of drawn sets: one entry per set and organisation, each covering the one before by its digest.

An entry is written with its set, in one transaction that holds the organisation's place, so positions have no gap and
no fork; a foreign key ties each entry to the one before. Whoever changed, removed or slipped in a set later would
have to change every entry after it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from api.contracts.case_tables import ContractEntry, ContractText
from api.storage.ids import is_id, new_id
from api.storage.stored import SetSources, StoredEntry
from api.storage.tables import ContractSet
from products.canonical import digest


def append_entry(connection: Connection, drawn: ContractSet, sources: SetSources) -> None:
    """Write the entry of a set and, once per organisation, the texts it was drawn from."""
    organisation = drawn.organisation_id
    _keep_texts(connection, drawn, sources.texts)
    last = _last(connection, organisation)
    entry = StoredEntry(
        position=1 if last is None else last.position + 1,
        contract_set_id=drawn.id,
        created_at=drawn.created_at,
        manifest_sha256=drawn.sha256,
        sources_sha256=hashlib.sha256(sources.body).hexdigest(),
        retention_class=sources.retention_class,
        kept_until=sources.kept_until,
        previous=None if last is None else last.digest,
        digest="",
    )
    connection.execute(
        insert(ContractEntry),
        {
            "organisation_id": organisation,
            "id": new_id(),
            "created_at": entry.created_at,
            "contract_set_id": entry.contract_set_id,
            "position": entry.position,
            "manifest_sha256": entry.manifest_sha256,
            "sources": sources.body,
            "sources_sha256": entry.sources_sha256,
            "retention_class": entry.retention_class,
            "kept_until": entry.kept_until,
            "previous_position": None if last is None else last.position,
            "previous_digest": entry.previous,
            "digest": digest_of(entry),
        },
    )


def digest_of(entry: StoredEntry) -> str:
    """SHA-256 over the entry's canonical JSON, the digest of the one before included."""
    return digest(
        {
            "position": entry.position,
            "contract_set": entry.contract_set_id,
            "at": entry.created_at.isoformat(),
            "manifest": entry.manifest_sha256,
            "sources": entry.sources_sha256,
            "retention_class": entry.retention_class,
            "kept_until": entry.kept_until and entry.kept_until.isoformat(),
            "previous": entry.previous or "",
        }
    )


def first_broken(found: Iterable[StoredEntry]) -> int | None:
    """The position of the first entry that does not follow the one before or fit its digest; None if all do."""
    previous: str | None = None
    for position, entry in enumerate(found, start=1):
        if entry.position != position or entry.previous != previous or digest_of(entry) != entry.digest:
            return position
        previous = entry.digest
    return None


def entries(connection: Connection, organisation: str) -> tuple[StoredEntry, ...]:
    """The chain of an organisation, from its first entry on."""
    return _read(connection, organisation)


def entry_of(connection: Connection, organisation: str, set_id: str) -> StoredEntry | None:
    """The entry of a set."""
    found = _read(connection, organisation, col(ContractEntry.contract_set_id) == set_id)
    return found[0] if found else None


def sources_of(connection: Connection, organisation: str, set_id: str) -> tuple[bytes, bytes] | None:
    """What a set was drawn from, and the texts that it names."""
    if not is_id(set_id):
        return None
    query = select(col(ContractEntry.sources)).where(
        col(ContractEntry.organisation_id) == organisation, col(ContractEntry.contract_set_id) == set_id
    )
    body: bytes | None = connection.execute(query).scalar_one_or_none()
    if body is None:
        return None
    named = select(col(ContractText.body)).where(
        col(ContractText.organisation_id) == organisation, col(ContractText.id) == texts_named(body)
    )
    return body, connection.execute(named).scalar_one()


def texts_named(sources: bytes) -> str:
    """The SHA-256 of the texts in the JSON of a set's sources."""

    return str(json.loads(sources)["texts"])


def _keep_texts(connection: Connection, drawn: ContractSet, texts: bytes) -> None:
    name = hashlib.sha256(texts).hexdigest()
    known = select(col(ContractText.id)).where(
        col(ContractText.organisation_id) == drawn.organisation_id, col(ContractText.id) == name
    )
    if connection.execute(known).first() is None:
        row = {"organisation_id": drawn.organisation_id, "id": name, "created_at": drawn.created_at, "body": texts}
        connection.execute(insert(ContractText), row)


def _last(connection: Connection, organisation: str) -> StoredEntry | None:
    query = (
        select(*_COLUMNS)
        .where(col(ContractEntry.organisation_id) == organisation)
        .order_by(col(ContractEntry.position).desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _entry(row)


def _read(connection: Connection, organisation: str, *conditions: Any) -> tuple[StoredEntry, ...]:
    query = (
        select(*_COLUMNS)
        .where(col(ContractEntry.organisation_id) == organisation, *conditions)
        .order_by(col(ContractEntry.position))
    )
    return tuple(map(_entry, connection.execute(query)))


def _entry(row: Any) -> StoredEntry:
    return StoredEntry(
        position=row.position,
        contract_set_id=row.contract_set_id,
        created_at=row.created_at,
        manifest_sha256=row.manifest_sha256,
        sources_sha256=row.sources_sha256,
        retention_class=row.retention_class,
        kept_until=row.kept_until,
        previous=row.previous_digest,
        digest=row.digest,
    )


_COLUMNS = (
    col(ContractEntry.position),
    col(ContractEntry.contract_set_id),
    col(ContractEntry.created_at),
    col(ContractEntry.manifest_sha256),
    col(ContractEntry.sources_sha256),
    col(ContractEntry.retention_class),
    col(ContractEntry.kept_until),
    col(ContractEntry.previous_digest),
    col(ContractEntry.digest),
)
