"""Size of an enterprise by sector: 中小企业划型标准规定 (工信部联企业〔2011〕300号), all sixteen sectors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from products.applications import Applications
from products.columns import Column, Ints, Truth, all_hold, truth
from products.parameters import Unit, load_book, parameter
from products.vocabulary import SECTORS, SIZES

LEVELS: Final = SIZES[:3]


@dataclass(frozen=True, slots=True)
class SizeTerms:
    """Lower bounds by sector and level (large, medium, small); 0 is not tested."""

    employees: Ints = parameter(Unit.PERSONS, "从业人员下限", "least employees", keys=(SECTORS, LEVELS))
    revenue: Ints = parameter(Unit.CNY, "营业收入下限", "least revenue", keys=(SECTORS, LEVELS))
    assets: Ints = parameter(Unit.CNY, "资产总额下限", "least total assets", keys=(SECTORS, LEVELS))


BOOK: Final = load_book(Path(__file__).with_name("sme_size.yaml"), SizeTerms)


def enterprise_size(app: Applications, terms: SizeTerms) -> Column:
    """The size of each enterprise as a position in `SIZES`; unknown where a fact that could change it is missing.

    The largest level all of whose bounds are reached; micro where none is (第四条).
    """
    reached = _reached(app, terms)
    size = np.full(app.n, len(LEVELS), dtype=np.int64)
    settled = np.ones(app.n, dtype=np.bool_)
    for level, (met, unknown) in reversed(tuple(enumerate(zip(reached.met, reached.unknown, strict=True)))):
        size[met] = level
        settled = met | (settled & ~unknown)
    if app.sector.known is not None:
        settled &= app.sector.known
    return Column(size, None if all_hold(settled) else settled)


def _reached(app: Applications, terms: SizeTerms) -> Truth:
    """Whether every bound of each level is reached, answers (levels, n)."""
    sector = app.sector.values
    employees, revenue, assets = (bounds.T[:, sector] for bounds in (terms.employees, terms.revenue, terms.assets))
    return _reaches(app.employees, employees) & _reaches(app.revenue_y0, revenue) & _reaches(app.total_assets, assets)


def _reaches(fact: Column, bounds: Ints) -> Truth:
    return (fact >= bounds) | truth(bounds == 0)
