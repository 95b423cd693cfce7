"""支持科技创新专项担保计划 (财金〔2024〕60号) and, before 2024-07-24, the baseline it replaced."""

from pathlib import Path

from products.explaining.answer import Severity
from products.parameters import load_book
from products.product import Programme
from products.programmes.national_fund import (
    COMMON_CONDITIONS,
    COMMON_RULES,
    LAW,
    holds_an_eligible_title,
    negative_list,
    standing,
)
from products.terms import ProgrammeTerms

PROGRAMME = Programme(
    slug="cn-scitech-2024",
    zh="支持科技创新专项担保计划",
    en="Special guarantee programme for technological innovation",
    instrument="财金〔2024〕60号",
    book=load_book(Path(__file__).with_suffix(".yaml"), ProgrammeTerms),
    standing=standing,
    rules=(
        holds_an_eligible_title,
        *COMMON_RULES,
        *negative_list(severity=Severity.ADVISE, instrument="财金〔2024〕60号负面清单未见明文", verified=False),
    ),
    conditions=COMMON_CONDITIONS,
    law=LAW,
)
