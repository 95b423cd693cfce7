"""What no decision knows: contract numbers, the parties' details, and the terms the parties choose.

A fact that a statute asks for may be absent here (None): the gates then refuse the draft and name the article. A fact
that is present must be well formed. Amounts, rates of interest and fees are not particulars; they come from the
decision.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from products.explaining import answer
from templates.case.options import (
    Body,
    BusinessDay,
    CapCovers,
    Connection,
    Currency,
    DayCount,
    DisputeMode,
    GuaranteeMode,
    LoanKind,
    Paper,
    Payment,
    RateReset,
    RateType,
    Resolver,
    Scope,
)
from templates.case.parties import (
    Account,
    Amount,
    Days,
    Lender,
    Particular,
    Party,
    PartyDetails,
    Person,
    Recipient,
    Share,
    Text,
    Votes,
    Words,
    not_given,
)
from templates.wording import Language

__all__ = ["Particulars", "Words"]


class PublishedLpr(Particular):
    """The loan prime rate as last published on or before the day of signing."""

    published_on: date
    one_year: Share
    five_year: Share


class Signing(Particular):
    """When and where the set is signed, under the law of which day, and which text prevails."""

    law_as_of: date
    signed_on: date
    place: Words
    copies: Annotated[int, Field(ge=2, le=20)]
    prevailing: Language = Language.ZH
    lpr: PublishedLpr | None = Field(
        default=None,
        exclude_if=not_given,
        description="only where the LPR was published anew between decision and signing",
    )


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
    long_cash_cycle: bool = Field(default=False, description="the borrower's cash cycle justifies a longer term")
    overdue_uplift: Share | None = None
    misuse_uplift: Share | None = None


class MaximumAmount(Particular):
    """A security for the claims that arise in a period, up to a cap in yuan (民法典 420, 439, 690)."""

    cap: Amount
    claims_from: date
    claims_to: date
    covers: CapCovers = CapCovers.ALL


class GuarantorLimits(Particular):
    """A financing-guarantee company's position before this guarantee, in yuan (融资担保公司监督管理条例 15-17)."""

    net_assets: Amount
    outstanding: Amount
    outstanding_client: Amount
    outstanding_related: Amount
    mainly_small: bool = Field(default=False, description="mainly serves small enterprises and agriculture")
    client_is_controller: bool = False


class ValuationReport(Particular):
    """An appraisal report as a paper: what it must bear beside methods and signatures (资产评估法 26, 27)."""

    number: Text
    agency: Text
    assets: tuple[Text, ...] = Field(default=(), description="numbers of the assets it values; all pledged if left out")
    sealed: bool = Field(default=False, description="bears the seal of the appraisal agency")
    one_method_reason: Text | None = Field(default=None, description="why a single method was enough")

    def values(self, asset: str) -> bool:
        """Whether the report values the asset of this number, written with or without its dot."""
        return not self.assets or asset.replace(".", "") in {number.replace(".", "") for number in self.assets}


class PledgeParticulars(Particular):
    """Terms of the pledge contract; without ``pledgor`` the borrower pledges."""

    number: Text
    maximum: MaximumAmount | None = None
    papers: tuple[Paper, ...] = ()
    similar_trademarks: tuple[Text, ...] = Field(default=(), description="identical or similar marks not pledged")
    valuation_reports: tuple[ValuationReport, ...] = ()
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
    maximum: MaximumAmount | None = None
    limits: GuarantorLimits | None = None
    mode: GuaranteeMode | None = None
    scope: tuple[Scope, ...] = ()
    period_months: Annotated[int, Field(ge=0, le=120)] | None = Field(default=None, description="after maturity")
    fronts: tuple[answer.Party, ...] = ()
    pay_within_days: Days
    notice_within_days: Days


class EntrustmentParticulars(Particular):
    """Terms between borrower and guarantor: the fee, recourse and information (委托保证合同)."""

    number: Text
    fee_account: Account
    recourse_uplift: Share = Field(description="uplift of the loan rate on sums paid for the borrower")
    pay_within_days: Days
    inform_within_days: Days


class CounterGuaranteeParticulars(Particular):
    """Terms of the counter-guarantee that a third party gives to the guarantor (反担保保证合同)."""

    number: Text
    provider: Party
    mode: GuaranteeMode
    scope: tuple[Scope, ...]
    period_months: Annotated[int, Field(ge=1, le=120)]


class PersonalGuaranteeParticulars(Particular):
    """Terms of the guarantee that controllers and spouses give to the lender."""

    number: Text
    persons: Annotated[tuple[Person, ...], Field(min_length=1, max_length=6)]
    recipients: tuple[Recipient, ...] = Field(default=(), description="to whom the persons' information is provided")
    mode: GuaranteeMode
    scope: tuple[Scope, ...]
    period_months: Annotated[int, Field(ge=1, le=120)]


class Resolution(Particular):
    """A company's resolution to borrow or to give security, and what its articles say about it (公司法 15)."""

    number: Text
    company: Resolver
    body: Body
    body_by_articles: Body
    resolved_on: date
    votes_for: Votes = Field(
        description="of all directors for a board, else of the votes that may be cast; as counted (2/3) or decimal"
    )
    voters: tuple[Words, ...] = Field(
        default=(), exclude_if=not_given, description="who voted and signs; empty lines to sign on if left out"
    )
    interested_excluded: bool = False
    security_for_owner: bool = Field(default=False, description="for a shareholder or the actual controller")
    cap_by_articles: Amount | None = None
    public_notice: bool = False
    assets_share: Share | None = Field(
        default=None, description="security given within a year to total assets, of a listed company (公司法 135)"
    )


class Diligence(Particular):
    """Customer due diligence (反洗钱法 29)."""

    done_on: date
    beneficial_owner_recorded: bool


class Refinancing(Particular):
    """A new loan that repays an old one (担保制度解释 16)."""

    old_contract: Text
    disclosed_to: tuple[Text, ...] = Field(description="names of the security providers told in writing")


class Retention(Particular):
    """How long the set is kept (反洗钱法 34)."""

    class_name: Text
    years_after_end: Annotated[int, Field(ge=1, le=100)]


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


class AgreedPosition(Particular):
    """An acceptable position of a clause that a named person agreed to in negotiation, with the reason."""

    clause: Text
    position: Text
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
    entrustment: EntrustmentParticulars | None = None
    counter_guarantee: CounterGuaranteeParticulars | None = None
    personal_guarantee: PersonalGuaranteeParticulars | None = None
    resolutions: tuple[Resolution, ...] = ()
    cost_sheet_number: Text
    dispute: Dispute
    refinancing: Refinancing | None = None
    diligence: Diligence | None = None
    standard_terms_explained_on: date | None = None
    retention: Retention | None = None
    overrides: tuple[Override, ...] = ()
    positions: tuple[AgreedPosition, ...] = Field(default=(), description="departures from preferred positions")

    @field_validator("positions")
    @classmethod
    def _one_position_a_clause(cls, given: tuple[AgreedPosition, ...]) -> tuple[AgreedPosition, ...]:
        clauses = [each.clause for each in given]
        twice = next((name for name in clauses if clauses.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"The clause {twice} is given two positions; agree on one.")
        return given
