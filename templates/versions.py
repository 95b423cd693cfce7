"""What a bank writes in place of shipped texts: clauses in both languages, document definitions, Word templates.

    {"kind": "clause", "zh": "---\\nid: loan-prepayment …", "en": "---\\nid: loan-prepayment …"}
    {"kind": "document", "definition": "id: loan-contract …", "in_force_from": "2027-01-01"}
    {"kind": "word", "document": "loan-contract", "language": "zh", "in_force_from": "2027-01-01", "file": "UEsDB…"}

Clauses and definitions are written as in the shipped files, a Word template is a DOCX in base64. What is written is
kept as written and checked against the texts it will stand among.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from products.applicant.reading import Problem
from products.canonical import digest
from products.revising.content import Day, InvalidRevision, Written, parsed, problem_of
from templates.foreign_docx import RefusedDocx
from templates.library import BadClause, BadDefinition, Clause, DocumentDefinition, read_clause, read_definition
from templates.markup import BadMarkup
from templates.texts import Texts, WordTemplate
from templates.upkeep import faults, language_faults
from templates.word import lint_word
from templates.wording import Language

GREATEST_TEXT: Final = 60_000
"""Characters of the longest clause or definition that is read: ten times the longest one shipped."""
GREATEST_FILE: Final = 4_000_000
"""Characters of the longest Word template in base64: three megabytes."""
TEXT: Final = "text"
"""How sentences call a version of a clause, a definition or a Word template."""
_SAME: Final = ("order", "context", "is_contract", "applies_when")


class InvalidText(ValueError):
    """A text that cannot be used as it stands; ``problems`` lists everything found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{each.path or TEXT}: {each.message}" for each in self.problems))


class ClauseText(Written):
    """A clause in both languages."""

    kind: Literal["clause"] = "clause"
    zh: Annotated[str, Field(max_length=GREATEST_TEXT)]
    en: Annotated[str, Field(max_length=GREATEST_TEXT)]

    def pair(self) -> dict[Language, Clause]:
        """The clause by language; InvalidText if one cannot be read."""
        return {Language.ZH: _clause(self.zh, Language.ZH), Language.EN: _clause(self.en, Language.EN)}

    @property
    def name(self) -> str:
        """The clause's id."""
        return self.pair()[Language.ZH].front.id

    @property
    def day(self) -> date:
        """The first day of signing on which it may be used."""
        return self.pair()[Language.ZH].front.in_force_from


class DocumentText(Written):
    """A document as an ordered list of clauses; it takes the place of the shipped one of the same id."""

    kind: Literal["document"] = "document"
    definition: Annotated[str, Field(max_length=GREATEST_TEXT)]
    in_force_from: Day

    def read(self) -> DocumentDefinition:
        """The definition; InvalidText if it cannot be read."""
        try:
            return _read_definition(self.definition)
        except BadDefinition as error:
            raise InvalidText([Problem("definition", str(error), "")]) from None

    @property
    def name(self) -> str:
        """The document's id."""
        return self.read().id

    @property
    def day(self) -> date:
        """The first day of signing on which it is drawn so."""
        return self.in_force_from


class WordText(Written):
    """A DOCX with tags from which one document is drawn in one language."""

    kind: Literal["word"] = "word"
    document: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    language: Language
    in_force_from: Day
    file: Annotated[str, Field(max_length=GREATEST_FILE, repr=False)]

    def content(self) -> bytes:
        """The file; InvalidText if it is not in base64."""
        try:
            return base64.b64decode(self.file, validate=True)
        except ValueError as error:
            raise InvalidText(
                [Problem("file", f"The file is not in base64: {error}. Encode the DOCX again.")]
            ) from None

    @property
    def name(self) -> str:
        """The document with its language; one Word template of it is in force at a time."""
        return f"{self.document}.{self.language.value}"

    @property
    def day(self) -> date:
        """The first day of signing on which it is drawn from."""
        return self.in_force_from


Text = ClauseText | DocumentText | WordText
_TEXT: Final[TypeAdapter[Text]] = TypeAdapter(Annotated[Text, Field(discriminator="kind")])


def text_from(value: object) -> Text:
    """The text in a parsed JSON value; InvalidText with every problem in it."""
    try:
        return _TEXT.validate_python(value)
    except ValidationError as invalid:
        details = invalid.errors(include_url=False, include_context=False)
        raise InvalidText(_problem(detail) for detail in details) from None


def word_text(content: bytes, document: str, language: Language, in_force_from: date) -> Text:
    """A DOCX as the text of a document; InvalidText if it is too large or names no document."""
    return text_from(
        {
            "kind": "word",
            "document": document,
            "language": language.value,
            "in_force_from": in_force_from.isoformat(),
            "file": base64.b64encode(content).decode(),
        }
    )


def read_text(payload: bytes, *, most_bytes: int) -> Text:
    """The text in a JSON payload; InvalidText with every problem in it."""
    try:
        return text_from(parsed(payload, most_bytes=most_bytes, what=TEXT))
    except InvalidRevision as error:
        raise InvalidText(error.problems) from None


