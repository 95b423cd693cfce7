"""What all documents of a set share, made once per language: parties, the loan, tables and signing blocks.

Views are made only after all blocking gates have passed; a fact that is still missing is a mistake in the gates and
raises `Ungated`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeVar

from products.explaining.answer import Price
from templates.case.options import Capacity, Scope
from templates.case.parties import Account, Party, PartyDetails, Signatory, Words
from templates.case.record import ContractRecord
from templates.contexts import BorrowerView, LoanView, PartyView, SetView
from templates.document import Align, Column, Pairs, Signatures, SigningBlock, Table
from templates.phrasebook import Phrasebook, phrasebook
from templates.wording import Language, day, figures, listed, money, named, percent, spread

T = TypeVar("T")
_ALIGN: Final = {"s": Align.START, "c": Align.CENTER, "e": Align.END}


class Ungated(ValueError):
    """A fact that a gate should have asked for is missing."""


def needed(value: T | None, name: str) -> T:
    """The value; Ungated if it is missing."""
    if value is None:
        raise Ungated(f"{name} is missing although the gates passed; a gate must ask for it.")
    return value


@dataclass(frozen=True, slots=True)
class Views:
    """One record in one language, with the parts that most contexts contain."""

    record: ContractRecord
    language: Language
    words: Phrasebook
    shared: SetView
    loan: LoanView
    lender: PartyView
    borrower: BorrowerView

    def party(self, party: Party) -> PartyView:
        """A party as documents name it."""
        return PartyView(party.name.in_(self.language), _details(party, self.language, self.words))

    def days(self, number: int) -> str:
        """A number of days with its unit."""
        return self.words.count(number, "day")

    def scope(self, scope: tuple[Scope, ...]) -> str:
        """What a security covers, as a list in a sentence."""
        return listed([named(item, self.language) for item in scope], self.language)

    def table(self, name: str, widths: Sequence[int], aligned: str, rows: Sequence[tuple[str, ...]]) -> Table:
        """A table with the titles of the phrasebook; ``aligned`` has one of s, c, e per column."""
        titles = self.words.tables[name]
        columns = tuple(
            Column(title, width, _ALIGN[letter]) for title, width, letter in zip(titles, widths, aligned, strict=True)
        )
        return Table(columns, tuple(rows))

    def signatures(self, *signers: tuple[str, Party]) -> Signatures:
        """The signing blocks of parties in their roles, in the order of signing."""
        return Signatures(tuple(self._signing_block(self.words.roles[role], party) for role, party in signers))

    def anchor(self, role: str, kind: str = "seal") -> str:
        """The text at which a seal is placed, or where a person signs."""
        gap = "" if self.language is Language.ZH else " "
        return f"{role}{gap}{self.words.signing[kind]}"

    def _signing_block(self, role: str, party: Party) -> SigningBlock:
        words = self.words.signing
        signatory = party.signatory or Signatory(
            name=needed(party.representative, "the representative"), capacity=Capacity.LEGAL_REPRESENTATIVE
        )
        capacity = named(signatory.capacity, self.language)
        lines = [party.name.in_(self.language), f"{capacity[:1].upper()}{capacity[1:]}{words['signature']}"]
        if signatory.power_of_attorney is not None:
            lines.append(f"{words['proxy']}{signatory.power_of_attorney}")
        return SigningBlock(self.anchor(role), (*lines, words["date"]))


def views(record: ContractRecord, language: Language) -> Views:
    """What all contexts of the set share."""
    words = phrasebook(language)
    lender, borrower = record.particulars.lender, borrowing(record)
    return Views(
        record,
        language,
        words,
        _set(record, language),
        _loan(record, language, words),
        PartyView(lender.name.in_(language), _details(lender, language, words)),
        BorrowerView(borrower.name.in_(language), borrower.uscc, _details(borrower, language, words)),
    )


def borrowing(record: ContractRecord) -> Party:
    """The borrower's details with the name and code it applied under."""
    enterprise = record.application.enterprise
    details = {name: getattr(record.particulars.borrower, name) for name in PartyDetails.model_fields}
    return Party(name=Words(zh=enterprise.name, en=enterprise.name_en), uscc=enterprise.uscc, **details)


def pledging(record: ContractRecord) -> Party:
    """Who pledges: a third party, or the borrower."""
    terms = record.particulars.pledge
    return borrowing(record) if terms is None or terms.pledgor is None else terms.pledgor


