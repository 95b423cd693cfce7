"""Papers that come with a case: what may be stored, read by its first bytes and not by its name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.contracts.case_tables import Attachment
from api.contracts.drafting import Fault
from api.storage.ids import new_id
from api.storage.repository import Repository
from api.storage.stored import Paper
from products.chained_events import LONGEST_ACTOR
from templates.case.attachments import AttachmentKind
from templates.case.parties import printable
from templates.foreign_docx import RefusedDocx, safe_parts
from templates.writing import docx

SIGNATURES: Final = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    docx.MEDIA_TYPE: b"PK\x03\x04",
}
"""The types that may be stored, with the bytes that a file of each begins with."""
LONGEST_NAME: Final = 120


class RefusedPaper(ValueError):
    """A paper that is not stored; ``faults`` names everything wrong."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.message for fault in faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPaper:
    """A paper about to be stored."""

    kind: AttachmentKind
    filename: str
    media_type: str
    actor: str
    content: bytes


def store_paper(repository: Repository, decision_id: str, new: NewPaper, *, moment: datetime) -> Paper | None:
    """Store a paper of a case; None if there is no such decision. RefusedPaper if it may not be stored."""
    faults = (*_name_faults(new), *_content_faults(new))
    if faults:
        raise RefusedPaper(*faults)
    if repository.decision(decision_id) is None:
        return None
    return repository.add_attachment(
        Attachment(
            organisation_id=repository.organisation,
            id=new_id(),
            created_at=moment,
            decision_id=decision_id,
            kind=new.kind.value,
            filename=new.filename,
            media_type=new.media_type,
            actor=new.actor,
            size=len(new.content),
            content=new.content,
            sha256=hashlib.sha256(new.content).hexdigest(),
        )
    )


def _name_faults(new: NewPaper) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    for path, text, most in (("filename", new.filename, LONGEST_NAME), ("actor", new.actor, LONGEST_ACTOR)):
        try:
            printable(text)
        except ValueError as error:
            faults.append(Fault(f"query.{path}", str(error), ""))
            continue
        if len(text) > most:
            faults.append(
                Fault(f"query.{path}", f"It has {len(text)} characters; at most {most} are kept. Shorten it.")
            )
    if any(mark in new.filename for mark in "/\\:") or new.filename.startswith("."):
        faults.append(
            Fault("query.filename", "A file's name holds no folder. Give the name alone.", new.filename[:100])
        )
    return tuple(faults)


def _content_faults(new: NewPaper) -> tuple[Fault, ...]:
    signature = SIGNATURES.get(new.media_type)
    if signature is None:
        known = ", ".join(SIGNATURES)
        return (Fault("Content-Type", f"{new.media_type} is not kept. Send one of: {known}.", new.media_type),)
    if not new.content.startswith(signature):
        return (Fault("", f"The file does not begin as {new.media_type} does. Declare the type it has.", ""),)
    if new.media_type == docx.MEDIA_TYPE:
        try:
            safe_parts(new.content)
        except RefusedDocx as refused:
            return (Fault("", str(refused), ""),)
    return ()
