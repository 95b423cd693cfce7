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
    old_contract: str


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
    cap: str
    claims_from: str
    claims_to: str
    covers: str
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
    cap: str
    claims_from: str
    claims_to: str
    covers: str


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


@dataclass(frozen=True, slots=True)
class EntrustmentView:
    """The terms between borrower and guarantor."""

    fee_rate: str
    fee_base: str
    fee_first_year: str
    fee_total: str
    fee_account: str
    recourse_uplift: str
    recourse_rate: str
    pay_within: str
    inform_within: str


@dataclass(frozen=True, slots=True)
class SuretyView:
    """Mode, scope and period of a counter-guarantee or a personal guarantee."""

    mode: str
    scope: str
    period: str


@dataclass(frozen=True, slots=True)
class ResolutionView:
    """A company's resolution."""

    body: str
    resolved_on: str
    votes_for: str
    matter: str
    interest: str
    voters: Table


@dataclass(frozen=True, slots=True)
class EntrustmentContext:
    """Context of the entrusted guarantee contract."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    guarantor: PartyView
    loan: LoanView
    guarantee: GuaranteeView
    entrustment: EntrustmentView
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class CounterContext:
    """Context of the counter-guarantee contract."""

    set: SetView
    lender: PartyView
    guarantor: PartyView
    borrower: BorrowerView
    provider: PartyView
    loan: LoanView
    guarantee: GuaranteeView
    surety: SuretyView
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class PersonalContext:
    """Context of the personal guarantee contract."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    loan: LoanView
    surety: SuretyView
    persons: Table
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class ConsentView:
    """Whose consent it is, and the number of the guarantee that the person gives."""

    person: str
    relation: str
    domicile: str
    guarantee: str


@dataclass(frozen=True, slots=True)
class ConsentContext:
    """Context of a person's separate consent to the processing and provision of personal information."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    loan: LoanView
    consent: ConsentView
    recipients: Table
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class ResolutionContext:
    """Context of a company's resolution."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    company: PartyView
    loan: LoanView
    resolution: ResolutionView
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class RegistrationContext:
    """Context of the data for a register."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    pledgor: PartyView
    loan: LoanView
    pledge: PledgeView
    papers: Table
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class ChecklistContext:
    """Context of the check of drawdown conditions."""

    set: SetView
    lender: PartyView
    borrower: BorrowerView
    loan: LoanView
    checks: Table
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class SigningContext:
    """Context of the signing list."""

    set: SetView
    borrower: BorrowerView
    loan: LoanView
    documents: Table


Context = (
    LoanContext
    | PledgeContext
    | GuaranteeContext
    | CostContext
    | EntrustmentContext
    | CounterContext
    | PersonalContext
    | ConsentContext
    | ResolutionContext
    | RegistrationContext
    | ChecklistContext
    | SigningContext
)

CONTEXTS: Final[Mapping[str, type[Context]]] = {
    "loan": LoanContext,
    "pledge": PledgeContext,
    "guarantee": GuaranteeContext,
    "cost": CostContext,
    "entrustment": EntrustmentContext,
    "counter": CounterContext,
    "personal": PersonalContext,
    "consent": ConsentContext,
    "resolution": ResolutionContext,
    "registration": RegistrationContext,
    "checklist": ChecklistContext,
    "signing": SigningContext,
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
