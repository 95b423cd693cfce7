"""Gates on authority and duty of care: resolutions, the guarantor's limits, due diligence, disputes, retention."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from products.money import fraction
from templates.case.options import Body, Connection, DisputeMode, PartyKind, Resolver
from templates.case.particulars import Resolution
from templates.case.parties import Party
from templates.case.record import ContractRecord
from templates.gates.table import Shortfall, check, missing
from templates.law import contract_law, share_of_votes
from templates.wording import figures, percent, share

_COMPANIES = (PartyKind.COMPANY, PartyKind.LISTED_COMPANY)


def _securing_companies(record: ContractRecord) -> Iterator[tuple[Resolver, Party, Decimal]]:
    """Companies that secure another's debt, with the principal they answer for."""
    given, approved = record.particulars, record.decision.amount.approved
    if record.pledged and given.pledge is not None and given.pledge.pledgor is not None:
        yield Resolver.PLEDGOR, given.pledge.pledgor, approved
    if record.guaranteed and given.guarantor is not None:
        yield Resolver.GUARANTOR, given.guarantor, record.fronted[1]
    if given.counter_guarantee is not None:
        yield Resolver.COUNTER_GUARANTOR, given.counter_guarantee.provider, record.fronted[1]


@check("resolutions")
def companies_have_resolved(record: ContractRecord) -> Iterator[Shortfall]:
    """The right body, without interested votes, by a majority, within the articles' cap; listed companies publish."""
    resolutions = {resolution.company: resolution for resolution in record.particulars.resolutions}
    for company, party, amount in _securing_companies(record):
        if party.kind is PartyKind.BRANCH and (party.signatory is None or party.signatory.power_of_attorney is None):
            yield missing(
                f"{company.value}.signatory.power_of_attorney", "the company's authority to its branch", "公司授权"
            )
        if party.kind in _COMPANIES and company not in resolutions:
            yield missing("particulars.resolutions", f"the resolution of {party.name.zh}", f"“{party.name.zh}”的决议")
        if party.kind is PartyKind.LISTED_COMPANY and company in resolutions and not resolutions[company].public_notice:
            yield missing("particulars.resolutions", f"the public notice of {party.name.zh}", "上市公司公告")
        if company in resolutions:
            yield from _within_cap(resolutions[company], amount)
        if party.kind is PartyKind.LISTED_COMPANY and company in resolutions:
            yield from _special_majority(record, resolutions[company])
    for resolution in resolutions.values():
        yield from _properly_passed(record, resolution)


def _within_cap(resolution: Resolution, amount: Decimal) -> Iterator[Shortfall]:
    cap = resolution.cap_by_articles
    if cap is not None and amount > cap:
        yield Shortfall(
            "particulars.resolutions.cap_by_articles",
            f"is {cap}, below the {amount} answered for",
            "lower the amount or change the articles first",
            f"担保金额{amount}超过章程限额{cap}，请降低金额或先修改章程。",
        )


def _special_majority(record: ContractRecord, resolution: Resolution) -> Iterator[Shortfall]:
    """Above a share of its assets a listed company gives security only by its shareholders' special resolution."""
    law = contract_law().at(record.particulars.signing.law_as_of)
    if resolution.assets_share is None:
        yield missing("particulars.resolutions.assets_share", "the share of total assets secured", "担保占资产总额比例")
    elif resolution.assets_share > fraction(law.listed_assets_share) and (
        resolution.body is not Body.SHAREHOLDERS or Fraction(resolution.votes_for) < share_of_votes(law.listed_majority)
    ):
        yield Shortfall(
            "particulars.resolutions.votes_for",
            f"is {share(resolution.votes_for)} of the {resolution.body.value}, but security above "
            f"{percent(fraction(law.listed_assets_share))} of total assets needs "
            f"{share(share_of_votes(law.listed_majority))} of the shareholders' votes",
            "obtain the special resolution; state votes as they were counted, like 2/3, where a decimal cuts them off",
            f"上市公司一年内担保超过资产总额的规定比例，须经股东会{share(share_of_votes(law.listed_majority))}以上表决权通过，"
            "请补充；小数不能除尽的，请按计票结果以分数填写。",
        )


