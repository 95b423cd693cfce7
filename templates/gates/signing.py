"""The gates on where the parties of a contract sign, and on what holds that place with the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from templates.case.parties import Words
from templates.case.record import ContractRecord
from templates.finished import Finished, FinishedText
from templates.gates.table import Shortfall, text_check
from templates.wording import Language

SIGNED: Final = {
    True: re.compile(r"\bseal\b|\bsign(?:ed|ature)", re.IGNORECASE),
    False: re.compile(r"盖章|签章|签字|签名|签署"),
}


@text_check("signing-blocks")
def every_contract_has_a_place_to_sign(finished: Finished) -> Iterator[Shortfall]:
    """A signing block in the name of each party, or in a bank's own template words at which parties sign or seal."""
    for text in finished.texts:
        if text.is_contract and text.signers:
            yield from _unsigned(finished.record, text)
        elif text.is_contract and not (
            text.in_word and any(SIGNED[text.language is Language.EN].search(line) for line in text.lines)
        ):
            yield Shortfall(
                text.name,
                "has no place where its parties sign",
                "put in {{ signatures }}, or lines at which each party seals",
                "没有当事人签章处，请加入{{ signatures }}或者各方签章栏。",
            )


@text_check("signing-blocks-kept")
def no_place_to_sign_stands_alone(finished: Finished) -> Iterator[Shortfall]:
    """Kept with the text before it and in one piece: in a Word file by what Word goes by, else by how it was set."""
    for text in finished.texts:
        for place in text.looks.loose:
            english, chinese = place.why
            yield Shortfall(
                text.name,
                f"has a place to sign that {english}: {place.words!r}",
                "put a line of text before it, kept with the next as its own lines are, without a page break",
                f"签章处“{place.words}”{chinese}，请在其前保留正文并设置“与下段同页”，不另起页。",
            )


def _unsigned(record: ContractRecord, text: FinishedText) -> Iterator[Shortfall]:
    language = Language.EN if text.language is Language.EN else Language.ZH
    for name in (party.in_(language) for party in _parties(record, text.kind)):
        if name not in text.signers:
            yield Shortfall(
                text.name,
                f"has no place where {name!r} signs",
                "put in {{ signatures }}, with a block in the registered name of each party",
                f"没有“{name}”的签章处，请以当事人登记名称补充签章栏。",
            )


def _parties(record: ContractRecord, kind: str) -> Iterator[Words]:
    """The names of those between whom a contract of this kind is made."""
    given, enterprise = record.particulars, record.application.enterprise
    borrower = Words(zh=enterprise.name, en=enterprise.name_en)
    counter, personal = given.counter_guarantee, given.personal_guarantee
    if kind not in ("entrusted-guarantee", "counter-guarantee"):
        yield given.lender.name
    if kind in ("loan-contract", "entrusted-guarantee"):
        yield borrower
    if kind.endswith("-pledge"):
        yield borrower if given.pledge is None or given.pledge.pledgor is None else given.pledge.pledgor.name
    if kind.endswith("guarantee-contract") or kind in ("entrusted-guarantee", "counter-guarantee"):
        yield from () if given.guarantor is None else (given.guarantor.name,)
    if kind == "counter-guarantee" and counter is not None:
        yield counter.provider.name
    if kind == "personal-guarantee" and personal is not None:
        yield from (person.name for person in personal.persons)
