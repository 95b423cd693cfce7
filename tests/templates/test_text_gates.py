"""Gates on the finished text, each tripped by one altered line and passed by the text as drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from products import Decision, application_from
from templates import ContractSet, Particulars, Verdict
from templates.document import Document, Paragraph, Run, Style
from templates.figures import FigureKind, known_figures, read_back, stray_figures
from templates.gates import run_text_gates
from templates.record import ContractRecord, contract_record
from templates.wording import Language
from tests.templates.conftest import Facts, example_particulars, facts_of

Decide = Callable[[Facts], Decision]


@pytest.fixture(scope="module")
def record(decided: Decide) -> ContractRecord:
    facts = facts_of("zhilai")
    return contract_record(decided(facts), application_from(facts), Particulars.model_validate(example_particulars()))


def with_line(documents: tuple[Document, ...], kind: str, language: Language, line: str) -> tuple[Document, ...]:
    """The documents with one more line at the end of one of them."""
    added = Paragraph(Style.BODY, (Run(line),))
    return tuple(
        replace(one, blocks=(*one.blocks, added)) if (one.kind, one.language) == (kind, language) else one
        for one in documents
    )


LINES = [
    (
        "figures-found",
        "借款金额为人民币壹佰万零壹元整（¥1,000,001.00）。",
        "'人民币壹佰万零壹元整（¥1,000,001.00）' (capitals)",
    ),
    (
        "figures-found",
        "借款金额为人民币壹佰万元整（¥1,000,000.01）。",
        "'人民币壹佰万元整（¥1,000,000.01）' (capitals)",
    ),
    ("figures-found", "借款金额为人民币壹佰万元（¥1,000,000.00）。", "'人民币壹佰万元' (capitals)"),
    ("figures-found", "罚息利率为年利率4.45%。", "'4.45%' (percent)"),
    ("figures-found", "自2026年8月1日起计息。", "'2026年8月1日' (date)"),
    ("figures-found", "另付9,999.00元。", "'9,999.00' (amount)"),
    ("figures-found", "应在77日内补足。", "'77' (count)"),
    ("no-forfeiture", "债务人不履行债务的，质押财产归质权人所有。", "'归质权人所有'"),
    ("no-forfeiture", "质权人可以直接取得质押财产的所有权。", "'直接取得质押财产的所有权'"),
    ("no-independence", "本合同的效力独立于主合同。", "'独立于主合同'"),
    ("no-independence", "主合同无效的，本合同仍然有效。", "'主合同无效的，本合同仍然有效'"),
    ("no-leftovers", "借款人：{{ borrower.name }}", "'{{'"),
    ("no-leftovers", "联系人：______", "'___'"),
    ("no-leftovers", "地址：XX市", "'XX'"),
    ("no-leftovers", "利率：待定", "'待定'"),
    ("languages-agree", "合同金额为1,000,000.00元，担保费率0.55%。", "0.55%"),
]
PASSING = [
    ("figures-found", "借款金额为人民币壹佰万元整（¥1,000,000.00），罚息利率4.446%，自2026年7月31日起，10日内。"),
    ("no-forfeiture", "价款超过债权数额的部分归出质人所有，质权人可以就拍卖、变卖所得的价款优先受偿。"),
    ("no-independence", "主合同无效的，本合同无效。"),
    ("no-leftovers", "联系人：财务部（统一社会信用代码91511100MA6XX0TE50）"),
    ("languages-agree", "合同金额为1,000,000.00元。"),
]


@pytest.mark.parametrize(("gate", "line", "says"), LINES)
def test_an_altered_line_trips_its_gate(
    gate: str, line: str, says: str, record: ContractRecord, zhilai_set: ContractSet
) -> None:
    drawn = tuple(one.document for one in zhilai_set.drafted)
    altered = with_line(drawn, "patent-pledge", Language.ZH, line)
    result = {result.gate.id: result for result in run_text_gates(read_back(record, altered))}[gate]
    assert result.verdict is Verdict.FAILED
    assert says in result.gaps[0].problem


@pytest.mark.parametrize(("gate", "line"), PASSING)
def test_a_line_that_says_what_it_may_passes(
    gate: str, line: str, record: ContractRecord, zhilai_set: ContractSet
) -> None:
    drawn = tuple(one.document for one in zhilai_set.drafted)
    altered = with_line(drawn, "patent-pledge", Language.ZH, line)
    assert {result.gate.id: result for result in run_text_gates(read_back(record, altered))}[
        gate
    ].verdict is Verdict.PASSED


def test_the_sets_as_drawn_pass_every_gate_that_applies(zhilai_set: ContractSet, kuaidai_set: ContractSet) -> None:
    for drawn in (zhilai_set, kuaidai_set):
        assert {result.verdict for result in drawn.gates} <= {Verdict.PASSED, Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("The Borrower repays RMB 1,000,000.10.", FigureKind.AMOUNT),
        ("The rate is 3.43% per annum.", FigureKind.PERCENT),
        ("Payable on 1 August 2026.", FigureKind.DATE),
        ("Payable on 30 February 2026.", FigureKind.DATE),
        ("Within 11 days.", FigureKind.COUNT),
    ],
)
def test_figures_of_english_texts_are_read_back_too(line: str, kind: FigureKind, record: ContractRecord) -> None:
    assert [stray.kind for stray in stray_figures([line], known_figures(record))] == [kind]


def test_texts_the_record_supplies_may_contain_any_digits(record: ContractRecord) -> None:
    line = "账号6200 0000 0000 0001，授权委托书编号：川示担授字2026-0018，专利号ZL201710911092.2"
    assert stray_figures([line], known_figures(record)) == ()
