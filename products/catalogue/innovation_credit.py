"""Innovation credit (创新积分贷): the company's innovation points and score stand in for collateral."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from products.applications import Applications
from products.case import Case, Situation
from products.catalogue.credit_rules import CREDIT_CONDITIONS, CREDIT_RULES
from products.catalogue.revisions import load_revisions
from products.columns import Column, Ints, Truth
from products.explaining.answer import Severity
from products.limits import SHARED_LIMITS, scaled
from products.money import ONE
from products.parameters import Unit, load_book, parameter
from products.product import LimitFormula, LoanProduct
from products.rules import rule
from products.terms import LoanTerms
from products.vocabulary import BANDS


@dataclass(frozen=True, slots=True)
class InnovationCreditTerms(LoanTerms):
    """What innovation credit adds: how points and score make a limit out of revenue."""

    revenue_share: Ints = parameter(
        Unit.FRACTION, "额度占收入比例", "limit as a share of revenue by band", keys=(BANDS,)
    )
    points_floor: int = parameter(
        Unit.FRACTION, "创新积分下限（占满分）", "lowest innovation points, share of the scale"
    )
    points_high: int = parameter(Unit.FRACTION, "高积分线（占满分）", "high innovation points, share of the scale")
    points_uplift: int = parameter(Unit.FRACTION, "高积分额度上浮", "uplift of the limit for high points")


def points_share(app: Applications) -> Column:
    """Innovation points as a share of their scale in ppm, rounded down; in two steps, which keep within int64."""
    value, scale = app.innovation_points_value * 1_000, app.innovation_points_scale
    thousandths = value // scale
    return thousandths * 1_000 + (value - thousandths * scale) * 1_000 // scale


def innovation_limit(at: Situation[InnovationCreditTerms]) -> Column:
    """Latest revenue times the share of the score band, raised for high innovation points."""
    base = scaled(at.app.revenue_y0, at.terms.revenue_share[at.score.band])
    high = points_share(at.app).otherwise(0) >= at.terms.points_high
    return scaled(base, np.where(high, ONE + at.terms.points_uplift, ONE))


@rule(
    severity=Severity.REFER,
    clause="“创新积分制”工作指引（2.0版）；产品条款：积分下限",
    zh="企业创新积分须达到满分的{points_floor}。",
    reads=("innovation_points_value", "innovation_points_scale"),
)
def innovation_points_reach_the_floor(case: Case[Any]) -> Truth:
    """The company's innovation points must reach {points_floor} of their scale."""
    reached: Truth = points_share(case.app) >= case.terms.points_floor
    return reached


@rule(
    severity=Severity.REFER,
    clause="产品条款：授信额度",
    zh="须有上年度营业收入以测算额度。",
    reads=("revenue_y0",),
)
def limit_can_be_computed(case: Case[Any]) -> Truth:
    """The latest revenue must be known for a limit to be set."""
    return case.limits["innovation_limit"] >= 0


_FOLDER: Final = Path(__file__).parent
_BOOK: Final = load_book(_FOLDER / "innovation_credit.yaml", InnovationCreditTerms)

PRODUCT = LoanProduct(
    slug="innovation-credit",
    zh="创新积分贷",
    en="Innovation credit",
    programme="cn-scitech-2024",
    book=_BOOK,
    rules=(*CREDIT_RULES, innovation_points_reach_the_floor, limit_can_be_computed),
    limits=(
        *SHARED_LIMITS,
        LimitFormula(
            "innovation_limit",
            innovation_limit,
            "产品条款：额度按收入、评分等级和创新积分核定",
            "创新授信额度",
            "limit from revenue, score and innovation points",
        ),
    ),
    conditions=CREDIT_CONDITIONS,
    secured=False,
    revisions=load_revisions(_FOLDER / "innovation_credit_revisions", "innovation-credit", _BOOK),
)
