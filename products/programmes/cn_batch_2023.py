"""银担“总对总”批量担保业务: the bank alone reviews and approves, guarantors check compliance, the fund pays first."""

from pathlib import Path
from typing import Any, Final

from products.case import Case
from products.columns import Truth
from products.explaining.answer import Severity
from products.parameters import load_book
from products.product import Programme
from products.programmes.national_fund import (
    COMMON_CONDITIONS,
    COMMON_RULES,
    LAW,
    fee_is_within_the_programme_cap,
    negative_list,
    standing,
)
from products.rules import Condition
from products.terms import ProgrammeTerms


def _always(case: Case[Any]) -> Truth:
    return case.everywhere(True)


_KEEPS_ITS_SHARE: Final = Condition(
    "bank_does_not_shift_its_share",
    "{instrument}：银行风险责任",
    "银行不得以追加保险、借款人存款等方式转嫁其承担的风险。",
    "The bank must not pass its own share on by further insurance or deposits of the borrower.",
    _always,
)
_NO_SECURITY: Final = Condition(
    "no_collateral_is_taken",
    "{instrument}：见贷即保",
    "批量担保业务不要求抵押、质押；担保机构只作合规性审查，不重复尽职调查。",
    "No collateral is taken; the guarantors check compliance only and do not repeat the bank's review.",
    _always,
)

PROGRAMME = Programme(
    slug="cn-batch-2023",
    zh="银担“总对总”批量担保业务",
    en="Batch guarantees of the national fund with banks",
    instrument="银担“总对总”批量担保业务方案",
    book=load_book(Path(__file__).with_suffix(".yaml"), ProgrammeTerms),
    standing=standing,
    rules=(
        *COMMON_RULES,
        fee_is_within_the_programme_cap,
        *negative_list(severity=Severity.ADVISE, instrument="银担“总对总”批量担保业务方案", verified=False),
    ),
    conditions=(*COMMON_CONDITIONS, _KEEPS_ITS_SHARE, _NO_SECURITY),
    law=LAW,
)
