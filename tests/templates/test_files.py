"""DOCX and HTML as files: well formed, the same text in both, numbered by Word as the references say."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from html import unescape

import docx
import pytest
from docx.document import Document as Opened
from docx.oxml.ns import qn
from lxml import etree

from products import Decision
from templates import ContractFile, ContractSet, Format, Language, Particulars, draft
from templates.document import Document, Paragraph, Style
from tests.templates.conftest import Facts, example_particulars
from tests.templates.test_gates import changed

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARTS = [
    "[Content_Types].xml",
    "_rels/.rels",
    "docProps/core.xml",
    "word/_rels/document.xml.rels",
    "word/document.xml",
    "word/fontTable.xml",
    "word/footer1.xml",
    "word/header1.xml",
    "word/numbering.xml",
    "word/settings.xml",
    "word/styles.xml",
    "word/theme.xml",
]


def files(drawn: ContractSet, form: Format) -> list[ContractFile]:
    return [file for file in drawn.documents if file.format is form]


def document_of(drawn: ContractSet, file: ContractFile) -> Document:
    (found,) = [
        one.document
        for one in drawn.drafted
        if (one.document.kind, one.document.language) == (file.kind, file.language)
    ]
    return found


def words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def body_text(opened: Opened) -> str:
    return words("".join(node.text or "" for node in opened.element.body.iter(f"{W}t")))


def test_every_part_of_every_docx_is_well_formed_stored_and_dated_1980(zhilai_set: ContractSet) -> None:
    for file in files(zhilai_set, Format.DOCX):
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            assert archive.namelist() == PARTS
            for info in archive.infolist():
                assert info.date_time == (1980, 1, 1, 0, 0, 0)
                assert info.compress_type == zipfile.ZIP_STORED
                etree.fromstring(archive.read(info))


def test_python_docx_opens_every_file_and_finds_the_text_of_the_document(zhilai_set: ContractSet) -> None:
    for file in files(zhilai_set, Format.DOCX):
        found = body_text(docx.Document(io.BytesIO(file.content)))
        for line in document_of(zhilai_set, file).blocks:
            if isinstance(line, Paragraph):
                assert words(unescape("".join(run.text for run in line.runs))) in found


def test_word_has_no_style_or_bookmark_that_the_file_does_not_define(zhilai_set: ContractSet) -> None:
    for file in files(zhilai_set, Format.DOCX):
        opened = docx.Document(io.BytesIO(file.content))
        defined = {style.style_id for style in opened.styles}
        body = opened.element.body
        used = {node.get(qn("w:val")) for tag in ("pStyle", "rStyle", "tblStyle") for node in body.iter(f"{W}{tag}")}
        assert used <= defined
        marks = [node.get(qn("w:name")) for node in body.iter(f"{W}bookmarkStart")]
        assert len(set(marks)) == len(marks)
        fields = [node.text or "" for node in body.iter(f"{W}instrText")]
        assert {field.split()[1] for field in fields} <= set(marks)


@pytest.mark.parametrize("language", Language)
def test_the_cached_text_of_a_reference_is_the_number_word_gives_its_target(
    zhilai_set: ContractSet, language: Language
) -> None:
    file = next(f for f in files(zhilai_set, Format.DOCX) if f.kind == "loan-contract" and f.language is language)
    body = docx.Document(io.BytesIO(file.content)).element.body
    numbers = numbered_by_word(body, language)
    fields = re.findall(
        r"REF (\S+) \\n \\h </w:instrText>.*?<w:t xml:space=\"preserve\">(.*?)</w:t>", etree.tostring(body).decode()
    )
    assert len(fields) >= 5
    for bookmark, cached in fields:
        assert unescape(cached) == numbers[bookmark]


def numbered_by_word(body: etree._Element, language: Language) -> dict[str, str]:
    """What Word's numbering by style gives every bookmarked paragraph, counted from the styles alone."""
    counts = {"Article": 0, "Clause": 0, "Item": 0, "Annex": 0}
    chinese = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]
    chinese += [f"十{one}" for one in chinese[1:10]] + ["二十"] + [f"二十{one}" for one in chinese[1:10]]
    found = {}
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle").get(qn("w:val"))
        if style not in counts:
            continue
        counts[style] += 1
        if style == "Article":
            counts["Clause"] = counts["Item"] = 0
        if style == "Clause":
            counts["Item"] = 0
        article, clause, annex = counts["Article"], counts["Clause"], counts["Annex"]
        label = {
            ("Article", Language.ZH): f"第{chinese[article]}条",
            ("Clause", Language.ZH): f"（{chinese[clause]}）",
            ("Annex", Language.ZH): f"附件{chinese[annex]}",
            ("Article", Language.EN): f"Article {article}",
            ("Clause", Language.EN): f"{article}.{clause}",
            ("Annex", Language.EN): f"Annex {annex}",
        }.get((style, language), "")
        for mark in paragraph.iter(f"{W}bookmarkStart"):
            found[mark.get(qn("w:name"))] = label
    return found


def test_chinese_text_is_set_in_chinese_fonts(zhilai_set: ContractSet) -> None:
    for file in files(zhilai_set, Format.DOCX):
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            styles = etree.fromstring(archive.read("word/styles.xml"))
        fonts = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts")
        assert fonts is not None
        assert fonts.get(qn("w:eastAsia")) == "宋体"
        assert fonts.get(qn("w:ascii")) == "Times New Roman"


