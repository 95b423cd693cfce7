"""Redlines between drafts and against a DOCX that came back, and what a returned file may not contain."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products import Decision
from templates import ContractSet, Format, Language, Particulars, draft
from templates.document import Document
from templates.figures import FigureKind
from templates.redline import (
    Kind,
    RedlineRefused,
    RefusedDocx,
    compare_with_returned,
    deviations,
    read_returned,
    redline,
    redline_docx,
    redline_html,
    stray_in_returned,
)
from templates.redline.units import Unit, compare
from tests.templates.conftest import Facts, example_particulars, facts_of
from tests.templates.test_gates import changed

Decide = Callable[[Facts], Decision]
HEAD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'


def loan_contract(drawn: ContractSet, language: Language = Language.ZH) -> Document:
    return next(
        one.document
        for one in drawn.drafted
        if one.document.kind == "loan-contract" and one.document.language is language
    )


def loan_docx(drawn: ContractSet) -> bytes:
    return next(file.content for file in drawn.documents if file.format is Format.DOCX)


@pytest.fixture(scope="module")
def dearer_set(decided: Decide) -> ContractSet:
    """The pledge example with overdue interest raised from 30 to 50 per cent above the rate."""
    facts = facts_of("zhilai")
    particulars = changed(example_particulars(), {"loan.overdue_uplift": "0.50"})
    return draft(decided(facts), facts, Particulars.model_validate(particulars))


def edited(content: bytes, old: str, new: str) -> bytes:
    """A DOCX with a text replaced in its body."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts["word/document.xml"].decode()
    assert old in body
    parts["word/document.xml"] = body.replace(old, new).encode()
    return zipped(parts)


