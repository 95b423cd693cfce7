"""Size of an enterprise by sector: 中小企业划型标准规定 (工信部联企业〔2011〕300号), all sixteen sectors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from products.columns import Applications, Column, Ints, Truth, always, truth
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
    levels = [_reaches(app, terms, level) for level in range(len(LEVELS))]
    size = np.full(app.n, len(LEVELS), dtype=np.int64)
    settled = np.ones(app.n, dtype=np.bool_)
    for level in reversed(range(len(LEVELS))):
        size[levels[level].met] = level
        settled = np.where(levels[level].met, True, settled & ~levels[level].unknown)
    settled &= app.sector.is_known.met
    return Column(size, None if settled.all() else settled)


def _reaches(app: Applications, terms: SizeTerms, level: int) -> Truth:
    sector = app.sector.values
    everything = always(True, app.n)
    for fact, bounds in (
        (app.employees, terms.employees),
        (app.revenue_y0, terms.revenue),
        (app.total_assets, terms.assets),
    ):
        bound = bounds[sector, level]
        everything = everything & ((fact >= bound) | truth(bound == 0))
    return everything