def _properly_passed(record: ContractRecord, resolution: Resolution) -> Iterator[Shortfall]:
    place, needed = "particulars.resolutions", resolution.body_by_articles
    if resolution.security_for_owner:
        needed = Body.SHAREHOLDERS
    if resolution.body is not needed and resolution.body is not Body.SHAREHOLDERS:
        yield Shortfall(
            f"{place}.body",
            f"is {resolution.body.value}, but {needed.value} must resolve",
            "obtain the resolution of the right body",
            f"应由{needed.zh}作出决议，请补充。",
        )
    if resolution.security_for_owner and not resolution.interested_excluded:
        yield Shortfall(
            f"{place}.interested_excluded",
            "is false although the security is for a shareholder or the actual controller",
            "repeat the vote without the interested shareholder",
            "为股东或者实际控制人提供担保，其未回避表决，请重新表决。",
        )
    majority = share_of_votes(contract_law().at(record.particulars.signing.law_as_of).resolution_majority)
    if Fraction(resolution.votes_for) <= majority:
        yield Shortfall(
            f"{place}.votes_for",
            f"is {share(resolution.votes_for)}, not more than {share(majority)}",
            "obtain a majority",
            f"赞成表决权{share(resolution.votes_for)}未过半数，请重新表决。",
        )
    if resolution.resolved_on > record.particulars.signing.signed_on:
        yield Shortfall(
            f"{place}.resolved_on",
            f"is {resolution.resolved_on}, after the signing",
            "sign after the resolution",
            "决议日晚于签订日，请更正。",
        )


@check("guarantor-limits")
def the_guarantor_stays_within_its_limits(record: ContractRecord) -> Iterator[Shortfall]:
    """Leverage and concentration of a financing-guarantee company after this guarantee."""
    guarantor, terms = record.particulars.guarantor, record.particulars.guarantee
    if guarantor is None or terms is None or guarantor.kind is not PartyKind.GUARANTEE_COMPANY:
        return
    limits, place = terms.limits, "particulars.guarantee.limits"
    if limits is None:
        yield missing(place, "the guarantor's net assets and guarantees outstanding", "担保公司净资产和在保余额")
        return
    law = contract_law().at(record.particulars.signing.law_as_of)
    amount = record.fronted[1]
    leverage = fraction(law.guarantor_leverage_small if limits.mainly_small else law.guarantor_leverage)
    for name, before, cap in (
        ("outstanding", limits.outstanding, limits.net_assets * leverage),
        ("outstanding_client", limits.outstanding_client, limits.net_assets * fraction(law.guarantor_client_share)),
        ("outstanding_related", limits.outstanding_related, limits.net_assets * fraction(law.guarantor_related_share)),
    ):
        if before + amount > cap:
            yield Shortfall(
                f"{place}.{name}",
                f"is {figures(before)} and would reach {figures(before + amount)}, above {figures(cap)}",
                "lower the guarantee or share it with another guarantor",
                f"担保后余额{figures(before + amount)}元超过上限{figures(cap)}元，请降低金额或者联合担保。",
            )
    if limits.client_is_controller:
        yield Shortfall(
            f"{place}.client_is_controller",
            "is true; no guarantee may be given for a controlling shareholder or actual controller",
            "find another guarantor",
            "不得为控股股东、实际控制人提供融资担保，请更换保证人。",
        )


