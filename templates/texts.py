"""The texts a set is drawn from: clauses, document definitions and a bank's own Word templates, of one moment."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from products.canonical import canonical_json
from templates.library import DocumentDefinition, Library, definitions, library, read_clause, read_definition
from templates.wording import Language


@dataclass(frozen=True, slots=True)
class WordTemplate:
    """A bank's own DOCX for one document and language; ``name`` and ``number`` say which version it is."""

    name: str
    number: int
    document: str
    language: Language
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text that is in force, by its name; ``word`` by document and language."""

    clauses: Library
    documents: tuple[DocumentDefinition, ...]
    word: Mapping[tuple[str, Language], WordTemplate] = field(default_factory=dict)

    def document(self, name: str) -> DocumentDefinition | None:
        """The document of this id."""
        return next((each for each in self.documents if each.id == name), None)


@cache
def shipped_texts() -> Texts:
    """The library as it is shipped."""
    return Texts(library(), definitions())


def packed(texts: Texts) -> bytes:
    """The texts as one JSON value, from which `unpacked` makes the same texts again."""
    return canonical_json(
        {
            "clauses": [clause.source for _, clause in sorted(texts.clauses.items())],
            "documents": [document.source for document in texts.documents],
            "word": [_plain(template) for _, template in sorted(texts.word.items())],
        }
    )


def unpacked(body: bytes) -> Texts:
    """The texts in such a value."""
    value = json.loads(body)
    clauses = [read_clause(source, "A stored clause") for source in value["clauses"]]
    word = [_word(each) for each in value["word"]]
    return Texts(
        {(clause.front.id, clause.front.language): clause for clause in clauses},
        tuple(read_definition(source, "A stored document") for source in value["documents"]),
        {(each.document, each.language): each for each in word},
    )


def _plain(template: WordTemplate) -> dict[str, object]:
    return {
        "name": template.name,
        "number": template.number,
        "document": template.document,
        "language": template.language.value,
        "file": base64.b64encode(template.content).decode(),
    }


def _word(value: Mapping[str, str]) -> WordTemplate:
    content = base64.b64decode(value["file"])
    return WordTemplate(value["name"], int(value["number"]), value["document"], Language(value["language"]), content)
