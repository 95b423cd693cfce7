"""One application underwritten, and one applicant compared over everything on offer."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from products import (
    Application,
    Catalogue,
    Decision,
    InvalidApplication,
    Offer,
    Offering,
    OfferList,
    application_from,
    offers,
    underwrite,
)
from products.canonical import digest
from products.explaining.answer import ReservedHeadroom
from products.headroom import ClientReservation, Reservation
from tests.products.builders import ABSENT, ON, amended, catalogue, facts, offering, scorecard


def application(changes: dict[str, object] | None = None) -> Application:
    return application_from(facts(changes))


def underwritten(changes: dict[str, object] | None = None, *, on: date = ON) -> Decision:
    return underwrite(application(changes), catalogue=catalogue(), scorecard=scorecard(), on=on, decision_id="d-9")


def compared(changes: dict[str, object] | None = None, *, among: Catalogue | None = None, on: date = ON) -> OfferList:
    return offers(
        application(changes),
        catalogue=among or catalogue(),
        scorecard=scorecard(),
        on=on,
        id_of=lambda what: f"o-{what.product.slug}-{what.revision.slug if what.revision else ''}",
    )


def refused(changes: dict[str, object], *, on: date = ON) -> tuple[str, str, str]:
    with pytest.raises(InvalidApplication) as error:
        underwritten(changes, on=on)
    (problem,) = error.value.problems
    return problem.path, problem.message, problem.value


def test_the_product_and_revision_named_decide() -> None:
    plain = underwritten()
    assert (plain.id, plain.product, plain.revision, plain.outcome) == ("d-9", "innovation-credit", None, "approve")
    tianfu = underwritten({"request.product": "ip-pledge", "request.revision": "tianfu-zhilai"})
    assert (tianfu.product, tianfu.revision) == ("ip-pledge", "tianfu-zhilai")
    assert tianfu.price is not None
    assert str(tianfu.price.cap) == "0.0450"


def test_a_product_without_a_revision_is_decided_under_its_own_terms() -> None:
    own = underwritten({"request.product": "ip-pledge"})
    assert own.price is not None
    assert own.price.cap is None
    assert own.evidence.digests["product_terms"] == offering("ip-pledge").product.book.digest


def test_the_decision_holds_the_digest_of_its_application() -> None:
    one = application()
    decision = underwrite(one, catalogue=catalogue(), scorecard=scorecard(), on=ON, decision_id="d-9")
    assert decision.evidence.digests["application"] == digest(one.model_dump(mode="json"))
    assert underwritten({"request.amount": "1000000.01"}).evidence.digests["application"] != digest(
        one.model_dump(mode="json")
    )


def test_an_unknown_product_or_revision_is_an_invalid_application_at_its_place() -> None:
    assert refused({"request.product": "ip-plegde"}) == (
        "request.product",
        "There is no product 'ip-plegde'; use one of: innovation-credit, ip-pledge.",
        "ip-plegde",
    )
    assert refused({"request.product": "ip-pledge", "request.revision": "hubei-kuaidai"}) == (
        "request.revision",
        "There is no revision 'hubei-kuaidai'; use one of: tianfu-zhilai.",
        "hubei-kuaidai",
    )


def test_an_application_dated_after_its_decision_is_invalid() -> None:
    assert refused({"request.applied_on": "2026-07-23"}) == (
        "request.applied_on",
        "The application was made on 2026-07-23, after the day of decision 2026-07-22; "
        "correct the date or decide it on or after the day it was made.",
        "2026-07-23",
    )


def test_an_application_before_the_terms_is_invalid() -> None:
    path, message, _ = refused({"request.revision": "xiamen-changrongbao", "request.applied_on": "2026-01-18"})
    assert path == "request.applied_on"
    assert "cn-private-investment-2026 has no value of" in message
    assert "its terms are complete from 2026-01-19 on." in message


def places(found: OfferList) -> list[tuple[str, str | None, str]]:
    return [(one.product, one.revision, one.decision.outcome.value) for one in found.offers]


def test_everything_on_offer_is_compared_approved_before_refused() -> None:
    found = compared()
    assert (found.applied_on, found.decided_on) == (ON, ON)
    assert [one.rank for one in found.offers] == [1, 2, 3, 4, 5]
    assert found.not_offered == ()
    order = {"approve": 0, "refer": 1, "decline": 2}
    outcomes = [order[outcome] for _, _, outcome in places(found)]
    assert outcomes == sorted(outcomes)
    assert places(found)[0] == ("ip-pledge", "tianfu-zhilai", "approve")  # the subsidy makes it the cheapest
    assert {place[:2] for place in places(found)[3:]} == {
        ("innovation-credit", "hubei-kuaidai"),
        ("innovation-credit", "xiamen-changrongbao"),
    }
    assert found.offers[0].decision.id == "o-ip-pledge-tianfu-zhilai"


def percent(offer: Offer) -> str:
    assert offer.all_in_rate is not None
    return f"{offer.all_in_rate * 100:.2f} %"


def test_of_equal_amounts_the_cheaper_is_better_and_the_dearer_says_by_how_much() -> None:
    best, second, third, *_ = compared().offers
    assert best.why == f"Best: 1,000,000.00 yuan at {percent(best)} all-in."
    assert best.why_zh == f"最优：1,000,000.00元，综合年化成本{percent(best)}。"
    assert best.all_in_rate is not None
    for worse in (second, third):
        assert worse.all_in_rate is not None
        assert worse.all_in_rate >= best.all_in_rate
        more = f"{(worse.all_in_rate - best.all_in_rate) * 100:.2f}"
        assert worse.why == (f"The same amount, {more} percentage points a year dearer all-in ({percent(worse)}).")
    assert second.all_in_rate is not None
    assert third.all_in_rate is not None
    assert second.all_in_rate <= third.all_in_rate


def test_a_larger_amount_is_better_than_a_cheaper_loan() -> None:
    # the patent carries 2 million of the 5 asked for, innovation credit the whole
    found = compared({"request.amount": "5000000.00"})
    best, second, third, *_ = found.offers
    assert (best.product, best.revision, str(best.decision.amount.approved)) == (
        "innovation-credit",
        None,
        "5000000.00",
    )
    assert second.revision == "tianfu-zhilai"
    assert second.why == (
        f"3,000,000.00 yuan less than the best (2,000,000.00 at {percent(second)}); bound by pledge_value."
    )
    assert third.why.startswith("3,000,000.00 yuan less than the best")


def test_a_refused_offer_says_what_must_hold() -> None:
    refused_offers = {one.revision: one for one in compared().offers if one.decision.outcome == "decline"}
    hubei = refused_offers["hubei-kuaidai"]
    assert hubei.why == (
        "Declined: The company must be registered in the province or city for which the product is offered."
    )
    assert hubei.why_zh == "不予受理：企业须在产品适用地区注册。"
    assert "The loan must run longer than 12 months." in refused_offers["xiamen-changrongbao"].why


def test_a_referred_offer_says_what_is_open_and_goes_before_a_declined_one() -> None:
    found = compared({"credit.bank_exposure": ABSENT})
    outcomes = [outcome for _, _, outcome in places(found)]
    assert outcomes == ["refer"] * 3 + ["decline"] * 2
    assert found.offers[0].why.startswith("To be examined: ")
    assert "Bank exposure" in found.offers[0].why
    # remarks do not examine anything
    assert "should" not in found.offers[0].why


def test_what_is_not_in_force_is_listed_apart_with_its_first_day() -> None:
    found = compared({"request.applied_on": "2025-12-31"})
    (missing,) = found.not_offered
    assert (missing.product, missing.revision) == ("innovation-credit", "xiamen-changrongbao")
    assert "its terms are complete from 2026-01-19 on." in missing.why
    assert len(found.offers) == 4


def test_before_the_first_prime_rate_nothing_is_offered() -> None:
    found = compared({"request.applied_on": "2020-03-01"}, on=date(2020, 3, 19))
    assert found.offers == ()
    assert len(found.not_offered) == 5


def test_an_applicant_dated_after_the_decision_gets_no_comparison() -> None:
    with pytest.raises(InvalidApplication, match="after the day of decision 2026-07-22"):
        compared({"request.applied_on": "2026-07-23"})


def twins(*changes: dict[str, object]) -> Catalogue:
    """A catalogue of copies of innovation credit, named a, b, …"""
    made: dict[tuple[str, str | None], Offering] = {}
    for letter, terms in zip("abc", changes, strict=False):
        one = amended(offering(), product=terms)
        made[letter, None] = Offering(dataclasses.replace(one.product, slug=letter), one.programme)
    return Catalogue({}, {}, made, ())


def test_twins_are_equally_good_and_stand_in_the_order_of_their_slugs() -> None:
    found = compared(among=twins({}, {}))
    assert [one.product for one in found.offers] == ["a", "b"]
    assert found.offers[1].why == f"As good as the best: 1,000,000.00 yuan at {percent(found.offers[0])} all-in."


def test_rank_goes_by_outcome_then_amount_then_cost() -> None:
    among = twins({"amount_cap": 50_000_000, "funding_rate": 0}, {"funding_rate": 20_000}, {"funding_rate": 10_000})
    assert [one.product for one in compared(among=among).offers] == ["c", "b", "a"]


def _with_reserved(fen: int, changes: dict[str, object]) -> Decision:
    """Decided while a reservation of the same product holds an amount."""
    held = Reservation(fen, ON, date(2026, 8, 21))
    return underwrite(
        application(changes),
        catalogue=catalogue(),
        scorecard=scorecard(),
        on=ON,
        decision_id="d-9",
        reservations=(ClientReservation("r-1", "cn-scitech-2024", "innovation-credit", held),),
    )


def test_what_is_reserved_counts_as_guaranteed_balance_and_the_evidence_says_so() -> None:
    """29 million guaranteed and 0.4 reserved leave 0.6 of 30; nothing reserved leaves the decision as it is."""
    changes: dict[str, object] = {"credit.guaranteed_balance": "29000000.00"}
    cut = _with_reserved(40_000_000, changes)
    assert (str(cut.amount.approved), cut.amount.bound_by) == ("600000.00", "programme_headroom")
    assert cut.evidence.reserved == ReservedHeadroom(
        guaranteed=Decimal("400000.00"), of_product=Decimal("400000.00"), reservations=("r-1",)
    )
    assert _with_reserved(0, changes) == underwritten(changes)


def test_a_balance_that_is_unknown_stays_unknown_whatever_is_reserved() -> None:
    found = _with_reserved(40_000_000, {"credit.guaranteed_balance": ABSENT})
    assert found.outcome == "refer"
    assert [one.missing for one in found.findings if one.rule == "headroom_is_left"] == [("credit.guaranteed_balance",)]


def test_what_is_reserved_under_a_product_counts_against_its_own_ceiling() -> None:
    """8 of Sichuan's 10 million per client are reserved: 2 are left of its own ceiling."""
    held = ClientReservation("r-1", "cn-scitech-2024", "ip-pledge", Reservation(800_000_000, ON, date(2026, 8, 21)))
    changes: dict[str, object] = {"request.product": "ip-pledge", "request.revision": "tianfu-zhilai"}
    found = underwrite(
        application(changes),
        catalogue=catalogue(),
        scorecard=scorecard(),
        on=ON,
        decision_id="d-9",
        reservations=(held,),
    )
    (ceiling,) = (one for one in found.amount.limits if one.name == "product_cap")
    assert str(ceiling.amount) == "2000000.00"
