"""民间投资专项担保计划 (财金〔2026〕6号): longer loans to private SMEs, the fund's share up to 40 %."""

from pathlib import Path
from typing import Any

from products.case import Case
from products.columns import Truth, flag
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
    term_is_longer_than_the_programme_asks,
)
from products.rules import rule
from products.terms import ProgrammeTerms


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：支持民间投资",
    zh="借款企业须为民营企业。",
    reads=("private_enterprise",),
)
def borrower_is_privately_owned(case: Case[Any]) -> Truth:
    """The company must be privately owned: the programme supports private investment."""
    return flag(case.app.private_enterprise)


PROGRAMME = Programme(
    slug="cn-private-investment-2026",
    zh="民间投资专项担保计划",
    en="Special guarantee programme for private investment",
    instrument="财金〔2026〕6号",
    book=load_book(Path(__file__).with_suffix(".yaml"), ProgrammeTerms),
    standing=standing,
    rules=(
        *COMMON_RULES,
        borrower_is_privately_owned,
        fee_is_within_the_programme_cap,
        term_is_longer_than_the_programme_asks,
        *negative_list(severity=Severity.REFER, instrument="财金〔2026〕6号", verified=True),
    ),
    conditions=COMMON_CONDITIONS,
    law=LAW,
)
