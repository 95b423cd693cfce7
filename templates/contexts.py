"""What clauses may name: one frozen context per document, every value a finished text.

A clause writes ``{{ loan.amount }}``; the first name is a field of the document's context, the second a field of the
part that stands there. Tables, pairs and signatures are whole blocks and are named by ``:::`` lines. A test compares
the names used in the clauses with these fields, in both directions.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Final

from templates.document import Pairs, Signatures, Table


@dataclass(frozen=True, slots=True)
class SetView:
    """What all documents of a set share."""

    signed_on: str
    place: str
    copies: str
    institution: str
    connection: str
    decided_on: str
    decision_id: str


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party as documents name it."""

    name: str
    details: Pairs


@dataclass(frozen=True, slots=True)
class BorrowerView:
    """The borrower; security contracts, to which it is no party, name it by its code."""

    name: str
    uscc: str
    details: Pairs


@dataclass(frozen=True, slots=True)
class LoanView:
    """The loan: the same figures in every document of the set."""

    number: str
    kind: str
    currency: str
    amount: str
    purpose: str
    term: str
    drawdown_on: str
    matures_on: str
    rate: str
    rate_type: str
    rate_reset: str
    lpr: str
    lpr_term: str
    lpr_published_on: str
    spread: str
    day_count: str
    repayment: str
    disbursement_account: str
    repayment_account: str
    business_day: str
    overdue_uplift: str
    overdue_rate: str
    misuse_uplift: str
    misuse_rate: str
    prepayment_notice: str
    extension_notice: str
    statements_within: str
    cure: str


@dataclass(frozen=True, slots=True)
class PledgeView:
    """The terms of the pledge."""

    number: str
    scope: str
    asset_count: str
    register_within: str
    top_up_within: str
    report_within: str
    release_within: str
    licences: str
    assets: Table


@dataclass(frozen=True, slots=True)
class GuaranteeView:
    """The terms of the guarantee."""

    number: str
    mode: str
    scope: str
    amount: str
    share: str
    period: str
    pay_within: str
    notice_within: str


@dataclass(frozen=True, slots=True)
class CostView:
    """What the loan costs the borrower."""

    number: str
    all_in_rate: str
    first_year_cost: str
    items: Table


@dataclass(frozen=True, slots=True)
class LoanContext:
    """Context of the loan contract."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    loan: LoanView
    cost: CostView
    securities: Table
    conditions: Table
    plan: Table
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class PledgeContext:
    """Context of the pledge contracts."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    pledgor: PartyView
    loan: LoanView
    pledge: PledgeView
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class GuaranteeContext:
    """Context of the guarantee contract."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    guarantor: PartyView
    loan: LoanView
    guarantee: GuaranteeView
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class CostContext:
    """Context of the cost sheet."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    loan: LoanView
    cost: CostView
    signatures: Signatures


Context = LoanContext | PledgeContext | GuaranteeContext | CostContext

CONTEXTS: Final[Mapping[str, type[Context]]] = {
    "loan": LoanContext,
    "pledge": PledgeContext,
    "guarantee": GuaranteeContext,
    "cost": CostContext,
}
"""Contexts by the name a document definition gives."""

Kind = type[str] | type[Table] | type[Pairs] | type[Signatures]


def names(context: type[Context]) -> Mapping[str, Kind]:
    """Every dotted name a clause of this context may use, with what stands there."""
    return dict(_names(context, ""))


def _names(view: type, prefix: str) -> Iterator[tuple[str, Kind]]:
    hints = typing.get_type_hints(view)
    for field in dataclasses.fields(view):
        hint = hints[field.name]
        name = f"{prefix}{field.name}"
        if hint in (str, Table, Pairs, Signatures):
            yield name, hint
        elif not isinstance(hint, UnionType):
            yield from _names(hint, f"{name}.")


def block_at(context: Context, name: str) -> Table | Pairs | Signatures:
    """The block a ``:::`` line names; TypeError if a text stands there."""
    value: object = context
    for part in name.split("."):
        value = getattr(value, part)
    if isinstance(value, Table | Pairs | Signatures):
        return value
    raise TypeError(f"{name} is a text, not a block; write {{{{ {name} }}}} inside a paragraph.")
