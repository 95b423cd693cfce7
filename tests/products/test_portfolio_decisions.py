"""A portfolio out of stored decisions is the portfolio of the columns they were decided in."""

from __future__ import annotations

import numpy as np

from products import Decisions, explain
from products.canonical import canonical_json
from products.portfolio import guaranteed_loans
from products.portfolio_decisions import DecidedLoan, collected
from tests.products.builders import decisions, offering, wan


def stored(made: Decisions, *, digests: tuple[str, ...] | None = None) -> list[tuple[str, DecidedLoan]]:
    """The decisions in their stored form, each of a client of its own."""
    found = []
    for row in range(made.n):
        application = digests[row] if digests else f"application {row}"
        decision = explain(made, row, decision_id=str(row), digests={"application": application})
        found.append(
            (f"client {row}", DecidedLoan.model_validate_json(canonical_json(decision.model_dump(mode="json"))))
        )
    return found


def _same(made: Decisions) -> None:
    columns, read = guaranteed_loans(made), collected(stored(made)).loans
    for name in ("amount", "small_business", "fee", "charged_on", "parts"):
        assert np.array_equal(getattr(columns, name), getattr(read, name)), name
    assert columns.parties == read.parties


def test_stored_decisions_add_up_to_what_their_columns_do() -> None:
    """Approved, referred and declined; small and medium firms; a fee on the loan and what the province cedes."""
    _same(decisions({}, {"request.amount": wan(300)}, {"credit.overdue_now": True}, {"enterprise.employees": 300}))
    _same(decisions({"enterprise.region": "420100"}, under=offering("innovation-credit", "hubei-kuaidai")))


def test_an_application_approved_again_is_one_loan_as_approved_last() -> None:
    made = decisions({}, {"request.amount": wan(300)}, {"request.amount": wan(200)})
    found = collected(stored(made, digests=("a", "b", "a")))
    assert found.repeated == 1
    assert sorted(found.loans.amount.tolist()) == [200_000_000, 300_000_000]


def test_without_approvals_the_portfolio_is_empty() -> None:
    found = collected(stored(decisions({"credit.overdue_now": True})))
    assert found.loans.amount.tolist() == []
    assert found.loans.parts.shape == (0, 5)
