"""Gates on the pledge: the contract's contents and the grounds on which a register refuses."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

from products.applicant.assets import IpAsset
from products.applicant.choices import IpKind, IpStatus
from templates.case.options import Scope
from templates.case.record import FAMILIES, AssetFamily, ContractRecord
from templates.gates.table import Shortfall, check, missing

_FULL_SCOPE = (
    Scope.PRINCIPAL,
    Scope.INTEREST,
    Scope.LIQUIDATED_DAMAGES,
    Scope.COMPENSATION,
    Scope.ENFORCEMENT_COSTS,
)


def pledged_assets(record: ContractRecord) -> Iterator[tuple[str, IpAsset]]:
    """The pledged assets with the field by which gaps name them."""
    for position, asset in enumerate(record.pledged):
        yield f"ip_assets[{position}]", asset


@check("pledge-contents")
def the_pledge_contract_states_all_contents(record: ContractRecord) -> Iterator[Shortfall]:
    """Scope and number are particulars; each asset needs the entries by which the register identifies it."""
    terms = record.particulars.pledge
    if terms is None:
        yield missing("particulars.pledge", "the terms of the pledge contract", "质押合同要素")
    elif not terms.scope:
        yield missing("particulars.pledge.scope", "the scope of the pledge", "担保范围")
    for place, asset in pledged_assets(record):
        if asset.title is None:
            yield missing(f"{place}.title", "the name of the pledged right", "质押财产名称")
        if FAMILIES[asset.kind] is AssetFamily.PATENT and asset.filed_on is None:
            yield missing(f"{place}.filed_on", "the filing date", "申请日")
        if asset.granted_on is None:
            yield missing(f"{place}.granted_on", "the date of grant or registration", "授权公告日或登记日")


@check("scope-complete")
def the_scope_is_complete(record: ContractRecord) -> Iterator[Shortfall]:
    """A scope that leaves out what the statute puts in must be a choice, not an oversight."""
    pledge, guarantee = record.particulars.pledge, record.particulars.guarantee
    counter, personal = record.particulars.counter_guarantee, record.particulars.personal_guarantee
    scopes = {
        "particulars.pledge.scope": () if pledge is None or not record.pledged else pledge.scope,
        "particulars.guarantee.scope": () if guarantee is None or not record.guaranteed else guarantee.scope,
        "particulars.counter_guarantee.scope": () if counter is None else counter.scope,
        "particulars.personal_guarantee.scope": () if personal is None else personal.scope,
    }
    for field, scope in scopes.items():
        absent = [item for item in _FULL_SCOPE if item not in scope] if scope else []
        if absent:
            yield Shortfall(
                field,
                f"leaves out {', '.join(item.value for item in absent)}",
                "add it, or name who lets it pass and why",
                f"担保范围缺少{'、'.join(item.zh for item in absent)}，请补充或注明放行人和理由。",
            )


@check("pledgor-is-owner")
def the_pledgor_is_the_registered_owner(record: ContractRecord) -> Iterator[Shortfall]:
    """One and the same by credit code, and by name: to the character where the register's code is not given."""
    for place, asset in pledged_assets(record):
        if asset.owner_uscc is not None and asset.owner_uscc != record.pledgor_uscc:
            yield _another_owner(f"{place}.owner_uscc", asset.owner_uscc, record)
        elif asset.owner is not None and asset.owner_uscc is not None and not _same_name(asset.owner, record):
            yield Shortfall(
                f"{place}.owner",
                f"is {asset.owner!r} in the register, the pledgor of the same credit code is {record.pledgor_name!r}",
                "have the register changed to the name of today first",
                f"登记权利人“{asset.owner}”与出质人“{record.pledgor_name}”统一社会信用代码相同而名称不同，"
                "请先办理著录项目变更。",
            )
        elif asset.owner is None or (asset.owner_uscc is None and asset.owner != record.pledgor_name):
            shown = "unknown" if asset.owner is None else f"{asset.owner!r}"
            yield Shortfall(
                f"{place}.owner",
                f"is {shown}, the pledgor is {record.pledgor_name!r}",
                "let the registered owner pledge, or have the register changed first",
                f"登记权利人与出质人“{record.pledgor_name}”不一致，请由登记权利人出质或先办理著录项目变更。",
            )


def _another_owner(field: str, code: str, record: ContractRecord) -> Shortfall:
    return Shortfall(
        field,
        f"is {code}, the pledgor {record.pledgor_name!r} has {record.pledgor_uscc}",
        "let the registered owner pledge, or have the register changed first; equal names make no one owner",
        f"登记权利人统一社会信用代码{code}与出质人{record.pledgor_uscc}不一致，名称相同也不是同一主体，"
        "请由登记权利人出质或先办理著录项目变更。",
    )


def _same_name(owner: str, record: ContractRecord) -> bool:
    """Whether both names differ in nothing but the width of characters and spaces."""
    one, other = ("".join(unicodedata.normalize("NFKC", name).split()) for name in (owner, record.pledgor_name))
    return one == other


