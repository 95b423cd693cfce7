"""Choice of programme: every programme decided for the same application, the best named with its reason."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from products import Applications
from products.comparison import NOT_IN_FORCE, Comparison, compare_programmes
from products.registry import offering_under
from tests.products.builders import ON, catalogue, columns, decisions, offering, scorecard, wan

SLUGS = ("cn-scitech-2024", "cn-private-investment-2026", "cn-batch-2023")


def compared(of: Applications, *slugs: str, on: date = ON) -> Comparison:
    offerings = [offering_under(catalogue(), offering(), catalogue().programmes[slug]) for slug in slugs or SLUGS]
    return compare_programmes(of, offerings, scorecard(), on=on)


def best(found: Comparison) -> list[str]:
    return [found.alternatives[place].programme if place >= 0 else "none" for place in found.best.tolist()]


LONGER = {
    "request.term_months": 24,
    "request.purpose": "equipment",
    "financials.revenue": ["1.00", "1.00", "1000000000.00"],
}


def test_each_alternative_is_the_decision_under_that_programme() -> None:
    found = compared(columns({}), "cn-scitech-2024")
    made = decisions({})
    (one,) = found.alternatives
    assert one.outcome.tolist() == made.outcome.tolist()
    assert one.amount.tolist() == made.considered.tolist()
    assert one.all_in.tolist() == made.gather(lambda part: part.case.prices.all_in).tolist()


def test_an_amount_above_a_programmes_ceiling_fits_only_the_larger_one() -> None:
    """12 million: above 总对总's 10 million per client, within 30 million for sci-tech enterprises."""
    found = compared(columns({"request.amount": wan(1200)}), "cn-batch-2023", "cn-scitech-2024")
    assert best(found) == ["cn-scitech-2024"]


def test_a_loan_of_a_year_does_not_fit_the_programme_for_longer_ones() -> None:
    found = compared(columns({}), "cn-private-investment-2026", "cn-scitech-2024")
    assert best(found) == ["cn-scitech-2024"]
    lines = found.explained(0)
    assert [line.place for line in lines] == [1, 2]
    assert lines[0].en.endswith("Best.")
    assert lines[1].programme == "cn-private-investment-2026"
    assert lines[1].en.startswith("Declined: ")
    assert lines[1].zh.endswith("结论不如最优计划。")


def test_headroom_is_the_ceiling_less_all_that_is_guaranteed_less_the_loan() -> None:
    """3 million guaranteed already, 1 million asked: 26 of 30 million, and 6 of 10."""
    found = compared(columns({"credit.guaranteed_balance": wan(300)}), "cn-scitech-2024", "cn-batch-2023")
    assert [int(one.headroom[0]) for one in found.alternatives] == [2_600_000_000, 600_000_000]


def test_a_programme_before_its_first_day_is_not_in_force_and_never_best() -> None:
    early = {"request.applied_on": "2026-01-18", **LONGER}
    found = compared(columns(early), "cn-private-investment-2026", "cn-scitech-2024", on=ON)
    assert found.alternatives[0].outcome.tolist() == [NOT_IN_FORCE]
    assert best(found) == ["cn-scitech-2024"]
    assert found.explained(0)[1].en == "Had no terms on the day of application (from 2026-01-19)."
    alone = compared(columns(early), "cn-private-investment-2026", on=ON)
    assert best(alone) == ["none"]


def test_a_batch_compares_as_its_rows_do() -> None:
    changes = [{}, {"request.amount": wan(1200)}, {"request.applied_on": "2026-01-18"}, {"credit.overdue_now": True}]
    together = compared(columns(*changes))
    for row, change in enumerate(changes):
        alone = compared(columns(change))
        assert alone.best[0] == together.best[row]
        assert alone.explained(0) == together.explained(row)


def test_the_best_comes_first_in_its_explanation() -> None:
    changes = [{}, {"request.amount": wan(1200)}, LONGER, {"credit.guaranteed_balance": wan(900)}]
    found = compared(columns(*changes))
    for row in range(len(changes)):
        assert found.explained(row)[0].programme == best(found)[row]
        assert len(found.explained(row)) == len(SLUGS)


def test_capital_is_the_considered_amount_times_the_prices_capital_rate() -> None:
    found = compared(columns({}), "cn-scitech-2024")
    rate = int(decisions({}).gather(lambda part: part.case.prices.costs.capital)[0])
    assert int(found.alternatives[0].capital[0]) == -(-100_000_000 * rate // 1_000_000)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no programme to compare; give at least one"):
        compare_programmes(columns({}), (), scorecard(), on=ON)


def test_ties_go_to_the_programme_given_first() -> None:
    found = compared(columns({}, {}), "cn-scitech-2024", "cn-scitech-2024")
    assert found.best.tolist() == [0, 0]
    assert np.array_equal(found.alternatives[0].amount, found.alternatives[1].amount)