def _problem(detail: Any) -> Problem:
    """As `problem_of`, without the name of the kind that pydantic puts before a path."""
    if detail["type"] in ("union_tag_not_found", "union_tag_invalid"):
        return Problem("kind", "The kind is missing or unknown. Give clause, document or word.", "")
    return problem_of({**detail, "loc": detail["loc"][1:], "input": _short(detail["input"])})


def _short(value: object) -> object:
    return value[:100] if isinstance(value, str) else value


def sha256_of(text: Text) -> str:
    """The digest of the text's canonical JSON."""
    return digest(text.model_dump(mode="json"))


def with_text(texts: Texts, text: Text, number: int) -> Texts:
    """The texts with this one in its place; ``number`` is its place in its line."""
    match text:
        case ClauseText():
            pair = {(clause.front.id, language): clause for language, clause in text.pair().items()}
            return Texts({**texts.clauses, **pair}, texts.documents, texts.word)
        case DocumentText():
            read = text.read()
            documents = tuple(read if each.id == read.id else each for each in texts.documents)
            return Texts(texts.clauses, documents, texts.word)
        case WordText():
            template = WordTemplate(text.name, number, text.document, text.language, text.content())
            return Texts(texts.clauses, texts.documents, {**texts.word, (text.document, text.language): template})


def check(text: Text, texts: Texts) -> None:
    """InvalidText with everything wrong with the text among those it would stand among."""
    problems = tuple(_problems(text, texts))
    if problems:
        raise InvalidText(problems)


def _problems(text: Text, texts: Texts) -> Iterator[Problem]:
    match text:
        case ClauseText():
            yield from _clause_problems(text, texts)
        case DocumentText():
            yield from _document_problems(text.read(), texts)
        case WordText():
            yield from _word_problems(text, texts)


def _clause_problems(text: ClauseText, texts: Texts) -> Iterator[Problem]:
    pair = text.pair()
    yield from (Problem("en", fault, "") for fault in language_faults(pair))
    front = pair[Language.ZH].front
    present = texts.clauses.get((front.id, Language.ZH))
    if present is not None and _version(front.version) <= _version(present.front.version):
        sentence = f"The version is {front.version}, not after {present.front.version}, which is in force. Raise it."
        yield Problem("zh", sentence, front.version)
    after = with_text(texts, text, 0)
    holding = [each for each in texts.documents if front.id in each.clauses]
    yield from (Problem("zh", fault, "") for fault in dict.fromkeys(faults(holding, after.clauses)))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _document_problems(read: DocumentDefinition, texts: Texts) -> Iterator[Problem]:
    present = texts.document(read.id)
    if present is None:
        known = ", ".join(each.id for each in texts.documents)
        yield Problem("definition", f"There is no document {read.id}. Take the id of one of: {known}.", read.id)
        return
    for name in _SAME:
        if getattr(read, name) != getattr(present, name):
            yield Problem("definition", f"{name} is {getattr(read, name)!r}; keep {getattr(present, name)!r}.", "")
    if _version(read.version) <= _version(present.version):
        yield Problem("definition", f"The version is {read.version}, not after {present.version}. Raise it.", "")
    for name in present.clauses:
        clause = texts.clauses[name, Language.ZH]
        if clause.front.mandatory and name not in read.clauses:
            basis = "; ".join(clause.front.basis)
            yield Problem("definition", f"The mandatory clause {name} ({basis}) is left out. Put it back.", "")
    yield from (Problem("definition", fault, "") for fault in faults([read], texts.clauses))


def _word_problems(text: WordText, texts: Texts) -> Iterator[Problem]:
    document = texts.document(text.document)
    if document is None or document.context not in _DRAWN_IN_WORD:
        known = ", ".join(each.id for each in texts.documents if each.context in _DRAWN_IN_WORD)
        yield Problem("document", f"No Word template draws {text.document}. Take one of: {known}.", text.document)
        return
    yield from word_problems(text.content(), document, text.language, texts)


def word_problems(content: bytes, document: DocumentDefinition, language: Language, texts: Texts) -> Iterator[Problem]:
    """Everything wrong with a DOCX as the Word template of a document."""
    try:
        found = lint_word(content, document, language, texts.clauses)
    except RefusedDocx as refused:
        yield Problem("file", str(refused), "")
        return
    yield from (Problem("file", str(fault), fault.text) for fault in found)


_DRAWN_IN_WORD: Final = ("loan", "pledge", "guarantee", "entrustment", "counter", "personal", "consent", "resolution")
"""Contexts of the documents that parties sign; sheets, lists and registration data are kedai's own."""


@lru_cache(maxsize=2048)
def _read_clause(content: str, place: str) -> Clause:
    return read_clause(content, place)


@lru_cache(maxsize=256)
def _read_definition(content: str) -> DocumentDefinition:
    return read_definition(content, "The text")


def _clause(content: str, language: Language) -> Clause:
    place = f"The {language.value} text"
    try:
        clause = _read_clause(content, place)
    except (BadClause, BadMarkup) as error:
        raise InvalidText([Problem(language.value, str(error), "")]) from None
    if clause.front.language is not language:
        sentence = f"{place} says that its language is {clause.front.language.value}. Write language: {language.value}."
        raise InvalidText([Problem(language.value, sentence, "")])
    return clause
