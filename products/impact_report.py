"""The impact of a revision as a reader sees it: figures by side, who changes, segments, the tariff, and examples."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from pydantic import Field

from products.explaining.answer import Answer, Decision, Money, Outcome, Party, Rate
from products.explaining.explain import explain
from products.fees import charged_rate
from products.impact import OUTCOMES, Example, Impact, Sums
from products.kernel import Offering, decide
from products.money import fraction, yuan
from products.vocabulary import BANDS, PARTIES, TIERS

_MILLIONTH = Decimal("0.000001")


class PartyFigures(Answer):
    """What one party bears of the loans approved, and the loss to be expected on it over the life."""

    party: Party
    exposure: Money
    expected_loss: Money


class SideFigures(Answer):
    """One side's totals over the population."""

    approve: int
    refer: int
    decline: int
    approved: Money
    guarantee_fees: Money = Field(description="of one year, on the loans approved")
    average_fee: Rate | None = Field(description="fees of a year by amount approved; null where nothing is approved")
    fee_target: Rate = Field(description="the programme's target for the average guarantee fee")
    meets_target: bool | None
    parties: tuple[PartyFigures, ...]
    system_exposure: Money = Field(description="of all parties but the bank: what the programme carries")
    system_expected_loss: Money


class Moved(Answer):
    """How many applications went from one outcome to another."""

    before: Outcome
    after: Outcome
    n: int


class SegmentFigures(Answer):
    """One segment; ``changed`` counts applications for which anything differs."""

    dimension: str
    segment: str
    n: int
    changed: int
    approved_before: int
    approved_after: int
    amount_before: Money
    amount_after: Money


class TariffCell(Answer):
    """A row of the fee tariff: the rate charged on each side, and how many applications fell into it after."""

    tier: str
    band: str
    rate_before: Rate
    rate_after: Rate
    applications: int
    approved: int
    reachable: bool = Field(description="false where no application in it could be approved, whatever the population")
    why_unreachable: str = ""


class ExampleFigures(Answer):
    """An application whose decision changes much, with both decisions in full."""

    row: int = Field(description="its place in the population, from 0")
    amount_change: Money
    all_in_change: Rate
    before: Decision
    after: Decision


class ImpactReport(Answer):
    """What a revision would do to a population."""

    product: str
    revision: str
    compared_with: str
    terms_of: date = Field(description="the day whose terms both sides apply")
    decided_on: date
    population: str
    n: int
    before: SideFigures
    after: SideFigures
    moved: tuple[Moved, ...]
    changed: dict[str, int] = Field(description="applications that differ in outcome, amount, rates, tier or shares")
    segments: tuple[SegmentFigures, ...]
    tariff: tuple[TariffCell, ...]
    worst: tuple[ExampleFigures, ...]
    best: tuple[ExampleFigures, ...]


def impact_report(impact: Impact, *, revision: str, compared_with: str, day: date, population: str) -> ImpactReport:
    """The report of a comparison under the terms of ``day``; ``population`` says in words what was decided."""
    return ImpactReport(
        product=impact.after.product.slug,
        revision=revision,
        compared_with=compared_with,
        terms_of=day,
        decided_on=impact.on,
        population=population,
        n=impact.n,
        before=_side(impact.before, impact.sums[0], day),
        after=_side(impact.after, impact.sums[1], day),
        moved=tuple(
            Moved(before=Outcome(old), after=Outcome(new), n=int(impact.moved[i, j]))
            for i, old in enumerate(OUTCOMES)
            for j, new in enumerate(OUTCOMES)
        ),
        changed=dict(impact.changed),
        segments=tuple(_segments(impact)),
        tariff=tuple(_tariff(impact, day)),
        worst=tuple(_example(impact, each, "worst") for each in impact.worst),
        best=tuple(_example(impact, each, "best") for each in impact.best),
    )


def _side(offering: Offering, sums: Sums, day: date) -> SideFigures:
    target = fraction(offering.programme.book.at(day).average_fee_target)
    average = (Decimal(sums.fees) / Decimal(sums.approved)).quantize(_MILLIONTH) if sums.approved else None
    parties = tuple(
        PartyFigures(
            party=Party(name), exposure=yuan(int(sums.exposure[i])), expected_loss=yuan(int(sums.expected_loss[i]))
        )
        for i, name in enumerate(PARTIES)
    )
    system = [each for each in parties if each.party is not Party.BANK]
    approve, refer, decline = (int(count) for count in sums.outcomes)
    return SideFigures(
        approve=approve,
        refer=refer,
        decline=decline,
        approved=yuan(sums.approved),
        guarantee_fees=yuan(sums.fees),
        average_fee=average,
        fee_target=target,
        meets_target=None if average is None else average <= target,
        parties=parties,
        system_exposure=sum((each.exposure for each in system), Decimal("0.00")),
        system_expected_loss=sum((each.expected_loss for each in system), Decimal("0.00")),
    )


def _segments(impact: Impact) -> Iterator[SegmentFigures]:
    for dimension, segments in impact.segments.items():
        for name, one in sorted(segments.items()):
            yield SegmentFigures(
                dimension=dimension,
                segment=name,
                n=one.n,
                changed=one.changed,
                approved_before=one.approved[0],
                approved_after=one.approved[1],
                amount_before=yuan(one.amount[0]),
                amount_after=yuan(one.amount[1]),
            )


def _tariff(impact: Impact, day: date) -> Iterator[TariffCell]:
    old, new = (
        charged_rate(terms.fee_tariff, terms, one.programme.book.at(day), secured=one.product.secured)
        for one in (impact.before, impact.after)
        for terms in (one.book.at(day),)
    )
    cells = impact.sums[1].cells
    for i, tier in enumerate(TIERS):
        for j, band in enumerate(BANDS):
            why = _unreachable(impact.after, day, i, j)
            yield TariffCell(
                tier=tier,
                band=band,
                rate_before=fraction(int(old[i, j])),
                rate_after=fraction(int(new[i, j])),
                applications=int(cells[0, i * len(BANDS) + j]),
                approved=int(cells[1, i * len(BANDS) + j]),
                reachable=not why,
                why_unreachable=why,
            )


def _unreachable(offering: Offering, day: date, tier: int, band: int) -> str:
    terms, programme = offering.book.at(day), offering.programme.book.at(day)
    if band > terms.band_floor:
        return f"Score band {BANDS[band]} lies below the lowest band approved, {BANDS[terms.band_floor]}."
    titled = tier < len(TIERS) - 1
    if titled and not (programme.class_tier == tier + 1).any():
        return f"The programme has no class of enterprise in {TIERS[tier]}."
    if not titled and programme.title_required:
        return "The programme requires a valid title."
    return ""


def _example(impact: Impact, example: Example, name: str) -> ExampleFigures:
    before, after = (
        explain(
            decide(example.application, offering, impact.scorecard, on=impact.on),
            0,
            decision_id=f"{name}-{example.row}-{label}",
            digests={},
        )
        for label, offering in (("before", impact.before), ("after", impact.after))
    )
    return ExampleFigures(
        row=example.row,
        amount_change=yuan(example.amount),
        all_in_change=fraction(example.all_in),
        before=before,
        after=after,
    )
