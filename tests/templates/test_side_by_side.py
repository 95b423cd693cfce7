"""Chinese and English side by side: aligned clause by clause, each numbered on its own, one place to sign."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from products import Decision
from templates import Bilingual, ContractFile, ContractSet, Format, Language, Layout, Particulars, draft
from templates.contract_set import in_layout
from templates.document import Aligned, Document, Pairs, Paragraph, Signatures, Style, Table
from templates.redline import compare_with_returned, read_returned, stray_in_returned
from templates.texts import WordTemplate
from templates.writing.side_by_side import Misaligned, side_by_side
from tests.templates.conftest import Facts, example_particulars, facts_of, full_case

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Decide = Callable[[Facts], Decision]


@pytest.fixture(scope="module")
def both(decided: Decide) -> ContractSet:
    """Every contract and paper of a pledged loan, in two columns."""
    facts, given = full_case()
    return draft(decided(facts_of("zhilai")), facts, Particulars.model_validate(given), layout=Layout.SIDE_BY_SIDE)


def of(drawn: ContractSet, kind: str, language: Language) -> Document:
    return next(one.document for one in drawn.drafted if (one.document.kind, one.document.language) == (kind, language))


def file_of(drawn: ContractSet, kind: str, form: Format) -> ContractFile:
    return next(file for file in drawn.documents if (file.kind, file.format) == (kind, form))


def joined(drawn: ContractSet, kind: str, prevailing: Language = Language.ZH) -> Document:
    return side_by_side(of(drawn, kind, Language.ZH), of(drawn, kind, Language.EN), prevailing)


def paragraphs(document: Document) -> list[Aligned]:
    return [block for block in document.blocks if isinstance(block, Aligned)]


def label(node: etree._Element, counts: dict[str, int]) -> str:
    """The number Word gives a paragraph by its style, counted in reading order."""
    style = node.find(f"{W}pPr/{W}pStyle").get(qn("w:val"))
    counts[style] = counts.get(style, 0) + 1
    for ending in ("", "En"):
        if style == f"Article{ending}":
            counts[f"Clause{ending}"] = counts[f"Item{ending}"] = 0
        if style == f"Clause{ending}":
            counts[f"Item{ending}"] = 0
    numbers = {
        "ArticleEn": f"Article {counts.get('ArticleEn', 0)}",
        "ClauseEn": f"{counts.get('ArticleEn', 0)}.{counts.get('ClauseEn', 0)}",
        "ItemEn": f"({chr(96 + counts.get('ItemEn', 0))})",
        "AnnexEn": f"Annex {counts.get('AnnexEn', 0)}",
        "Item": f"{counts.get('Item', 0)}.",
    }
    return numbers.get(style, "")


def test_each_document_is_one_file_per_format_in_two_languages(both: ContractSet) -> None:
    assert {file.language for file in both.documents} == {Bilingual.ZH_EN}
    assert len(both.documents) == 2 * len(both.drafted) // 2
    assert file_of(both, "loan-contract", Format.DOCX).filename == "01-loan-contract.zh-en.docx"
    assert file_of(both, "loan-contract", Format.DOCX).title == "借款合同 Loan Contract"


def test_every_document_says_first_which_text_prevails(both: ContractSet) -> None:
    for kind in {one.document.kind for one in both.drafted}:
        for prevailing, chinese, english in (
            (Language.ZH, "以中文文本为准", "the Chinese text prevails"),
            (Language.EN, "以英文文本为准", "the English text prevails"),
        ):
            first = paragraphs(joined(both, kind, prevailing))[0]
            assert chinese in first.zh.runs[0].text
            assert english in first.en.runs[0].text


def test_articles_stand_beside_each_other_with_the_numbers_of_their_own_language(both: ContractSet) -> None:
    rows = [row for row in paragraphs(joined(both, "loan-contract")) if row.zh.style is Style.ARTICLE]
    assert [(row.zh.label, row.en.label) for row in rows[:3]] == [
        ("第一条", "Article 1"),
        ("第二条", "Article 2"),
        ("第三条", "Article 3"),
    ]
    assert [(row.zh.runs[0].text, row.en.runs[0].text) for row in rows[2:4]] == [
        ("借款期限", "Term of the Loan"),
        ("借款利率和计息", "Interest Rate and Calculation of Interest"),
    ]


def test_word_numbers_the_english_column_as_the_references_in_it_say(both: ContractSet) -> None:
    body = docx.Document(io.BytesIO(file_of(both, "loan-contract", Format.DOCX).content)).element.body
    counts: dict[str, int] = {}
    numbers: dict[str, str] = {}
    for node in body.iter(f"{W}p"):
        number = label(node, counts)
        numbers |= {mark.get(qn("w:name")): number for mark in node.iter(f"{W}bookmarkStart")}
    fields = re.findall(
        r"REF (_RefEn\S+) \\n \\h </w:instrText>.*?<w:t xml:space=\"preserve\">(.*?)</w:t>",
        etree.tostring(body).decode(),
    )
    assert len(fields) >= 5
    for bookmark, cached in fields:
        assert cached == numbers[bookmark]


def test_bookmarks_occur_once_and_every_style_and_list_is_defined(both: ContractSet) -> None:
    for file in both.documents:
        if file.format is not Format.DOCX:
            continue
        opened = docx.Document(io.BytesIO(file.content))
        body = opened.element.body
        marks = [node.get(qn("w:name")) for node in body.iter(f"{W}bookmarkStart")]
        assert len(set(marks)) == len(marks)
        used = {node.get(qn("w:val")) for node in body.iter(f"{W}pStyle")}
        assert used <= {style.style_id for style in opened.styles}
        lists = {node.get(qn("w:numId")) for node in opened.part.numbering_part.element.iter(f"{W}num")}
        asked = {node.get(qn("w:val")) for node in opened.styles.element.iter(f"{W}numId")}
        assert asked <= lists


def test_both_texts_are_whole_in_docx_and_html(both: ContractSet) -> None:
    for kind in {one.document.kind for one in both.drafted}:
        word = docx.Document(io.BytesIO(file_of(both, kind, Format.DOCX).content))
        in_word = "".join(node.text or "" for node in word.element.body.iter(f"{W}t"))
        page = etree.fromstring(file_of(both, kind, Format.HTML).content, etree.HTMLParser(encoding="utf-8"))
        on_page = "".join(page.find("body").itertext())
        for language in Language:
            for block in of(both, kind, language).blocks:
                if isinstance(block, Paragraph):
                    text = etree.fromstring(f"<p>{''.join(run.text for run in block.runs)}</p>").text or ""
                    assert text in in_word
                    assert text in on_page


def test_a_table_stands_once_with_both_languages_where_they_differ(both: ContractSet) -> None:
    plan = [block for block in joined(both, "loan-contract").blocks if isinstance(block, Table)][-1]
    assert plan.columns[1].title == "还款日\nDue date"
    assert plan.rows[0][1] == "2026年8月31日\n31 August 2026"
    assert plan.rows[0][5] == "1,000,000.00"


def test_every_party_signs_once_at_an_anchor_that_occurs_once(both: ContractSet) -> None:
    hand_off = json.loads(next(one.content for one in both.attachments if one.kind == "signature-hand-off"))
    assert hand_off["ready"] is True
    loan = hand_off["documents"][0]
    assert [(one["order"], one["anchor"]) for one in loan["signers"]] == [(1, "贷款人盖章处"), (2, "借款人盖章处")]
    for kind in {one.document.kind for one in both.drafted}:
        document = joined(both, kind)
        text = "\n".join(document.lines())
        for block in document.blocks:
            if isinstance(block, Signatures):
                for one in block.blocks:
                    assert text.count(one.anchor) == 1


def test_side_by_side_needs_both_languages(decided: Decide, zhilai: Facts) -> None:
    given = Particulars.model_validate(example_particulars())
    with pytest.raises(ValueError, match="needs both languages; choose zh and en, or the separate layout"):
        draft(decided(zhilai), zhilai, given, languages=[Language.EN], layout=Layout.SIDE_BY_SIDE)


def test_what_a_word_template_words_stays_a_document_of_its_own(both: ContractSet) -> None:
    template = WordTemplate("own", 1, "loan-contract", Language.ZH, b"")
    (own, *others) = both.drafted
    laid_out = in_layout((replace(own, word=template), *others), Layout.SIDE_BY_SIDE, Language.ZH)
    languages = [one.document.language for one in laid_out]
    assert languages[:3] == [Language.ZH, Language.EN, Bilingual.ZH_EN]
    assert set(languages[2:]) == {Bilingual.ZH_EN}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda blocks: blocks[:-1], "blocks in Chinese and"),
        (lambda blocks: (blocks[1], blocks[0], *blocks[2:]), "block 1 is a pairs in Chinese and a paragraph"),
        (lambda blocks: (blocks[0], Pairs(()), *blocks[2:]), "block 2 is a pairs in Chinese and a pairs in English"),
    ],
)
def test_texts_that_do_not_answer_to_each_other_are_refused(
    change: Callable[[tuple[object, ...]], tuple[object, ...]], says: str, both: ContractSet
) -> None:
    zh, en = (of(both, "loan-contract", language) for language in Language)
    broken = replace(zh, blocks=change(zh.blocks))  # type: ignore[arg-type]  # blocks of the wrong order on purpose
    with pytest.raises(Misaligned, match=says):
        side_by_side(broken, en, Language.ZH)


def test_a_returned_file_in_two_columns_is_compared_with_its_draft(both: ContractSet) -> None:
    returned = read_returned(file_of(both, "loan-contract", Format.DOCX).content)
    assert compare_with_returned(joined(both, "loan-contract"), returned).altered == ()


def test_every_figure_of_a_returned_file_in_two_columns_is_found_again_and_a_changed_one_is_not(
    both: ContractSet, decided: Decide
) -> None:
    facts, given = full_case()
    decision, particulars = decided(facts_of("zhilai")), Particulars.model_validate(given)
    for file in both.documents:
        if file.format is Format.DOCX:
            assert stray_in_returned(read_returned(file.content), both.drafted, decision, facts, particulars) == ()
    opened = docx.Document(io.BytesIO(file_of(both, "loan-contract", Format.DOCX).content))
    cells = [cell for table in opened.tables for row in table.rows for cell in row.cells]
    runs = [run for cell in cells for one in cell.paragraphs for run in one.runs]
    run = next(run for run in runs if re.search(r"[0-9.]+% per annum", run.text))
    run.text = re.sub(r"[0-9.]+% per annum", "9.99% per annum", run.text)
    packed = io.BytesIO()
    opened.save(packed)
    (stray,) = stray_in_returned(read_returned(packed.getvalue()), both.drafted, decision, facts, particulars)
    assert stray.text == "9.99%"


def test_the_manifest_lists_one_document_with_the_clauses_of_both_languages(both: ContractSet) -> None:
    first = json.loads(both.manifest)["documents"][0]
    assert first["language"] == "zh-en"
    assert [clause["id"] for clause in first["clauses"]].count("loan-parties") == 2
    assert [file["filename"] for file in first["files"]] == [
        "01-loan-contract.zh-en.docx",
        "01-loan-contract.zh-en.html",
    ]
