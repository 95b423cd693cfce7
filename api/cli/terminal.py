"""The terminal, and how figures are written on it."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Final

from rich.console import Console

from products.explaining.answer import Outcome, Party, Verdict

PIPED_WIDTH: Final = 160
"""Columns assumed where the output is no terminal."""

OUTCOME_STYLE: Final = {Outcome.APPROVE: "bold green", Outcome.REFER: "bold yellow", Outcome.DECLINE: "bold red"}
VERDICT_STYLE: Final = {Verdict.MET: "green", Verdict.UNKNOWN: "yellow", Verdict.NOT_MET: "red"}
PARTY_LABEL: Final = {
    Party.BANK: "银行 bank",
    Party.GUARANTOR: "担保机构 guarantor",
    Party.PROVINCE: "省级再担保 province",
    Party.FUND: "国家融资担保基金 fund",
    Party.LOCAL_GOVERNMENT: "地方政府 local government",
}
PARTY_MARK: Final = {
    Party.BANK: "行",
    Party.GUARANTOR: "担",
    Party.PROVINCE: "省",
    Party.FUND: "基",
    Party.LOCAL_GOVERNMENT: "政",
}


def console() -> Console:
    """Standard output; wide enough for a table when it goes into a file or another program."""
    return Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False, soft_wrap=False)


def money(amount: Decimal | None) -> str:
    """Yuan with thousands apart."""
    return f"{amount:,.2f}" if amount is not None else "–"


def percent(rate: Decimal | None, *, digits: int = 2) -> str:
    """A fraction as per cent with at least ``digits`` decimals, never rounded away."""
    if rate is None:
        return "–"
    exact = rate * 100
    places = max(digits, -int(exact.normalize().as_tuple().exponent))
    return f"{exact:.{places}f} %"
