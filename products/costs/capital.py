"""Regulatory capital of a loan: risk weights by internal ratings and by the standardised approach, expected loss.

Rates and weights int64 ppm, amounts fen, over n exposures. The risk-weight functions are those of the Basel framework
(Basel II paragraphs 272-273 and 328-330, now CRE31); their constants stand in `capital.yaml`, the Chinese standardised
weights in `capital_cn.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from products.columns import Bools, Column, Ints
from products.costs.elementary import exponential, logarithm
from products.costs.normal import cumulative, quantile
from products.money import FEN, ONE, Rounding, divide, portion
from products.parameters import Book, Unit, load_book, parameter

Floats = npt.NDArray[np.float64]

CLASSES: Final = ("corporate", "mortgage", "revolving", "retail")
"""Risk-weight functions: corporate (with the firm-size adjustment for SMEs), mortgage, qualifying revolving, other."""
CORPORATE: Final = CLASSES.index("corporate")
RETAIL: Final = CLASSES.index("retail")
WEIGHTS: Final = ("micro_small", "small_medium", "investment_grade", "corporate")
CAPITAL_TO_WEIGHT: Final = 12.5
"""Reciprocal of the capital ratio of 8 %."""
STANDARD_YEARS: Final = 2.5
"""The maturity at which the maturity adjustment is one before its normalisation."""
NO_TURNOVER: Final = int(np.iinfo(np.int64).max)
"""Turnover of a borrower that is not an SME."""
_GREATEST_YUAN: Final = 10**12
"""Beyond every limit on turnover, and small enough to be converted in int64."""
_GREATEST_PERFORMING: Final = ONE - 1
"""Default probability of one is that of an exposure in default: see `requirement_in_default`."""


@dataclass(frozen=True, slots=True)
class IrbTerms:
    """Constants of the risk-weight functions."""

    correlation_at_high_pd: Ints = parameter(Unit.MULTIPLE, "高违约率相关性", "correlation, high PD", keys=(CLASSES,))
    correlation_at_low_pd: Ints = parameter(Unit.MULTIPLE, "低违约率相关性", "correlation, low PD", keys=(CLASSES,))
    correlation_decay: Ints = parameter(Unit.MULTIPLE, "相关性衰减系数", "decay of the correlation", keys=(CLASSES,))
    sme_correlation_cut: int = parameter(Unit.MULTIPLE, "中小企业相关性下调", "greatest cut for SMEs")
    sme_turnover_floor: int = parameter(Unit.COUNT, "营业收入下限", "turnover at which the cut is whole")
    sme_turnover_cap: int = parameter(Unit.COUNT, "营业收入上限", "turnover from which there is no cut")
    yuan_per_currency_unit: int = parameter(
        Unit.MULTIPLE, "营业收入限额币种汇率", "yuan per unit of the currency of the turnover limits"
    )
    maturity_intercept: int = parameter(Unit.MULTIPLE, "期限调整截距", "intercept of the maturity adjustment")
    maturity_slope: int = parameter(Unit.MULTIPLE, "期限调整斜率", "slope of the maturity adjustment")
    least_maturity: int = parameter(Unit.MONTHS, "最短有效期限", "least effective maturity")
    greatest_maturity: int = parameter(Unit.MONTHS, "最长有效期限", "greatest effective maturity")
    confidence: int = parameter(Unit.FRACTION, "置信水平", "confidence")
    default_probability_floor: Ints = parameter(Unit.FRACTION, "违约概率底线", "floor of the PD", keys=(CLASSES,))
    scaling: int = parameter(Unit.MULTIPLE, "调整系数", "scaling factor")


@dataclass(frozen=True, slots=True)
class StandardisedTerms:
    """Risk weights of the standardised approach."""

    weight: Ints = parameter(Unit.FRACTION, "风险权重", "risk weights", keys=(WEIGHTS,))
    micro_small_cap: int = parameter(Unit.CNY, "小微企业单户限额", "largest exposure to a micro or small enterprise")
    micro_small_book_share: int = parameter(
        Unit.FRACTION, "占风险暴露总额比例", "largest share of the bank's exposures"
    )


BASEL: Final = Path(__file__).with_name("capital.yaml")
CHINA: Final = Path(__file__).with_name("capital_cn.yaml")


def load_irb(path: Path = BASEL) -> Book[IrbTerms]:
    """The dated constants of the risk-weight functions."""
    return load_book(path, IrbTerms)


def load_standardised(path: Path = CHINA) -> Book[StandardisedTerms]:
    """The dated standardised weights."""
    return load_book(path, StandardisedTerms)


@dataclass(frozen=True, slots=True)
class Exposures:
    """What the functions need of n exposures; ``turnover`` in the currency of the book, `NO_TURNOVER` for no SME."""

    kind: Ints
    default_probability_ppm: Ints
    loss_given_default_ppm: Ints
    maturity_months: Ints
    turnover: Ints


def correlation(exposures: Exposures, terms: IrbTerms) -> Floats:
    """Asset correlation, (n,): between the two ends by e^(−decay · PD), less the firm-size adjustment."""
    kind = exposures.kind
    low, high = terms.correlation_at_high_pd[kind] / ONE, terms.correlation_at_low_pd[kind] / ONE
    decay = terms.correlation_decay[kind] / ONE
    part = (1.0 - exponential(-decay * _floored(exposures, terms))) / (1.0 - exponential(-decay))
    width = terms.sme_turnover_cap - terms.sme_turnover_floor
    size = np.clip(exposures.turnover, terms.sme_turnover_floor, terms.sme_turnover_cap) - terms.sme_turnover_floor
    cut = np.where(kind == CORPORATE, terms.sme_correlation_cut / ONE * (1.0 - size / width), 0.0)
    return low * part + high * (1.0 - part) - cut


def capital_requirement(exposures: Exposures, terms: IrbTerms) -> Floats:
    """K per unit of exposure for unexpected loss, (n,), for exposures not in default."""
    probability = _floored(exposures, terms)
    loss = exposures.loss_given_default_ppm / ONE
    related = correlation(exposures, terms)
    systematic = quantile(np.array([terms.confidence / ONE]))[0]
    threshold = (quantile(probability) + np.sqrt(related) * systematic) / np.sqrt(1.0 - related)
    unexpected = loss * (cumulative(threshold) - probability)
    slope = (terms.maturity_intercept - terms.maturity_slope * logarithm(probability)) / ONE
    slope = np.where(exposures.kind == CORPORATE, slope * slope, 0.0)
    years = np.clip(exposures.maturity_months, terms.least_maturity, terms.greatest_maturity) / 12.0
    requirement: Floats = unexpected * (1.0 + (years - STANDARD_YEARS) * slope) / (1.0 - 1.5 * slope)
    return requirement


def irb_risk_weight(exposures: Exposures, terms: IrbTerms) -> Floats:
    """Risk weights as fractions before scaling, as the illustrative tables of the Basel Committee show them, (n,)."""
    return capital_requirement(exposures, terms) * CAPITAL_TO_WEIGHT


def irb_risk_weight_ppm(exposures: Exposures, terms: IrbTerms) -> Ints:
    """Risk weights in ppm with the scaling factor, rounded up, (n,)."""
    weight = irb_risk_weight(exposures, terms) * terms.scaling
    return np.ceil(weight - 1e-6).astype(np.int64)


def requirement_in_default(loss_given_default_ppm: Ints, best_estimate_ppm: Ints) -> Ints:
    """K of defaulted exposures: what the loss may exceed its best estimate by, (n,) ppm."""
    excess: Ints = np.maximum(loss_given_default_ppm - best_estimate_ppm, 0)
    return excess


def standardised_weight_ppm(
    exposure: Ints,
    *,
    total_exposure: int | None,
    micro_small: Bools,
    small_medium: Bools,
    investment_grade: Bools,
    terms: StandardisedTerms,
) -> Ints:
    """The lowest standardised weight whose conditions each exposure meets, (n,).

    ``exposure`` all exposure to the client in fen, ``total_exposure`` the bank's. Micro and small enterprises keep
    their weight within `small_exposure_cap`.
    """
    within = exposure <= small_exposure_cap(terms, total_exposure)
    conditions = (micro_small & within, small_medium | micro_small, investment_grade)
    weight: Ints = np.full(len(exposure), terms.weight[WEIGHTS.index("corporate")])
    for met, candidate in zip(conditions, terms.weight, strict=False):
        weight = np.where(met, np.minimum(weight, candidate), weight)
    return weight


def small_exposure_cap(terms: StandardisedTerms, total_exposure: int | None) -> int:
    """The largest exposure to a micro or small enterprise that counts as such, fen.

    A fixed amount and a share of all exposures of the bank; where these are not known, the fixed amount alone.
    """
    if total_exposure is None:
        return terms.micro_small_cap
    share = int(portion(np.array([total_exposure]), terms.micro_small_book_share, Rounding.DOWN)[0])
    return min(terms.micro_small_cap, share)


def turnover_of(revenue: Column, terms: IrbTerms) -> Ints:
    """Revenue (n,) in fen as whole units of the book's currency; `NO_TURNOVER` where it is not known."""
    yuan = np.clip(revenue.values // FEN, 0, _GREATEST_YUAN)
    return np.where(revenue.is_known.met, yuan * ONE // terms.yuan_per_currency_unit, NO_TURNOVER)


def substituted_weight_ppm(borrower_ppm: Ints, guarantor_ppm: Ints, covered_ppm: Ints) -> Ints:
    """c · guarantor + (1 − c) · borrower, rounded up: the covered part takes the guarantor's weight if that is lower.

    For guarantees that cover a share of every loss. A portfolio cap or a first loss makes it a tranche: not for those.
    """
    covered = np.minimum(guarantor_ppm, borrower_ppm)
    return divide(covered * covered_ppm + borrower_ppm * (ONE - covered_ppm), ONE, Rounding.UP)


def expected_loss(exposure: Ints, default_probability_ppm: Ints, loss_given_default_ppm: Ints) -> Ints:
    """PD × LGD × exposure, each product rounded up, (n,) fen."""
    return portion(portion(exposure, loss_given_default_ppm, Rounding.UP), default_probability_ppm, Rounding.UP)


def _floored(exposures: Exposures, terms: IrbTerms) -> Floats:
    floor = terms.default_probability_floor[exposures.kind]
    held = np.minimum(np.maximum(exposures.default_probability_ppm, floor), _GREATEST_PERFORMING)
    probability: Floats = held / ONE
    return probability