def zipped(parts: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_draft_compared_with_itself_has_no_changes(zhilai_set: ContractSet) -> None:
    assert redline(loan_contract(zhilai_set), loan_contract(zhilai_set)).altered == ()


def test_only_the_two_figures_of_the_clause_are_marked(zhilai_set: ContractSet, dearer_set: ContractSet) -> None:
    (change,) = redline(loan_contract(zhilai_set), loan_contract(dearer_set)).altered
    marked = [(piece.kind, piece.text) for piece in change.cells[0] if piece.kind is not Kind.KEPT]
    assert marked[:2] == [(Kind.DELETED, "30%"), (Kind.INSERTED, "50%")]
    assert [kind for kind, _ in marked] == [Kind.DELETED, Kind.INSERTED] * 2


def test_an_amount_in_capitals_changes_as_a_whole() -> None:
    found = compare(
        [Unit("Clause", ("借款金额为人民币壹佰万元整（¥1,000,000.00）。",))],
        [Unit("Clause", ("借款金额为人民币壹佰贰拾万元整（¥1,200,000.00）。",))],
        title="借款合同",
        language="zh",
    )
    (change,) = found.altered
    assert change.text(Kind.DELETED) == "人民币壹佰万元整¥1,000,000.00"
    assert change.text(Kind.INSERTED) == "人民币壹佰贰拾万元整¥1,200,000.00"


def test_the_tracked_docx_gives_the_new_text_accepted_and_the_old_one_rejected(
    zhilai_set: ContractSet, dearer_set: ContractSet
) -> None:
    for language in Language:
        found = redline(loan_contract(zhilai_set, language), loan_contract(dearer_set, language))
        content = redline_docx(found)
        read = read_returned(content)
        assert tuple("\t".join(unit.cells) for unit in read.accepted) == found.after
        assert tuple("\t".join(unit.cells) for unit in read.rejected) == found.before
        assert {(change.author, change.kind) for change in read.changes} == {
            ("kedai", Kind.INSERTED),
            ("kedai", Kind.DELETED),
        }
        assert docx.Document(io.BytesIO(content)).paragraphs
        assert redline_docx(found) == content


def test_a_changed_plan_changes_rows_of_its_table(decided: Decide, zhilai_set: ContractSet) -> None:
    facts = facts_of("zhilai")
    later = changed(example_particulars(), {"loan.drawdown_on": "2026-08-03"})
    moved = draft(decided(facts), facts, Particulars.model_validate(later))
    found = redline(loan_contract(zhilai_set), loan_contract(moved))
    rows = [change for change in found.altered if change.unit.is_row]
    assert len(rows) == 12
    assert rows[0].text(Kind.KEPT, Kind.INSERTED).startswith("1\t2026年9月3日\t0.00")
    assert read_returned(redline_docx(found)).changes


def test_the_page_marks_what_went_and_what_came(zhilai_set: ContractSet, dearer_set: ContractSet) -> None:
    page = redline_html(redline(loan_contract(zhilai_set), loan_contract(dearer_set))).decode()
    assert "<del>30%</del><ins>50%</ins>" in page
    assert page.count("<ins>") == 2


def test_different_documents_are_not_compared(zhilai_set: ContractSet) -> None:
    pledge = next(one.document for one in zhilai_set.drafted if one.document.kind == "patent-pledge")
    with pytest.raises(ValueError, match="A loan-contract in zh cannot be compared with a patent-pledge in zh"):
        redline(loan_contract(zhilai_set), pledge)


def test_a_redline_that_would_not_give_its_texts_is_refused(zhilai_set: ContractSet, dearer_set: ContractSet) -> None:
    found = redline(loan_contract(zhilai_set), loan_contract(dearer_set))
    with pytest.raises(RedlineRefused, match="To accept all changes of the redline of 借款合同 would not give"):
        redline_docx(replace(found, after=(*found.after, "多出的一行")))


units = st.lists(
    st.builds(
        Unit,
        st.sampled_from(["Clause", "Body", "Item"]),
        st.text("借款人贷利率年100.5%，。 ab<&", min_size=1, max_size=12).filter(str.strip).map(lambda text: (text,)),
    ),
    min_size=1,
    max_size=6,
)


@given(units, units)
def test_any_two_texts_survive_the_round_through_tracked_changes(old: list[Unit], new: list[Unit]) -> None:
    found = compare(old, new, title="试验", language="zh")
    read = read_returned(redline_docx(found))
    assert [unit.cells for unit in read.accepted] == [unit.cells for unit in new]
    assert [unit.cells for unit in read.rejected] == [unit.cells for unit in old]


def test_a_docx_that_comes_back_unchanged_is_the_draft(zhilai_set: ContractSet) -> None:
    for file in zhilai_set.documents:
        if file.format is Format.DOCX:
            document = next(
                one.document
                for one in zhilai_set.drafted
                if (one.document.kind, one.document.language) == (file.kind, file.language)
            )
            assert compare_with_returned(document, read_returned(file.content)).altered == ()


def test_every_figure_of_an_unchanged_docx_is_found_again(zhilai_set: ContractSet, decided: Decide) -> None:
    facts = facts_of("zhilai")
    particulars = Particulars.model_validate(example_particulars())
    for file in zhilai_set.documents:
        if file.format is Format.DOCX:
            returned = read_returned(file.content)
            assert stray_in_returned(returned, zhilai_set.drafted, decided(facts), facts, particulars) == (), (
                file.filename
            )


def test_a_figure_changed_by_the_other_side_is_found(zhilai_set: ContractSet, decided: Decide) -> None:
    facts = facts_of("zhilai")
    returned = read_returned(edited(loan_docx(zhilai_set), "加收30%计收罚息", "加收29%计收罚息"))
    (stray,) = stray_in_returned(
        returned, zhilai_set.drafted, decided(facts), facts, Particulars.model_validate(example_particulars())
    )
    assert (stray.kind, stray.text) == (FigureKind.PERCENT, "29%")
    (deviation,) = deviations(compare_with_returned(loan_contract(zhilai_set), returned))
    assert (deviation.heading, deviation.change.text(Kind.DELETED)) == ("违约责任", "30%")


def test_changes_and_comments_of_the_other_side_are_listed() -> None:
    body = (
        f"{HEAD}<w:p><w:r><w:t>利率</w:t></w:r>"
        '<w:del w:id="1" w:author="乙方律师"><w:r><w:delText>5%</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="乙方律师"><w:r><w:t>4%</w:t></w:r></w:ins></w:p></w:body></w:document>'
    )
    comments = (
        '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:comment w:id="0" w:author="乙方律师"><w:p><w:r><w:t>请下调</w:t></w:r></w:p></w:comment></w:comments>'
    )
    read = read_returned(zipped({"word/document.xml": body.encode(), "word/comments.xml": comments.encode()}))
    assert [(c.kind, c.author, c.text) for c in read.changes] == [
        (Kind.DELETED, "乙方律师", "5%"),
        (Kind.INSERTED, "乙方律师", "4%"),
    ]
    assert [(comment.author, comment.text) for comment in read.comments] == [("乙方律师", "请下调")]
    assert (read.accepted[0].cells, read.rejected[0].cells) == (("利率4%",), ("利率5%",))


def test_an_entity_would_be_expanded_if_declarations_were_not_refused() -> None:
    body = f'<!DOCTYPE w [<!ENTITY a "甲">]>{HEAD}<w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>'
    with pytest.raises(RefusedDocx, match=r"word/document\.xml declares a document type"):
        read_returned(zipped({"word/document.xml": body.encode()}))


def test_a_declaration_hidden_in_another_encoding_is_refused() -> None:
    body = f'<?xml version="1.0"?><!DOCTYPE w>{HEAD}</w:body></w:document>'
    with pytest.raises(RefusedDocx, match="an encoding other than UTF-8"):
        read_returned(zipped({"word/document.xml": body.encode("utf-16")}))


BODY = f"{HEAD}<w:p><w:r><w:t>甲</w:t></w:r></w:p></w:body></w:document>".encode()


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"word/vbaProject.bin": b"x"}, "contains word/vbaProject.bin; remove macros"),
        ({"word/embeddings/a.docx": b"x"}, "remove macros and embedded objects"),
        *(
            (
                {name: b"x"},
                f"The file holds {name!r}, whose path leads out of the document; Word writes no such part: open",
            )
            for name in ("../../etc/passwd", "word/../../a.xml", "/word/a.xml", "C:/a.xml", "word\\a.xml")
        ),
        ({"word/embeddings/../a.xml": b"x"}, "whose path leads out of the document"),
        (
            {
                "word/_rels/document.xml.rels": b'<R><L Type="a/hyperlink" TargetMode="External"/>'
                b'<L Type="a/image" Target="http://x" TargetMode="External"/></R>'
            },
            "fetches something from outside the file",
        ),
        ({f"word/{i}.xml": b"" for i in range(500)}, "has 501 parts; at most 500"),
    ],
)
def test_a_file_with_what_it_must_not_carry_is_refused(parts: dict[str, bytes], says: str) -> None:
    assert read_returned(zipped({"word/document.xml": BODY})).accepted[0].cells == ("甲",)
    with pytest.raises(RefusedDocx, match=re.escape(says)):
        read_returned(zipped({"word/document.xml": BODY} | parts))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({"word/document.xml": BODY, "word/media.xml": b"0" * 50_000_000}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    with pytest.raises(RefusedDocx, match=r"word/media\.xml is compressed more than 200 times"):
        read_returned(bomb)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no archive", "is no DOCX"),
        (zipped({"a.txt": b"a"}), "has no word/document.xml"),
        (zipped({"word/document.xml": b"<w:document"}), "is not well-formed XML"),
        (zipped({"word/document.xml": b"<a/>"}), "has no body"),
        (b"PK" + b"0" * 20_000_001, "at most 20000000 are read"),
    ],
    ids=["no archive", "no part", "broken", "empty", "large"],
)
def test_what_is_no_docx_is_refused_with_the_reason(content: bytes, says: str) -> None:
    with pytest.raises(RefusedDocx, match=says):
        read_returned(content)


