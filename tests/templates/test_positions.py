"""Fallback positions: drawn where someone agreed by name, refused where nobody did or where the bank walks away."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from products import Decision
from templates import ContractSet, DraftRefused, Particulars, draft
from templates.library import BadClause, library, read_clause
from templates.positions import Position, Stance
from templates.redline import Kind, redline
from templates.wording import Language
from tests.templates.conftest import Facts, example_particulars, facts_of
from tests.templates.test_gates import changed

Decide = Callable[[Facts], Decision]
NO_COMPOUND = {
    "clause": "loan-breach",
    "position": "no-compound-on-penalty",
    "by": "周法务",
    "reason": "客户为小巨人企业，担保足值",
}
TWO_YEARS = {"clause": "guarantee-period", "position": "two-years", "by": "周法务", "reason": "担保公司制度上限二年"}


def drawn(decided: Decide, *positions: dict[str, str], **changes: Any) -> ContractSet:
    """The pledge example's set with positions agreed and particulars changed."""
    facts = facts_of("zhilai")
    given = changed(example_particulars(), changes) | {"positions": list(positions)}
    return draft(decided(facts), facts, Particulars.model_validate(given))


def refusal(decided: Decide, *positions: dict[str, str], **changes: Any) -> str:
    with pytest.raises(DraftRefused) as refused:
        drawn(decided, *positions, **changes)
    assert {gap.gate for gap in refused.value.gaps} == {"negotiated-positions"}
    return str(refused.value)


def text_of(made: ContractSet, kind: str, language: Language) -> str:
    (one,) = [each for each in made.drafted if (each.document.kind, each.document.language) == (kind, language)]
    return " ".join(run.text for block in one.document.blocks for run in getattr(block, "runs", ()))


def test_the_clauses_where_negotiation_happens_have_positions_in_both_languages() -> None:
    negotiable = {name for (name, _), clause in library().items() if clause.front.positions}
    assert negotiable >= {
        "loan-breach", "loan-prepayment", "guarantee-period", "disputes-court", "loan-default", "loan-repayment",
        "guarantee-mode-joint", "pledge-transfer", "pledge-value",
    }  # fmt: skip
    for name in negotiable:
        pair = [library()[name, language].front.positions for language in Language]
        assert [each.shape for each in pair[0]] == [each.shape for each in pair[1]], name


def test_every_clause_has_an_owner_and_the_paper_of_its_approval() -> None:
    owners = {clause.front.owner for clause in library().values()}
    assert owners == {"credit", "pricing", "collateral", "guarantees", "legal"}
    assert {clause.front.approval for clause in library().values()} == {"as shipped"}


def test_an_acceptable_wording_is_drawn_in_both_languages_and_named_in_manifest_and_sheet(
    decided: Decide, zhilai_set: ContractSet
) -> None:
    made = drawn(decided, NO_COMPOUND)
    assert "对罚息不计收复利" in text_of(made, "loan-contract", Language.ZH)
    assert "default interest bears no compound interest" in text_of(made, "loan-contract", Language.EN)
    assert "对罚息不计收复利" not in text_of(zhilai_set, "loan-contract", Language.ZH)
    manifest = json.loads(made.manifest)
    (deviation,) = manifest["deviations"]
    assert deviation == NO_COMPOUND | {"version": "1.1.0", "stance": "acceptable", "title": "罚息不计复利"}
    contract = next(one for one in manifest["documents"] if one["kind"] == "loan-contract")
    assert [one["position"] for one in contract["clauses"] if "position" in one] == ["no-compound-on-penalty"]
    sheets = {file.format.value: file for file in made.attachments if file.kind == "negotiation-sheet"}
    page = sheets["html"].content.decode()
    assert "周法务" in page
    assert "客户为小巨人企业，担保足值" in page
    assert "<br>对借款人未按期支付的期内利息，按照罚息利率计收复利；对罚息不计收复利。" in page
    assert "加收【loan.overdue_uplift】计收罚息" in page
    sheet = json.loads(sheets["json"].content)
    (breach,) = [one for one in sheet["clauses"] if (one["id"], one["language"]) == ("loan-breach", "zh")]
    assert breach["taken"] == "no-compound-on-penalty"
    assert json.loads(zhilai_set.manifest)["deviations"] == []


