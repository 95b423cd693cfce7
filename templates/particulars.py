"""What no decision knows: contract numbers, the parties' details, and the terms the parties choose.

A fact that a statute asks for may be absent here (None): the gates then refuse the draft and name the article. A fact
that is present must be well formed. Amounts, rates of interest and fees are not particulars; they come from the
decision.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from products import answer
from products.identifiers import uscc_fault
from templates.options import (
    BusinessDay,
    Capacity,
    Connection,
    Currency,
    DayCount,
    DisputeMode,
    GuaranteeMode,
    LenderKind,
    LoanKind,
    PartyKind,
    Payment,
    RateReset,
    RateType,
    Scope,
)
from templates.wording import Language

_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_LONGEST: Final = 400


def printable(text: str) -> str:
    """The text, if it prints the same for every reader; ValueError for control and invisible characters."""
    if not text.strip():
        raise ValueError("The text is empty; write it or leave the field out.")
    if len(text) > _LONGEST:
        raise ValueError(f"The text has {len(text)} characters; at most {_LONGEST} fit here.")
    for position, character in enumerate(text):
        if unicodedata.category(character) in _UNPRINTABLE:
            raise ValueError(
                f"Character {position + 1} is U+{ord(character):04X}, which is invisible or has no agreed form; "
                "remove it or write a character of Unicode."
            )
    return text


def _well_formed_uscc(code: str) -> str:
    fault = uscc_fault(code)
    if fault:
        raise ValueError(f"The unified social credit code {code} {fault}.")
    return code


Text = Annotated[str, AfterValidator(printable)]
Uscc = Annotated[str, AfterValidator(_well_formed_uscc)]
Share = Annotated[Decimal, Field(ge=0, le=10, max_digits=8, decimal_places=6)]
Days = Annotated[int, Field(ge=1, le=3660)]


class Particular(BaseModel):
    """Base of all parts: immutable, nothing unknown accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Particular):
    """A text in Chinese and, where there is one, in English."""

    zh: Text
    en: Text | None = None

    def in_(self, language: Language) -> str:
        """The text in the language; the Chinese one where no English one was given."""
        return self.en if language is Language.EN and self.en else self.zh


class Account(Particular):
    """A bank account."""

    holder: Words
    bank: Words
    number: Annotated[Text, Field(pattern=r"^[0-9A-Z \-]{5,40}$")]


class Signatory(Particular):
    """Who signs for a party."""

    name: Words
    capacity: Capacity
    power_of_attorney: Text | None = Field(default=None, description="number of the power of attorney")


class PartyDetails(Particular):
    """Everything about a party but its name and code."""

    address: Words | None = None
    representative: Words | None = Field(default=None, description="legal representative or person in charge")
    signatory: Signatory | None = None
    contact: Words | None = None
    phone: Annotated[Text, Field(pattern=r"^[0-9+() \-]{5,30}$")] | None = None
    email: Annotated[Text, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    kind: PartyKind = PartyKind.COMPANY


class Party(PartyDetails):
    """A party with its full registered name."""

    name: Words
    uscc: Uscc


class Lender(Party):
    """The lender and the licence under which it lends."""

    licence: LenderKind


class Signing(Particular):
    """When and where the set is signed, under the law of which day, and which text prevails."""

    law_as_of: date
    signed_on: date
    place: Words
    copies: Annotated[int, Field(ge=2, le=20)]
    prevailing: Language = Language.ZH


class LoanParticulars(Particular):
    """Terms of the loan that the parties choose."""

    number: Text
    kind: LoanKind | None = None
    currency: Currency | None = None
    purpose_detail: Words | None = None
    drawdown_on: date | None = None
    rate_type: RateType | None = None
    rate_reset: RateReset | None = Field(default=None, description="only for a floating rate")
    day_count: DayCount | None = None
    payment: Payment = Payment.BORROWER
    disbursement_account: Account | None = None
    repayment_account: Account | None = None
    business_day: BusinessDay = BusinessDay.FOLLOWING
    prepayment_notice_days: Days
    statements_within_days: Days
    extension_notice_days: Days
    cure_days: Days
    overdue_uplift: Share | None = None
    misuse_uplift: Share | None = None


class PledgeParticulars(Particular):
    """Terms of the pledge contract; without ``pledgor`` the borrower pledges."""

    number: Text
    pledgor: Party | None = None
    scope: tuple[Scope, ...] = ()
    register_within_days: Days
    top_up_within_days: Days
    report_within_days: Days
    release_within_days: Days


class GuaranteeParticulars(Particular):
    """Terms of the guarantee contract.

    ``fronts`` are the parties for whose shares the guarantor answers to the lender; by default all but the bank.
    """

    number: Text
    mode: GuaranteeMode | None = None
    scope: tuple[Scope, ...] = ()
    period_months: Annotated[int, Field(ge=0, le=120)] | None = Field(default=None, description="after maturity")
    fronts: tuple[answer.Party, ...] = ()
    pay_within_days: Days
    notice_within_days: Days


class Dispute(Particular):
    """Where disputes go."""

    mode: DisputeMode
    institution: Words
    connection: Connection


class Override(Particular):
    """A warning that a named person lets pass, with the reason."""

    gate: Text
    by: Text
    reason: Text


class Particulars(Particular):
    """The particulars of one contract set."""

    signing: Signing
    lender: Lender
    borrower: PartyDetails
    guarantor: Party | None = None
    loan: LoanParticulars
    pledge: PledgeParticulars | None = None
    guarantee: GuaranteeParticulars | None = None
    cost_sheet_number: Text
    dispute: Dispute
    overrides: tuple[Override, ...] = ()
