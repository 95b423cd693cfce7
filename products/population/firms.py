"""The request and the enterprise of a generated application.

Uniform numbers are written U.

    amount            revenue x U(0.02, 0.15) in whole 10,000 yuan, at least 100,000 and at most 50,000,000
    term_months       TERMS with TERM_WEIGHTS; repayment and purpose with their weights
    applied_on        up to 59 days before the latest day
    established_on    applied_on less the age drawn by `scoring.population`; operating since up to 180 days later
    flags             true with the probability in FLAG_SHARES, unknown in 2 %
    innovation_points the drawn share of a scale of 130
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from products.applicant.scored_facts import DAYS_PER_YEAR, SCORED
from products.columns import MISSING, Ints
from products.money import FEN, ONE
from products.population.drawing import Floats, Streams, rounded, struck_out

TERMS: Final = (6, 12, 24, 36, 60)
TERM_WEIGHTS: Final = (4, 20, 8, 8, 1)
REPAYMENT_WEIGHTS: Final = (3, 2, 5, 1)
PURPOSE_WEIGHTS: Final = (40, 16, 8, 8, 4, 2, 16, 1, 8, 1)
REGIONS: Final = (
    *(110000, 310000, 320100, 330100, 340100, 350200),
    *(370100, 420100, 440300, 510100, 511100, 610100),
)
"""Beijing, Shanghai, Nanjing, Hangzhou, Hefei, Xiamen, Jinan, Wuhan, Shenzhen, Chengdu, Leshan, Xi'an (GB/T 2260)."""
POINTS_SCALE: Final = 130
UNKNOWN_FLAG: Final = 0.02
FLAG_SHARES: Final = {
    "revolving": 0.05,
    "state_controlled": 0.04,
    "government_financing_platform": 0.005,
    "on_scitech_list": 0.80,
    "abnormal_operation_list": 0.01,
    "dishonest_debtor_list": 0.005,
    "restricted_industry": 0.005,
    "major_accident_3y": 0.01,
    "tax_evasion_3y": 0.005,
    "controller_changed_6m": 0.03,
    "statements_audited": 0.70,
    "unfulfilled_enforcement": 0.01,
    "money_laundering_risk": 0.003,
    "guarantor_client": 0.04,
    "malicious_evasion_2y": 0.005,
    "provincial_negative_list": 0.01,
}


def firm_columns(streams: Streams, facts: Mapping[str, Floats], latest: int) -> dict[str, Ints]:
    """The columns of the application itself, counts of children apart; ``facts`` are those of `scoring.population`."""
    raw = {name: _exact(facts[name], divisor) for name, divisor in SCORED.items() if name in facts}
    raw |= {name: streams.flag(name, share, unknown=UNKNOWN_FLAG) for name, share in FLAG_SHARES.items()}
    raw |= _request(streams, facts, latest)
    raw |= _enterprise(streams, facts, raw)
    raw |= _beyond_the_score(streams, facts, raw)
    return raw


def _exact(fact: Floats, per_unit: int) -> Ints:
    """A fact of the score as the exact integer it was rounded to."""
    known = ~np.isnan(fact)
    return np.where(known, np.rint(np.where(known, fact, 0.0) * per_unit).astype(np.int64), MISSING)


def _request(streams: Streams, facts: Mapping[str, Floats], latest: int) -> dict[str, Ints]:
    wish = np.clip(facts["revenue_y0"] * streams.uniform("amount", 0.02, 0.15), 100_000, 50_000_000)
    return {
        "amount": rounded(wish, 10_000),
        "term_months": np.array(TERMS)[streams.weighted("term", TERM_WEIGHTS)],
        "repayment": streams.weighted("repayment", REPAYMENT_WEIGHTS),
        "purpose": streams.weighted("purpose", PURPOSE_WEIGHTS),
        "applied_on": latest - streams.whole("applied on", 0, 59),
    }


def _enterprise(streams: Streams, facts: Mapping[str, Floats], raw: Mapping[str, Ints]) -> dict[str, Ints]:
    established = raw["applied_on"] - np.rint(facts["age_years"] * DAYS_PER_YEAR).astype(np.int64)
    begun = np.minimum(established + streams.whole("operating since", 0, 180), raw["applied_on"])
    state = raw["state_controlled"]
    return {
        "region": np.array(REGIONS)[streams.whole("region", 0, len(REGIONS) - 1)],
        "established_on": established,
        "operating_since": begun,
        "insured_staff": np.rint(facts["employees"] * streams.uniform("insured", 0.7, 1.0)).astype(np.int64),
        "paid_in_capital": rounded(facts["revenue_y0"] * streams.uniform("paid in", 0.05, 0.5), 10_000),
        "private_enterprise": np.where(state == MISSING, MISSING, 1 - state),
    }


def _beyond_the_score(streams: Streams, facts: Mapping[str, Floats], raw: Mapping[str, Ints]) -> dict[str, Ints]:
    points = _exact(facts["innovation_points_share"], ONE)
    balance = raw["guaranteed_balance"] // FEN * FEN
    return {
        "tax_paid_12m": rounded(facts["revenue_y0"] * streams.uniform("tax", 0.01, 0.06), 1),
        "taxed_revenue": rounded(facts["revenue_y0"] * streams.uniform("taxed", 0.90, 1.0), 1),
        "innovation_points_value": np.where(points == MISSING, MISSING, points * POINTS_SCALE),
        "innovation_points_scale": struck_out(np.full(len(points), POINTS_SCALE * ONE), points == MISSING),
        "overdue_now": np.where(raw["overdue_days_24m"] > 30, streams.flag("overdue now", 0.4), 0),
        "product_guaranteed_balance": balance * streams.flag("same product", 0.3),
        "first_loan": (raw["bank_exposure"] == 0).astype(np.int64),
    }
