"""Contexts of the security contracts: pledges, guarantees, entrustment, counter-guarantee, personal guarantee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from products.applicant.assets import IpAsset
from products.applicant.choices import IpKind
from templates.case.particulars import (
    CounterGuaranteeParticulars,
    MaximumAmount,
    PersonalGuaranteeParticulars,
)
from templates.case.parties import Person
from templates.case.record import AssetFamily, ContractRecord
from templates.contexts import (
    CounterContext,
    EntrustmentContext,
    EntrustmentView,
    GuaranteeContext,
    GuaranteeView,
    PersonalContext,
    PledgeContext,
    PledgeView,
    SuretyView,
)
from templates.document import Signatures, SigningBlock, Table
from templates.phrasebook import phrasebook
from templates.views.base import (
    Views,
    account,
    borrowing,
    guaranteeing,
    in_words_if_positive,
    needed,
    pledging,
)
from templates.wording import Language, day, listed, money, named, percent


def pledge_context(of: Views, family: AssetFamily) -> PledgeContext:
    """Context of a pledge contract over the assets of one register."""
    pledgor = pledging(of.record)
    return PledgeContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        pledgor=of.party(pledgor),
        loan=of.loan,
        pledge=pledge_view(of, family),
        signatures=of.signatures(("pledgee", of.record.particulars.lender), ("pledgor", pledgor)),
    )


def guarantee_context(of: Views) -> GuaranteeContext:
    """Context of the guarantee contract."""
    guarantor = guaranteeing(of.record)
    return GuaranteeContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        guarantor=of.party(guarantor),
        loan=of.loan,
        guarantee=_guarantee(of),
        signatures=of.signatures(("creditor", of.record.particulars.lender), ("guarantor", guarantor)),
    )


def entrustment_context(of: Views) -> EntrustmentContext:
    """Context of the contract by which the borrower entrusts the guarantor."""
    guarantor = guaranteeing(of.record)
    return EntrustmentContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        guarantor=of.party(guarantor),
        loan=of.loan,
        guarantee=_guarantee(of),
        entrustment=_entrustment(of),
        signatures=of.signatures(("agent", guarantor), ("principal", borrowing(of.record))),
    )


def counter_context(of: Views) -> CounterContext:
    """Context of the counter-guarantee contract."""
    terms = needed(of.record.particulars.counter_guarantee, "particulars.counter_guarantee")
    guarantor = guaranteeing(of.record)
    return CounterContext(
        set=of.shared,
        lender=of.lender,
        guarantor=of.party(guarantor),
        borrower=of.borrower,
        provider=of.party(terms.provider),
        loan=of.loan,
        guarantee=_guarantee(of),
        surety=_surety(of, terms),
        signatures=of.signatures(("guarantor", guarantor), ("counter_guarantor", terms.provider)),
    )


def personal_context(of: Views) -> PersonalContext:
    """Context of the guarantee that persons give to the lender."""
    terms = needed(of.record.particulars.personal_guarantee, "particulars.personal_guarantee")
    rows = [
        (
            person.name.in_(of.language),
            named(person.relation, of.language),
            person.address.in_(of.language),
            (person.service_address or person.address).in_(of.language),
        )
        for person in terms.persons
    ]
    return PersonalContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        loan=of.loan,
        surety=_surety(of, terms),
        persons=of.table("persons", (180, 180, 320, 320), "ssss", rows),
        signatures=_personal_signatures(of, terms),
    )


def pledge_view(of: Views, family: AssetFamily, *, for_register: bool = False) -> PledgeView:
    """The terms of the pledge over the assets of one register; the register writes numbers of patents without a dot."""
    terms = needed(of.record.particulars.pledge, "particulars.pledge")
    assets = of.record.pledged_of(family)
    cap, claims_from, claims_to, covers = _maximum(of, terms.maximum)
    return PledgeView(
        number=of.record.pledge_number(family),
        scope=of.scope(terms.scope),
        asset_count=str(len(assets)),
        register_within=of.days(terms.register_within_days),
        top_up_within=of.days(terms.top_up_within_days),
        report_within=of.days(terms.report_within_days),
        release_within=of.days(terms.release_within_days),
        licences=_licences(assets, of.language) or of.words.marks["none"],
        cap=cap,
        claims_from=claims_from,
        claims_to=claims_to,
        covers=covers,
        assets=_assets(of, family, for_register=for_register),
    )


def _licences(assets: Sequence[IpAsset], language: Language) -> str:
    """Each licence with the numbers of the assets under it."""
    under: dict[str, list[str]] = {}
    for asset in assets:
        for licence in asset.licences or ():
            under.setdefault(licence, []).append(patent_number(asset.number, asset.kind, "."))
    brackets = "{}（{}）" if language is Language.ZH else "{} ({})"
    return listed([brackets.format(licence, listed(numbers, language)) for licence, numbers in under.items()], language)


def _maximum(of: Views, maximum: MaximumAmount | None) -> tuple[str, str, str, str]:
    """Cap, first day, last day and what the cap covers; empty for an ordinary security."""
    if maximum is None:
        return "", "", "", ""
    first, last = (day(value, of.language) for value in (maximum.claims_from, maximum.claims_to))
    return money(maximum.cap, of.language), first, last, named(maximum.covers, of.language)


def _assets(of: Views, family: AssetFamily, *, for_register: bool) -> Table:
    rows = _asset_cells(of.record, family, of.language, for_register=for_register)
    return of.table(family.value, (65, 235, 195, 115, 195, 195), "csccee", list(rows))


def asset_rows(record: ContractRecord, family: AssetFamily) -> tuple[tuple[str, ...], ...]:
    """The list of pledged assets as the register takes it, in Chinese, titles first."""
    titles = phrasebook(Language.ZH).tables[family.value]
    return (titles, *_asset_cells(record, family, Language.ZH, for_register=True))


def _asset_cells(
    record: ContractRecord, family: AssetFamily, language: Language, *, for_register: bool
) -> Iterator[tuple[str, ...]]:
    for position, asset in enumerate(record.pledged_of(family), 1):
        trademark = family is AssetFamily.TRADEMARK
        shown = (asset.granted_on, asset.expires_on) if trademark else (asset.filed_on, asset.granted_on)
        dates = ("—" if value is None else day(value, language) for value in shown)
        number = patent_number(asset.number, asset.kind, "" if for_register else ".")
        yield (str(position), asset.title or "", number, named(asset.kind, language), *dates)


def patent_number(number: str, kind: IpKind, dot: str) -> str:
    """A patent's number with ZL and ``dot`` before the check character; the numbers of other rights as they are."""
    if kind not in (IpKind.INVENTION_PATENT, IpKind.UTILITY_MODEL, IpKind.DESIGN):
        return number
    bare = number.replace(".", "")
    return f"ZL{bare[:-1]}{dot}{bare[-1]}"


