"""The loans of stored decisions as a portfolio: read out of what was decided, nothing decided again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from products.explaining.answer import CededShare, Outcome, PartyShare
from products.fees import guaranteed_part
from products.money import FEN, ONE
from products.portfolio import GuaranteedLoans
from products.vocabulary import PARTIES, Size

SMALL: Final = frozenset((Size.SMALL.value, Size.MICRO.value))


class _Part(BaseModel):
    """Part of a decision: what a portfolio does not count is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Amount(_Part):
    approved: Decimal


class _Cover(_Part):
    enterprise_size: str | None
    parties: tuple[PartyShare, ...]
    ceded: tuple[CededShare, ...] = ()


class _Fee(_Part):
    amount: Decimal


class _Parameter(_Part):
    name: str
    value: str


class _Evidence(_Part):
    parameters: tuple[_Parameter, ...]
    digests: Mapping[str, str]


class DecidedLoan(_Part):
    """What a portfolio counts of a decision in its stored form."""

    outcome: Outcome
    product: str
    revision: str | None
    amount: _Amount
    cover: _Cover | None
    fee: _Fee | None
    evidence: _Evidence

    @cached_property
    def _terms(self) -> Mapping[str, str]:
        book = f"{self.revision or self.product}."
        values = (one for one in self.evidence.parameters if one.name.startswith(book))
        return {one.name.removeprefix(book): one.value for one in values}

    @property
    def application(self) -> str:
        """The digest of the application."""
        return self.evidence.digests["application"]

    @property
    def fen(self) -> int:
        """The amount approved."""
        return int(self.amount.approved * FEN)

    @property
    def fee_fen(self) -> int:
        """The guarantee fee of one year."""
        return int(self.fee.amount * FEN) if self.fee else 0

    @property
    def charged_on(self) -> int:
        """What the fee was charged on, by the terms the decision names."""
        if self._terms["fee_base"] == "loan":
            return self.fen
        bank_share = int(Decimal(self._terms["bank_share"]) * ONE)
        return int(guaranteed_part(np.array([self.fen]), bank_share)[0])

    @property
    def is_small(self) -> bool:
        """Whether the enterprise counts as a small business; one of unknown size does not."""
        return self.cover is not None and self.cover.enterprise_size in SMALL

    @property
    def parts(self) -> tuple[int, ...]:
        """Who bears what in the order of `PARTIES`, what is ceded with whoever took it."""
        borne = dict.fromkeys(PARTIES, 0)
        for one in self.cover.parties if self.cover else ():
            borne[one.party.value] += int(one.amount * FEN)
        for ceded in self.cover.ceded if self.cover else ():
            borne[ceded.ceded_by.value] -= int(ceded.amount * FEN)
            borne[ceded.taken_by.value] += int(ceded.amount * FEN)
        return tuple(borne.values())


@dataclass(frozen=True, slots=True)
class Collected:
    """The loans of decisions, and how many approvals of an application approved again later were left out."""

    loans: GuaranteedLoans
    repeated: int


def collected(decisions: Iterable[tuple[str, DecidedLoan]]) -> Collected:
    """The approved loans of clients' decisions in the order of their making.

    An application that was approved several times is one loan, as approved last.
    """
    newest: dict[str, tuple[str, DecidedLoan]] = {}
    approved = 0
    for client, decision in decisions:
        if decision.outcome is Outcome.APPROVE:
            approved += 1
            newest[decision.application] = (client, decision)
    return Collected(_loans(list(newest.values())), approved - len(newest))


def _loans(some: list[tuple[str, DecidedLoan]]) -> GuaranteedLoans:
    numbers = {client: number for number, client in enumerate(dict.fromkeys(client for client, _ in some))}

    def column(values: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.fromiter(values, dtype=np.int64, count=len(some))

    return GuaranteedLoans(
        client=column(numbers[client] for client, _ in some),
        amount=column(one.fen for _, one in some),
        small_business=np.fromiter((one.is_small for _, one in some), dtype=np.bool_, count=len(some)),
        fee=column(one.fee_fen for _, one in some),
        charged_on=column(one.charged_on for _, one in some),
        parties=PARTIES,
        parts=np.array([one.parts for _, one in some], dtype=np.int64).reshape(len(some), len(PARTIES)),
    )
