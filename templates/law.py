"""The numbers of law that contracts are held against, dated and cited in ``law.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from products.parameters import Book, Unit, load_book, parameter


@dataclass(frozen=True, slots=True)
class ContractLaw:
    """Limits in force on a day; rates in parts per million."""

    overdue_uplift_floor: int = parameter(Unit.FRACTION, "逾期罚息加收下限", "least uplift of overdue interest")
    overdue_uplift_cap: int = parameter(Unit.FRACTION, "逾期罚息加收上限", "greatest uplift of overdue interest")
    misuse_uplift_floor: int = parameter(Unit.FRACTION, "挪用罚息加收下限", "least uplift of misuse interest")
    misuse_uplift_cap: int = parameter(Unit.FRACTION, "挪用罚息加收上限", "greatest uplift of misuse interest")


@cache
def contract_law() -> Book[ContractLaw]:
    """The book of these limits."""
    return load_book(Path(__file__).parent / "law.yaml", ContractLaw)