def _guarantee(of: Views) -> GuaranteeView:
    terms = needed(of.record.particulars.guarantee, "particulars.guarantee")
    share, amount = of.record.fronted
    cap, claims_from, claims_to, covers = _maximum(of, terms.maximum)
    return GuaranteeView(
        number=terms.number,
        mode=named(needed(terms.mode, "particulars.guarantee.mode"), of.language),
        scope=of.scope(terms.scope),
        amount=money(amount, of.language),
        share=percent(share),
        period=of.words.count(needed(terms.period_months, "particulars.guarantee.period_months"), "month"),
        pay_within=of.days(terms.pay_within_days),
        notice_within=of.days(terms.notice_within_days),
        cap=cap,
        claims_from=claims_from,
        claims_to=claims_to,
        covers=covers,
    )


def _entrustment(of: Views) -> EntrustmentView:
    terms = needed(of.record.particulars.entrustment, "particulars.entrustment")
    price = needed(of.record.decision.price, "decision.price")
    fee = of.record.decision.fee
    return EntrustmentView(
        fee_rate="" if fee is None else percent(fee.rate),
        fee_first_year="" if fee is None else in_words_if_positive(fee.amount, of.language),
        fee_base=of.words.fee_bases[needed(of.record.fee_base, "decision.evidence.parameters")],
        fee_total=in_words_if_positive(price.schedule_summary.total_fee, of.language),
        fee_account=account(terms.fee_account, of.language, of.words),
        recourse_uplift=percent(terms.recourse_uplift, 0),
        recourse_rate=percent(price.loan_rate * (1 + terms.recourse_uplift)),
        pay_within=of.days(terms.pay_within_days),
        inform_within=of.days(terms.inform_within_days),
    )


def _surety(of: Views, terms: CounterGuaranteeParticulars | PersonalGuaranteeParticulars) -> SuretyView:
    return SuretyView(
        mode=named(terms.mode, of.language),
        scope=of.scope(terms.scope),
        period=of.words.count(terms.period_months, "month"),
    )


def _personal_signatures(of: Views, terms: PersonalGuaranteeParticulars) -> Signatures:
    creditor = of.signatures(("creditor", of.record.particulars.lender)).blocks
    return Signatures((*creditor, *(_personal_block(of, person) for person in terms.persons)))


def _personal_block(of: Views, person: Person) -> SigningBlock:
    """A natural person signs by hand and writes the number of the identity document, which is kept nowhere else, and
    the telephone where it is not given."""
    words, name, relation = of.words.signing, person.name.in_(of.language), named(person.relation, of.language)
    gap = "" if of.language is Language.ZH else " "
    signs = f"{relation[:1].upper()}{relation[1:]}{words['personal']}"
    anchor = of.anchor(f"{of.words.roles['guarantor']}{gap}{name}", "sign")
    return SigningBlock(
        anchor, (name, signs, words["identity"], f"{words['phone']}{person.phone or ''}", words["date"])
    )
