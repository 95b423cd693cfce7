"""From the record to what clauses name: every figure is computed and worded here, in one language.

Views are made only after all blocking gates have passed; a fact that is still missing is a mistake in the gates and
raises `Ungated`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from products.answer import Price
from products.choices import IpKind
from templates.contexts import (
    BorrowerView,
    CostContext,
    CostView,
    GuaranteeContext,
    GuaranteeView,
    LoanContext,
    LoanView,
    PartyView,
    PledgeContext,
    PledgeView,
    SetView,
)
from templates.document import Align, Column, Pairs, Signatures, SigningBlock, Table
from templates.library import definitions
from templates.options import Capacity, Scope
from templates.parties import Account, Party, PartyDetails, Signatory, Words
from templates.phrasebook import Phrasebook, phrasebook
from templates.record import AssetFamily, ContractRecord
from templates.wording import Language, day, figures, listed, money, named, percent, spread

T = TypeVar("T")


class Ungated(ValueError):
    """A fact that a gate should have asked for is missing."""


def needed(value: T | None, name: str) -> T:
    """The value; Ungated if it is missing."""
    if value is None:
        raise Ungated(f"{name} is missing although the gates passed; a gate must ask for it.")
    return value


@dataclass(frozen=True, slots=True)
class Views:
    """Makes the parts of contexts for one record in one language."""

    record: ContractRecord
    language: Language
    words: Phrasebook
    shared: SetView
    loan: LoanView
    lender: PartyView
    borrower: BorrowerView


def views(record: ContractRecord, language: Language) -> Views:
    """What all contexts of the set share, made once."""
    words = phrasebook(language)
    given = record.particulars
    borrower = _borrower(record)
    return Views(
        record,
        language,
        words,
        _set(record, language),
        _loan(record, language, words),
        _party(given.lender, language, words),
        BorrowerView(borrower.name.in_(language), borrower.uscc, _details(borrower, language, words)),
    )


def loan_context(of: Views) -> LoanContext:
    """Context of the loan contract."""
    return LoanContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        loan=of.loan,
        cost=_cost(of),
        securities=_securities(of),
        conditions=_conditions(of),
        plan=_plan(of),
        signatures=_signatures(of, lender="lender", borrower="borrower"),
    )


def pledge_context(of: Views, family: AssetFamily) -> PledgeContext:
    """Context of a pledge contract over the assets of one register."""
    return PledgeContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        pledgor=_party(_pledgor(of.record), of.language, of.words),
        loan=of.loan,
        pledge=_pledge(of, family),
        signatures=_signatures(of, lender="pledgee", pledgor="pledgor"),
    )


def guarantee_context(of: Views) -> GuaranteeContext:
    """Context of the guarantee contract."""
    guarantor = needed(of.record.particulars.guarantor, "particulars.guarantor")
    return GuaranteeContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        guarantor=_party(guarantor, of.language, of.words),
        loan=of.loan,
        guarantee=_guarantee(of),
        signatures=_signatures(of, lender="creditor", guarantor="guarantor"),
    )


def cost_context(of: Views) -> CostContext:
    """Context of the cost sheet."""
    return CostContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        loan=of.loan,
        cost=_cost(of),
        signatures=_signatures(of, lender="lender", borrower="borrower"),
    )


def _borrower(record: ContractRecord) -> Party:
    """The borrower's details with the name and code it applied under."""
    enterprise = record.application.enterprise
    details = {name: getattr(record.particulars.borrower, name) for name in PartyDetails.model_fields}
    return Party(name=Words(zh=enterprise.name, en=enterprise.name_en), uscc=enterprise.uscc, **details)


def _pledgor(record: ContractRecord) -> Party:
    terms = record.particulars.pledge
    return _borrower(record) if terms is None or terms.pledgor is None else terms.pledgor


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


