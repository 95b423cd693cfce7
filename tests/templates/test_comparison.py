"""A DOCX that came back: which document it is, what was changed clause by clause, and figures nobody agreed to."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable

import docx
import pytest

from products import Decision
from templates import ContractSet, Particulars, draft
from templates.contract_set import Drafted, Format, in_layout
from templates.foreign_docx import RefusedDocx
from templates.redline import Kind
from templates.redline.comparison import NoSuchDocument, ReturnedReport, redline_returned, returned_report
from templates.wording import Language, Layout
from tests.templates.conftest import Facts, example_particulars, facts_of

Report = Callable[..., ReturnedReport]


@pytest.fixture
def report(decided: Callable[[Facts], Decision], zhilai_set: ContractSet) -> Report:
    """The report on a file that came back from the pledge example."""
    facts = facts_of("zhilai")
    decision, particulars = decided(facts), Particulars.model_validate(example_particulars())

    def made(content: bytes, named: tuple[str, str] | None = None) -> ReturnedReport:
        return returned_report(content, zhilai_set.drafted, decision, facts, particulars, named=named)

    return made


def file_of(made: ContractSet, kind: str, language: Language = Language.ZH) -> bytes:
    return next(
        file.content
        for file in made.documents
        if (file.kind, file.language, file.format) == (kind, language, Format.DOCX)
    )


def edited(content: bytes, old: str, new: str) -> bytes:
    """The file with words replaced as a person would in Word, without recording it."""
    document = docx.Document(io.BytesIO(content))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace(old, new)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def named(found: Iterable[Drafted]) -> set[tuple[str, str]]:
    return {(one.document.kind, one.document.language.value) for one in found}


def test_every_document_is_known_again_and_unchanged(zhilai_set: ContractSet, report: Report) -> None:
    reports = [report(file.content) for file in zhilai_set.documents if file.format is Format.DOCX]
    assert named(each.drafted for each in reports) == named(zhilai_set.drafted)
    assert all(each.unchanged for each in reports)


def test_a_changed_number_is_a_difference_an_unknown_figure_and_a_clause_to_negotiate(
    zhilai_set: ContractSet, report: Report
) -> None:
    found = report(edited(file_of(zhilai_set, "loan-contract"), "提前10日", "提前3日"))
    (difference,) = found.differences
    assert (difference.heading, difference.clause, difference.kind) == ("提前还款", "loan-prepayment", Kind.CHANGED)
    assert (difference.before[-13:], difference.after[-12:]) == ("提前10日书面通知贷款人。", "提前3日书面通知贷款人。")
    assert (difference.figures_before, difference.figures_after) == (("10",), ("3",))
    (figure,) = found.figures
    assert figure.text == "3"
    assert [front.id for front in found.touched] == ["loan-prepayment"]
    assert not found.unchanged


def test_a_figure_that_takes_anothers_place_is_named_though_the_decision_knows_it(
    zhilai_set: ContractSet, report: Report
) -> None:
    found = report(edited(file_of(zhilai_set, "loan-contract"), "提前10日", "提前30日"))
    assert found.figures == ()
    (difference,) = found.differences
    assert (difference.figures_before, difference.figures_after) == (("10",), ("30",))


def test_a_changed_word_is_a_difference_and_no_figure(zhilai_set: ContractSet, report: Report) -> None:
    found = report(edited(file_of(zhilai_set, "loan-contract"), "书面通知贷款人。", "通知贷款人。"))
    assert found.figures == ()
    assert {each.clause for each in found.differences} == {"loan-prepayment", "loan-supervision"}


def test_a_file_is_held_against_the_document_that_is_named(zhilai_set: ContractSet, report: Report) -> None:
    pledge = file_of(zhilai_set, "patent-pledge")
    assert report(pledge, ("patent-pledge", "zh")).unchanged
    assert not report(pledge, ("loan-contract", "zh")).unchanged
    with pytest.raises(NoSuchDocument, match=r"no document trademark-pledge\.zh\. It has loan-contract\.zh"):
        report(pledge, ("trademark-pledge", "zh"))


CONTROL = (
    "<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>年利率为2.99%。</w:t></w:r></w:p></w:sdtContent></w:sdt><w:sectPr"
)


def rewritten(content: bytes, part: str, old: str, new: str) -> bytes:
    """The file with a piece of one part's XML replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w") as after:
        for name in before.namelist():
            read = before.read(name)
            after.writestr(name, read.replace(old.encode(), new.encode()) if name == part else read)
    return packed.getvalue()


def test_a_paragraph_inside_a_content_control_is_read_like_any_other(zhilai_set: ContractSet, report: Report) -> None:
    sent = file_of(zhilai_set, "loan-contract")
    found = report(rewritten(sent, "word/document.xml", "<w:sectPr", CONTROL))
    assert [each.after for each in found.differences] == ["年利率为2.99%。"]
    assert [each.text for each in found.figures] == ["2.99%"]


def test_what_was_added_to_header_or_footer_is_named_and_page_numbers_are_not(
    zhilai_set: ContractSet, report: Report
) -> None:
    sent = file_of(zhilai_set, "loan-contract")
    added = "<w:p><w:r><w:t>附加条款见另函</w:t></w:r></w:p></w:hdr>"
    assert report(rewritten(sent, "word/header1.xml", "</w:hdr>", added)).margins == ("header: 附加条款见另函",)
    assert report(rewritten(sent, "word/footer1.xml", ">1<", ">12<")).unchanged


def test_two_languages_side_by_side_are_known_again_and_a_change_stands_under_its_clause(
    decided: Callable[[Facts], Decision],
) -> None:
    facts, particulars = facts_of("zhilai"), Particulars.model_validate(example_particulars())
    decision = decided(facts)
    made = draft(decision, facts, particulars, layout=Layout.SIDE_BY_SIDE, formats=[Format.DOCX])
    written = in_layout(made.drafted, Layout.SIDE_BY_SIDE, particulars.signing.prevailing)
    sent = next(file.content for file in made.documents if file.kind == "loan-contract")
    assert returned_report(sent, written, decision, facts, particulars).unchanged
    changed = rewritten(sent, "word/document.xml", "提前10日", "提前3日")
    found = returned_report(changed, written, decision, facts, particulars, named=("loan-contract", "zh"))
    (difference,) = found.differences
    assert (difference.heading, difference.clause) == ("提前还款", "loan-prepayment")
    assert (difference.figures_before, difference.figures_after) == (("10",), ("3",))
    one, redlined, (departure,) = redline_returned(changed, written)
    assert (one.document.kind, departure.heading) == ("loan-contract", "提前还款")
    assert [change.unit.cells[0] for change in redlined.altered] == [difference.after.split("\t")[0]]


def test_another_paper_is_none_of_the_set(report: Report) -> None:
    packed = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("会议纪要")
    document.save(packed)
    with pytest.raises(NoSuchDocument, match="is like none of the set's documents"):
        report(packed.getvalue())


def test_a_hostile_package_is_refused(zhilai_set: ContractSet, report: Report) -> None:
    packed = io.BytesIO(file_of(zhilai_set, "loan-contract"))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"macro")
    with pytest.raises(RefusedDocx, match="remove macros and embedded objects"):
        report(packed.getvalue())