@check("owner-identified")
def the_owner_is_identified_by_its_code(record: ContractRecord) -> Iterator[Shortfall]:
    """Two enterprises may bear one name; the code tells them apart."""
    for place, asset in pledged_assets(record):
        if asset.owner_uscc is None:
            yield Shortfall(
                f"{place}.owner_uscc",
                "is missing, so the registered owner is known by its name alone",
                "state the owner's unified social credit code, or name who compared the certificates and why it passes",
                "缺少登记权利人的统一社会信用代码，仅凭名称核对权利人，请补充或注明放行人和理由。",
            )


@check("right-in-force")
def the_right_is_in_force(record: ContractRecord) -> Iterator[Shortfall]:
    """Granted before signing, in force by the register, and the annual fee of a patent paid beyond the drawdown.

    Where the register's status of a patent is not given, the fee shows that it is in force, as in the decision.
    """
    signed_on, drawdown_on = record.particulars.signing.signed_on, record.particulars.loan.drawdown_on
    for place, asset in pledged_assets(record):
        if asset.granted_on is not None and asset.granted_on > signed_on:
            yield _too_late(f"{place}.granted_on", asset.granted_on, signed_on, "授权日晚于签订日")
        if asset.status not in (None, IpStatus.IN_FORCE):
            yield Shortfall(
                f"{place}.status", f"is {asset.status.value}", "pledge a right that is in force", "权利已终止或无效。"
            )
        if FAMILIES[asset.kind] is not AssetFamily.PATENT:
            if asset.status is None:
                yield missing(
                    f"{place}.status", "whether the register shows the right in force", "登记簿记载的权利状态"
                )
        else:
            paid_to = asset.annual_fee_paid_to
            if paid_to is None:
                yield missing(f"{place}.annual_fee_paid_to", "up to when the annual fee is paid", "年费缴至日期")
            elif drawdown_on is not None and paid_to <= drawdown_on:
                yield _too_late(f"{place}.annual_fee_paid_to", paid_to, drawdown_on, "年费未缴至提款日之后")


def _too_late(field: str, found: date, limit: date, zh: str) -> Shortfall:
    return Shortfall(
        field,
        f"is {found}, against {limit}",
        "pay the fee or wait for the grant, and correct the register entry",
        f"{zh}（{found}，{limit}），请更正。",
    )


@check("no-encumbrance")
def nothing_encumbers_the_right(record: ContractRecord) -> Iterator[Shortfall]:
    """Pledge and preservation must be known not to exist; a dispute stays out only where the register shows one."""
    for place, asset in pledged_assets(record):
        for name, value, zh in (
            ("pledged", asset.pledged, "在先质押"),
            ("preserved_by_court", asset.preserved_by_court, "法院保全"),
            ("ownership_dispute", asset.ownership_dispute or False, "权属纠纷"),
        ):
            if value is not False:
                yield Shortfall(
                    f"{place}.{name}",
                    "is not known to be false" if value is None else "is true",
                    "search the register and clear the encumbrance",
                    f"是否存在{zh}未查明或确有其事，请查询登记簿并予以解除。",
                )


_GROUNDS: Final = {
    "invalidation_acknowledged": "invalidation_pending",
    "same_day_acknowledged": "same_day_invention",
}


@check("acknowledgements")
def special_grounds_are_acknowledged(record: ContractRecord) -> Iterator[Shortfall]:
    """Registration goes on only if both parties, told of the ground, still agree."""
    for place, asset in pledged_assets(record):
        for ground, given, name, zh in (
            (
                asset.invalidation_pending,
                asset.invalidation_acknowledged,
                "invalidation_acknowledged",
                "无效宣告程序",
            ),
            (asset.same_day_invention, asset.same_day_acknowledged, "same_day_acknowledged", "同日申请发明专利"),
        ):
            if ground is None and (name != "same_day_acknowledged" or asset.kind is IpKind.UTILITY_MODEL):
                yield missing(f"{place}.{_GROUNDS[name]}", "what the register shows", f"登记簿是否记载{zh}")
            if ground and not given:
                yield Shortfall(
                    f"{place}.{name}",
                    "is not given although the register shows the ground",
                    "have both parties sign the acknowledgement",
                    f"存在{zh}，缺少双方书面知悉同意，请补签。",
                )


@check("co-owner-consent")
def all_co_owners_consent(record: ContractRecord) -> Iterator[Shortfall]:
    """A right in co-ownership is pledged by all."""
    for place, asset in pledged_assets(record):
        if asset.co_owners is None:
            yield missing(f"{place}.co_owners", "whether the register names co-owners", "登记簿是否记载共有人")
        if asset.co_owners and not asset.co_owner_consent:
            yield missing(f"{place}.co_owner_consent", "the consent of all co-owners", "全体共有人同意出质的书面意见")
