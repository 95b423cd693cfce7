"""Documents that came back from negotiation: compared with the set they belong to, and kept with the report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from api.contracts.case_shapes import Received, ReturnedAnswer, returned_answer
from api.contracts.case_tables import ReturnedDocument
from api.contracts.redrawing import redraw
from api.storage.ids import new_id
from api.storage.repository import Repository
from api.storage.stored import ReturnedFile


@dataclass(frozen=True, slots=True)
class Checked:
    """The report on a document that came back, and where both are stored."""

    stored: ReturnedFile
    report: ReturnedAnswer


def check_and_keep(
    repository: Repository,
    set_id: str,
    content: bytes,
    *,
    actor: str,
    moment: datetime,
    named: tuple[str, str] | None = None,
) -> Checked | None:
    """Compare a file with the set it belongs to and store it with the report; None if there is no such set.

    RefusedDocx, NoSuchDocument or NoSources if it cannot be compared; nothing is stored.
    """
    redrawn = redraw(repository, set_id, printer=None)
    if redrawn is None:
        return None
    received = Received(contract_set_id=redrawn.stored.id, at=moment, actor=actor, content=content)
    report = returned_answer(redrawn.compared_with(content, named=named), received)
    body = report.model_dump_json().encode()
    stored = repository.add_returned(
        ReturnedDocument(
            organisation_id=repository.organisation,
            id=new_id(),
            created_at=moment,
            contract_set_id=redrawn.stored.id,
            actor=actor,
            document=report.document,
            language=report.language,
            unchanged=report.unchanged,
            size=len(content),
            content=content,
            sha256=report.sha256,
            report=body,
            report_sha256=hashlib.sha256(body).hexdigest(),
        )
    )
    return Checked(stored, report)
