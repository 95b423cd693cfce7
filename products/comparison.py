"""Choice of programme: one product decided under every guarantee programme, and compared.

Each programme answers through the same decision; nothing is estimated. The better programme is the one under which the
application fares better, then the larger amount, then the lower all-in cost to the borrower, then the less capital of
the bank, then the order in which programmes were given. A loan is booked under the chosen one only (`cumulation`), and
headroom is the client's whole guaranteed balance against each programme's ceiling, so no balance counts twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np

from products.applicant.layout import EPOCH
from products.applications import Applications
from products.columns import Ints
from products.kernel import Offering, Part, decide
from products.money import Rounding, fraction, portion, yuan
from products.rules import APPROVE, DECLINE, REFER
from scoring import Scorecard

NOT_IN_FORCE: Final = -1
"""The outcome under a programme that had no terms on the day of application."""
UNBOUNDED: Final = int(np.iinfo(np.int64).max)
"""The headroom where no ceiling holds."""
_ORDER: Final = {APPROVE: 0, REFER: 1, DECLINE: 2, NOT_IN_FORCE: 3}
_WORD: Final = {APPROVE: ("批准", "approved"), REFER: ("转审查", "referred"), DECLINE: ("不予受理", "declined")}


@dataclass(frozen=True, slots=True)
class Alternative:
    """One programme's answers for n applications.

    ``outcome``: as in `products.rules`, or `NOT_IN_FORCE`; ``amount`` considered, the bank's ``capital``, the
    borrower's ``first_year_cost`` and the ``headroom`` left after the loan in fen (`UNBOUNDED` without a ceiling),
    ``all_in`` in ppm a year. All are 0 where not in force. ``against``: sentences of a rule book that does not admit
    the only application.
    """

    programme: str
    first_day: date
    outcome: Ints
    amount: Ints
    all_in: Ints
    first_year_cost: Ints
    capital: Ints
    headroom: Ints
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Alternatives for n applications; ``best`` (n,) is the position of the best, -1 where none is in force."""

    n: int
    alternatives: tuple[Alternative, ...]
    best: Ints

    def explained(self, row: int) -> tuple[Line, ...]:
        """The alternatives of one application, best first, each with why it stands where it stands."""
        best = self.alternatives[max(int(self.best[row]), 0)]
        ranked = sorted(self.alternatives, key=lambda one: _rank(one, row))
        return tuple(_line(place, one, best, row) for place, one in enumerate(ranked, start=1))


@dataclass(frozen=True, slots=True)
class Line:
    """One alternative in words."""

    place: int
    programme: str
    zh: str
    en: str
    alternative: Alternative = field(compare=False, repr=False)


def compare_programmes(
    applications: Applications, offerings: Sequence[Offering], scorecard: Scorecard, *, on: date
) -> Comparison:
    """Decide a product, or a revision of it, as it stands under each programme (`registry.offering_under`) on a day.

    ValueError without programmes; otherwise as `kernel.decide`.
    """
    if not offerings:
        raise ValueError("There is no programme to compare; give at least one.")
    return compared(tuple(_alternative(applications, one, scorecard, on) for one in offerings))


def compared(found: tuple[Alternative, ...]) -> Comparison:
    """At least one alternative, each with its answers for the same applications, ranked."""
    return Comparison(len(found[0].outcome), found, _best(found))


def _alternative(applications: Applications, offering: Offering, scorecard: Scorecard, on: date) -> Alternative:
    programme, n = offering.programme, applications.n
    columns = np.zeros((6, n), dtype=np.int64)
    columns[0] = NOT_IN_FORCE
    rows = np.flatnonzero(applications.applied_on.values >= programme.book.first_day.toordinal() - EPOCH)
    if len(rows):
        some = applications if len(rows) == n else applications.take(rows)
        decisions = decide(some, offering, scorecard, on=on)
        columns[:, rows] = decisions.gather(_columns)
    return Alternative(programme.slug, programme.book.first_day, *columns)