def test_a_link_that_a_reader_clicks_is_let_pass() -> None:
    links = b'<R><L Type="a/hyperlink" Target="http://x" TargetMode="External"/></R>'
    parts = {"word/document.xml": BODY, "word/_rels/document.xml.rels": links}
    assert read_returned(zipped(parts)).accepted[0].cells == ("甲",)


def test_what_went_stands_before_what_came() -> None:
    old = [Unit("Body", ("甲方承担全部公证费用。",)), Unit("Body", ("双方另行协商。",))]
    new = [Unit("Body", ("保险由出质人办理",)), Unit("Body", ("双方另行协商。",))]
    found = compare(old, new, title="借款合同", language="zh")
    assert [change.kind for change in found.changes] == [Kind.DELETED, Kind.INSERTED, Kind.KEPT]


def test_the_page_numbers_articles_as_the_contract_does_and_none_that_went() -> None:
    old = [Unit("Article", ("提前还款",)), Unit("Clause", ("借款人可以提前归还。",))]
    new = [Unit("Article", ("展期",)), Unit("Clause", ("借款人可以提前归还。",))]
    page = redline_html(compare(old, new, title="借款合同", language="zh")).decode()
    assert '<p class="article deleted"><del>提前还款</del></p>\n<p class="article inserted"><ins>展期</ins></p>' in page
    assert '<p class="clause kept">借款人可以提前归还。</p>' in page
    rule = ':lang(zh) p.article:not(.deleted)::before { content: "第" counter(article, simp-chinese-informal) "条 "; }'
    assert rule in page