def test_header_and_footer_carry_title_number_and_page(zhilai_set: ContractSet) -> None:
    file = files(zhilai_set, Format.DOCX)[0]
    section = docx.Document(io.BytesIO(file.content)).sections[0]
    assert section.header.paragraphs[0].text == "借款合同\t合同编号：嘉乐科借字2026-0731"
    assert section.footer.paragraphs[0].text == "第1页 共1页"


def test_table_rows_do_not_break_and_headings_repeat(kuaidai_set: ContractSet) -> None:
    file = files(kuaidai_set, Format.DOCX)[0]
    tables = docx.Document(io.BytesIO(file.content)).tables
    plan = tables[-1]
    assert len(plan.rows) == 1 + 36 + 1
    assert plan.rows[0]._tr.find(f"{W}trPr/{W}tblHeader") is not None
    assert all(row._tr.find(f"{W}trPr/{W}cantSplit") is not None for row in plan.rows)


def test_the_signatures_stay_with_the_article_before_them(zhilai_set: ContractSet) -> None:
    for file in files(zhilai_set, Format.DOCX):
        body = docx.Document(io.BytesIO(file.content)).element.body
        children = list(body)
        signing = max(
            (
                i
                for i, node in enumerate(children)
                if node.tag == f"{W}tbl" and any(s.get(qn("w:val")) == "Signature" for s in node.iter(f"{W}pStyle"))
            ),
            default=None,
        )
        assert (signing is None) == (file.kind == "signing-list")
        if signing is None:
            continue
        for node in children[signing - 2 : signing]:
            style = node.find(f"{W}pPr/{W}pStyle").get(qn("w:val"))
            assert style == "Gap" or node.find(f"{W}pPr/{W}keepNext") is not None
        assert children[signing].find(f"{W}tr/{W}trPr/{W}cantSplit") is not None


def test_standard_terms_are_bold_in_docx_and_html(zhilai_set: ContractSet) -> None:
    marked = "未经质权人书面同意，出质人不得转让质押财产"
    word, html = (
        next(f for f in files(zhilai_set, form) if f.kind == "patent-pledge" and f.language is Language.ZH)
        for form in (Format.DOCX, Format.HTML)
    )
    (run,) = [
        run
        for paragraph in docx.Document(io.BytesIO(word.content)).paragraphs
        for run in paragraph.runs
        if marked in run.text
    ]
    assert run.style.style_id == "StandardTerm"
    assert re.search(rf"<strong>[^<]*{marked}", html.content.decode())


def test_html_is_one_page_that_loads_nothing_and_says_what_docx_says(zhilai_set: ContractSet) -> None:
    for file in files(zhilai_set, Format.HTML):
        page = file.content.decode()
        assert not re.search(r"<(?:script|link|img|iframe)|url\(|@import|https?://", page)
        tree = etree.fromstring(file.content, etree.HTMLParser(encoding="utf-8"))
        shown = words("".join(tree.find("body").itertext()))
        for line in document_of(zhilai_set, file).lines():
            assert words(line) in shown


def test_every_cross_reference_of_the_page_leads_somewhere(zhilai_set: ContractSet) -> None:
    for file in files(zhilai_set, Format.HTML):
        page = file.content.decode()
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r' id="([^"]+)"', page))


def test_articles_are_numbered_without_gaps_in_both_languages(zhilai_set: ContractSet) -> None:
    for one in zhilai_set.drafted:
        labels = [b.label for b in one.document.blocks if isinstance(b, Paragraph) and b.style is Style.ARTICLE]
        if one.document.language is Language.EN:
            assert labels == [f"Article {number}" for number in range(1, len(labels) + 1)]
        else:
            assert labels[:3] in ([], ["第一条", "第二条", "第三条"])
            assert labels[9:12] == ["第十条", "第十一条", "第十二条"][: len(labels[9:12])]
            assert labels[19:21] in ([], ["第二十条"], ["第二十条", "第二十一条"])


def header_of(file: ContractFile) -> str:
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        return archive.read("word/header1.xml").decode()


def test_the_draft_mark_stays_until_every_warning_is_let_pass(
    decided: Callable[[Facts], Decision], zhilai: Facts, zhilai_set: ContractSet
) -> None:
    decision = decided(zhilai)
    warned = changed(example_particulars(), {"loan.overdue_uplift": "0.60"})
    draft_set = draft(decision, zhilai, Particulars.model_validate(warned))
    override = {"gate": "penalty-rates", "by": "周审核", "reason": "总行批复"}
    passed = draft(decision, zhilai, Particulars.model_validate(warned | {"overrides": [override]}))
    for file in files(draft_set, Format.DOCX):
        assert 'string="草案 DRAFT"' in header_of(file)
        etree.fromstring(header_of(file).encode())
    assert all('class="mark"' in file.content.decode() for file in files(draft_set, Format.HTML))
    for clean in (zhilai_set, passed):
        assert not any("DRAFT" in header_of(file) for file in files(clean, Format.DOCX))
        assert not any('class="mark"' in file.content.decode() for file in files(clean, Format.HTML))
