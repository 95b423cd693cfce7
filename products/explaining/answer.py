"""A decision as an integrator reads it: the public JSON form.

Amounts are decimal strings in yuan with two decimals, rates and shares decimal fractions as strings, dates ISO. Where a
part could not be computed because a fact is missing it is null, and a finding with verdict ``unknown`` names the fact.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from products.applicant.fields import left_out
from products.applicant.identifiers import uscc_fault
from products.trials.split import Side

Money = Annotated[Decimal, PlainSerializer(lambda value: f"{value:.2f}", return_type=str, when_used="json")]
Rate = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str, when_used="json")]


class Outcome(StrEnum):
    """What became of an application."""

    APPROVE = "approve"
    REFER = "refer"
    DECLINE = "decline"


class Verdict(StrEnum):
    """The answer to one rule."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """What a rule that is not met does to the outcome."""

    DECLINE = "decline"
    REFER = "refer"
    ADVISE = "advise"


class Party(StrEnum):
    """Who bears a share of the loss."""

    BANK = "bank"
    GUARANTOR = "guarantor"
    PROVINCE = "province"
    FUND = "fund"
    LOCAL_GOVERNMENT = "local_government"


class Answer(BaseModel):
    """Base of all parts: immutable, nothing unknown accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _well_formed(code: str) -> str:
    fault = uscc_fault(code)
    if fault:
        raise ValueError(f"The unified social credit code {code} {fault}.")
    return code


class Applicant(Answer):
    """The enterprise that was decided about, as its business licence names it."""

    name: str
    uscc: Annotated[str, AfterValidator(_well_formed)] = Field(description="unified social credit code")


class Limit(Answer):
    """One ceiling on the amount."""

    name: str
    amount: Money | None
    zh: str
    en: str
    clause: str


class Amount(Answer):
    """What was asked, what is granted, and which limit bound."""

    requested: Money
    considered: Money = Field(description="the amount for which score, cover, fee and price are shown")
    approved: Money = Field(description="0.00 unless the outcome is approve")
    bound_by: str | None = Field(description="name of the limit that equals the considered amount")
    limits: tuple[Limit, ...]


class Reason(Answer):
    """One additive contribution to the score, in points."""

    feature: str
    points: Rate
    zh: str
    en: str


class Score(Answer):
    """The innovation score and, apart from it, the default probability."""

    points: Rate
    band: str
    default_probability: Rate
    base_points: Rate
    reasons: tuple[Reason, ...]
    synthetic: bool = Field(description="true if the model was trained on a generated population")


class PartyShare(Answer):
    """One party's share of the loss and its amount; the amounts add up to the considered amount."""

    party: Party
    share: Rate
    amount: Money


class CededShare(Answer):
    """A part of one party's share that another takes over from it, one layer above."""

    ceded_by: Party
    taken_by: Party
    share: Rate = Field(description="of the loan")
    amount: Money


class Cover(Answer):
    """Who bears which part of a loss, and the re-guarantee fee for the fund's part."""

    tier: str
    title: str | None = Field(description="the kind of certificate that gave the tier")
    enterprise_size: str | None
    parties: tuple[PartyShare, ...] = Field(description="parties with a share; the shares add up to one")
    ceded: tuple[CededShare, ...] = Field(
        default=(), description="nested re-guarantee, already within the shares above"
    )
    reguarantee_rate: Rate | None
    reguarantee_fee: Money | None


class Tier(Answer):
    """The nearest cheaper fee tier and what is missing for it."""

    tier: str
    rate: Rate
    needs: str
    needs_zh: str


class Fee(Answer):
    """The guarantee fee."""

    tier: str
    rate: Rate
    amount: Money = Field(description="for one year on the amount considered")
    why: str
    why_zh: str
    next_tier: Tier | None


class Component(Answer):
    """One part of the loan rate or of the all-in cost, as an annual rate on the loan."""

    name: str
    rate: Rate
    zh: str
    en: str


class ScheduleSummary(Answer):
    """Totals of the repayment plan from the drawdown assumed on the day of the decision."""

    repayment: str
    term_months: int
    instalments: int
    first_instalment: Money
    last_instalment: Money
    total_interest: Money
    total_fee: Money
    total_subsidy: Money
    first_year_cost: Money = Field(description="interest and fees less subsidies of the first twelve months")


class AtCaps(Answer):
    """The most the borrower can be charged under the product's ceilings on rate and fee, for the amount considered."""

    loan_rate: Rate
    fee_rate: Rate
    first_year_interest: Money
    first_year_fee: Money
    first_year_subsidy: Money
    first_year_cost: Money


