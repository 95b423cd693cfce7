"""Papers kept with a case: gates read them, the registration pack and the manifest name them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from products import Decision
from templates import ContractSet, DraftRefused, GateResult, Particulars, Verdict, draft
from templates.case.attachments import FILED, Attached, AttachmentKind, attachment_kind
from templates.case.options import Paper
from tests.templates.conftest import Facts, example_particulars, facts_of
from tests.templates.test_gates import PAPERS_KEPT, changed

Decide = Callable[[Facts], Decision]
REPORT, IDENTITY, RESOLVED = (
    Attached(kind, f"{kind.value}.pdf", str(place) * 64, 100 + place)
    for place, kind in enumerate(
        (AttachmentKind.VALUATION_REPORT, AttachmentKind.IDENTITY_PROOFS, AttachmentKind.RESOLUTION)
    )
)


def drawn(decided: Decide, attachments: Iterable[Attached], **changes: Any) -> ContractSet:
    facts = facts_of("zhilai")
    given = Particulars.model_validate(changed(example_particulars(), changes))
    return draft(decided(facts), facts, given, attachments=attachments)


def gate(made: ContractSet) -> GateResult:
    return next(result for result in made.gates if result.gate.id == PAPERS_KEPT)


def pack(made: ContractSet) -> dict[str, Any]:
    (file,) = [file for file in made.attachments if file.kind == "registration-pack"]
    (register,) = json.loads(file.content)["registers"]
    return {each["paper"]: each for each in register["papers"]}


def test_a_case_that_keeps_no_papers_here_is_taken_at_its_word(decided: Decide) -> None:
    assert gate(drawn(decided, [])).verdict is Verdict.PASSED


def test_every_paper_stated_must_be_kept_once_any_is(decided: Decide) -> None:
    short = gate(drawn(decided, [REPORT, IDENTITY]))
    assert short.verdict is Verdict.FAILED
    (gap,) = short.gaps
    assert (gap.field, "states resolution, which is not among the papers kept" in gap.problem) == (
        "particulars.resolutions",
        True,
    )
    assert {gap.field for gap in gate(drawn(decided, [RESOLVED])).gaps} == {"particulars.pledge.papers"}
    assert gate(drawn(decided, [REPORT, IDENTITY, RESOLVED])).verdict is Verdict.PASSED


def test_a_paper_that_is_kept_need_not_be_stated(decided: Decide) -> None:
    stated = {"pledge.papers": ["application_form", "contracts", "identity_proofs"]}
    with pytest.raises(DraftRefused, match="lacks valuation_report"):
        drawn(decided, [], **stated)
    assert drawn(decided, [REPORT, IDENTITY, RESOLVED], **stated).documents
    with pytest.raises(DraftRefused, match="proofs of identity or undertakings"):
        drawn(decided, [REPORT], **{"pledge.papers": ["application_form", "contracts"]})


def test_the_registration_pack_names_the_file_that_answers_each_paper(decided: Decide) -> None:
    made = drawn(decided, [REPORT, RESOLVED])
    papers = pack(made)
    assert papers["valuation_report"]["files"] == [REPORT.plain()]
    assert papers["valuation_report"]["state"] == "filed"
    assert papers["identity_proofs"] == papers["identity_proofs"] | {"state": "stated", "files": []}
    assert papers["co_owner_consents"]["state"] == "absent"
    digests = {file.filename: file.sha256 for file in made.documents}
    contracts = {each["filename"]: each["sha256"] for each in papers["contracts"]["files"]}
    assert {"01-loan-contract.zh.docx", "02-patent-pledge.zh.docx"} <= set(contracts)
    assert contracts.items() <= digests.items()
    assert json.loads(made.manifest)["papers"] == [REPORT.plain(), RESOLVED.plain()]


def test_an_unsecured_loan_has_no_registration_pack(kuaidai_set: ContractSet) -> None:
    assert [file for file in kuaidai_set.attachments if file.kind == "registration-pack"] == []


def test_papers_from_outside_are_filed_under_the_kind_of_their_name() -> None:
    assert FILED[Paper.VALUATION_REPORT] is AttachmentKind.VALUATION_REPORT
    assert Paper.APPLICATION_FORM not in FILED
    assert {attachment_kind(kind.value) for kind in AttachmentKind} == set(AttachmentKind)
