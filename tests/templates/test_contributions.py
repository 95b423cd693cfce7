"""Clauses that a package brings: joined to kedai's own for its product, and held to the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from products import LoanTerms, Unit
from products.parameters import Declared, declared_parameters
from templates.contributions import BadContribution, joined
from templates.product_words import product_names
from templates.texts import Texts, packed, shipped_texts, unpacked
from templates.wording import Language

ROOT = Path(__file__).parents[1] / "plugins" / "rd-milestone" / "rd_milestone" / "data" / "contracts"
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.*")}
ZH, EN = (f"clauses/{language}/milestone-drawdown.md" for language in ("zh", "en"))
MILESTONES = ("contract", "prototype", "pilot")
DECLARED: Mapping[str, Declared] = {
    **declared_parameters(LoanTerms),
    "milestone_shares": Declared(Unit.FRACTION, "比例", "shares", (MILESTONES,), (), optional=False),
    "milestone_months": Declared(Unit.MONTHS, "月数", "months", (MILESTONES,), (), optional=False),
}
PLAN = """\
id: milestone-plan
version: 1.0.0
order: 20
context: loan
title: {zh: 里程碑计划, en: Milestone plan}
applies_when: "True"
clauses: [loan-parties, loan-amount, milestone-drawdown, loan-plan, signing]
"""


def join(**changes: str) -> Texts:
    return joined(shipped_texts(), {**TEXTS, **changes}, DECLARED)


def of(one: Texts, document: str) -> tuple[str, ...]:
    return next(definition.clauses for definition in one.documents if definition.id == document)


def test_a_clause_takes_the_place_of_another_in_its_own_sets_only() -> None:
    found = join()
    clauses, own = of(found, "loan-contract"), of(shipped_texts(), "loan-contract")
    assert clauses == tuple("milestone-drawdown" if one == "loan-disbursement" else one for one in own)
    assert product_names(found.clauses.values()) == {
        *("milestone_shares.contract", "milestone_shares.prototype", "milestone_shares.pilot"),
        *("milestone_months.prototype", "milestone_months.pilot"),
    }
    assert "loan-disbursement" in of(shipped_texts(), "loan-contract")
    assert ("milestone-drawdown", Language.ZH) not in shipped_texts().clauses
    before = {one.id: one.digest for one in shipped_texts().documents}
    assert {one.id for one in found.documents if before[one.id] != one.digest} == {"loan-contract"}
    again = unpacked(packed(found))
    assert (dict(again.clauses), again.documents) == (dict(found.clauses), found.documents)


def test_a_clause_may_follow_another() -> None:
    found = join(**{"placement.yaml": "[{document: loan-contract, clause: milestone-drawdown, after: loan-amount}]"})
    clauses = of(found, "loan-contract")
    assert clauses[clauses.index("loan-amount") + 1] == "milestone-drawdown"
    assert "loan-disbursement" in clauses


def test_a_document_of_the_packages_own_follows_those_shipped() -> None:
    found = join(**{"documents/milestone-plan.yaml": PLAN})
    assert [one.id for one in found.documents][-2:] == ["drawdown-checklist", "milestone-plan"]


def without(text: str, part: str, put: str = "") -> str:
    assert part in text
    return text.replace(part, put)


BAD = {
    "a language lacks": ({EN: None}, "milestone-drawdown, which has no en text; write it."),
    "languages differ": (
        {EN: without(TEXTS[EN], "{{ product.milestone_shares.pilot }}", "a part")},
        "milestone-drawdown names product.milestone_shares.pilot in one language only; name the same facts in both.",
    ),
    "a digit": ({ZH: without(TEXTS[ZH], "分次", "分3次")}, "numbers and logic belong to the context"),
    "a number in words": ({ZH: without(TEXTS[ZH], "逾期未", "逾期三十天未")}, "states '三十天' in words"),
    "logic": ({ZH: without(TEXTS[ZH], "逾期", "{% for x in y %}")}, "numbers and logic belong to the context"),
    "an attribute of Python": (
        {ZH: without(TEXTS[ZH], "product.milestone_shares.pilot", "product.__class__")},
        "contains",
    ),
    "a parameter that is none": (
        {one: without(TEXTS[one], "milestone_shares.pilot", "milestone_shares.flight") for one in (ZH, EN)},
        "names product.milestone_shares.flight, which its context does not offer; write product.milestone_shares.pi",
    ),
    "a table with two levels": (
        {one: without(TEXTS[one], "milestone_shares.pilot", "fee_tariff") for one in (ZH, EN)},
        "names product.fee_tariff, which its context does not offer",
    ),
    "a reference to nothing": (
        {ZH: without(TEXTS[ZH], "[[loan-plan]]", "[[loan-plane]]")},
        "refers to loan-plane, which the document does not contain; refer to another clause.",
    ),
    "less law": (
        {one: without(TEXTS[one], ', "民法典 671"') for one in (ZH, EN)},
        "takes the place of loan-disbursement and does not rest on 民法典 671, as that does.",
    ),
    "not mandatory": (
        {one: without(TEXTS[one], "mandatory: true", "mandatory: false") for one in (ZH, EN)},
        "make it mandatory and let it apply wherever that does.",
    ),
    "no law": (
        {
            **{one: without(TEXTS[one], '["民法典 670", "民法典 671"]', "[]") for one in (ZH, EN)},
            "placement.yaml": "[{document: loan-contract, clause: milestone-drawdown, after: loan-amount}]",
        },
        "milestone-drawdown names no law it rests on; give its front matter a basis.",
    ),
    "a name that is taken": (
        {
            one.replace("milestone-drawdown", "loan-term"): without(TEXTS[one], "milestone-drawdown", "loan-term")
            for one in (ZH, EN)
        },
        "loan-term is the name of one of kedai's clauses; choose another.",
    ),
    "another name inside": (
        {ZH: without(TEXTS[ZH], "id: milestone-drawdown", "id: drawdown")},
        "zh/milestone-drawdown.md calls itself zh/drawdown",
    ),
    "a language that is none": (
        {"clauses/ja/x.md": "x"},
        "clauses/ja/x.md is in no language of contracts; use en, zh.",
    ),
    "no placement": ({"placement.yaml": None}, "milestone-drawdown stands in no document; give it a placement."),
    "two places": (
        {"placement.yaml": "[{document: a, clause: b, after: c, instead_of: d}]"},
        "it needs exactly one of after and instead_of",
    ),
    "an unknown document": (
        {"placement.yaml": "[{document: loan, clause: milestone-drawdown, after: loan-amount}]"},
        "placement.yaml names the document loan; use one of: loan-contract,",
    ),
    "an unknown neighbour": (
        {"placement.yaml": "[{document: loan-contract, clause: milestone-drawdown, after: loan-amounts}]"},
        "placement.yaml names loan-amounts, which loan-contract does not contain.",
    ),
    "a clause not brought": (
        {"placement.yaml": "[{document: loan-contract, clause: loan-term, after: loan-amount}]"},
        "placement.yaml places loan-term, which the package does not bring.",
    ),
    "a document that is taken": (
        {"documents/loan-contract.yaml": PLAN.replace("milestone-plan", "loan-contract")},
        "documents/loan-contract.yaml has the name of one of kedai's documents; choose another.",
    ),
    "a document of a low number": (
        {"documents/milestone-plan.yaml": PLAN.replace("20", "2")},
        "documents/milestone-plan.yaml has the order 2; begin at 20.",
    ),
    "a document of a closed context": (
        {"documents/milestone-plan.yaml": PLAN.replace("context: loan", "context: pledge")},
        "is filled from 'pledge'; use one of: loan, cost.",
    ),
    "a document nobody signs": (
        {"documents/milestone-plan.yaml": PLAN.replace(", signing", "")},
        "milestone-plan has nowhere to sign; add the clause signing.",
    ),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_what_the_library_would_not_take_is_refused_with_its_place(name: str) -> None:
    changes, said = BAD[name]
    texts = {place: text for place, text in {**TEXTS, **changes}.items() if text is not None}
    with pytest.raises(BadContribution) as refused:
        joined(shipped_texts(), texts, DECLARED)
    assert said in str(refused.value)