class Capital(Answer):
    """The capital that the bank holds against the loan, by the method its product names."""

    method: str
    borrower_weight: Rate = Field(description="the borrower's own risk weight")
    risk_weight: Rate = Field(description="with the covered part at the guarantors' weight, where that is lower")
    share: Rate = Field(description="of the loan")
    amount: Money


class Subsidy(Answer):
    """A subsidy that the product counts, and whether this loan receives it."""

    name: str
    pays: str = Field(description="interest or guarantee_fee")
    rate: Rate | None = Field(description="of the principal a year, or of the fee; null where it is not in force")
    received: bool
    months: int | None = Field(description="for how long interest is subsidised")
    principal_cap: Money | None
    zh: str
    en: str


class Price(Answer):
    """LPR plus spread, how the spread came about, and the all-in annual rate."""

    lpr: Rate
    lpr_term: str
    spread_bp: int
    loan_rate: Rate
    cap: Rate | None = Field(description="the product's ceiling on the loan rate")
    components: tuple[Component, ...]
    break_even_rate: Rate | None = Field(default=None, description="at which the bank earns nothing on its capital")
    capital: Capital | None = None
    subsidy_rate: Rate
    subsidies: tuple[Subsidy, ...] = ()
    all_in_rate: Rate = Field(description="nominal annual rate of the payments including fees and subsidies")
    first_year_rate: Rate = Field(description="first-year cost over the amount considered, a simple rate")
    at_caps: AtCaps | None = Field(description="null where the product has no ceiling on rate or fee")
    schedule_summary: ScheduleSummary


class Cut(Answer):
    """One reason why an asset carries less than its appraisal."""

    reason: str
    amount: Money
    zh: str
    en: str


class Collateral(Answer):
    """One asset that secures the loan: appraised, estimated by the lender, and what it carries after every cut."""

    asset: str = Field(description="where it stands in the application")
    appraised: Money | None
    own_estimate: Money | None = Field(description="by relief from royalty; null without a whole income forecast")
    cuts: tuple[Cut, ...] = Field(description="appraised less cuts is the lending value")
    lending_value: Money


class Finding(Answer):
    """The answer to one rule, with its source and the sentence a customer may read."""

    rule: str
    verdict: Verdict
    severity: Severity
    clause: str
    message: str
    message_en: str
    missing: tuple[str, ...] = Field(default=(), description="the fields whose absence left the rule unknown")


class Condition(Answer):
    """What must be done or shown before the loan is paid out."""

    name: str
    zh: str
    en: str
    clause: str


class Parameter(Answer):
    """A value of law or policy that the decision used."""

    name: str
    value: str
    unit: str
    source: str
    clause: str
    since: date
    verified: bool


class TrialAssignment(Answer):
    """Which side of a champion/challenger trial decided, and why that side."""

    trial: str = Field(description="id of the trial")
    slug: str
    plan_sha256: str
    side: Side
    place_ppm: int = Field(description="the applicant's place in the trial, from SHA-256, 0 to 999,999")
    share_ppm: int = Field(description="places below it go to the challenger")
    fell_back: str = Field(default="", description="why the champion decided although the challenger was to")


class ReservedHeadroom(Answer):
    """What reservations held for the applicant on the day of decision, or drew since its balance was stated.

    The decision counts it as guaranteed balance, beside what the application states.
    """

    guaranteed: Money = Field(description="added to the guaranteed balance")
    of_product: Money = Field(description="of it, added to the balance under the same product")
    reservations: tuple[str, ...]


class Evidence(Answer):
    """Everything needed to explain the decision later, with digests (SHA-256).

    ``trial`` is there only for decisions made in a trial, ``reserved`` only where reservations held headroom.
    """

    product: str
    revision: str | None
    programme: str
    model: str
    parameters: tuple[Parameter, ...]
    digests: dict[str, str]
    trial: TrialAssignment | None = Field(default=None, exclude_if=left_out)
    reserved: ReservedHeadroom | None = Field(default=None, exclude_if=left_out)


class Decision(Answer):
    """One decision, complete; ``applicant`` is null where it was stored without one."""

    id: str
    outcome: Outcome
    applicant: Applicant | None = Field(default=None, exclude_if=left_out)
    product: str
    revision: str | None
    programme: str
    applied_on: date
    decided_on: date
    amount: Amount
    score: Score | None
    cover: Cover | None
    fee: Fee | None
    price: Price | None
    collateral: tuple[Collateral, ...] = Field(default=(), description="empty where no asset secures the loan")
    findings: tuple[Finding, ...]
    conditions: tuple[Condition, ...]
    evidence: Evidence
