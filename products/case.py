"""What is known about a batch of applications while it is decided; every rule and step takes a `Case`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from products.applications import Applications
from products.columns import Column, Ints, Truth, always
from products.costs.loan_costs import Costs
from products.subsidies.granted import Granted
from products.terms import LoanTerms, ProgrammeTerms
from scoring import Scores

P_co = TypeVar("P_co", bound=LoanTerms, covariant=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the programme sees the enterprises; columns of shape (n,).

    ``size`` is the position in `vocabulary.SIZES`; ``tier`` in `vocabulary.TIERS`, of the highest class among the valid
    titles; ``title`` that class in `vocabulary.TITLES`, -1 without one; ``titled`` whether an eligible title is valid.
    """

    size: Column
    tier: Ints
    title: Ints
    titled: Truth


@dataclass(frozen=True, slots=True)
class Shares:
    """Who bears what: ``ppm`` and ``fen`` of shape (n, 5), in the order of `vocabulary.PARTIES`; rows close exactly.

    ``ceded_ppm`` (n,) is the part of the province's share that the fund takes over from it, ``ceded_fen`` its amount.
    ``reguarantee_rate_ppm`` and ``reguarantee_fee`` belong to the fund's part, its own and what it took over.
    """

    ppm: Ints
    fen: Ints
    ceded_ppm: Ints
    ceded_fen: Ints
    reguarantee_rate_ppm: Ints
    reguarantee_fee: Ints


@dataclass(frozen=True, slots=True)
class Fees:
    """The guarantee fee: tariff cell (``tier`` row, ``band`` column), rate and amount of one year, all (n,)."""

    tier: Ints
    band: Ints
    tariff_ppm: Ints
    rate_ppm: Ints
    amount: Ints


@dataclass(frozen=True, slots=True)
class Prices:
    """The loan rate and how it came about; ppm of shape (n,) unless said otherwise.

    ``components`` are those of ``costs`` and what rounding, cap or floor add; they sum to ``loan_rate``. ``spread_bp``
    is in whole basis points over ``lpr``; ``cap`` is a rate, with no cap as the greatest int64. Amounts are fen over
    the life or the first twelve months.
    """

    lpr: Ints
    lpr_term: Ints
    spread_bp: Ints
    loan_rate: Ints
    cap: Ints
    costs: Costs
    components: Mapping[str, Ints]
    subsidies: Granted
    all_in: Ints
    instalments: Ints
    first_instalment: Ints
    last_instalment: Ints
    total_interest: Ints
    total_fee: Ints
    total_subsidy: Ints
    first_year_cost: Ints


@dataclass(frozen=True, slots=True)
class Situation(Generic[P_co]):
    """A batch under one set of terms, as it stands before an amount is considered.

    ``on`` is the day of the decision in days since 1970-01-01.
    """

    app: Applications
    terms: P_co
    programme: ProgrammeTerms
    on: int
    standing: Standing
    score: Scores

    def everywhere(self, answer: bool) -> Truth:
        """The same answer for every application: for rules about terms rather than applicants."""
        return always(answer, self.app.n)


@dataclass(frozen=True, slots=True)
class Case(Situation[P_co]):
    """A situation with everything that was computed for the amount considered; what rules are asked about.

    ``limits`` are the ceilings (n,) by name, ``considered`` the least of them, ``bound_by`` its position among them.
    """

    limits: Mapping[str, Column]
    considered: Ints
    bound_by: Ints
    shares: Shares
    fees: Fees
    prices: Prices
