"""Texts for tests: a later version of the prepayment clause, a definition, and a Word template of the loan contract."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import docx
import yaml

from templates.bank_word.bank import REQUIRED
from templates.library import library
from templates.texts import shipped_texts
from templates.versions import ClauseText, DocumentText, Text, text_from, word_text
from templates.wording import Language

FROM: Final = date(2027, 4, 1)
ADDED: Final = {Language.ZH: "本条自本版本起适用。", Language.EN: "This Article applies as of this version."}


def clause_text(
    name: str = "loan-prepayment", *, body: str = "", version: str = "1.1.0", since: str = "2027-04-01", **front: Any
) -> ClauseText:
    """A clause of the library with another version and first day, and a sentence at its end; or with a body."""
    written = {language: _written(name, language, body, version, since, front) for language in Language}
    return ClauseText(zh=written[Language.ZH], en=written[Language.EN])


def _written(name: str, language: Language, body: str, version: str, since: str, front: dict[str, Any]) -> str:
    _, head, text = library()[name, language].source.split("---\n", 2)
    changed = yaml.safe_load(head) | {"version": version, "in_force_from": since, "approval": "法务纪要 2027-1"} | front
    added = body or f"{text.rstrip()}\n\n§ {ADDED[language]}\n"
    return f"---\n{yaml.safe_dump(changed, allow_unicode=True, sort_keys=False)}---\n\n{added}"


def document_text(name: str = "loan-contract", *, without: str = "", adding: str = "", **head: Any) -> DocumentText:
    """A document of the library with a later version, without or with a clause."""
    shipped = shipped_texts().document(name)
    assert shipped is not None
    written = yaml.safe_load(shipped.source) | {"version": "1.1.0"} | head
    written["clauses"] = [each for each in written["clauses"] if each != without] + ([adding] if adding else [])
    return DocumentText(definition=yaml.safe_dump(written, allow_unicode=True), in_force_from=FROM)


TITLES: Final = tuple(
    clause.front.title
    for name in (shipped_texts().document("loan-contract") or shipped_texts().documents[0]).clauses
    if (clause := library()[name, Language.ZH]).front.form == "article" and clause.front.mandatory
)
"""The headings that a Word template of the loan contract needs in some case or other."""
STANDARD: Final = {
    clause.front.title
    for (_, language), clause in library().items()
    if language is Language.ZH and clause.front.standard_term
}
"""The headings of clauses that must catch the eye."""


def word_file(
    *paragraphs: str | list[str], titles: Iterable[str] = TITLES, names: Iterable[str] = REQUIRED["loan"]
) -> bytes:
    """A DOCX with numbered headings, a sentence under each, the tags the law wants, and more paragraphs.

    Standard terms are bold, and every paragraph stays with the next one.
    """
    document = docx.Document()
    document.add_paragraph("借款合同")
    for title in titles:
        document.add_paragraph(f"第一条 {title}")
        document.add_paragraph().add_run("双方遵守本条约定。").bold = title in STANDARD
        if title == "格式条款提示":
            document.add_paragraph().add_run("对方确认已经阅读、理解并同意这些条款。").bold = True
    document.add_paragraph("第九十九条 其他约定")
    document.add_paragraph("；".join(f"{{{{ {name} }}}}" for name in names))
    document.add_paragraph("贷款人（盖章）　　　　借款人（盖章）")
    for paragraph in paragraphs:
        added = document.add_paragraph()
        for run in [paragraph] if isinstance(paragraph, str) else paragraph:
            added.add_run(run)
    for each in document.paragraphs:
        each.paragraph_format.keep_with_next = True
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def loan_word(content: bytes | None = None, *, since: date = FROM) -> Text:
    """A Word template of the Chinese loan contract."""
    return word_text(word_file() if content is None else content, "loan-contract", Language.ZH, since)


def again(text: Text) -> Text:
    """The text after a round trip through JSON."""
    return text_from(text.model_dump(mode="json"))
