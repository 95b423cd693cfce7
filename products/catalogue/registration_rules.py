"""The twelve grounds on which a patent pledge is refused registration (专利权质押登记办法第十一条), as rules.

Each asks about every pledged asset: one that fails refuses, one whose facts are missing leaves the rule unknown. The
numbering of the article rests on one secondary source, so the clauses name the grounds by their subject.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from products.applications import Children
from products.case import Case
from products.columns import UNKNOWN, Column, Truth, flag
from products.explaining.answer import Severity
from products.property.ip_law import legal_expiry
from products.repayment.calendars import add_months
from products.rules import rule
from products.vocabulary import IP_KINDS

_MEASURES: Final = "专利权质押登记办法（CNIPA公告第461号）第十一条"
_UTILITY_MODEL: Final = IP_KINDS.index("utility_model")
_PATENTS: Final = tuple(IP_KINDS.index(kind) for kind in ("invention_patent", "utility_model", "design"))
_IN_FORCE: Final = 0


def debt_maturity(case: Case[Any], assets: Children) -> Column:
    """The day the debt falls due if it is drawn on the day of the decision, for each asset."""
    return Column(add_months(np.array([case.on]), assets.of_parent(case.app.term_months).values))


def _annual_fee_holds(case: Case[Any], assets: Children) -> Truth:
    return (assets.annual_fee_paid_to >= case.on) | ~assets.kind.one_of(_PATENTS)


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：出质人与登记簿权利人",
    zh="出质人须为登记簿记载的权利人。",
    reads=("ip_assets.owner_is_applicant",),
)
def pledgor_is_the_registered_owner(case: Case[Any]) -> Truth:
    """The company must be the owner named in the register for every pledged asset."""
    assets = case.app.ip_assets
    return assets.all(flag(assets.owner_is_applicant))


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：权利终止或宣告无效",
    zh="质押的权利须有效，未终止、未被宣告无效。",
    reads=("ip_assets.status", "ip_assets.annual_fee_paid_to"),
)
def right_is_in_force(case: Case[Any]) -> Truth:
    """Every pledged right must be in force: neither ended nor declared invalid. Where the register's status is not
    given, an annual fee paid beyond the day of the decision shows it."""
    assets = case.app.ip_assets
    by_fee = (assets.annual_fee_paid_to >= case.on) & assets.kind.one_of(_PATENTS)
    return assets.all((assets.status == _IN_FORCE) | (by_fee & ~assets.status.is_known))


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：尚未授权",
    zh="质押的权利须已授权或登记。",
    reads=("ip_assets.granted_on",),
)
def right_is_granted(case: Case[Any]) -> Truth:
    """Every pledged right must have been granted or registered by the day of the decision."""
    assets = case.app.ip_assets
    return assets.all(assets.granted_on <= case.on)


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：未缴年费；专利法实施细则第一百一十五条",
    zh="专利年费须已按规定缴纳。",
    reads=("ip_assets.annual_fee_paid_to",),
)
def annual_fee_is_paid(case: Case[Any]) -> Truth:
    """The annual fee of every pledged patent must be paid up to the day of the decision."""
    assets = case.app.ip_assets
    return assets.all(_annual_fee_holds(case, assets))


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：权属纠纷中止或财产保全",
    zh="质押的权利未因权属纠纷中止，未被法院保全。",
    reads=("ip_assets.preserved_by_court", "ip_assets.ownership_dispute"),
)
def right_is_free_of_stays(case: Case[Any]) -> Truth:
    """No pledged right may be stayed for an ownership dispute or preserved by a court. A stay for a dispute stands in
    the register with the preservation; it is taken as absent where only the preservation is reported."""
    assets = case.app.ip_assets
    dispute = flag(assets.ownership_dispute).but_unknown_is(False)
    return assets.all(~flag(assets.preserved_by_court) & ~dispute)


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：债务期限超过专利权有效期；专利法第四十二条",
    zh="债务履行期限须早于权利有效期届满日。",
    reads=("ip_assets.filed_on", "ip_assets.granted_on", "ip_assets.published_on", "ip_assets.expires_on"),
)
def debt_ends_before_the_right(case: Case[Any]) -> Truth:
    """The debt must fall due before every pledged right expires."""
    assets = case.app.ip_assets
    return assets.all(debt_maturity(case, assets) < legal_expiry(assets))


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：质押合同内容；民法典第四百二十七条",
    zh="质押合同须能写明每项权利的申请日和授权公告日。",
    reads=("ip_assets.filed_on", "ip_assets.granted_on"),
)
def contract_can_name_the_right(case: Case[Any]) -> Truth:
    """The pledge contract must be able to name the filing date and the grant date of every right; title and number are
    checked when it is drafted. A date that is missing leaves the question open."""
    assets = case.app.ip_assets
    shown = assets.filed_on.is_known & assets.granted_on.is_known
    return assets.all(Truth(np.maximum(shown.answers, UNKNOWN)))


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：共有人同意；专利法第十四条",
    zh="共有的权利须经全体共有人同意出质。",
    reads=("ip_assets.co_owners", "ip_assets.co_owner_consent"),
)
def co_owners_consent(case: Case[Any]) -> Truth:
    """All co-owners must consent to the pledge of a right held in common."""
    assets = case.app.ip_assets
    return assets.all((assets.co_owners == 0) | flag(assets.co_owner_consent))


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：已处于质押期",
    zh="质押的权利未处于其他质押期内。",
    reads=("ip_assets.pledged",),
)
def right_is_not_pledged_already(case: Case[Any]) -> Truth:
    """No pledged right may stand in an earlier pledge."""
    assets = case.app.ip_assets
    return assets.all(~flag(assets.pledged))


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：同日申请发明专利的实用新型",
    zh="实用新型与发明专利同日申请的，双方须知悉并仍同意质押。",
    reads=("ip_assets.same_day_invention", "ip_assets.same_day_acknowledged"),
)
def same_day_invention_is_acknowledged(case: Case[Any]) -> Truth:
    """Where an invention was filed on the same day as a pledged utility model, both parties must know it and agree."""
    assets = case.app.ip_assets
    other_kind = assets.kind != _UTILITY_MODEL
    acknowledged = flag(assets.same_day_acknowledged).but_unknown_is(False)
    return assets.all(other_kind | ~flag(assets.same_day_invention) | acknowledged)


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：已被启动无效宣告程序",
    zh="处于无效宣告程序的权利，双方须知悉并仍同意质押。",
    reads=("ip_assets.invalidation_pending", "ip_assets.invalidation_acknowledged"),
)
def invalidation_is_acknowledged(case: Case[Any]) -> Truth:
    """Where invalidation proceedings are pending against a pledged right, both parties must know it and agree."""
    assets = case.app.ip_assets
    acknowledged = flag(assets.invalidation_acknowledged).but_unknown_is(False)
    return assets.all(~flag(assets.invalidation_pending) | acknowledged)


@rule(
    severity=Severity.DECLINE,
    clause=f"{_MEASURES}：其他不符合出质条件的情形",
    zh="质押的权利无其他不宜出质的情形。",
    reads=("ip_assets.unsuitable",),
)
def right_is_not_otherwise_unsuitable(case: Case[Any]) -> Truth:
    """No pledged right may be unsuitable for a pledge for any other reason that the bank has noted."""
    assets = case.app.ip_assets
    return assets.all(~flag(assets.unsuitable).but_unknown_is(False))


REGISTRATION_RULES: Final = (
    pledgor_is_the_registered_owner,
    right_is_in_force,
    right_is_granted,
    annual_fee_is_paid,
    right_is_free_of_stays,
    debt_ends_before_the_right,
    contract_can_name_the_right,
    co_owners_consent,
    right_is_not_pledged_already,
    same_day_invention_is_acknowledged,
    invalidation_is_acknowledged,
    right_is_not_otherwise_unsuitable,
)
