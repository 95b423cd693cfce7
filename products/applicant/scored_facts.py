"""The bridge from the kernel's exact columns to the floating-point facts that a score reads.

Scores are statistical: they may be floats. Amounts turn from fen into yuan, shares from parts per million into
fractions, flags and choices keep their codes, days become ages, and what is unknown becomes NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from products.applicant.declared import Kind
from products.applicant.layout import APPLICATION_NODES, EPOCH
from products.applications import Applications
from products.columns import Column, LoneColumn
from products.money import FEN, ONE

Floats: TypeAlias = npt.NDArray[np.float64]

_UNKNOWN: Final = np.array(np.nan)
DAYS_PER_YEAR: Final = 365.25

_DIVISORS: Final = {
    Kind.AMOUNT: FEN,
    Kind.SHARE: ONE,
    Kind.COUNT: 1,
    Kind.FLAG: 1,
    Kind.CHOICE: 1,
}
_SCORED_GROUPS: Final = frozenset({"enterprise", "financials", "innovation", "credit"})
SCORED: Final[Mapping[str, int]] = {
    column: _DIVISORS[placed.field.kind]
    for node in APPLICATION_NODES
    if node.name in _SCORED_GROUPS
    for placed in node.everything()
    if placed.field.kind in _DIVISORS
    for column in placed.columns
}
"""Column names that scores may read under the same name, with the divisor that turns them into the score's unit."""
AGES_AND_SHARES: Final = ("age_years", "innovation_points_share")
"""Facts that are worked out from several columns."""


def facts_for_scoring(
    applications: Applications, *, on: date | None = None, names: Iterable[str] | None = None
) -> Mapping[str, Floats]:
    """Facts by name, float64 of shape (n,): the columns of `SCORED`, ``age_years`` and ``innovation_points_share``.

    ``names`` restricts them to what a scorecard reads; KeyError for a name that is none of them. Ages are counted to
    ``on``, or to each application's own date of application.
    """
    wanted = (*SCORED, *AGES_AND_SHARES) if names is None else names
    return {name: _fact(applications, name, on) for name in wanted}


def _fact(applications: Applications, name: str, on: date | None) -> Floats:
    if name == "age_years":
        return _age_years(applications, on)
    columns = applications.columns
    if name == "innovation_points_share":
        return _floats(columns["innovation_points_value"], 1) / _floats(columns["innovation_points_scale"], 1)
    return _floats(columns[name], SCORED[name])


def _floats(column: Column, divisor: int) -> Floats:
    if isinstance(column, LoneColumn):
        return np.array([float(column.number) / divisor if column.stated else np.nan])
    values: Floats = column.values.astype(np.float64) if divisor == 1 else column.values / divisor
    return values if column.known is None else np.where(column.known, values, _UNKNOWN)


def _age_years(applications: Applications, on: date | None) -> Floats:
    until = applications.applied_on if on is None else Column(np.full(applications.n, on.toordinal() - EPOCH))
    return _floats(until - applications.established_on, 1) / DAYS_PER_YEAR