def _columns(part: Part) -> Ints:
    case = part.case
    return np.stack(
        [
            part.outcome.astype(np.int64),
            case.considered,
            case.prices.all_in,
            case.prices.first_year_cost,
            _capital(part),
            case.limits["programme_headroom"].otherwise(0) - case.considered,
        ]
    )


def _capital(part: Part) -> Ints:
    """The bank's capital by the product's method, as in the price, (n,) fen, rounded up."""
    return portion(part.case.considered, part.case.prices.costs.capital, Rounding.UP)


def _rank(one: Alternative, row: int) -> tuple[int, int, int, int]:
    return (_ORDER[int(one.outcome[row])], -int(one.amount[row]), int(one.all_in[row]), int(one.capital[row]))


def _best(found: tuple[Alternative, ...]) -> Ints:
    order = np.array([_ORDER[code] for code in sorted(_ORDER)], dtype=np.int64)
    keys = np.stack(
        [np.stack([order[one.outcome - min(_ORDER)], -one.amount, one.all_in, one.capital]) for one in found]
    )
    best = np.zeros(keys.shape[2], dtype=np.int64)
    for place in range(1, len(found)):
        best = np.where(_before(keys[place], keys[best, :, np.arange(keys.shape[2])].T), place, best)
    return np.where(keys[best, 0, np.arange(keys.shape[2])] == _ORDER[NOT_IN_FORCE], -1, best)


def _before(one: Ints, other: Ints) -> Any:
    """Whether keys (k, n) come before others, the first key that differs deciding."""
    result = np.zeros(one.shape[1], dtype=np.bool_)
    for mine, theirs in zip(one[::-1], other[::-1], strict=True):
        result = np.where(mine == theirs, result, mine < theirs)
    return result


def _line(place: int, one: Alternative, best: Alternative, row: int) -> Line:
    slug = one.programme
    code = int(one.outcome[row])
    if code == NOT_IN_FORCE:
        day = one.first_day.isoformat()
        return Line(
            place,
            slug,
            f"申请日无有效条款（自{day}起）。",
            f"Had no terms on the day of application (from {day}).",
            one,
        )
    zh, en = _WORD[code]
    figures = (
        f"{yuan(int(one.amount[row])):,}",
        f"{fraction(int(one.all_in[row])) * 100:.2f}",
        f"{yuan(int(one.capital[row])):,}",
    )
    left_zh, left = _left(int(one.headroom[row]))
    why_zh, why = _why(one, best, row)
    return Line(
        place,
        slug,
        "{}：金额{}元，综合年化成本{}%，占用资本{}元，{}。{}".format(zh, *figures, left_zh, why_zh),
        "{}: {} yuan at {} % all-in, {} yuan of capital, {}. {}".format(en.capitalize(), *figures, left, why),
        one,
    )


def _left(headroom: int) -> tuple[str, str]:
    if headroom == UNBOUNDED:
        return "无额度上限", "no ceiling on headroom"
    return f"剩余额度{yuan(headroom):,}元", f"{yuan(headroom):,} yuan of headroom left"


def _why(one: Alternative, best: Alternative, row: int) -> tuple[str, str]:
    if one is best:
        return "最优。", "Best."
    if one.outcome[row] != best.outcome[row]:
        return "结论不如最优计划。", " ".join(("Fares worse than under the best.", *one.against))
    if one.amount[row] != best.amount[row]:
        less = f"{yuan(int(best.amount[row] - one.amount[row])):,}"
        return f"比最优少{less}元。", f"{less} yuan less than under the best."
    if one.all_in[row] != best.all_in[row]:
        dearer = f"{fraction(int(one.all_in[row] - best.all_in[row])) * 100:.2f}"
        return f"比最优贵{dearer}个百分点。", f"{dearer} percentage points dearer than the best."
    if one.capital[row] != best.capital[row]:
        more = f"{yuan(int(one.capital[row] - best.capital[row])):,}"
        return f"比最优多占用资本{more}元。", f"Takes {more} yuan more of capital than the best."
    return "与最优相同。", "As good as the best."