def test_a_long_cell_of_a_redlined_table_gets_more_room_than_a_number() -> None:
    rows = [Unit("TableText", ("1", "2026年8月31日", "将借款一次、足额划入借款人的下列账户：嘉州示例银行"))]
    written = redline_docx(compare(rows, rows, title="借款合同", language="zh"))
    (table,) = docx.Document(io.BytesIO(written)).tables
    widths = [column.width.twips for column in table.columns]
    assert widths == [9026 * share // 42 for share in (3, 12, 27)]


def test_a_place_to_sign_has_a_line_for_each_caption_and_stays_with_the_words_above_it(
    zhilai_set: ContractSet, dearer_set: ContractSet
) -> None:
    found = redline(loan_contract(zhilai_set), loan_contract(dearer_set))
    content = redline_docx(found)
    cells = (row.cells[0].text for table in docx.Document(io.BytesIO(content)).tables for row in table.rows)
    (signing,) = [text.split("\n") for text in cells if text.startswith("贷款人盖章处")]
    assert signing[:2] == ["贷款人盖章处", "嘉州示例银行股份有限公司乐山科技支行"]
    assert signing[-1].startswith("签署日期：")
    (above,) = [p for p in docx.Document(io.BytesIO(content)).paragraphs if p.text == "以下为签署栏，无正文。"]
    assert above.paragraph_format.keep_with_next
    assert "贷款人盖章处<br>嘉州示例银行股份有限公司乐山科技支行<br>" in redline_html(found).decode()


def test_a_blank_filled_with_many_words_changes_within_its_paragraph() -> None:
    filled = Unit("Clause", ("范围包括" + "主债权本金、利息和费用" * 5 + "。",))
    (change,) = compare([Unit("Clause", ("范围包括【pledge.scope】。",))], [filled], title="", language="zh").changes
    assert change.text(Kind.DELETED) == "【pledge.scope】"
    assert change.text(Kind.KEPT) == "范围包括。"
    alone = compare([Unit("Clause", ("【pledge.scope】",))], [filled], title="", language="zh")
    assert [one.kind for one in alone.changes] == [Kind.DELETED, Kind.INSERTED]