def _party(party: Party, language: Language, words: Phrasebook) -> PartyView:
    return PartyView(party.name.in_(language), _details(party, language, words))


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
        disbursement_account=_account(loan.disbursement_account, language, words),
        repayment_account=_account(loan.repayment_account, language, words),
        business_day=named(loan.business_day, language),
        overdue_uplift=percent(overdue, 0),
        overdue_rate=percent(price.loan_rate * (1 + overdue)),
        misuse_uplift=percent(misuse, 0),
        misuse_rate=percent(price.loan_rate * (1 + misuse)),
        prepayment_notice=words.count(loan.prepayment_notice_days, "day"),
        extension_notice=words.count(loan.extension_notice_days, "day"),
        statements_within=words.count(loan.statements_within_days, "day"),
        cure=words.count(loan.cure_days, "day"),
    )


def _purpose(record: ContractRecord, language: Language) -> str:
    purpose, detail = named(record.application.request.purpose, language), record.particulars.loan.purpose_detail
    if detail is None:
        return purpose
    return f"{purpose}（{detail.in_(language)}）" if language is Language.ZH else f"{purpose} ({detail.in_(language)})"


def _account(account: Account | None, language: Language, words: Phrasebook) -> str:
    given = needed(account, "an account")
    return words.account.format(holder=given.holder.in_(language), bank=given.bank.in_(language), number=given.number)


def _scope(scope: tuple[Scope, ...], language: Language) -> str:
    return listed([named(item, language) for item in scope], language)


def _pledge(of: Views, family: AssetFamily) -> PledgeView:
    terms = needed(of.record.particulars.pledge, "particulars.pledge")
    assets = of.record.pledged_of(family)
    return PledgeView(
        number=of.record.pledge_number(family),
        scope=_scope(terms.scope, of.language),
        asset_count=str(len(assets)),
        register_within=of.words.count(terms.register_within_days, "day"),
        top_up_within=of.words.count(terms.top_up_within_days, "day"),
        report_within=of.words.count(terms.report_within_days, "day"),
        release_within=of.words.count(terms.release_within_days, "day"),
        licences=listed([licence for asset in assets for licence in asset.licences or ()], of.language),
        assets=_assets(of, family),
    )


def _assets(of: Views, family: AssetFamily) -> Table:
    rows = []
    for position, asset in enumerate(of.record.pledged_of(family), 1):
        second = asset.expires_on if family is AssetFamily.TRADEMARK else asset.granted_on
        first = asset.granted_on if family is AssetFamily.TRADEMARK else asset.filed_on
        number = register_number(asset.number, asset.kind)
        dates = ("—" if value is None else day(value, of.language) for value in (first, second))
        rows.append((str(position), asset.title or "", number, named(asset.kind, of.language), *dates))
    return _table(of, family.value, (70, 240, 190, 130, 185, 185), "csccee", rows)


def register_number(number: str, kind: IpKind) -> str:
    """A number as the register writes it: patents with ZL and the dot before the check character."""
    if kind not in (IpKind.INVENTION_PATENT, IpKind.UTILITY_MODEL, IpKind.DESIGN):
        return number
    bare = number.replace(".", "")
    return f"ZL{bare[:-1]}.{bare[-1]}"


def _guarantee(of: Views) -> GuaranteeView:
    terms = needed(of.record.particulars.guarantee, "particulars.guarantee")
    share, amount = of.record.fronted
    months = needed(terms.period_months, "particulars.guarantee.period_months")
    return GuaranteeView(
        number=terms.number,
        mode=named(needed(terms.mode, "particulars.guarantee.mode"), of.language),
        scope=_scope(terms.scope, of.language),
        amount=money(amount, of.language),
        share=percent(share),
        period=of.words.count(months, "month"),
        pay_within=of.words.count(terms.pay_within_days, "day"),
        notice_within=of.words.count(terms.notice_within_days, "day"),
    )


def _cost(of: Views) -> CostView:
    price = needed(of.record.decision.price, "decision.price")
    summary = price.schedule_summary
    return CostView(
        number=of.record.particulars.cost_sheet_number,
        all_in_rate=percent(price.all_in_rate),
        first_year_cost=_signed(summary.first_year_cost, of.language),
        items=_cost_items(of, price),
    )


def _signed(amount: Decimal, language: Language) -> str:
    """An amount in running text that may be nil or negative, where capitals have no form."""
    return money(amount, language) if amount > 0 else f"¥{figures(amount)}"


