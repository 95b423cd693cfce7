"""Contract texts as the HTTP interface and the command line answer them."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from api.revisions.shapes import EventShape, event_shape
from api.texts.desk import StandingText, State
from templates.library import Clause, DocumentDefinition, Form
from templates.positions import Position
from templates.texts import Texts, WordTemplate, shipped_texts
from templates.versions import Text, sha256_of
from templates.wording import Language


class Shape(BaseModel):
    """Base of all answers: immutable."""

    model_config = ConfigDict(frozen=True)


class ClauseLine(Shape):
    """A clause as a list shows it."""

    id: str
    version: str
    zh: str
    en: str
    owner: str
    approval: str
    mandatory: bool
    standard_term: bool
    applies_when: str
    in_force_from: date
    positions: tuple[str, ...]
    shipped: bool = Field(description="whether it is the shipped text; otherwise the organisation approved its own")


class DocumentLine(Shape):
    """A document as a list shows it."""

    id: str
    version: str
    zh: str
    en: str
    applies_when: str
    clauses: tuple[str, ...]
    shipped: bool


class WordLine(Shape):
    """A Word template in force."""

    name: str
    number: int
    document: str
    language: Language
    bytes: int
    sha256: str


class TextsAnswer(Shape):
    """The texts of a contract signed on a day."""

    on: date
    clauses: tuple[ClauseLine, ...]
    documents: tuple[DocumentLine, ...]
    word: tuple[WordLine, ...]


class Wording(Shape):
    """A clause in one language."""

    title: str
    source: str = Field(description="the text as it is written, front matter included")
    sha256: str
    positions: tuple[Position, ...]


class ClauseAnswer(ClauseLine):
    """A clause in full."""

    form: Form
    basis: tuple[str, ...]
    texts: dict[Language, Wording]
    documents: tuple[str, ...] = Field(description="documents that contain it")


class VersionLine(Shape):
    """A version of an organisation's own text as a list shows it."""

    id: str
    kind: str = Field(description="clause, document or word")
    name: str
    number: int = Field(description="place among the versions of this text, from 1")
    state: State
    in_force_from: date
    withdrawn_from: date | None = Field(description="the day from which it holds no more; null while none is set")
    sha256: str = Field(description="of the text's canonical JSON")
    url: str


class VersionAnswer(VersionLine):
    """A version in full."""

    text: Text
    history: tuple[EventShape, ...]


class VersionList(Shape):
    """The versions of an organisation's own texts, by kind, name and number."""

    items: tuple[VersionLine, ...]


class FaultShape(Shape):
    """One thing wrong with a text."""

    path: str
    message: str
    value: str


class FaultList(Shape):
    """What is wrong with a text; nothing is stored."""

    items: tuple[FaultShape, ...]
    notes: tuple[str, ...] = Field(default=(), description="what is worth knowing and no fault: tags split over runs")


def texts_answer(texts: Texts, on: date) -> TextsAnswer:
    """The texts in force on a day."""
    ids = sorted({name for name, _ in texts.clauses})
    return TextsAnswer(
        on=on,
        clauses=tuple(ClauseLine(**_clause_line(texts, name)) for name in ids),
        documents=tuple(map(_document_line, texts.documents)),
        word=tuple(_word_line(each) for _, each in sorted(texts.word.items())),
    )


def clause_answer(texts: Texts, name: str) -> ClauseAnswer | None:
    """One clause in full; None if there is none of this id."""
    if (name, Language.ZH) not in texts.clauses:
        return None
    front = texts.clauses[name, Language.ZH].front
    return ClauseAnswer(
        **_clause_line(texts, name),
        form=front.form,
        basis=front.basis,
        texts={language: _wording(texts.clauses[name, language]) for language in Language},
        documents=tuple(each.id for each in texts.documents if name in each.clauses),
    )


def _wording(clause: Clause) -> Wording:
    front = clause.front
    return Wording(title=front.title, source=clause.source, sha256=clause.digest, positions=front.positions)


def _clause_line(texts: Texts, name: str) -> dict[str, object]:
    clause, english = texts.clauses[name, Language.ZH], texts.clauses[name, Language.EN]
    front, shipped = clause.front, shipped_texts().clauses.get((name, Language.ZH))
    return {
        "id": name,
        "version": front.version,
        "zh": front.title,
        "en": english.front.title,
        "owner": front.owner,
        "approval": front.approval,
        "mandatory": front.mandatory,
        "standard_term": front.standard_term,
        "applies_when": front.applies_when,
        "in_force_from": front.in_force_from,
        "positions": tuple(each.id for each in front.positions),
        "shipped": shipped is not None and shipped.digest == clause.digest,
    }


def _document_line(document: DocumentDefinition) -> DocumentLine:
    shipped = shipped_texts().document(document.id)
    return DocumentLine(
        id=document.id,
        version=document.version,
        zh=document.title[Language.ZH],
        en=document.title[Language.EN],
        applies_when=document.applies_when,
        clauses=document.clauses,
        shipped=shipped is not None and shipped.digest == document.digest,
    )


def _word_line(template: WordTemplate) -> WordLine:
    return WordLine(
        name=template.name,
        number=template.number,
        document=template.document,
        language=template.language,
        bytes=len(template.content),
        sha256=template.digest,
    )


def version_answer(standing: StandingText) -> VersionAnswer:
    """A version in full."""
    version = standing.version
    return VersionAnswer(
        **dict(_version_line(standing)), text=version.text, history=tuple(map(event_shape, version.history))
    )


def version_list(found: tuple[StandingText, ...]) -> VersionList:
    """The list of versions."""
    return VersionList(items=tuple(map(_version_line, found)))


def _version_line(standing: StandingText) -> VersionLine:
    version = standing.version
    return VersionLine(
        id=version.id,
        kind=version.text.kind,
        name=version.text.name,
        number=version.number,
        state=standing.state,
        in_force_from=version.text.day,
        withdrawn_from=None if version.approval is None else version.approval.withdrawn_from,
        sha256=sha256_of(version.text),
        url=f"/v1/texts/versions/{version.id}",
    )
