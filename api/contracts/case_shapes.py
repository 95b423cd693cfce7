"""What belongs to a drawn set and its case, as the HTTP interface and the command line answer it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.contracts.redrawing import Verification
from api.storage.stored import Paper, ReturnedFile, StoredEntry
from templates.positions import Position
from templates.redline.comparison import ReturnedReport


class Shape(BaseModel):
    """Base of all answers: immutable."""

    model_config = ConfigDict(frozen=True)


class ChainAnswer(Shape):
    """The chain of drawn sets."""

    entries: int
    last: str | None = Field(
        description="digest of the last entry; keep it elsewhere to prove that nothing was cut off"
    )
    broken_at: int | None = Field(description="position of the first entry that does not fit; null if all do")


class VerificationAnswer(Shape):
    """Whether a set comes out byte for byte when it is drawn again, and whether the chain is whole."""

    contract_set: str
    same: bool
    differing: tuple[str, ...]
    drawn_by: str = Field(description="release of kedai that drew the set")
    verified_by: str
    chain_broken_at: int | None


class PaperAnswer(Shape):
    """A paper of a case."""

    id: str
    decision_id: str
    created_at: datetime
    kind: str
    filename: str
    media_type: str
    actor: str
    bytes: int
    sha256: str
    url: str


class PaperList(Shape):
    """The papers of a case, oldest first."""

    items: tuple[PaperAnswer, ...]


class DifferenceShape(Shape):
    """One paragraph or row that the other side changed, inserted or deleted."""

    heading: str
    clause: str = Field(description="id of the clause under this heading; empty where there is none")
    kind: str
    before: str
    after: str
    figures_before: tuple[str, ...] = Field(description="figures that went")
    figures_after: tuple[str, ...] = Field(description="figures that came")


class MarkShape(Shape):
    """A change that Word recorded, or a comment."""

    kind: str
    author: str
    text: str


class FigureShape(Shape):
    """A figure that neither decision nor particulars know."""

    kind: str
    text: str
    line: str


class TouchedClause(Shape):
    """A negotiable clause that was changed, with what may be answered."""

    clause: str
    owner: str
    positions: tuple[Position, ...]


class GateShape(Shape):
    """A gate on the text that a returned document does not pass."""

    gate: str
    severity: str
    article: str
    problem: str
    remedy: str
    zh: str


class ReturnedAnswer(Shape):
    """What the other side did to a document, as it was found when the document came back."""

    contract_set: str
    received_at: datetime
    actor: str = Field(description="who sent the file in; empty if nobody was named")
    sha256: str = Field(description="of the file")
    bytes: int
    document: str
    language: str
    title: str
    unchanged: bool
    differences: tuple[DifferenceShape, ...]
    changes: tuple[MarkShape, ...] = Field(description="tracked changes")
    comments: tuple[MarkShape, ...]
    figures: tuple[FigureShape, ...] = Field(description="all changes accepted")
    margins: tuple[str, ...] = Field(description="headers, footers and notes that were not drawn")
    negotiable: tuple[TouchedClause, ...]
    gates: tuple[GateShape, ...] = Field(description="gates that the text does not pass, all changes accepted")


class ReturnedEntry(Shape):
    """A returned file that is stored with its report."""

    id: str
    contract_set: str
    received_at: datetime
    actor: str
    document: str
    language: str
    unchanged: bool
    bytes: int
    sha256: str = Field(description="of the file")
    report_sha256: str = Field(description="of the report's bytes as its address answers them")
    url: str
    file_url: str


class ReturnedList(Shape):
    """The files that came back for a set, oldest first."""

    items: tuple[ReturnedEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that came back for a set: when, from whom, and what it is."""

    contract_set_id: str
    at: datetime
    actor: str
    content: bytes


def returned_entry(found: ReturnedFile) -> ReturnedEntry:
    """A stored returned file."""
    return ReturnedEntry(
        id=found.id,
        contract_set=found.contract_set_id,
        received_at=found.created_at,
        actor=found.actor,
        document=found.document,
        language=found.language,
        unchanged=found.unchanged,
        bytes=found.size,
        sha256=found.sha256,
        report_sha256=found.report_sha256,
        url=f"/v1/returned/{found.id}",
        file_url=f"/v1/returned/{found.id}/file",
    )


def returned_answer(report: ReturnedReport, received: Received) -> ReturnedAnswer:
    """The report on a returned file."""
    document = report.drafted.document
    return ReturnedAnswer(
        contract_set=received.contract_set_id,
        received_at=received.at,
        actor=received.actor,
        sha256=hashlib.sha256(received.content).hexdigest(),
        bytes=len(received.content),
        document=document.kind,
        language=document.language.value,
        title=report.drafted.definition.title[report.drafted.clauses[0].front.language],
        unchanged=report.unchanged,
        differences=tuple(
            DifferenceShape(
                heading=each.heading,
                clause=each.clause,
                kind=each.kind.value,
                before=each.before,
                after=each.after,
                figures_before=each.figures_before,
                figures_after=each.figures_after,
            )
            for each in report.differences
        ),
        changes=tuple(MarkShape(kind=each.kind.value, author=each.author, text=each.text) for each in report.changes),
        comments=tuple(MarkShape(kind="comment", author=each.author, text=each.text) for each in report.comments),
        figures=tuple(FigureShape(kind=each.kind.value, text=each.text, line=each.line) for each in report.figures),
        margins=report.margins,
        negotiable=tuple(
            TouchedClause(clause=front.id, owner=front.owner, positions=front.positions) for front in report.touched
        ),
        gates=tuple(
            GateShape(
                gate=gap.gate,
                severity=gap.severity.value,
                article=gap.article,
                problem=gap.problem,
                remedy=gap.remedy,
                zh=gap.zh,
            )
            for result in report.gates
            for gap in result.gaps
        ),
    )


def chain_answer(entries: tuple[StoredEntry, ...], broken_at: int | None) -> ChainAnswer:
    """The state of the chain."""
    return ChainAnswer(entries=len(entries), last=entries[-1].digest if entries else None, broken_at=broken_at)


def verification_answer(found: Verification) -> VerificationAnswer:
    """What came of a verification."""
    return VerificationAnswer(
        contract_set=found.set_id,
        same=found.same,
        differing=found.differing,
        drawn_by=found.drawn_by,
        verified_by=found.verified_by,
        chain_broken_at=found.broken_entry,
    )


def paper_answer(paper: Paper) -> PaperAnswer:
    """A paper of a case."""
    return PaperAnswer(
        id=paper.id,
        decision_id=paper.decision_id,
        created_at=paper.created_at,
        kind=paper.kind,
        filename=paper.filename,
        media_type=paper.media_type,
        actor=paper.actor,
        bytes=paper.size,
        sha256=paper.sha256,
        url=f"/v1/attachments/{paper.id}",
    )


def paper_list(found: tuple[Paper, ...]) -> PaperList:
    """The papers of a case."""
    return PaperList(items=tuple(map(paper_answer, found)))
