"""A generated population of sci-tech SMEs with a known default function. Synthetic: nothing here describes real firms.

Facts carry the names of the flattened applicant record: amounts in yuan, shares 0..1, counts, choices as codes; NaN
means unknown. Each variable is drawn from its own stream, seeded by (seed, name), so that row i is the same whatever
the number of rows, and adding a variable leaves the others as they were. Amounts are rounded to fen, shares to four
decimals, so that the last bit of a processor's exponential does not show.

Distributions (N normal, Gamma shape/scale, logN of the natural logarithm; q = management quality, v = innovativeness,
both N(0, 1), correlated 0.3):

    sector                     categorical, SECTOR_WEIGHTS
    age_years                  1 + Gamma(2.2, 3.4), at most 40
    employees                  logN(2.9 + 0.45 ln(1 + age) + 0.15 v, 0.75), at least 3
    revenue_y0                 employees x logN(12.75 + 0.15 q, 0.50)
    growth of y0, y1           N(0.08 + 0.05 q + 0.04 v, 0.20); revenue of a year before the firm existed is unknown
    net margin of each year    N(0.055 + 0.035 q, 0.055); of y1, y2 that of y0 + N(0, 0.025)
    rd intensity               logN(ln 0.065 + 0.45 v, 0.50), at most 0.80; y1, y2: times logN(-0.03, 0.15)
    total_assets               revenue x logN(0.05, 0.40)
    debt ratio                 logistic of N(-0.15 - 0.45 q, 0.70)
    current assets / assets    logistic of N(0.45, 0.55); current share of liabilities logistic of N(1.1, 0.6)
    interest-bearing share     of liabilities, logistic of N(-0.5, 0.8)
    inventory, receivables     shares logistic of N(-1.4, 0.6) and N(-0.8 - 0.2 q, 0.6) of current assets
    operating_cash_flow        revenue x (0.8 net margin + N(0.015, 0.06))
    tax_credit_grade           A 0, B 1, M 2, C 3, D 4; firms younger than three years are M, others cut N(-0.6 q, 1)
    rd_staff                   binomial(employees, logistic of N(-1.3 + 0.5 v, 0.5))
    patents, copyrights        Poisson around sqrt(employees) x exp(a + b v), see PATENT_RATES
    provincial_platforms       Poisson(exp(-2.6 + 0.7 v)); awards Poisson(exp(-3.4 + 0.8 v)), both provincial
    technology_contract_value  0 with probability 0.45, else revenue x logN(-3.2 + 0.3 v, 0.9)
    hightech_revenue_share     logistic of N(0.6 + 0.6 v, 0.9)
    innovation_points_share    logistic of N(0.1 + 0.75 v + 0.15 q, 0.35)
    venture_capital_raised     0 unless N(0.7 v, 1) > 1.3, else logN(15.6, 0.9)
    overdue_days_24m           0 unless N(-0.7 q, 1) > 1.15, else 1 + floor(Gamma(1.1, 18))
    credit_inquiries_6m        Poisson(exp(0.75 - 0.30 q))
    bank_exposure              interest-bearing debt x logistic of N(1.6, 0.8)
    guaranteed_balance         0 with probability 0.70, else bank_exposure x uniform(0.1, 0.7)
    litigation_as_defendant    1 where N(-0.35 q, 1) > 1.35

`UNKNOWN_RATES` says how often a fact is then struck out, independently of everything.

True default function, of the facts before they are struck out: `true_margin` below; the default is drawn with
probability 1 / (1 + exp(-margin)).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

SECTOR_WEIGHTS: Final = (1, 40, 2, 3, 1, 1, 1, 1, 1, 1, 6, 28, 1, 1, 6, 6)
PATENT_RATES: Final = {
    "invention_patents": (-0.9, 0.75),
    "utility_models": (-0.1, 0.45),
    "designs": (-2.0, 0.20),
    "software_copyrights": (-0.2, 0.40),
    "pct_applications": (-3.2, 0.80),
}
HONOUR_RATES: Final = {"provincial_platforms": (-2.6, 0.7), "awards": (-3.4, 0.8)}
UNKNOWN_RATES: Final = {
    "operating_cash_flow": 0.06,
    "rd_staff": 0.05,
    "technology_contract_value": 0.10,
    "hightech_revenue_share": 0.08,
    "innovation_points_share": 0.25,
    "credit_inquiries_6m": 0.03,
}


@dataclass(frozen=True, slots=True)
class Population:
    """Facts by name, the truth and the draw; every array has shape (n,)."""

    facts: Mapping[str, Floats]
    default_probability: Floats
    default: npt.NDArray[np.int8]


class _Streams:
    """One generator per variable name."""

    def __init__(self, seed: int, rows: int) -> None:
        self._seed = seed
        self.rows = rows

    def __getitem__(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self._seed, zlib.crc32(name.encode())])

    def normal(self, name: str, mean: Floats | float, deviation: float) -> Floats:
        return mean + deviation * self[name].standard_normal(self.rows)

    def uniform(self, name: str) -> Floats:
        return self[name].random(self.rows)

    def share(self, name: str, mean: Floats | float, deviation: float) -> Floats:
        return _logistic(self.normal(name, mean, deviation))


def generate(rows: int, *, seed: int) -> Population:
    """Draw `rows` firms; the first rows of a longer draw with the same seed are the same firms."""
    if rows < 1:
        raise ValueError(f"A population needs at least one row; {rows} were asked for. Ask for 1 or more.")
    streams = _Streams(seed, rows)
    quality = streams.normal("quality", 0.0, 1.0)
    innovativeness = 0.3 * quality + np.sqrt(1 - 0.3**2) * streams.normal("innovativeness", 0.0, 1.0)
    facts = _enterprise(streams, innovativeness)
    facts |= _income(streams, facts, quality, innovativeness)
    facts |= _balance_sheet(streams, facts, quality)
    facts |= _innovation(streams, facts, quality, innovativeness)
    facts |= _credit(streams, facts, quality)
    probability = _logistic(true_margin(facts))
    default = (streams.uniform("default") < probability).astype(np.int8)
    for name, rate in UNKNOWN_RATES.items():
        facts[name] = np.where(streams.uniform(f"unknown {name}") < rate, np.nan, facts[name])
    return Population(facts, probability, default)


def true_margin(facts: Mapping[str, Floats]) -> Floats:
    """Log-odds of default within a year, from complete facts; more debt hurts more where cash flow is weak."""
    revenue = facts["revenue_y0"]
    debt_ratio = facts["total_liabilities"] / facts["total_assets"]
    cash = np.clip(facts["operating_cash_flow"] / revenue, -0.15, 0.25)
    growth = np.clip(np.nan_to_num(revenue / facts["revenue_y1"] - 1.0, nan=0.0), -0.5, 0.6)
    current = np.clip(facts["current_assets"] / facts["current_liabilities"], 0.2, 3.5)
    rd_intensity = np.clip(facts["rd_expense_y0"] / revenue, 0.0, 0.2)
    margin = -4.0 + 1.8 * (debt_ratio - 0.45) - 2.8 * (cash - 0.05) - 0.8 * growth - 0.30 * (current - 1.5)
    margin += 22.0 * np.maximum(debt_ratio - 0.5, 0.0) * np.maximum(0.05 - cash, 0.0)
    margin -= 1.6 * np.clip(facts["net_profit_y0"] / revenue, -0.1, 0.2)
    margin -= 2.0 * (rd_intensity - 0.07) + 0.8 * (facts["innovation_points_share"] - 0.5)
    margin -= 0.16 * np.log1p(facts["invention_patents"]) + 0.2 * (facts["hightech_revenue_share"] - 0.6)
    margin -= 0.2 * (facts["venture_capital_raised"] > 0) + 0.03 * np.minimum(facts["age_years"], 15.0)
    margin += 0.7 * (facts["overdue_days_24m"] > 0) + 0.012 * np.minimum(facts["overdue_days_24m"], 60.0)
    margin += 0.07 * np.minimum(facts["credit_inquiries_6m"], 10.0) + 0.4 * facts["litigation_as_defendant"]
    margin += 0.10 * facts["tax_credit_grade"] + 0.7 * np.minimum(facts["bank_exposure"] / revenue, 0.8)
    return np.asarray(margin, dtype=np.float64)


def _enterprise(streams: _Streams, innovativeness: Floats) -> dict[str, Floats]:
    cumulative = np.cumsum(SECTOR_WEIGHTS) / np.sum(SECTOR_WEIGHTS)
    drawn: Floats = 1.0 + streams["age_years"].gamma(2.2, 3.4, streams.rows)
    age: Floats = np.clip(drawn, 1.0, 40.0).round(2)
    size = streams.normal("employees", 2.9 + 0.45 * np.log1p(age) + 0.15 * innovativeness, 0.75)
    return {
        "sector": np.searchsorted(cumulative, streams.uniform("sector"), side="right").astype(np.float64),
        "age_years": age,
        "employees": np.asarray(np.maximum(np.round(np.exp(size)), 3.0), dtype=np.float64),
    }


def _income(
    streams: _Streams, facts: Mapping[str, Floats], quality: Floats, innovativeness: Floats
) -> dict[str, Floats]:
    revenue = facts["employees"] * np.exp(streams.normal("revenue", 12.75 + 0.15 * quality, 0.50))
    net_margin = streams.normal("net margin", 0.055 + 0.035 * quality, 0.055)
    rd_intensity = np.minimum(np.exp(streams.normal("rd intensity", np.log(0.065) + 0.45 * innovativeness, 0.5)), 0.8)
    growth_mean = 0.08 + 0.05 * quality + 0.04 * innovativeness
    income: dict[str, Floats] = {}
    for year in range(3):
        if year:
            revenue = revenue / np.exp(streams.normal(f"growth {year}", growth_mean, 0.20))
        existed = facts["age_years"] > year
        margin = net_margin + (streams.normal(f"net margin {year}", 0.0, 0.025) if year else 0.0)
        intensity = rd_intensity * (np.exp(streams.normal(f"rd {year}", -0.03, 0.15)) if year else 1.0)
        income[f"revenue_y{year}"] = np.where(existed, np.round(revenue, 2), np.nan)
        income[f"net_profit_y{year}"] = np.where(existed, np.round(revenue * margin, 2), np.nan)
        income[f"rd_expense_y{year}"] = np.where(existed, np.round(revenue * intensity, 2), np.nan)
    return income


def _balance_sheet(streams: _Streams, facts: Mapping[str, Floats], quality: Floats) -> dict[str, Floats]:
    revenue = facts["revenue_y0"]
    assets = revenue * np.exp(streams.normal("total assets", 0.05, 0.40))
    liabilities = assets * streams.share("debt ratio", -0.15 - 0.45 * quality, 0.70)
    current = assets * streams.share("current assets", 0.45, 0.55)
    cash = 0.8 * facts["net_profit_y0"] + revenue * streams.normal("cash flow", 0.015, 0.06)
    grade = np.digitize(streams.normal("tax credit", -0.6 * quality, 1.0), (-0.4, 0.9, 1.6, 2.3))
    sheet = {
        "total_assets": assets,
        "total_liabilities": liabilities,
        "current_assets": current,
        "current_liabilities": liabilities * streams.share("current liabilities", 1.1, 0.6),
        "interest_bearing_debt": liabilities * streams.share("interest bearing", -0.5, 0.8),
        "inventory": current * streams.share("inventory", -1.4, 0.6),
        "receivables": current * streams.share("receivables", -0.8 - 0.2 * quality, 0.6),
        "operating_cash_flow": cash,
    }
    rounded = {name: np.round(amount, 2) for name, amount in sheet.items()}
    return rounded | {"tax_credit_grade": np.where(facts["age_years"] < 3.0, 2.0, grade.astype(np.float64))}


def _innovation(
    streams: _Streams, facts: Mapping[str, Floats], quality: Floats, innovativeness: Floats
) -> dict[str, Floats]:
    employees = facts["employees"]
    staff_share = streams.share("rd staff share", -1.3 + 0.5 * innovativeness, 0.5)
    innovation = {"rd_staff": streams["rd_staff"].binomial(employees.astype(np.int64), staff_share).astype(np.float64)}
    for name, (level, slope) in PATENT_RATES.items():
        expected = np.sqrt(employees) * np.exp(level + slope * innovativeness)
        innovation[name] = streams[name].poisson(np.minimum(expected, 2_000.0)).astype(np.float64)
    for name, (level, slope) in HONOUR_RATES.items():
        innovation[name] = streams[name].poisson(np.exp(level + slope * innovativeness)).astype(np.float64)
    contracts = facts["revenue_y0"] * np.exp(streams.normal("contracts", -3.2 + 0.3 * innovativeness, 0.9))
    none = streams.uniform("no contracts") < 0.45
    innovation["technology_contract_value"] = np.where(none, 0.0, np.round(contracts, 2))
    hightech = streams.share("hightech", 0.6 + 0.6 * innovativeness, 0.9)
    points = streams.share("points", 0.1 + 0.75 * innovativeness + 0.15 * quality, 0.35)
    innovation["hightech_revenue_share"] = np.round(hightech, 4)
    innovation["innovation_points_share"] = np.round(points, 4)
    backed = streams.normal("venture", 0.7 * innovativeness, 1.0) > 1.3
    raised = np.round(np.exp(streams.normal("venture amount", 15.6, 0.9)), 2)
    return innovation | {"venture_capital_raised": np.where(backed, raised, 0.0)}


def _credit(streams: _Streams, facts: Mapping[str, Floats], quality: Floats) -> dict[str, Floats]:
    late = streams.normal("late", -0.7 * quality, 1.0) > 1.15
    days = 1.0 + np.floor(streams["overdue days"].gamma(1.1, 18.0, streams.rows))
    exposure = np.round(facts["interest_bearing_debt"] * streams.share("bank share", 1.6, 0.8), 2)
    guaranteed = np.round(exposure * (0.1 + 0.6 * streams.uniform("guaranteed share")), 2)
    inquiries = streams["inquiries"].poisson(np.exp(0.75 - 0.30 * quality))
    return {
        "overdue_days_24m": np.where(late, days, 0.0),
        "credit_inquiries_6m": inquiries.astype(np.float64),
        "bank_exposure": exposure,
        "guaranteed_balance": np.where(streams.uniform("no guarantee") < 0.70, 0.0, guaranteed),
        "litigation_as_defendant": (streams.normal("litigation", -0.35 * quality, 1.0) > 1.35).astype(np.float64),
    }


def _logistic(margin: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-margin)), dtype=np.float64)
