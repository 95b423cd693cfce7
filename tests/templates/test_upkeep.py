"""The library is in order, and samples reach every clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from products import Decision
from templates import ContractSet, Particulars, draft
from templates.library import definitions, library
from templates.markup import parse_body
from templates.upkeep import faults, lint_library, unreached_clauses
from templates.wording import Language
from tests.templates.conftest import Facts, facts_of, full_case
from tests.templates.test_gates import TRADEMARK, changed, maximum

Decide = Callable[[Facts], Decision]


def test_nothing_is_wrong_with_the_library() -> None:
    assert lint_library() == ()


def linted(body: str) -> list[str]:
    """The faults of the loan contract with one more clause of this body."""
    clauses = dict(library())
    for language in Language:
        like = clauses["loan-term", language]
        front = like.front.model_copy(update={"id": "extra"})
        clauses["extra", language] = replace(like, front=front, blocks=parse_body(body, "extra"))
    contract = definitions()[0]
    return list(faults([contract.model_copy(update={"clauses": (*contract.clauses, "extra")})], clauses))


def test_an_unknown_name_is_reported_with_the_nearest_known_one() -> None:
    assert linted("{{ loan.amont }}")[0] == (
        "zh/extra in loan-contract names loan.amont, which its context does not offer; write loan.amount."
    )


def test_a_block_in_a_sentence_and_a_reference_to_nothing_are_reported() -> None:
    assert "puts plan in the wrong way; blocks stand after :::" in linted("{{ plan }}")[0]
    assert "refers to nowhere, which the document does not contain" in linted("见[[nowhere]]")[0]


def test_a_clause_without_a_text_in_one_language_is_reported() -> None:
    clauses = {key: clause for key, clause in library().items() if key != ("loan-extension", Language.EN)}
    found = list(faults([definitions()[0]], clauses))
    assert found == ["loan-contract names loan-extension, which has no en text; write it."]


def samples(decided: Decide) -> Iterator[ContractSet]:
    """Sets that between them reach every clause."""
    decision = decided(facts_of("zhilai"))
    facts, given = full_case()
    whole = [{"party": "guarantor", "share": "1", "amount": "1000000.00"}]
    full = Decision.model_validate(changed(decision.model_dump(mode="json"), {"cover.parties": whole}))
    yield draft(full, facts, Particulars.model_validate(given))
    yield draft(decision, facts, Particulars.model_validate(given))
    facts, given = full_case()
    facts["ip_assets"][0] |= {
        "same_day_invention": True,
        "same_day_acknowledged": True,
        "invalidation_pending": True,
        "invalidation_acknowledged": True,
    }
    owner = given["counter_guarantee"]["provider"]
    facts["ip_assets"][0] |= {"owner": owner["name"]["zh"], "owner_uscc": owner["uscc"]}
    given["pledge"] |= {"maximum": maximum(), "pledgor": owner}
    given["pledge"]["papers"] += ["same_day_declaration", "power_of_attorney"]
    given["guarantee"] |= {"maximum": maximum(cap="800000.00"), "fronts": ["guarantor", "province", "fund"]}
    given["counter_guarantee"]["mode"] = given["personal_guarantee"]["mode"] = given["guarantee"]["mode"] = "general"
    given["resolutions"].append(given["resolutions"][-1] | {"company": "pledgor", "number": "股决字2026-04"})
    told = [owner["name"]["zh"], given["guarantor"]["name"]["zh"], "李示范", "陈示例"]
    given["refinancing"] = {"old_contract": "旧借字1号", "disclosed_to": told}
    given["loan"] |= {"rate_type": "floating", "rate_reset": "quarterly", "payment": "entrusted"}
    given["signing"]["prevailing"] = "en"
    given["dispute"] |= {"mode": "arbitration", "institution": {"zh": "成都仲裁委员会"}}
    yield draft(decision, facts, Particulars.model_validate(given))
    facts, given = full_case()
    trademark = changed(
        facts, TRADEMARK | {"ip_assets.0.similar_marks_included": True, "ip_assets.0.status": "in_force"}
    )
    yield draft(decision, trademark, Particulars.model_validate(given))
    facts, given = full_case()
    work = changed(
        facts,
        {"ip_assets.0.kind": "copyright", "ip_assets.0.annual_fee_paid_to": None, "ip_assets.0.status": "in_force"},
    )
    yield draft(decision, work, Particulars.model_validate(given))


def test_the_samples_reach_all_clauses(decided: Decide) -> None:
    assert unreached_clauses(samples(decided)) == ()


def test_files_are_numbered_once_each_in_the_order_of_use(decided: Decide) -> None:
    for drawn in samples(decided):
        kinds: dict[int, set[str]] = {}
        for file in (*drawn.documents, *drawn.attachments):
            kinds.setdefault(int(file.filename.partition("-")[0]), set()).add(file.kind)
        assert all(len(found) == 1 for found in kinds.values())
        assert sorted(kinds) == list(range(1, len(kinds) + 1))
        order = [found.pop() for _, found in sorted(kinds.items())]
        use = ["loan-contract", "resolution-", "signing-list", "signature-hand-off", "registration-"]
        use += ["registration-pack", "drawdown-checklist", "gate-report", "negotiation-sheet"]
        places = [next(at for at, kind in enumerate(order) if kind.startswith(name)) for name in use]
        assert places == sorted(places)


def test_without_samples_every_clause_is_unreached() -> None:
    assert len(unreached_clauses([])) == len(library()) / 2