def test_nothing_but_the_agreed_clause_changes(decided: Decide, zhilai_set: ContractSet) -> None:
    made = drawn(decided, NO_COMPOUND)
    for before, after in zip(zhilai_set.drafted, made.drafted, strict=True):
        altered = redline(before.document, after.document).altered
        assert len(altered) == (1 if before.document.kind == "loan-contract" else 0)
        assert all(change.kind is Kind.CHANGED for change in altered)


def test_a_figure_in_an_acceptable_position_asks_for_a_name_and_a_reason(decided: Decide) -> None:
    shorter = {"guarantee.period_months": 24}
    assert "does not say who agreed to two-years of guarantee-period" in refusal(decided, **shorter)
    (deviation,) = json.loads(drawn(decided, TWO_YEARS, **shorter).manifest)["deviations"]
    assert (deviation["position"], deviation["by"]) == ("two-years", "周法务")


@pytest.mark.parametrize(
    ("positions", "changes", "says"),
    [
        ([], {"guarantee.period_months": 23}, "in the position below-two-years, where the bank walks away"),
        ([TWO_YEARS | {"position": "below-two-years"}], {}, "where the bank walks away"),
        ([TWO_YEARS], {}, "but the particulars do not put guarantee-period there"),
        ([NO_COMPOUND | {"position": "full"}], {}, "from which nothing departs"),
        ([NO_COMPOUND | {"position": "no-compound-on-penalti"}], {}, "write no-compound-on-penalty"),
        ([NO_COMPOUND | {"clause": "loan-breech"}], {}, "write loan-breach"),
        ([NO_COMPOUND | {"clause": "disputes-arbitration"}], {}, "no negotiable clause of this set"),
        ([], {"dispute.connection": "borrower_seat"}, "does not say who agreed to connected-court of disputes-court"),
    ],
)
def test_positions_that_cannot_be_taken_are_refused_with_the_remedy(
    decided: Decide, positions: list[dict[str, str]], changes: dict[str, Any], says: str
) -> None:
    assert says in refusal(decided, *positions, **changes)


def test_no_uplift_at_all_is_a_position_where_the_bank_walks_away(decided: Decide) -> None:
    assert "no-penalty, where the bank walks away" in refusal(decided, **{"loan.overdue_uplift": "0"})
    assert drawn(decided, **{"loan.overdue_uplift": "0.0001"}).documents


def test_one_clause_takes_one_position() -> None:
    given = example_particulars() | {"positions": [NO_COMPOUND, NO_COMPOUND]}
    with pytest.raises(ValidationError, match="The clause loan-breach is given two positions"):
        Particulars.model_validate(given)


def test_every_acceptable_wording_can_be_drawn(decided: Decide) -> None:
    worded = {
        name: each.id for (name, _), clause in library().items() for each in clause.front.positions if each.wording
    }
    agreed = [{"clause": name, "position": each, "by": "周法务", "reason": "谈判"} for name, each in worded.items()]
    made = drawn(decided, *agreed)
    assert {one["clause"] for one in json.loads(made.manifest)["deviations"]} == set(worded)


@pytest.mark.parametrize(
    ("position", "complaint"),
    [
        ({"stance": "walk_away", "wording": "甲"}, "only an acceptable position is worded"),
        ({"stance": "acceptable"}, "give it either a wording or, under when"),
        ({"stance": "acceptable", "wording": "甲", "when": "pledged"}, "give it either a wording or, under when"),
        ({"stance": "acceptable", "when": "pledgedd"}, "no fact of a contract set"),
    ],
)
def test_a_position_that_does_not_fit_its_stance_is_refused(position: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Position.model_validate({"id": "a", "title": "甲", "guidance": "乙"} | position)


def test_positions_without_a_place_to_walk_away_are_incomplete() -> None:
    front = {
        "id": "a", "version": "1.0.0", "language": "zh", "title": "甲", "form": "article", "basis": ["民法典 470"],
        "in_force_from": "2025-04-19", "mandatory": True, "owner": "legal", "approval": "as shipped",
        "positions": [{"id": "b", "stance": Stance.PREFERRED.value, "title": "甲", "guidance": "乙"}],
    }  # fmt: skip
    with pytest.raises(BadClause, match="one preferred, at least one acceptable and at least one walk_away"):
        read_clause(f"---\n{yaml.safe_dump(front, allow_unicode=True)}---\n正文", "zh/a.md")
