"""Everything a contract set is drawn from, in one typed record: decision, application, particulars and plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

import numpy as np

from products.applicant.assets import IpAsset
from products.applicant.choices import IpKind
from products.applicant.record import Application
from products.explaining.answer import Decision, Outcome, Parameter, Party
from products.money import ONE, yuan
from products.repayment.plans import plan
from templates.case.attachments import FILED, Attached
from templates.case.options import LenderKind, Paper, RateType
from templates.case.particulars import Particulars
from templates.case.parties import PartyDetails
from templates.conditions import Facts
from templates.wording import fen

_EPOCH: Final = date(1970, 1, 1)


class AssetFamily(StrEnum):
    """Assets that one register keeps and one pledge contract covers."""

    PATENT = "patent"
    TRADEMARK = "trademark"
    COPYRIGHT = "copyright"


FAMILIES: Final[Mapping[IpKind, AssetFamily]] = {
    IpKind.INVENTION_PATENT: AssetFamily.PATENT,
    IpKind.UTILITY_MODEL: AssetFamily.PATENT,
    IpKind.DESIGN: AssetFamily.PATENT,
    IpKind.TRADEMARK: AssetFamily.TRADEMARK,
    IpKind.COPYRIGHT: AssetFamily.COPYRIGHT,
    IpKind.SOFTWARE_COPYRIGHT: AssetFamily.COPYRIGHT,
}


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of the plan; amounts in yuan."""

    number: int
    due_on: date
    principal: Decimal
    interest: Decimal
    total: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """The facts of one contract set; ``plan`` is empty while a fact it needs is missing.

    ``attachments`` are the papers that are kept with the case; a bank that keeps its papers elsewhere has none here.
    """

    decision: Decision
    application: Application
    particulars: Particulars
    plan: tuple[Instalment, ...]
    attachments: tuple[Attached, ...] = ()

    @property
    def pledged(self) -> tuple[IpAsset, ...]:
        """The assets that secure the loan."""
        return (self.application.ip_assets or ()) if takes_pledge(self.decision) else ()

    def pledged_of(self, family: AssetFamily) -> tuple[IpAsset, ...]:
        """The pledged assets of one register."""
        return tuple(asset for asset in self.pledged if FAMILIES[asset.kind] is family)

    @property
    def families(self) -> tuple[AssetFamily, ...]:
        """The registers in which assets are pledged, in a fixed order."""
        return tuple(family for family in AssetFamily if self.pledged_of(family))

    def pledge_number(self, family: AssetFamily) -> str:
        """The number of a pledge contract; where several registers are concerned, with its place among them."""
        terms, families = self.particulars.pledge, self.families
        number = "" if terms is None else terms.number
        return number if len(families) < 2 else f"{number}-{families.index(family) + 1}"

    @property
    def consent_numbers(self) -> tuple[str, ...]:
        """The number of the separate consent of each person who guarantees, in their order."""
        terms = self.particulars.personal_guarantee
        return () if terms is None else tuple(f"{terms.number}-{i}" for i in range(1, len(terms.persons) + 1))

    @property
    def guaranteed(self) -> bool:
        """Whether anyone but the bank bears a share of the loss."""
        return bool(self.shared_parties)

    @property
    def shared_parties(self) -> tuple[Party, ...]:
        """The parties other than the bank that bear a share."""
        cover = self.decision.cover
        return () if cover is None else tuple(p.party for p in cover.parties if p.party is not Party.BANK and p.amount)

    @property
    def fronted(self) -> tuple[Decimal, Decimal]:
        """Share and amount (yuan) of the loss for which the guarantor answers to the lender."""
        cover, terms = self.decision.cover, self.particulars.guarantee
        if cover is None or terms is None:
            return Decimal(0), Decimal(0)
        fronts = terms.fronts or self.shared_parties
        parties = [party for party in cover.parties if party.party in fronts]
        return sum((p.share for p in parties), Decimal(0)), sum((p.amount for p in parties), Decimal(0))

    @property
    def pledgor(self) -> PartyDetails:
        """Who pledges: a third party, or the borrower."""
        terms = self.particulars.pledge
        return self.particulars.borrower if terms is None or terms.pledgor is None else terms.pledgor

    @property
    def pledgor_name(self) -> str:
        """The pledgor's registered name."""
        terms = self.particulars.pledge
        if terms is None or terms.pledgor is None:
            return self.application.enterprise.name
        return terms.pledgor.name.zh

    @property
    def pledgor_uscc(self) -> str:
        """The pledgor's unified social credit code."""
        terms = self.particulars.pledge
        given = None if terms is None else terms.pledgor
        return self.application.enterprise.uscc if given is None else given.uscc

    @property
    def matures_on(self) -> date | None:
        """The due date of the last payment."""
        return self.plan[-1].due_on if self.plan else None

    @property
    def lpr(self) -> Parameter | None:
        """The LPR value the price was built on, with the day from which it holds."""
        price = self.decision.price
        if price is None:
            return None
        named = (p for p in self.decision.evidence.parameters if p.name.rpartition(".")[2] == "lpr")
        return next((p for p in named if Decimal(json.loads(p.value)[price.lpr_term]) == price.lpr), None)

    @property
    def fee_base(self) -> str | None:
        """What the guarantee fee is charged on, as the parameter that the decision used says."""
        named = (p for p in self.decision.evidence.parameters if p.name.rpartition(".")[2] == "fee_base")
        return next((p.value for p in named), None)

    def facts(self) -> Facts:
        """What conditions of clauses, documents and gates may ask."""
        loan, guarantee = self.particulars.loan, self.particulars.guarantee
        counter, personal = self.particulars.counter_guarantee, self.particulars.personal_guarantee
        price = self.decision.price
        assets = self.pledged
        return Facts(
            pledged=bool(assets),
            guaranteed=self.guaranteed,
            guarantee_mode="" if guarantee is None or guarantee.mode is None else guarantee.mode.value,
            guarantee_is_partial=self.fronted[0] < 1,
            third_party_pledgor=self.particulars.pledge is not None and self.particulars.pledge.pledgor is not None,
            asset_families=tuple(family.value for family in self.families),
            has_licences=any(asset.licences for asset in assets),
            has_same_day_inventions=any(asset.same_day_invention for asset in assets),
            has_pending_invalidations=any(asset.invalidation_pending for asset in assets),
            has_utility_models=any(asset.kind is IpKind.UTILITY_MODEL for asset in assets),
            rate_type=(loan.rate_type or RateType.FIXED).value,
            payment=loan.payment.value,
            repayment=self.application.request.repayment.value,
            term_months=self.application.request.term_months,
            subsidised=price is not None and price.subsidy_rate > 0,
            dispute_mode=self.particulars.dispute.mode.value,
            prevailing=self.particulars.signing.prevailing.value,
            has_conditions=bool(self.decision.conditions),
            pledge_is_maximum=self.particulars.pledge is not None and self.particulars.pledge.maximum is not None,
            guarantee_is_maximum=guarantee is not None and guarantee.maximum is not None,
            fee_charged=price is not None and price.schedule_summary.total_fee > 0,
            entrusted=self.guaranteed and self.particulars.entrustment is not None,
            counter_guaranteed=self.guaranteed and counter is not None,
            counter_mode="" if counter is None else counter.mode.value,
            personally_guaranteed=personal is not None,
            personal_information_shared=personal is not None and bool(personal.recipients),
            personal_mode="" if personal is None else personal.mode.value,
            has_resolutions=bool(self.particulars.resolutions),
            refinanced=self.particulars.refinancing is not None,
            lender_licensed=self.particulars.lender.licence is not LenderKind.UNLICENSED,
            dispute_connection=self.particulars.dispute.connection.value,
            overdue_uplift_bp=_basis_points(loan.overdue_uplift),
            misuse_uplift_bp=_basis_points(loan.misuse_uplift),
            guarantee_period_months=_or_unknown(None if guarantee is None else guarantee.period_months),
            prepayment_notice_days=loan.prepayment_notice_days,
            cure_days=loan.cure_days,
        )


