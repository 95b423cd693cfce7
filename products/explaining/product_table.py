"""The product catalogue's table: what every product offers to one class of enterprise, side by side.

Terms come from the books in force on the day. The range of rates is that of generated applicants of the class who ask
for what a product offers and are approved: decided by the kernel, not estimated. Every cell names the values in it that
nobody has verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from pydantic import Field

from products.applicant.choices import Choice, Purpose, Repayment, Sector, TitleKind
from products.case import Standing
from products.columns import Column, Ints, flag
from products.cover import arrange
from products.explaining.answer import Answer
from products.fees import charged_rate
from products.kernel import Decisions, Offering, decide
from products.money import fraction, yuan
from products.parameters import NotInForce
from products.population import population
from products.population.classes import asking_for_what_is_offered, with_title
from products.registry import Catalogue
from products.rules import APPROVE
from products.terms import LoanTerms, ProgrammeTerms
from products.vocabulary import BANDS, TIERS, Size, Tier
from scoring import Scorecard

APPLICANTS: Final = 400
SEED: Final = 20260722
ONE_MILLION: Final = 100_000_000
"""Fen for which the shares are worked out; they are the same for every amount."""


class ProductColumn(Answer):
    """One product, or one of its revisions."""

    product: str
    revision: str | None
    zh: str
    en: str
    programme: str


class Cell(Answer):
    """What one product says on one subject."""

    zh: str
    en: str
    unverified: tuple[str, ...] = Field(description="parameters in this cell that rest on no text that was read")


class TableRow(Answer):
    """One subject over all products."""

    name: str
    zh: str
    en: str
    differs: bool = Field(description="whether the products say different things")
    cells: tuple[Cell, ...] = Field(description="in the order of the columns")


class Absent(Answer):
    """A product without terms for the class on the day, and why."""

    product: str
    revision: str | None
    why: str


class ProductTable(Answer):
    """The comparison for a class of enterprise on a day."""

    tier: str
    on: date
    applicants: int = Field(description="generated applicants of the class, whose approved give the range of rates")
    columns: tuple[ProductColumn, ...]
    rows: tuple[TableRow, ...]
    absent: tuple[Absent, ...]


@dataclass(frozen=True, slots=True)
class _Offered:
    """An offering with its terms in force and the names of the values that nobody has verified."""

    offering: Offering
    terms: LoanTerms
    programme: ProgrammeTerms
    decisions: Decisions
    doubted: frozenset[str]
    doubted_of_programme: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Said:
    """A cell before it is marked: both languages, the product's parameters and the programme's that it rests on."""

    zh: str
    en: str
    own: tuple[str, ...]
    overall: tuple[str, ...] = ()


def product_table(catalogue: Catalogue, scorecard: Scorecard, tier: Tier, *, on: date) -> ProductTable:
    """Every product and revision on offer to enterprises of a tier, for applications made on a day."""
    found: list[_Offered] = []
    absent: list[Absent] = []
    for (product, revision), offering in catalogue.offerings.items():
        try:
            found.append(_offered(offering, scorecard, tier, on))
        except (NotInForce, _NoClass) as error:
            absent.append(Absent(product=product, revision=revision, why=str(error)))
    return ProductTable(
        tier=tier,
        on=on,
        applicants=APPLICANTS,
        columns=tuple(_column(one.offering) for one in found),
        rows=tuple(_row(name, zh, en, [say(one, tier) for one in found], found) for name, zh, en, say in _SUBJECTS),
        absent=tuple(absent),
    )


class _NoClass(ValueError):
    pass


def _offered(offering: Offering, scorecard: Scorecard, tier: Tier, on: date) -> _Offered:
    own, overall = offering.book.at(on), offering.programme.book.at(on)
    kind = _kind(tier, overall, offering)
    rows = with_title(population(APPLICANTS, SEED), kind, on, on)
    asked = asking_for_what_is_offered(rows, own, np.ones(APPLICANTS, dtype=np.bool_))
    return _Offered(
        offering,
        own,
        overall,
        decide(asked, offering, scorecard, on=on),
        frozenset(one.name for one in offering.book.used(on) if not one.dated.verified),
        frozenset(one.name for one in offering.programme.book.used(on) if not one.dated.verified),
    )


def _kind(tier: Tier, programme: ProgrammeTerms, offering: Offering) -> int:
    """A class of title that the programme puts into the tier; -1 for enterprises without one."""
    if tier is Tier.UNTITLED:
        return -1
    kinds = np.flatnonzero(programme.class_tier == TIERS.index(tier) + 1)
    if not len(kinds):
        raise _NoClass(f"The programme {offering.programme.slug} has no class in {tier.en}.")
    return int(kinds[0])


def _column(offering: Offering) -> ProductColumn:
    named = offering.revision or offering.product
    return ProductColumn(
        product=offering.product.slug,
        revision=offering.revision and offering.revision.slug,
        zh=named.zh,
        en=named.en,
        programme=offering.programme.slug,
    )


def _row(name: str, zh: str, en: str, said: list[_Said], found: list[_Offered]) -> TableRow:
    cells = tuple(
        Cell(
            zh=cell.zh,
            en=cell.en,
            unverified=(
                *(one for one in cell.own if one in offered.doubted),
                *(
                    f"{offered.offering.programme.slug}.{one}"
                    for one in cell.overall
                    if one in offered.doubted_of_programme
                ),
            ),
        )
        for cell, offered in zip(said, found, strict=True)
    )
    return TableRow(name=name, zh=zh, en=en, differs=len({cell.en for cell in cells}) > 1, cells=cells)


def _amounts(one: _Offered, _tier: Tier) -> _Said:
    low, high = (f"{yuan(fen):,.2f}" for fen in (one.terms.amount_floor, one.terms.amount_cap))
    return _Said(f"{low}至{high}元", f"RMB {low} to {high}", ("amount_floor", "amount_cap"))


def _months(one: _Offered, _tier: Tier) -> _Said:
    low, high = one.terms.term_floor_months, one.terms.term_cap_months
    return _Said(f"{low}至{high}个月", f"{low} to {high} months", ("term_floor_months", "term_cap_months"))


def _collateral(one: _Offered, _tier: Tier) -> _Said:
    if one.offering.product.secured:
        return _Said("知识产权质押", "intellectual property is pledged", ())
    return _Said("无需抵质押", "none", ())


def _who(one: _Offered, _tier: Tier) -> _Said:
    terms = one.terms
    zh = [f"{_names(Size, terms.sizes)[0]}企业", f"成立满{terms.operating_months}个月", *_sectors(terms)[0]]
    en = [_names(Size, terms.sizes)[1], f"{terms.operating_months} months since establishment", *_sectors(terms)[1]]
    own = ["sizes", "operating_months", "sectors", "band_floor", "private_only"]
    if terms.titles is not None:
        titles = _names(TitleKind, terms.titles)
        zh, en, own = [*zh, f"具备{titles[0]}资质之一"], [*en, f"one of: {titles[1]}"], [*own, "titles"]
    if terms.region is not None:
        zh, en, own = [*zh, f"注册地{terms.region}"], [*en, f"registered in {terms.region}"], [*own, "region"]
    if terms.private_only:
        zh, en = [*zh, "民营企业"], [*en, "private enterprises"]
    band = BANDS[terms.band_floor]
    return _Said("；".join([*zh, f"评分不低于{band}"]), "; ".join([*en, f"score {band} or better"]), tuple(own))


def _sectors(terms: LoanTerms) -> tuple[list[str], list[str]]:
    excluded = tuple(sector.position for sector in Sector if sector.position not in terms.sectors)
    if not excluded:
        return ["行业不限"], ["every sector"]
    if len(excluded) <= len(Sector) // 2:
        zh, en = _names(Sector, excluded)
        return [f"{zh}除外"], [f"not {en}"]
    zh, en = _names(Sector, terms.sectors)
    return [f"限{zh}"], [f"only {en}"]


def _names(choices: type[Choice], positions: Iterable[int]) -> tuple[str, str]:
    members = list(choices)
    chosen = [members[position] for position in positions]
    return "、".join(one.zh for one in chosen), ", ".join(one.en for one in chosen)


def _purposes(one: _Offered, _tier: Tier) -> _Said:
    return _Said(*_names(Purpose, one.terms.purposes), ("purposes",))


def _repayments(one: _Offered, _tier: Tier) -> _Said:
    return _Said(*_names(Repayment, one.terms.repayments), ("repayments",))


_PARTIES: Final = (
    ("银行", "bank"),
    ("担保机构", "direct guarantor"),
    ("省级再担保", "province"),
    ("国家融资担保基金", "national guarantee fund"),
    ("地方政府", "local government"),
)
"""Names of `vocabulary.PARTIES`, in their order."""
_PRICED: Final = ("funding_rate", "operating_rate", "loss_given_default", "return_on_capital", "capital_ratio")


def _rates(one: _Offered, _tier: Tier) -> _Said:
    return _range(one, one.decisions.gather(lambda part: part.case.prices.loan_rate))


def _all_in(one: _Offered, _tier: Tier) -> _Said:
    said = _range(one, one.decisions.gather(lambda part: part.case.prices.all_in))
    return _Said(said.zh, said.en, (*_PRICED, "fee_tariff", "subsidies"))


def _range(one: _Offered, ppm: Ints) -> _Said:
    approved = ppm[one.decisions.outcome == APPROVE]
    if not len(approved):
        return _Said("生成的申请人均未获批准", "no generated applicant is approved", _PRICED)
    low, high = (_percent(int(edge)) for edge in (approved.min(), approved.max()))
    return _Said(f"{low}至{high}", f"{low} to {high}", _PRICED)


def _fees(one: _Offered, tier: Tier) -> _Said:
    row = one.terms.fee_tariff[TIERS.index(tier)]
    charged = charged_rate(row, one.terms, one.programme, secured=one.offering.product.secured)
    said = ", ".join(f"{band} {_percent(int(rate))}" for band, rate in zip(BANDS, charged, strict=True))
    return _Said(said, said, ("fee_tariff", "fee_cap", "fee_secured_discount"), ("fee_cap",))


def _cover(one: _Offered, tier: Tier) -> _Said:
    column = np.array([TIERS.index(tier)], dtype=np.int64)
    nobody = Standing(Column(np.zeros(1, dtype=np.int64)), column, np.full(1, -1), flag(Column(np.ones(1, np.int64))))
    shares = arrange(np.array([ONE_MILLION]), nobody, one.terms, one.programme)
    borne = [(names, _percent(int(ppm))) for names, ppm in zip(_PARTIES, shares.ppm[0], strict=True) if ppm]
    zh = "，".join(f"{names[0]}{share}" for names, share in borne)
    en = ", ".join(f"{names[1]} {share}" for names, share in borne)
    taken_over = int(np.broadcast_to(shares.ceded_ppm, 1)[0])
    if taken_over:
        zh += f"（其中国家融资担保基金承接省级{_percent(taken_over)}）"
        en += f" (of which the national guarantee fund takes over {_percent(taken_over)} from the province)"
    own = ("bank_share", "province_share", "local_government_share", "fund_takes", "fund_share_of_province")
    return _Said(zh, en, own, ("fund_share",))


def _percent(ppm: int) -> str:
    return f"{fraction(ppm) * 100:.2f} %"


def _subjects() -> Iterator[tuple[str, str, str, Callable[[_Offered, Tier], _Said]]]:
    yield "amount", "金额", "amount", _amounts
    yield "term", "期限", "term", _months
    yield "collateral", "押品", "collateral", _collateral
    yield "who_may_apply", "申请人", "who may apply", _who
    yield "purposes", "用途", "purposes", _purposes
    yield "repayments", "还款方式", "repayment", _repayments
    yield "loan_rate", "贷款年利率", "loan rate", _rates
    yield "all_in_rate", "综合年成本", "all-in rate", _all_in
    yield "guarantee_fee", "担保费率（按评分等级）", "guarantee fee by score band", _fees
    yield "cover", "风险分担", "who bears a loss", _cover


_SUBJECTS: Final = tuple(_subjects())