def _cost_items(of: Views, price: Price) -> Table:
    words, summary, fee = of.words, price.schedule_summary, of.record.decision.fee
    guarantor = of.record.particulars.guarantor
    lines = [("interest", of.lender.name, percent(price.loan_rate), summary.total_interest)]
    if fee is not None and guarantor is not None and summary.total_fee:
        lines.append(("fee", guarantor.name.in_(of.language), percent(fee.rate), summary.total_fee))
    if summary.total_subsidy:
        government = words.items["government"]
        lines.append(("subsidy", government, percent(-price.subsidy_rate), -summary.total_subsidy))
    rows = [
        (str(i), words.items[name], payee, rate, words.methods[name], figures(amount))
        for i, (name, payee, rate, amount) in enumerate(lines, 1)
    ]
    total = summary.total_interest + summary.total_fee - summary.total_subsidy
    rows.append(("", words.items["total"], "", "", "", figures(total)))
    return _table(of, "costs", (70, 240, 220, 120, 170, 180), "cssese", rows)


def _securities(of: Views) -> Table:
    record, rows = of.record, []
    titles = {definition.id: definition.title[of.language] for definition in definitions()}
    for family in record.families:
        provider = _pledgor(record).name.in_(of.language)
        kind = of.words.securities[family.value]
        rows.append((titles[f"{family.value}-pledge"], record.pledge_number(family), provider, kind))
    guarantor, terms = record.particulars.guarantor, record.particulars.guarantee
    if record.guaranteed and guarantor is not None and terms is not None and terms.mode is not None:
        provider, kind = guarantor.name.in_(of.language), named(terms.mode, of.language)
        rows.append((titles["guarantee-contract"], terms.number, provider, kind))
    return _table(of, "securities", (230, 250, 300, 220), "ssss", rows)


def _conditions(of: Views) -> Table:
    chinese = of.language is Language.ZH
    rows = [
        (str(i), condition.zh if chinese else condition.en, condition.clause)
        for i, condition in enumerate(of.record.decision.conditions, 1)
    ]
    return _table(of, "conditions", (80, 600, 320), "css", rows)


def _plan(of: Views) -> Table:
    rows = [
        (
            str(row.number),
            day(row.due_on, of.language),
            *(figures(amount) for amount in (row.principal, row.interest, row.total, row.balance)),
        )
        for row in of.record.plan
    ]
    totals = (
        sum((getattr(row, name) for row in of.record.plan), Decimal(0)) for name in ("principal", "interest", "total")
    )
    rows.append((of.words.units["total"], "", *(figures(amount) for amount in totals), ""))
    return _table(of, "plan", (80, 200, 180, 180, 180, 180), "cceeee", rows)


_ALIGN = {"s": Align.START, "c": Align.CENTER, "e": Align.END}


def _table(of: Views, name: str, widths: tuple[int, ...], aligned: str, rows: Sequence[tuple[str, ...]]) -> Table:
    titles = of.words.tables[name]
    columns = tuple(
        Column(title, width, _ALIGN[letter]) for title, width, letter in zip(titles, widths, aligned, strict=True)
    )
    return Table(columns, tuple(rows))


def _signatures(of: Views, **roles: str) -> Signatures:
    record = of.record
    parties: dict[str, Party | None] = {
        "lender": record.particulars.lender,
        "borrower": _borrower(record),
        "pledgor": _pledgor(record),
        "guarantor": record.particulars.guarantor,
    }
    blocks = []
    for party, role in roles.items():
        given = needed(parties[party], party)
        blocks.append(_signing_block(of, of.words.roles[role], given))
    return Signatures(tuple(blocks))


def _signing_block(of: Views, role: str, party: Party) -> SigningBlock:
    words = of.words.signing
    chinese = of.language is Language.ZH
    anchor = f"{role}{words['seal']}" if chinese else f"{role} {words['seal']}"
    signatory = party.signatory or Signatory(
        name=needed(party.representative, "the representative"), capacity=Capacity.LEGAL_REPRESENTATIVE
    )
    lines = [party.name.in_(of.language), f"{_capitalised(named(signatory.capacity, of.language))}{words['signature']}"]
    if signatory.power_of_attorney is not None:
        lines.append(f"{words['proxy']}{signatory.power_of_attorney}")
    lines.append(words["date"])
    return SigningBlock(anchor, tuple(lines))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
