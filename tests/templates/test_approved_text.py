"""Redlines against the approved text: filled blanks are no departures, any other word is."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest

from products import Decision
from templates import ContractSet, Format, Language, Layout, Particulars, draft
from templates.contract_set import in_layout
from templates.document import Paragraph
from templates.redline import (
    approved_text,
    compare_with_returned,
    departures,
    read_returned,
    redline,
    redline_docx,
    redline_html,
)
from templates.redline.units import Kind
from templates.texts import WordTemplate
from tests.templates.conftest import Facts, facts_of, full_case


@pytest.fixture(scope="module")
def full_set(decided: Callable[[Facts], Decision]) -> ContractSet:
    """Every contract and paper there is for a pledged loan, as DOCX."""
    facts, given = full_case()
    return draft(decided(facts_of("zhilai")), facts, Particulars.model_validate(given), formats=[Format.DOCX])


def test_the_approved_text_has_names_where_the_facts_stand(full_set: ContractSet) -> None:
    approved = approved_text(full_set.drafted[0])
    lines = [
        block.label + "".join(run.text for run in block.runs)
        for block in approved.blocks
        if isinstance(block, Paragraph)
    ]
    assert "（三）借款金额为【loan.amount】。" in lines
    assert (
        "（一）借款期限为【loan.term】，自【loan.drawdown_on】（提款日）起至【loan.matures_on】（到期日）止。" in lines
    )


def test_no_document_of_a_set_departs_from_its_approved_text(full_set: ContractSet) -> None:
    for one in full_set.drafted:
        found = redline(approved_text(one), one.document)
        assert departures(found) == ()
        redline_docx(found)


def test_the_redline_against_the_approved_text_shows_each_fact_in_place_of_its_blank(full_set: ContractSet) -> None:
    one = full_set.drafted[0]
    page = redline_html(redline(approved_text(one), one.document)).decode()
    assert "借款金额为<del>【loan.amount】</del><ins>人民币壹佰万元整（¥1,000,000.00）</ins>。" in page


@pytest.mark.parametrize(
    ("old", "new", "heading"),
    [
        ("承担保证责任", "承担补充责任", "保证责任份额"),
        ("按照主债权的", "最多按照主债权的", "保证责任份额"),
        ("以书面形式请求", "请求", "保证方式"),
    ],
)
def test_a_word_that_the_other_side_changed_departs_from_the_approved_clause(
    old: str, new: str, heading: str, full_set: ContractSet
) -> None:
    one = next(
        one
        for one in full_set.drafted
        if (one.document.kind, one.document.language) == ("guarantee-contract", Language.ZH)
    )
    file = next(file for file in full_set.documents if (file.kind, file.language) == ("guarantee-contract", "zh"))
    opened = docx.Document(io.BytesIO(file.content))
    run = next(run for paragraph in opened.paragraphs for run in paragraph.runs if old in run.text)
    run.text = run.text.replace(old, new, 1)
    packed = io.BytesIO()
    opened.save(packed)
    (found,) = departures(compare_with_returned(approved_text(one), read_returned(packed.getvalue())))
    assert found.heading == heading
    assert found.change.kind is Kind.CHANGED
    assert new in found.change.text(Kind.KEPT, Kind.INSERTED)


def test_a_document_in_two_languages_has_no_approved_text_of_its_own(full_set: ContractSet) -> None:
    (first, *_) = in_layout(full_set.drafted, Layout.SIDE_BY_SIDE, Language.ZH)
    with pytest.raises(ValueError, match="has one language"):
        approved_text(first)


def test_a_document_that_a_word_template_words_is_compared_with_the_template(full_set: ContractSet) -> None:
    worded = replace(full_set.drafted[0], word=WordTemplate("own", 1, "loan-contract", Language.ZH, b""))
    with pytest.raises(ValueError, match="is worded by a Word template; compare it with the template"):
        approved_text(worded)
