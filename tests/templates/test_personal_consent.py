"""The separate consent of every natural person: what the set holds, and what its gate asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from products import Decision, application_from
from templates import ContractSet, Particulars, Verdict, draft
from templates.case.record import ContractRecord, contract_record
from templates.document import Block, Signatures
from templates.wording import Language
from tests.templates.conftest import Facts, example_particulars, facts_of
from tests.templates.test_gates import changed
from tests.templates.test_text_gates import Drawn, drawn, verdict, with_replaced

Decide = Callable[[Facts], Decision]
FIRST, SECOND = "personal-consent-1", "personal-consent-2"
GATE = "personal-consent"


def case(decided: Decide, changes: Facts) -> tuple[ContractRecord, ContractSet]:
    """The pledge example with changed particulars, as record and as set."""
    facts, given = facts_of("zhilai"), Particulars.model_validate(changed(example_particulars(), changes))
    decision = decided(facts)
    return contract_record(decision, application_from(facts), given), draft(decision, facts, given, formats=[])


@pytest.fixture(scope="module")
def both(decided: Decide) -> tuple[ContractRecord, ContractSet]:
    """Record and set of the pledge example, in which two natural persons guarantee."""
    return case(decided, {})


def problems(record: ContractRecord, documents: Drawn) -> list[tuple[str, str]]:
    return [(gap.field, gap.problem) for gap in verdict(record, documents, GATE).gaps]


def test_each_person_signs_a_paper_of_its_own_matter_by_matter(both: tuple[ContractRecord, ContractSet]) -> None:
    papers = {one.document.kind: one.document for one in both[1].drafted if one.document.language is Language.ZH}
    for kind, name, number in (
        (FIRST, "李示范", "嘉乐科个保字2026-0731-1"),
        (SECOND, "陈示例", "嘉乐科个保字2026-0731-2"),
    ):
        (signing,) = (block for block in papers[kind].blocks if isinstance(block, Signatures))
        assert papers[kind].number == number
        assert [(one.anchor, one.lines[0]) for one in signing.blocks] == [
            ("敏感信息同意签字处", name),
            ("信息提供同意签字处", name),
        ]
    assert verdict(both[0], drawn(both[1]), GATE).verdict is Verdict.PASSED


def test_both_signatures_of_each_person_are_handed_over_with_their_anchors(
    both: tuple[ContractRecord, ContractSet],
) -> None:
    (file,) = (one for one in both[1].attachments if one.kind == "signature-hand-off")
    papers = [one for one in json.loads(file.content)["documents"] if one["number"] == "嘉乐科个保字2026-0731-2"]
    assert [signer["anchor"] for signer in papers[0]["signers"]] == ["敏感信息同意签字处", "信息提供同意签字处"]


def test_a_set_without_the_paper_of_one_person_names_the_person(both: tuple[ContractRecord, ContractSet]) -> None:
    record, contracts = both
    short = tuple(each for each in drawn(contracts) if each[0].kind != SECOND)
    assert problems(record, short) == [
        (
            f"{SECOND}.{language}",
            f"is not in the set: {name!r} consents to the use of personal information nowhere but in the guarantee",
        )
        for language, name in (("zh", "陈示例"), ("en", "Chen Shili"))
    ]


ALTERED = [
    (
        "本人单独同意贷款人按照上述内容处理本人的敏感个人信息",
        "本人已知悉上述内容",
        "no separate consent to sensitive information",
    ),
    (
        "本人单独同意贷款人按照上表列明",
        "本人知悉贷款人将按照上表列明",
        "no separate consent to the provision to third parties",
    ),
    ("四川示例科技融资担保有限公司", "合作机构", "does not state '四川示例科技融资担保有限公司' of the recipient"),
    ("依法报送对外担保信息", "业务需要", "does not state '依法报送对外担保信息' of the recipient"),
]


@pytest.mark.parametrize(("old", "new", "says"), ALTERED)
def test_a_consent_that_is_not_separate_or_names_nobody_trips(
    old: str, new: str, says: str, both: tuple[ContractRecord, ContractSet]
) -> None:
    record, contracts = both
    found = problems(record, with_replaced(contracts, FIRST, old, new))
    assert [field for field, _ in found] == [f"{FIRST}.zh"]
    assert says in found[0][1]


def test_one_signature_for_both_matters_is_not_enough(both: tuple[ContractRecord, ContractSet]) -> None:
    record, contracts = both
    once = tuple(
        (replace(one, blocks=tuple(_first_place(block) for block in one.blocks)), clauses)
        if (one.kind, one.language) == (FIRST, Language.ZH)
        else (one, clauses)
        for one, clauses in drawn(contracts)
    )
    assert problems(record, once) == [(f"{FIRST}.zh", "has 1 of 2 places where '李示范' signs each consent by itself")]


def _first_place(block: Block) -> Block:
    return Signatures(block.blocks[:1]) if isinstance(block, Signatures) else block


def test_the_guarantor_is_a_recipient_by_name(decided: Decide) -> None:
    record, contracts = case(decided, {"personal_guarantee.recipients": []})
    assert problems(record, drawn(contracts)) == [
        (
            "particulars.personal_guarantee.recipients",
            "do not name '四川示例科技融资担保有限公司', which learns who guarantees beside it",
        )
    ]


def test_without_recipients_one_signature_is_enough_and_nothing_is_said_of_sharing(decided: Decide) -> None:
    override = {"gate": GATE, "by": "周法务", "reason": "担保公司不接收自然人保证人的信息"}
    _, contracts = case(decided, {"personal_guarantee.recipients": [], "overrides": [override]})
    (paper,) = (one for one in contracts.drafted if (one.document.kind, one.document.language) == (FIRST, Language.ZH))
    assert "向第三方提供个人信息" not in "\n".join(paper.document.lines())
    assert [len(block.blocks) for block in paper.document.blocks if isinstance(block, Signatures)] == [1]
    (result,) = (one for one in contracts.gates if one.gate.id == GATE)
    assert (result.verdict, result.overridden_by) == (Verdict.OVERRIDDEN, "周法务")


def test_without_natural_persons_nobody_is_asked(decided: Decide) -> None:
    record, contracts = case(decided, {"personal_guarantee": None})
    result = verdict(record, drawn(contracts), GATE)
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert not [one for one in contracts.drafted if one.document.kind.startswith(GATE)]