def _basis_points(share: Decimal | None) -> int:
    """A share in whole basis points, rounded towards nothing; -1 if it is not given."""
    return -1 if share is None else int(share * 10_000)


def _or_unknown(number: int | None) -> int:
    return -1 if number is None else number


def papers_present(record: ContractRecord) -> frozenset[Paper]:
    """The papers for a registration that are stated in the particulars or kept with the case."""
    terms, kinds = record.particulars.pledge, {each.kind for each in record.attachments}
    stated = () if terms is None else terms.papers
    return frozenset(stated) | {paper for paper, kind in FILED.items() if kind in kinds}


def takes_pledge(decision: Decision) -> bool:
    """Whether the loan is secured by intellectual property: a limit or a condition speaks of a pledge."""
    named = [limit.name for limit in decision.amount.limits] + [one.name for one in decision.conditions]
    return any("pledge" in name for name in named)


def contract_record(
    decision: Decision, application: Application, particulars: Particulars, attachments: tuple[Attached, ...] = ()
) -> ContractRecord:
    """The record with its repayment plan from the day of drawdown, under the loan rate of the decision."""
    drawdown_on = particulars.loan.drawdown_on
    drawable = decision.outcome is Outcome.APPROVE and decision.price is not None and drawdown_on is not None
    if not drawable or drawdown_on is None or decision.price is None:
        return ContractRecord(decision, application, particulars, (), attachments)
    rows = plan(
        np.array([fen(decision.amount.approved)]),
        np.array([int(decision.price.loan_rate * ONE)]),
        np.array([application.request.term_months]),
        np.array([application.request.repayment.position]),
        drawn_on=np.array([(drawdown_on - _EPOCH).days]),
    )
    instalments = tuple(
        Instalment(
            int(rows.number[i]),
            _EPOCH + timedelta(days=int(rows.due_on[i])),
            yuan(rows.principal[i]),
            yuan(rows.interest[i]),
            yuan(rows.total[i]),
            yuan(rows.closing_balance[i]),
        )
        for i in range(len(rows))
    )
    return ContractRecord(decision, application, particulars, instalments, attachments)
