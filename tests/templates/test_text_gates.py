"""Gates on the finished text, each tripped by one altered line and passed by the text as drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from products import Decision, application_from
from templates import ContractSet, GateResult, Particulars, Verdict, draft
from templates.case.options import GuaranteeMode
from templates.case.record import ContractRecord, contract_record
from templates.document import Block, Document, Pairs, Paragraph, Run, Signatures, Style, Table
from templates.figures import FigureKind, known_figures, stray_figures
from templates.finished import read_back
from templates.gates import run_text_gates
from templates.gates.table import Severity, gates
from templates.gates.topics import TOPICS
from templates.library import Clause
from templates.wording import Language
from tests.templates.conftest import Facts, facts_of, full_case

Decide = Callable[[Facts], Decision]


@pytest.fixture(scope="module")
def record(decided: Decide) -> ContractRecord:
    facts, given = full_case()
    return contract_record(decided(facts_of("zhilai")), application_from(facts), Particulars.model_validate(given))


@pytest.fixture(scope="module")
def full_set(decided: Decide) -> ContractSet:
    """Every contract and paper there is for a pledged loan."""
    facts, given = full_case()
    return draft(decided(facts_of("zhilai")), facts, Particulars.model_validate(given))


APART = {"clauses-in-force", "languages-agree", "signing-blocks"}
"""Gates with both kinds of case in a test of their own below; those of ELSEWHERE stand in files of their own."""
ELSEWHERE = {"negotiated-positions": "test_positions", "personal-consent": "test_personal_consent"} | dict.fromkeys(
    ("no-comments", "no-tracked-changes", "no-hidden-text", "no-highlights", "signing-blocks-kept"), "test_word_file"
)
Drawn = tuple[tuple[Document, tuple[Clause, ...]], ...]


def drawn(contracts: ContractSet) -> Drawn:
    """The documents of a set with their clauses."""
    return tuple((one.document, one.clauses) for one in contracts.drafted)


def with_line(contracts: ContractSet, line: str) -> Drawn:
    """The documents with one more line at the end of the Chinese pledge contract."""
    added = Paragraph(Style.BODY, (Run(line),))
    return tuple(
        (replace(one, blocks=(*one.blocks, added)), clauses)
        if (one.kind, one.language) == ("patent-pledge", Language.ZH)
        else (one, clauses)
        for one, clauses in drawn(contracts)
    )


def without_clause(contracts: ContractSet, name: str) -> Drawn:
    """The documents as if a clause had been struck from all of them."""
    return tuple(
        (one, tuple(clause for clause in clauses if clause.front.id != name)) for one, clauses in drawn(contracts)
    )


def verdict(record: ContractRecord, documents: Drawn, gate: str) -> GateResult:
    """The result of one gate."""
    return {result.gate.id: result for result in run_text_gates(read_back(record, documents))}[gate]


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
    ("figures-found", "债务人统一社会信用代码为91420100MA4XX0TE7T。", "'91420100' (count)"),
    ("figures-found", "借款金额为人民币壹佰万元（¥1,000,000.00）。", "'人民币壹佰万元' (capitals)"),
    ("figures-found", "罚息利率为年利率4.458%。", "'4.458%' (percent)"),
    ("figures-found", "自2026年8月1日起计息。", "'2026年8月1日' (date)"),
    ("figures-found", "另付9,999.00元。", "'9,999.00' (amount)"),
    ("figures-found", "应在16日内补足。", "'16' (count)"),
    ("figures-found", "另付999,999.99元。", "'999,999.99' (amount)"),
    ("no-forfeiture", "债务人不履行债务的，质押财产归质权人所有。", "'归质权人所有'"),
    ("no-forfeiture", "质权人可以直接取得质押财产的所有权。", "'直接取得质押财产的所有权'"),
    ("no-independence", "本合同的效力独立于主合同。", "'独立于主合同'"),
    ("no-independence", "主合同无效的，本合同仍然有效。", "'主合同无效的，本合同仍然有效'"),
    ("no-leftovers", "借款人：{{ borrower.name }}", "'{{'"),
    ("no-leftovers", "联系人：______", "'___'"),
    ("no-leftovers", "地址：XX市", "'XX'"),
    ("no-leftovers", "利率：待定", "'待定' under 第"),
    ("no-leftovers", "借款人的联系人为【●】。", "'【●】'"),
    ("no-leftovers", "已经许可他人使用的情况为：。", "'：。'"),
    ("languages-agree", "合同金额为1,000,000.00元，担保费率0.45%。", "0.45%"),
    ("languages-agree", "自2026年7月31日起计息。", "2026-07-31"),
    ("languages-agree", "应在15日内补足。", "15"),
    ("damages-adjustable", "出质人放弃请求调整违约金的权利。", "'放弃请求调整违约金'"),
    ("damages-adjustable", "违约金按日计算，不得请求调低。", "不得请求调低"),
    (
        "damages-adjustable",
        "任何一方违约的，应当支付贷款金额4.46%的违约金。",
        "damages of 4.46% of the sum, above 130.00%",
    ),
    ("damages-adjustable", "违约方按所受损失的130.01%支付违约金。", "damages of 130.01% of the loss"),
    ("damages-adjustable", "违约金为贷款金额的4.459%。", "above 130.00% of the loss, which is 4.4589%"),
    ("damages-adjustable", "逾期的，每日按0.0124%支付违约金。", "above 130.00% of the loss, which is 0.0123%"),
    ("damages-adjustable", "The Pledgor waives the right to have the damages adjusted.", "'waives the right to have"),
    ("damages-adjustable", "违约金为贷款金额的百分之五，不足以弥补损失的另行赔偿。", "damages of 5.00% of the sum"),
    ("damages-adjustable", "逾期的，每日按万分之二支付违约金。", "damages of 0.02% of the sum a day, above 130.00%"),
    (
        "damages-adjustable",
        "The party in breach pays liquidated damages of 5% of the loan.",
        "damages of 5.00% of the sum",
    ),
    (
        "nothing-netted",
        "贷款人在发放时扣收首年担保费，余额划入借款人账户。",
        "takes from the loan before it is paid out",
    ),
    ("nothing-netted", "贷款人可以预先从本金中扣除利息。", "takes from the loan"),
    ("nothing-netted", "The Lender may deduct the first year's interest from the loan.", "takes from the loan"),
    ("no-forfeiture", "届时专利权自动归贷款人所有。", "'归贷款人所有'"),
    ("no-forfeiture", "On default the title vests in the Pledgee.", "'vests in the Pledgee'"),
    ("no-independence", "主合同的效力不影响本合同，本合同不受主合同效力的影响。", "'不受主合同效力的影响'"),
    ("no-independence", "This Contract remains valid even if the Main Contract is void.", "remains valid"),
    ("no-independence", "主合同无效的，不影响本合同的效力。", "'主合同无效的，不影响本合同'"),
    ("no-independence", "主合同被确认无效，不影响质权。", "'主合同被确认无效，不影响质权'"),
    ("no-independence", "The invalidity of the Main Contract does not affect this Contract.", "does not affect this"),
    ("no-independence", "This Contract is independent of the Main Contract.", "'independent of the Main Contract'"),
    ("personal-data-minimal", "身份证号51110019800101123X", "contains the number of an identity card"),
    ("personal-data-minimal", "手机13800000000", "a mobile telephone"),
]
PASSING = [
    ("figures-found", "借款金额为人民币壹佰万元整（¥1,000,000.00）。"),
    ("figures-found", "罚息利率为年利率4.459%，自2026年7月31日起计息，应在15日内补足，另付1,000,000.00元。"),
    ("no-forfeiture", "价款超过债权数额的部分归出质人所有，质权人可以就拍卖、变卖所得的价款优先受偿。"),
    ("no-independence", "主合同无效的，本合同无效。"),
    ("no-leftovers", "联系人：财务部（统一社会信用代码91511100MA6XX0TE50）"),
    ("languages-agree", "主合同编号为嘉乐科借字2026-0731。"),
    ("damages-adjustable", "违约金过分高于损失的，可以请求人民法院予以适当减少。"),
    ("damages-adjustable", "出质人不放弃请求调整违约金的权利。"),
    ("damages-adjustable", "The Pledgor does not waive the right to have the damages adjusted."),
    ("damages-adjustable", "违约金为贷款金额的4.4589%。"),
    ("damages-adjustable", "违约方按所受损失的130.00%支付违约金。"),
    ("damages-adjustable", "逾期的，每日按万分之一支付违约金。"),
    ("damages-adjustable", "逾期的，每日按0.0123%支付违约金。"),
    ("damages-adjustable", "The party in breach pays liquidated damages of 130% of the loss."),
    ("nothing-netted", "贷款人不得预先在本金中扣除利息、费用、保证金；首年担保费由借款人在放款后另行支付。"),
    ("nothing-netted", "The Lender shall not deduct interest or fees from the loan."),
    ("nothing-netted", "The Lender may not deduct the first year's interest from the loan."),
    ("nothing-netted", "贷款人不得预先从本金中扣除利息。"),
    ("no-forfeiture", "质权人可以自行拍卖、变卖质押财产并就所得价款优先受偿，也可以与出质人协议折价。"),
    ("no-independence", "本合同不因保证合同被确认无效而当然无效。"),
    ("no-independence", "本合同从属于主合同，不独立于主合同。"),
    ("no-independence", "主合同部分条款无效的，不影响其余条款的效力。"),
    ("no-independence", "This Contract is not independent of the Main Contract."),
    ("no-forfeiture", "债务人履行债务的，质押财产归出质人所有。"),
    ("no-leftovers", "已经许可他人使用的情况为：无。"),
    ("no-leftovers", "借款人的联系人为【财务部】。"),
    ("personal-data-minimal", "流水号51110019800101123"),
    ("personal-data-minimal", "流水号138000000001"),
    ("personal-data-minimal", "统一社会信用代码91511100MA6XX0TE50，电话0833-0000001"),
]


@pytest.mark.parametrize(("gate", "line", "says"), LINES)
def test_an_altered_line_trips_its_gate(
    gate: str, line: str, says: str, record: ContractRecord, full_set: ContractSet
) -> None:
    result = verdict(record, with_line(full_set, line), gate)
    assert result.verdict is Verdict.FAILED
    assert says in result.gaps[0].problem


@pytest.mark.parametrize(("gate", "line"), PASSING)
def test_a_line_that_says_what_it_may_passes(
    gate: str, line: str, record: ContractRecord, full_set: ContractSet
) -> None:
    assert verdict(record, with_line(full_set, line), gate).verdict is Verdict.PASSED


CLAUSES = [
    ("prepayment-clause", "loan-prepayment"),
    ("business-day-clause", "loan-repayment"),
    ("transfer-clause", "pledge-transfer"),
    ("transfer-clause", "pledge-licences"),
    ("maintenance-clauses", "pledge-maintenance"),
    ("maintenance-clauses", "pledge-value"),
    ("maintenance-clauses", "pledge-realisation"),
    ("order-clause", "pledge-order"),
    ("order-clause", "guarantee-order"),
    ("recourse-clause", "guarantee-recourse"),
    ("recourse-clause", "personal-recourse"),
    ("counter-guarantee-clauses", "counter-claim"),
    ("counter-guarantee-clauses", "counter-validity"),
    ("penalties-not-both", "loan-breach"),
    ("standard-terms-marked", "standard-terms"),
    ("prevailing-text", "language-chinese"),
]


@pytest.mark.parametrize(("gate", "clause"), CLAUSES)
def test_a_missing_clause_trips_its_gate_and_the_set_as_drawn_does_not(
    gate: str, clause: str, record: ContractRecord, full_set: ContractSet
) -> None:
    result = verdict(record, without_clause(full_set, clause), gate)
    assert result.verdict is Verdict.FAILED
    assert f"lacks the clause {clause}" in result.gaps[0].problem
    assert verdict(record, drawn(full_set), gate).verdict is Verdict.PASSED


def test_a_clause_from_the_day_of_signing_on_is_in_force_and_a_day_later_is_not(
    record: ContractRecord, full_set: ContractSet
) -> None:
    def used_from(day: date) -> Drawn:
        return tuple(
            (one, tuple(replace(c, front=c.front.model_copy(update={"in_force_from": day})) for c in clauses))
            for one, clauses in drawn(full_set)
        )

    assert verdict(record, used_from(date(2026, 7, 24)), "clauses-in-force").verdict is Verdict.PASSED
    late = verdict(record, used_from(date(2026, 7, 25)), "clauses-in-force")
    assert late.verdict is Verdict.FAILED
    assert "is in force from 2026-07-25, after the signing of 2026-07-24" in late.gaps[0].problem


LOAN, COURT = "嘉乐科借字2026-0731", "四川省乐山市市中区人民法院"
REPLACED = [
    ("main-contract-named", "counter-guarantee", "嘉乐科保字2026-0731", "嘉乐科保字2026", "contract's guarantee"),
    (
        "main-contract-named",
        "patent-pledge",
        "嘉乐科借字2026-0731",
        "嘉乐科借字2026-0732",
        "does not name",
    ),
    (
        "main-contract-named",
        "guarantee-contract",
        "1,000,000.00",
        "1,000,000.01",
        "main contract's amount",
    ),
    ("main-contract-named", "personal-guarantee", "2027年7月31日", "2027年7月30日", "the main contract's last day"),
    (
        "main-contract-named",
        "guarantee-contract",
        "乐山精工机械有限公司",
        "乐山精密机械有限公司",
        "contract's borrower",
    ),
    (
        "guarantee-wording",
        "guarantee-contract",
        "不履行到期债务",
        "不能履行债务",
        "fit a guarantee with joint",
    ),
    ("guarantee-wording", "personal-guarantee", "不履行到期债务", "无力偿还", "'无力偿还'"),
    ("guarantee-wording", "guarantee-contract", "36个月", "36个月，直至全部本息还清为止", "'直至全部本息还清'"),
    (
        "disputes-compatible",
        "guarantee-contract",
        "四川省乐山市市中区人民法院",
        "成都仲裁委员会",
        "and not only",
    ),
]
"""Gate, Chinese document, what stands there, what is put in its place, what the gate says."""


SAID = [
    ("prepayment-clause", "loan-contract", "计算利息", "结算", "how interest is counted on early repayment"),
    (
        "business-day-clause",
        "loan-contract",
        "还款日不是工作日的",
        "还款日遇到假日的",
        "a due date that is no business day",
    ),
    (
        "transfer-clause",
        "patent-pledge",
        "书面同意",
        "书面确认",
        "that transfer and licence need the pledgee's consent",
    ),
    ("transfer-clause", "patent-pledge", "提前清偿债务或者提存", "归出质人所有", "that proceeds prepay the debt"),
    ("transfer-clause", "patent-pledge", "（包括声明实行开放许可）", "", "that no open licence is declared"),
    ("maintenance-clauses", "patent-pledge", "年费、续展费", "相关费用", "who pays the annual fees"),
    (
        "maintenance-clauses",
        "patent-pledge",
        "被提出无效宣告、撤销请求或者发生权属争议、侵权",
        "被侵权",
        "on invalidation",
    ),
    ("maintenance-clauses", "patent-pledge", "价值明显减少", "情况变化", "if the pledge falls in value"),
    ("maintenance-clauses", "patent-pledge", "技术资料、文件", "物品", "that technical materials are handed over"),
    ("counter-guarantee-clauses", "counter-guarantee", "追偿权", "债权", "that it secures the guarantor's recourse"),
    ("counter-guarantee-clauses", "counter-guarantee", "无效", "解除", "that it answers also if the guarantee is void"),
    ("order-clause", "patent-pledge", "其他担保", "其它安排", "the order between this pledge and other security"),
    ("order-clause", "guarantee-contract", "物的担保", "抵质押", "the order between security in property"),
    ("recourse-clause", "guarantee-contract", "追偿", "求偿", "the guarantor's recourse"),
    ("recourse-clause", "personal-guarantee", "各保证人", "他们", "the shares of several guarantors"),
    (
        "standard-terms-marked",
        "loan-contract",
        "对方确认已经阅读、理解",
        "对方应当遵守",
        "that the other side has read and understood what was pointed out",
    ),
    (
        "penalties-not-both",
        "loan-contract",
        "较重的一项计收罚息，不得并处",
        "各自计收罚息",
        "only the heavier is charged",
    ),
]
"""Gate, Chinese document, the words on which a topic hangs, what is put in their place, what the gate says."""


@pytest.mark.parametrize(("gate", "kind", "old", "new", "says"), SAID)
def test_a_clause_that_no_longer_says_what_it_must_trips_its_gate(
    gate: str, kind: str, old: str, new: str, says: str, record: ContractRecord, full_set: ContractSet
) -> None:
    result = verdict(record, with_replaced(full_set, kind, old, new), gate)
    assert result.verdict is Verdict.FAILED
    assert [says in gap.problem for gap in result.gaps] == [True]


def test_only_where_somebody_may_let_it_pass_does_the_remedy_say_so(
    record: ContractRecord, full_set: ContractSet
) -> None:
    for gate, clause in (("standard-terms-marked", "standard-terms"), ("order-clause", "pledge-order")):
        result = verdict(record, without_clause(full_set, clause), gate)
        may_pass = result.gate.severity is Severity.WARN
        assert result.gaps
        for gap in result.gaps:
            assert gap.remedy == "put the clause back" + (", or name who lets it pass and why" if may_pass else "")
            assert gap.zh.endswith("请恢复或注明放行人和理由。" if may_pass else "请恢复。")
    severities = {gate.id: gate.severity for gate in gates()}
    assert (severities["standard-terms-marked"], severities["order-clause"]) == (Severity.BLOCK, Severity.WARN)


def test_every_topic_has_such_a_case() -> None:
    said = [(gate, topic.en) for gate, topics in TOPICS.items() for topic in topics]
    assert all(any(says in en for case, _, _, _, says in SAID if case == gate) for gate, en in said)


def test_a_contract_without_signing_blocks_has_no_place_to_sign(record: ContractRecord, full_set: ContractSet) -> None:
    unsigned = tuple(
        (replace(one, blocks=tuple(block for block in one.blocks if not isinstance(block, Signatures))), clauses)
        if one.kind == "guarantee-contract"
        else (one, clauses)
        for one, clauses in drawn(full_set)
    )
    result = verdict(record, unsigned, "signing-blocks")
    assert {gap.field for gap in result.gaps} == {"guarantee-contract.zh", "guarantee-contract.en"}
    assert "has no place where its parties sign" in result.gaps[0].problem
    assert verdict(record, drawn(full_set), "signing-blocks").verdict is Verdict.PASSED


SIGNING = [
    ("loan-contract", "乐山精工机械有限公司"),
    ("patent-pledge", "嘉州示例银行股份有限公司乐山科技支行"),
    ("guarantee-contract", "四川示例科技融资担保有限公司"),
    ("entrusted-guarantee", "四川示例科技融资担保有限公司"),
    ("counter-guarantee", "乐山示例产业发展有限公司"),
    ("personal-guarantee", "陈示例"),
]


@pytest.mark.parametrize(("kind", "party"), SIGNING)
def test_a_contract_without_the_block_of_one_party_is_not_complete(
    kind: str, party: str, record: ContractRecord, full_set: ContractSet
) -> None:
    def blocks(block: Block) -> Block:
        kept = tuple(one for one in block.blocks if one.lines[0] != party) if isinstance(block, Signatures) else ()
        return Signatures(kept) if kept else block

    one_short = tuple(
        (replace(one, blocks=tuple(map(blocks, one.blocks))), clauses)
        if (one.kind, one.language) == (kind, Language.ZH)
        else (one, clauses)
        for one, clauses in drawn(full_set)
    )
    result = verdict(record, one_short, "signing-blocks")
    assert [(gap.field, gap.problem) for gap in result.gaps] == [
        (f"{kind}.zh", f"has no place where {party!r} signs"),
    ]


def test_a_seal_in_another_name_than_the_party_s_is_noticed(record: ContractRecord, full_set: ContractSet) -> None:
    other = with_replaced(full_set, "loan-contract", "乐山精工机械有限公司", "乐山精工机械有限责任公司")
    result = verdict(record, other, "signing-blocks")
    assert "has no place where '乐山精工机械有限公司' signs" in result.gaps[0].problem


def test_a_general_guarantee_is_not_worded_as_a_joint_one(record: ContractRecord, full_set: ContractSet) -> None:
    guarantee = record.particulars.guarantee
    assert guarantee is not None
    general = guarantee.model_copy(update={"mode": GuaranteeMode.GENERAL})
    agreed = replace(record, particulars=record.particulars.model_copy(update={"guarantee": general}))
    result = verdict(agreed, drawn(full_set), "guarantee-wording")
    assert {gap.field for gap in result.gaps} == {"guarantee-contract.zh", "guarantee-contract.en"}
    assert "contains '不履行到期债务', which does not fit" in result.gaps[0].problem


def test_a_guarantee_of_persons_alone_is_not_independent(
    record: ContractRecord, full_set: ContractSet, decided: Decide
) -> None:
    facts = facts_of("kuaidai")
    alone = contract_record(
        decided(facts).model_copy(update={"cover": None}), application_from(facts), record.particulars
    )
    result = verdict(alone, with_line(full_set, "本合同独立于主合同。"), "no-independence")
    assert "contains '独立于主合同'" in result.gaps[0].problem


def test_a_figure_that_both_languages_state_agrees(record: ContractRecord, full_set: ContractSet) -> None:
    def added(line: str, *languages: Language) -> Drawn:
        return tuple(
            (replace(one, blocks=(*one.blocks, Paragraph(Style.BODY, (Run(line),)))), clauses)
            if one.kind == "patent-pledge" and one.language in languages
            else (one, clauses)
            for one, clauses in drawn(full_set)
        )

    assert verdict(record, added("4.459%", Language.ZH), "languages-agree").verdict is Verdict.FAILED
    assert verdict(record, added("4.459%", *Language), "languages-agree").verdict is Verdict.PASSED


def with_replaced(contracts: ContractSet, kind: str, old: str, new: str) -> Drawn:
    """The documents with a text of one Chinese document replaced wherever it stands in a paragraph or table."""

    def altered(block: Block) -> Block:
        match block:
            case Paragraph(runs=runs):
                return replace(block, runs=tuple(replace(run, text=run.text.replace(old, new)) for run in runs))
            case Table(rows=cells):
                return replace(block, rows=tuple(tuple(cell.replace(old, new) for cell in row) for row in cells))
            case Pairs(rows=rows):
                return Pairs(tuple((name, value.replace(old, new)) for name, value in rows))
            case Signatures(blocks=blocks):
                lines = (tuple(line.replace(old, new) for line in one.lines) for one in blocks)
                return Signatures(tuple(replace(one, lines=text) for one, text in zip(blocks, lines, strict=True)))
        return block

    return tuple(
        (replace(one, blocks=tuple(map(altered, one.blocks))), clauses)
        if (one.kind, one.language) == (kind, Language.ZH)
        else (one, clauses)
        for one, clauses in drawn(contracts)
    )


@pytest.mark.parametrize(("gate", "kind", "old", "new", "says"), REPLACED)
def test_other_words_in_a_security_contract_trip_their_gate_and_the_set_as_drawn_does_not(
    gate: str, kind: str, old: str, new: str, says: str, record: ContractRecord, full_set: ContractSet
) -> None:
    result = verdict(record, with_replaced(full_set, kind, old, new), gate)
    assert result.verdict is Verdict.FAILED
    assert says in " ".join(gap.problem for gap in result.gaps)
    assert verdict(record, drawn(full_set), gate).verdict is Verdict.PASSED


def test_a_contract_without_its_dispute_clause_or_with_another_is_not_compatible(
    record: ContractRecord, full_set: ContractSet
) -> None:
    result = verdict(record, without_clause(full_set, "disputes-court"), "disputes-compatible")
    assert "has no clause on disputes" in result.gaps[0].problem


def test_every_gate_on_the_text_has_a_case_that_trips_it_and_one_that_does_not(
    record: ContractRecord, full_set: ContractSet
) -> None:
    on_text = {result.gate.id for result in run_text_gates(read_back(record, drawn(full_set)))}
    both = {gate for gate, _ in CLAUSES} | {gate for gate, *_ in REPLACED} | APART | set(ELSEWHERE)
    assert {gate for gate, *_ in LINES} | both == on_text
    assert {gate for gate, _ in PASSING} | both == on_text


def test_the_sets_as_drawn_pass_every_gate_that_applies(zhilai_set: ContractSet, kuaidai_set: ContractSet) -> None:
    for drawn in (zhilai_set, kuaidai_set):
        assert {result.verdict for result in drawn.gates} <= {Verdict.PASSED, Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("The Borrower repays RMB 1,000,000.10.", FigureKind.AMOUNT),
        ("The rate is 3.44% per annum.", FigureKind.PERCENT),
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