@check("due-diligence")
def due_diligence_is_done(record: ContractRecord) -> Iterator[Shortfall]:
    """Before signing, with the beneficial owner on record."""
    diligence = record.particulars.diligence
    if diligence is None:
        yield missing("particulars.diligence", "customer due diligence", "客户尽职调查")
        return
    if not diligence.beneficial_owner_recorded:
        yield missing("particulars.diligence.beneficial_owner_recorded", "the beneficial owner", "受益所有人登记")
    if diligence.done_on > record.particulars.signing.signed_on:
        yield Shortfall(
            "particulars.diligence.done_on",
            f"is {diligence.done_on}, after the signing",
            "finish due diligence before signing",
            "尽职调查日晚于签订日，请在签订前完成。",
        )


@check("disputes-complete")
def the_dispute_clause_is_complete(record: ContractRecord) -> Iterator[Shortfall]:
    """A court or an arbitration institution by its full name; one clause serves the whole set."""
    dispute = record.particulars.dispute
    name = dispute.institution.zh
    endings = ("法院",) if dispute.mode is DisputeMode.COURT else ("仲裁委员会", "仲裁院", "仲裁中心")
    if not name.endswith(endings):
        yield Shortfall(
            "particulars.dispute.institution",
            f"is {name!r}, which is no full name of {'a court' if len(endings) == 1 else 'an arbitration institution'}",
            f"write a name that ends in {' or '.join(endings)}",
            f"争议解决机构“{name}”名称不完整，请填写全称。",
        )


_SEATS: Final = {Connection.LENDER_SEAT: "lender", Connection.BORROWER_SEAT: "borrower"}
_COURT: Final = re.compile(r"(?:高级|中级)?人民法院$")
_PROVINCE: Final = re.compile(r"^.{2,8}?(?:省|自治区)")


@check("court-connected")
def the_court_is_of_the_place_named(record: ContractRecord) -> Iterator[Shortfall]:
    """The court's name begins with the place on which its choice rests; special courts are let pass by name."""
    dispute, given = record.particulars.dispute, record.particulars
    if dispute.mode is not DisputeMode.COURT or dispute.connection is Connection.PLACE_OF_PERFORMANCE:
        return
    seat = _SEATS.get(dispute.connection)
    words = given.signing.place if seat is None else getattr(given, seat).address
    district = _PROVINCE.sub("", _COURT.sub("", dispute.institution.zh))
    if words is not None and district not in words.zh:
        yield Shortfall(
            "particulars.dispute.institution",
            f"is {dispute.institution.zh!r}, but the place of its connection is {words.zh!r}",
            "choose the court of that place or another connection, or name who lets it pass and why",
            f"约定法院“{dispute.institution.zh}”与连接点“{words.zh}”不对应，请更正或注明放行人和理由。",
        )


@check("retention")
def the_set_is_kept_long_enough(record: ContractRecord) -> Iterator[Shortfall]:
    """Years after the relationship ends; hashes stand in the manifest of every set."""
    retention = record.particulars.retention
    least = contract_law().at(record.particulars.signing.law_as_of).retention_years
    if retention is None:
        yield missing("particulars.retention", "the retention class", "档案保存期限")
    elif retention.years_after_end < least:
        yield Shortfall(
            "particulars.retention.years_after_end",
            f"is {retention.years_after_end}, fewer than {least}",
            f"keep the set at least {least} years",
            f"保存期限{retention.years_after_end}年短于{least}年，请延长。",
        )


@check("standard-terms-explained")
def standard_terms_were_explained(record: ContractRecord) -> Iterator[Shortfall]:
    """The record that the marked clauses were pointed out and explained before signing."""
    explained_on, signed_on = record.particulars.standard_terms_explained_on, record.particulars.signing.signed_on
    if explained_on is None:
        yield missing(
            "particulars.standard_terms_explained_on",
            "the day the marked clauses were explained",
            "格式条款提示说明记录",
        )
    elif explained_on > signed_on:
        yield Shortfall(
            "particulars.standard_terms_explained_on",
            f"is {explained_on}, after the signing",
            "explain the marked clauses before signing",
            "格式条款说明晚于签订，请在签订前完成。",
        )