def guaranteeing(record: ContractRecord) -> Party:
    """The guarantor."""
    return needed(record.particulars.guarantor, "particulars.guarantor")


def account(given: Account | None, language: Language, words: Phrasebook) -> str:
    """An account in one line."""
    known = needed(given, "an account")
    return words.account.format(holder=known.holder.in_(language), bank=known.bank.in_(language), number=known.number)


def in_words_if_positive(amount: Decimal, language: Language) -> str:
    """An amount in running text that may be nil or negative, where capitals have no form."""
    return money(amount, language) if amount > 0 else f"¥{figures(amount)}"


def _set(record: ContractRecord, language: Language) -> SetView:
    signing, dispute = record.particulars.signing, record.particulars.dispute
    return SetView(
        signed_on=day(signing.signed_on, language),
        place=signing.place.in_(language),
        copies=str(signing.copies),
        institution=dispute.institution.in_(language),
        connection=named(dispute.connection, language),
        decided_on=day(record.decision.decided_on, language),
        decision_id=record.decision.id,
    )


def _details(party: Party, language: Language, words: Phrasebook) -> Pairs:
    labels = words.details
    rows = [(labels["name"], party.name.in_(language)), (labels["uscc"], party.uscc)]
    for name in ("address", "representative", "contact"):
        value: Words | None = getattr(party, name)
        if value is not None:
            rows.append((labels[name], value.in_(language)))
    rows.extend((labels[name], value) for name in ("phone", "email") if (value := getattr(party, name)))
    return Pairs(tuple(rows))


def _loan(record: ContractRecord, language: Language, words: Phrasebook) -> LoanView:
    loan, request = record.particulars.loan, record.application.request
    price: Price = needed(record.decision.price, "decision.price")
    overdue = needed(loan.overdue_uplift, "particulars.loan.overdue_uplift")
    misuse = needed(loan.misuse_uplift, "particulars.loan.misuse_uplift")
    refinancing = record.particulars.refinancing
    return LoanView(
        number=loan.number,
        kind=named(needed(loan.kind, "particulars.loan.kind"), language),
        currency=named(needed(loan.currency, "particulars.loan.currency"), language),
        amount=money(record.decision.amount.approved, language),
        purpose=_purpose(record, language),
        term=words.count(request.term_months, "month"),
        drawdown_on=day(needed(loan.drawdown_on, "particulars.loan.drawdown_on"), language),
        matures_on=day(needed(record.matures_on, "the plan"), language),
        rate=percent(price.loan_rate),
        rate_type=named(needed(loan.rate_type, "particulars.loan.rate_type"), language),
        rate_reset="" if loan.rate_reset is None else named(loan.rate_reset, language),
        lpr=percent(price.lpr),
        lpr_term=words.lpr[price.lpr_term],
        lpr_published_on=day(needed(record.lpr, "decision.evidence.parameters").since, language),
        spread=spread(price.spread_bp, language),
        day_count=named(needed(loan.day_count, "particulars.loan.day_count"), language),
        repayment=named(request.repayment, language),
        disbursement_account=account(loan.disbursement_account, language, words),
        repayment_account=account(loan.repayment_account, language, words),
        business_day=named(loan.business_day, language),
        overdue_uplift=percent(overdue, 0),
        overdue_rate=percent(price.loan_rate * (1 + overdue)),
        misuse_uplift=percent(misuse, 0),
        misuse_rate=percent(price.loan_rate * (1 + misuse)),
        prepayment_notice=words.count(loan.prepayment_notice_days, "day"),
        extension_notice=words.count(loan.extension_notice_days, "day"),
        statements_within=words.count(loan.statements_within_days, "day"),
        cure=words.count(loan.cure_days, "day"),
        old_contract="" if refinancing is None else refinancing.old_contract,
    )


def _purpose(record: ContractRecord, language: Language) -> str:
    """The purpose that was decided, with the detail the parties add to it, if it says more."""
    purpose, detail = named(record.application.request.purpose, language), record.particulars.loan.purpose_detail
    if detail is None or detail.in_(language) == purpose:
        return purpose
    return f"{purpose}（{detail.in_(language)}）" if language is Language.ZH else f"{purpose} ({detail.in_(language)})"
