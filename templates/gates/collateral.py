"""Gates on the pledged rights: how long they live, what they are worth, what goes with them to the register."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import numpy as np

from products.applicant.assets import Valuation
from products.applicant.choices import IpKind, ValuationPurpose
from products.applicant.flatten import columns_of
from products.property.ip_law import legal_expiry
from products.repayment.calendars import add_months
from templates.case.attachments import FILED, AttachmentKind
from templates.case.options import Capacity, Paper
from templates.case.record import ContractRecord, papers_present
from templates.gates.pledge import pledged_assets
from templates.gates.table import Shortfall, check, missing
from templates.law import ContractLaw, contract_law

_EPOCH: Final = date(1970, 1, 1)


@check("right-outlives-debt")
def the_right_outlives_the_debt(record: ContractRecord) -> Iterator[Shortfall]:
    """The debt falls due before the first day on which a right no longer exists."""
    matures_on = record.matures_on
    if matures_on is None:
        return
    ends = legal_expiry(columns_of([record.application]).ip_assets)
    known = ends.is_known.met
    for position, (place, _) in enumerate(pledged_assets(record)):
        end = _EPOCH + timedelta(days=int(ends.values[position]))
        if not known[position]:
            yield missing(place, "the dates from which its end follows", "权利期限")
        elif matures_on >= end:
            yield Shortfall(
                place,
                f"ends on {end}, not after the debt falls due on {matures_on}",
                "shorten the loan or pledge another right",
                f"权利于{end}终止，不晚于债务到期日{matures_on}，请缩短期限或更换质押财产。",
            )


@check("similar-marks")
def similar_marks_are_pledged_together(record: ContractRecord) -> Iterator[Shortfall]:
    """Identical and similar marks on similar goods go into one application."""
    terms = record.particulars.pledge
    for mark in () if terms is None else terms.similar_trademarks:
        yield Shortfall(
            "particulars.pledge.similar_trademarks",
            f"names {mark!r}, which is not pledged",
            "pledge it too, or cancel it first",
            f"近似商标“{mark}”未一并出质，请一并办理或者先行注销。",
        )
    for place, asset in pledged_assets(record):
        if asset.kind is IpKind.TRADEMARK and not asset.similar_marks_included:
            yield missing(
                f"{place}.similar_marks_included", "that similar marks are included", "相同近似商标一并出质的确认"
            )


@check("valuation-sound")
def the_valuation_is_sound(record: ContractRecord) -> Iterator[Shortfall]:
    """Methods, signatures, seal, purpose and age of each appraisal."""
    for place, asset in pledged_assets(record):
        if asset.valuation is None:
            yield missing(f"{place}.valuation", "the appraisal", "资产评估")
        else:
            yield from _appraised(record, f"{place}.valuation", asset.valuation)
            yield from _reported(record, f"{place}.valuation", asset.number, asset.valuation)


def _appraised(record: ContractRecord, place: str, valuation: Valuation) -> Iterator[Shortfall]:
    law, signed_on = _law(record), record.particulars.signing.signed_on
    if (valuation.signatures or 0) < law.valuation_signatures:
        yield _short(f"{place}.signatures", valuation.signatures or 0, law.valuation_signatures, "签字人")
    if valuation.purpose is not ValuationPurpose.PLEDGE:
        yield Shortfall(
            f"{place}.purpose",
            "is not pledge" if valuation.purpose is None else f"is {valuation.purpose.value}, not pledge",
            "have the right appraised for the pledge",
            "评估目的不是质押，请以质押为目的重新评估。",
        )
    if valuation.valued_on is None:
        yield missing(f"{place}.valued_on", "the day as of which it values", "评估基准日")
    elif _age_exceeds(valuation.valued_on, signed_on, law.valuation_months):
        yield _stale(f"{place}.valued_on", valuation.valued_on, law.valuation_months, signed_on)


def _reported(record: ContractRecord, place: str, number: str, valuation: Valuation) -> Iterator[Shortfall]:
    """A single method needs a reason in the report, and the report needs the agency's seal."""
    terms, methods = record.particulars.pledge, len(valuation.methods or ())
    reports = [one for one in (() if terms is None else terms.valuation_reports) if one.values(number)]
    if methods < _law(record).valuation_methods and not any(one.one_method_reason for one in reports):
        yield _short(f"{place}.methods", methods, _law(record).valuation_methods, "评估方法")
    if not reports:
        yield missing("particulars.pledge.valuation_reports", f"the report that values {number}", f"{number}的评估报告")
    elif not any(one.sealed for one in reports):
        yield Shortfall(
            "particulars.pledge.valuation_reports",
            f"{reports[0].number} of {reports[0].agency} is not sealed",
            "have the appraisal agency seal its report, or name who lets it pass and why",
            f"评估报告“{reports[0].number}”未加盖评估机构印章，请补盖或注明放行人和理由。",
        )


def _law(record: ContractRecord) -> ContractLaw:
    return contract_law().at(record.particulars.signing.law_as_of)


def _stale(field: str, valued_on: date, months: int, signed_on: date) -> Shortfall:
    return Shortfall(
        field,
        f"is {valued_on}, more than {months} months before {signed_on}",
        "have the valuation renewed",
        f"评估基准日{valued_on}已超过{months}个月，请更新评估。",
    )


def _age_exceeds(valued_on: date, signed_on: date, months: int) -> bool:
    last = add_months(np.array([(valued_on - _EPOCH).days]), months)
    return (signed_on - _EPOCH).days > int(last[0])


def _short(field: str, found: int, least: int, zh: str) -> Shortfall:
    return Shortfall(
        field,
        f"counts {found}, fewer than {least}",
        "have the report completed, or name who lets it pass and why",
        f"{zh}数量为{found}，少于{least}，请补充或注明放行人和理由。",
    )


