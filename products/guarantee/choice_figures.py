"""What one rule book's answer for one loan comes to: cost to the borrower, loss and capital of the bank, balances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from products.applicant.layout import EPOCH
from products.columns import Ints
from products.costs.capital import expected_loss, substituted_weight_ppm
from products.costs.dated_cost import DatedCost, Drawn, dated_cost
from products.cumulation import Bookings, client_balances
from products.guarantee.asked_loan import LoanAsked
from products.guarantee.evaluation import Evaluated, shared
from products.guarantee.facts import GUARANTEED, Facts
from products.guarantee.plan_fees import book_fees
from products.guarantee.provisions import Sharing
from products.guarantee.rulebook import DatedBy, InForce, RuleBook
from products.money import ONE, Rounding, portion
from products.repayment.amortisation import Repayment
from products.repayment.dated_subsidies import InterestSubsidy
from products.repayment.timeline import Conventions
from products.vocabulary import REPAYMENTS


def counted_balances(loan: LoanAsked, book: RuleBook, terms: InForce, given: Facts, guaranteed: int) -> Facts:
    """Facts that count what is guaranteed for the borrower with this loan, unless the caller gives them.

    Every loan booked under the programme counts once, at its highest balance; the loan asked about is not among them.
    """
    own = [one for one in loan.bookings if one.programme == book.slug and one.loan != loan.loan]
    numbers = {number: place for place, number in enumerate(dict.fromkeys(one.loan for one in own))}
    zero = np.zeros(len(own), dtype=np.int64)
    balance = np.array(
        [int(one.guaranteed.scaleb(book.minor_units).to_integral_value("ROUND_CEILING")) for one in own], dtype=np.int64
    )
    rows = Bookings(np.array([numbers[one.loan] for one in own], dtype=np.int64), zero, zero, balance)
    total = guaranteed + int(client_balances(rows, clients=1)[0])
    counted = {cap.on for cap in terms.caps.values() if book.facts[cap.on].otherwise == GUARANTEED}
    return {name: np.array([total]) for name in counted if name not in given}


def cost_of(loan: LoanAsked, book: RuleBook, facts: Facts, days: Ints, others: Mapping[DatedBy, Ints]) -> DatedCost:
    drawn = Drawn(
        principal=int(loan.amount.scaleb(book.minor_units)),
        rate_ppm=int(loan.loan_rate * ONE),
        term_months=loan.term_months,
        method=Repayment(REPAYMENTS.index(loan.repayment)),
        drawn_on=loan.drawn_on.toordinal() - EPOCH,
        conventions=Conventions(),
    )
    subsidies = tuple(InterestSubsidy(int(one.rate * ONE), one.months, drawn.principal) for one in loan.subsidies)
    return dated_cost(
        drawn, fee=lambda loans: book_fees(book, facts, days, loans, other_days=others), subsidies=subsidies
    )


def bank_loss(loan: LoanAsked, book: RuleBook, facts: Facts, days: Ints, others: Mapping[DatedBy, Ints]) -> int | None:
    """The bank's expected loss of a year: default probability × its part of the loss given default, rounded up; None
    where the probability is not known or the book does not say who bears a loss."""
    if loan.default_probability is None or loan.loss_given_default is None:
        return None
    amount = np.array([int(loan.amount.scaleb(book.minor_units))])
    part = lenders_part(book, facts, days, portion(amount, int(loan.loss_given_default * ONE), Rounding.UP), others)
    if part is None:
        return None
    return int(expected_loss(part, np.array([int(loan.default_probability * ONE)]), np.array([ONE]))[0])


def lenders_part(book: RuleBook, facts: Facts, days: Ints, loss: Ints, others: Mapping[DatedBy, Ints]) -> Ints | None:
    """What the lender bears of a loss (1,); None where the book does not say who bears one."""
    terms = book.at(*_dates(book, days, others))
    if terms.sharing is None:
        return None
    return shared(book, facts, days, loss, other_days=others).of(_lender(terms.sharing))


def _dates(book: RuleBook, days: Ints, others: Mapping[DatedBy, Ints]) -> tuple[date, dict[DatedBy, date]]:
    main = date.fromordinal(int(days[0]))
    rest = {name: date.fromordinal(int(column[0])) for name, column in others.items()}
    return main, {book.dated_by: main, **rest}


def _lender(sharing: Sharing) -> str:
    """The party that bears what is not guaranteed."""
    return next((party for party, share in sharing.bears if share is None), sharing.bears[0][0])


def is_tranche(terms: InForce) -> bool:
    """Whether the guarantee does not cover a share of every loss: under a portfolio cap or behind a first loss."""
    return terms.portfolio_cap is not None or (terms.sharing is not None and terms.sharing.first_loss is not None)


def bank_capital(loan: LoanAsked, terms: InForce, found: Evaluated, *, minor_units: int) -> int | None:
    """Weight with substitution × ratio × loan, rounded up; without substitution where a portfolio cap or first loss
    makes the guarantee a tranche."""
    if loan.capital is None:
        return None
    covered = np.zeros_like(found.coverage) if is_tranche(terms) else found.coverage
    borrower, guarantor = (
        np.array([int(one * ONE)]) for one in (loan.capital.borrower_weight, loan.capital.guarantor_weight)
    )
    weight = substituted_weight_ppm(borrower, guarantor, covered)
    amount = np.array([int(loan.amount.scaleb(minor_units))])
    return int(portion(portion(amount, weight, Rounding.UP), int(loan.capital.ratio * ONE), Rounding.UP)[0])