@check("loan-to-value")
def the_loan_is_within_the_lending_value(record: ContractRecord) -> Iterator[Shortfall]:
    """The amount is within the lending value that the decision computed, on valuations that still count when signed."""
    amount = record.decision.amount
    limit = next((limit for limit in amount.limits if "pledge" in limit.name), None)
    if limit is None or limit.amount is None:
        yield missing("decision.amount.limits", "the lending value of the pledge", "质押率测算的放款限额")
    elif amount.approved > limit.amount:
        yield Shortfall(
            "decision.amount.approved",
            f"is {amount.approved}, above the lending value of {limit.amount}",
            "lend less or take more security",
            f"批准金额{amount.approved}超过质押物放款限额{limit.amount}，请减少金额或追加质押。",
        )
    months, signed_on = _policy_months(record), record.particulars.signing.signed_on
    for place, asset in pledged_assets(record):
        valued_on = None if asset.valuation is None else asset.valuation.valued_on
        if months is not None and valued_on is not None and _age_exceeds(valued_on, signed_on, months):
            yield _stale(f"{place}.valuation.valued_on", valued_on, months, signed_on)


def _policy_months(record: ContractRecord) -> int | None:
    """How long the product lets a valuation count, as the decision used it."""
    used = (one for one in record.decision.evidence.parameters if one.name.rpartition(".")[2] == "valuation_months")
    found = next(used, None)
    return None if found is None else int(json.loads(found.value))


@check("registration-pack")
def the_registration_pack_is_complete(record: ContractRecord) -> Iterator[Shortfall]:
    """The papers that the register asks for in this case."""
    terms = record.particulars.pledge
    if terms is None:
        return
    present = papers_present(record)
    for paper, why in _papers_needed(record):
        if paper not in present:
            yield Shortfall(
                "particulars.pledge.papers",
                f"lacks {paper.value}, needed because {why}",
                f"attach it and add {paper.value}",
                f"登记材料缺少“{paper.zh}”，请补充。",
            )
    if not {Paper.IDENTITY_PROOFS, Paper.UNDERTAKING} & present:
        yield missing("particulars.pledge.papers", "proofs of identity or undertakings", "身份证明或者承诺书")


@check("papers-kept")
def what_is_stated_is_kept(record: ContractRecord) -> Iterator[Shortfall]:
    """Where the papers of a case are kept here, each one that the particulars state is among them."""
    if not record.attachments:
        return
    terms, kinds = record.particulars.pledge, {each.kind for each in record.attachments}
    for paper in () if terms is None else terms.papers:
        if paper in FILED and FILED[paper] not in kinds:
            yield _not_kept("particulars.pledge.papers", paper.value, paper.zh)
    if record.particulars.resolutions and AttachmentKind.RESOLUTION not in kinds:
        yield _not_kept("particulars.resolutions", AttachmentKind.RESOLUTION.value, AttachmentKind.RESOLUTION.zh)


def _not_kept(field: str, kind: str, zh: str) -> Shortfall:
    return Shortfall(
        field,
        f"states {kind}, which is not among the papers kept with the case",
        "attach the file, or name who lets it pass and why",
        f"“{zh}”已在要素中载明，但未随本笔业务归档，请上传或者注明放行人和理由。",
    )


def _papers_needed(record: ContractRecord) -> Iterator[tuple[Paper, str]]:
    yield Paper.APPLICATION_FORM, "every application has one"
    yield Paper.CONTRACTS, "the register keeps the contracts"
    signatories = (record.particulars.lender.signatory, record.pledgor.signatory)
    if any(one is not None and one.capacity is Capacity.AGENT for one in signatories):
        yield Paper.POWER_OF_ATTORNEY, "an agent signs"
    assets = record.pledged
    if any(asset.valuation is not None for asset in assets):
        yield Paper.VALUATION_REPORT, "the assets were appraised"
    if any(asset.same_day_invention for asset in assets):
        yield Paper.SAME_DAY_DECLARATION, "an invention was filed on the same day"
    if any(asset.co_owners for asset in assets):
        yield Paper.CO_OWNER_CONSENTS, "there are co-owners"
    most = contract_law().at(record.particulars.signing.law_as_of).asset_list_above
    if len(assets) > most:
        yield Paper.ASSET_LIST, f"more than {most} assets are pledged"


@check("maximum-amount")
def the_maximum_covers_the_loan(record: ContractRecord) -> Iterator[Shortfall]:
    """A maximum-amount security needs a rising claim period around the drawdown and a cap not below the loan."""
    given, drawdown_on = record.particulars, record.particulars.loan.drawdown_on
    for field, terms in (("pledge", given.pledge), ("guarantee", given.guarantee)):
        maximum = None if terms is None else terms.maximum
        if maximum is None:
            continue
        place = f"particulars.{field}.maximum"
        if drawdown_on is not None and not maximum.claims_from <= drawdown_on <= maximum.claims_to:
            yield Shortfall(
                f"{place}.claims_from",
                f"and claims_to ({maximum.claims_from}, {maximum.claims_to}) leave out the drawdown of {drawdown_on}",
                "let the claim period contain the drawdown",
                f"债权确定期间{maximum.claims_from}至{maximum.claims_to}不包括提款日{drawdown_on}，请更正。",
            )
        secured = record.decision.amount.approved if field == "pledge" else record.fronted[1]
        if maximum.cap < secured:
            yield Shortfall(
                f"{place}.cap",
                f"is {maximum.cap}, below the {secured} to be secured",
                "raise the cap or secure the loan by an ordinary contract",
                f"最高债权额{maximum.cap}低于被担保的本金{secured}，请提高或改用一般担保。",
            )
