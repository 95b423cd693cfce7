"""A backtest as a reader sees it: by contender and score band, against the champion, and what cannot be known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Final

import numpy as np
from pydantic import Field

from products.explaining.answer import Answer, Money, Party, Rate
from products.guarantee.provisions import Measure
from products.money import ONE, fraction, yuan
from products.portfolio import GuaranteedLoans, LossRecord, conditions_of, portfolio_view
from products.repayment.calendars import YEAR_DAYS
from products.trials.backtest import CELLS, Backtest, Contender, Figures, Swap
from products.trials.consequences import BANK
from products.trials.rates import rate_of
from products.vocabulary import BANDS, PARTIES

ALL: Final = "all"
"""The band under which a contender's whole stands."""


class PartyLoss(Answer):
    """What one party bore of the losses, what came back to it, and what it is left with."""

    party: Party
    borne: Money
    returned: Money
    net: Money


class BandFigures(Answer):
    """One score band of a contender, or all of them.

    Rates are None where there is nothing to divide by. Everything from ``measured`` to ``parties`` counts loans that
    were made and that the contender approves too.
    """

    band: str
    applications: int
    approved: int
    approved_amount: Money
    measured: int = Field(description="approved, and made at the time, so that the outcome is known")
    measured_amount: Money = Field(description="their amount as the contender approves it")
    still_running: int = Field(description="of them, not yet due and not in default when the observation ended")
    defaults: int
    default_rate: Rate | None
    expected_default_rate: Rate | None = Field(description="mean default probability by the contender's own score")
    calls: int = Field(description="defaults for which the guarantee system pays")
    loss: Money = Field(description="principal and normal interest unpaid at the default")
    recovered: Money
    loss_share: Rate | None = Field(description="loss by amount")
    compensation: Money = Field(description="what the guarantee system pays: the loss but for the bank's part")
    parties: tuple[PartyLoss, ...]
    interest: Money = Field(description="for the days the loans stood")
    running_cost: Money = Field(description="funding and operation, on the same balance as interest")
    guarantee_fees: Money = Field(description="for the days the loans stood, as the borrowers pay them after subsidies")
    bank_return: Money = Field(description="interest less running cost and the bank's net loss")
    bank_return_rate: Rate | None = Field(description="a year, on the principal while it stood")
    unknown: int = Field(description="approved although no loan was made at the time: no outcome exists")
    unknown_amount: Money
    refused_lent: int = Field(description="loans that were made and that the contender refuses or refers")
    refused_lent_amount: Money
    refused_defaults: int
    refused_loss: Money = Field(description="what was lost on them after recoveries")


class LossRate(Answer):
    """The programme's loss rate: compensation by annualised released principal × liability."""

    value: Rate | None
    ceiling: Rate
    kept: bool | None
    liability: Rate
    days_in_year: int


class SwapFigures(Answer):
    """Loans with known outcomes by who approves them; losses as they happened, after recoveries."""

    champion_approves: bool
    contender_approves: bool
    loans: int
    defaults: int
    default_rate: Rate | None
    net_loss: Money


class ContenderFigures(Answer):
    """One contender; ``swaps`` compare it with the champion and are empty for the champion itself."""

    name: str
    product: str
    programme: str
    model: str
    total: BandFigures
    bands: tuple[BandFigures, ...]
    loss_rate: LossRate | None = Field(description="None where the programme lays down no formula")
    swaps: tuple[SwapFigures, ...]


class BacktestReport(Answer):
    """What past applications with realised outcomes say about each contender."""

    source: str
    terms_of: date = Field(description="the day whose terms every contender applies")
    decided_on: date
    observed_until: date
    applications: int
    with_outcome: int
    without_outcome: int
    contenders: tuple[ContenderFigures, ...]
    cannot_be_known: tuple[str, ...]
    cannot_be_known_zh: tuple[str, ...]


def backtest_report(running: Backtest, *, source: str, day: date) -> BacktestReport:
    """The report of a backtest under the terms of ``day``; ``source`` says in words where the outcomes come from."""
    swaps: list[Swap | None] = [None, *running.swaps]
    contenders = tuple(
        _contender(each, figures, swap, day)
        for each, figures, swap in zip(running.contenders, running.figures, swaps, strict=True)
    )
    without = running.n - running.known
    return BacktestReport(
        source=source,
        terms_of=day,
        decided_on=running.on,
        observed_until=running.until,
        applications=running.n,
        with_outcome=running.known,
        without_outcome=without,
        contenders=contenders,
        cannot_be_known=tuple(_limits_en(contenders, without)),
        cannot_be_known_zh=tuple(_limits_zh(contenders, without)),
    )


def _contender(each: Contender, figures: Figures, swap: Swap | None, day: date) -> ContenderFigures:
    return ContenderFigures(
        name=each.name,
        product=each.offering.product.slug,
        programme=each.offering.programme.slug,
        model=each.scorecard.model_id,
        total=_band(ALL, figures, slice(None)),
        bands=tuple(_band(name, figures, slice(place, place + 1)) for place, name in enumerate(BANDS)),
        loss_rate=_loss_rate(each, figures, day),
        swaps=tuple(_swaps(swap)) if swap is not None else (),
    )


def _band(name: str, figures: Figures, bands: slice) -> BandFigures:
    sums = {each: int(total[bands].sum()) for each, total in figures.sums.items()}
    borne = [int(total) for total in figures.borne[:, bands].sum(axis=1)]
    returned = [int(total) for total in figures.returned[:, bands].sum(axis=1)]
    earned = sums["interest"] - sums["running_cost"] - borne[BANK] + returned[BANK]
    principal_years = Fraction(int(figures.principal_days[bands].sum()), YEAR_DAYS)
    return BandFigures(
        band=name,
        applications=sums["applications"],
        approved=sums["approved"],
        approved_amount=yuan(sums["approved_amount"]),
        measured=sums["measured"],
        measured_amount=yuan(sums["measured_amount"]),
        still_running=sums["running"],
        defaults=sums["defaults"],
        default_rate=rate_of(sums["defaults"], sums["measured"]),
        expected_default_rate=rate_of(sums["expected_defaults_ppm"], sums["measured"] * ONE),
        calls=sums["calls"],
        loss=yuan(sums["loss"]),
        recovered=yuan(sums["recovered"]),
        loss_share=rate_of(sums["loss"], sums["measured_amount"]),
        compensation=yuan(sums["loss"] - borne[BANK]),
        parties=tuple(
            PartyLoss(party=Party(party), borne=yuan(one), returned=yuan(back), net=yuan(one - back))
            for party, one, back in zip(PARTIES, borne, returned, strict=True)
        ),
        interest=yuan(sums["interest"]),
        running_cost=yuan(sums["running_cost"]),
        guarantee_fees=yuan(sums["fees"]),
        bank_return=yuan(earned),
        bank_return_rate=rate_of(earned, principal_years),
        unknown=sums["unknown"],
        unknown_amount=yuan(sums["unknown_amount"]),
        refused_lent=sums["refused_lent"],
        refused_lent_amount=yuan(sums["refused_lent_amount"]),
        refused_defaults=sums["refused_defaults"],
        refused_loss=yuan(sums["refused_loss"]),
    )


def _loss_rate(each: Contender, figures: Figures, day: date) -> LossRate | None:
    asked = [one for one in conditions_of(each.offering.programme.book.at(day)) if one.measure is Measure.LOSS_RATE]
    if not asked or asked[0].at_most is None:
        return None
    days = sorted(figures.released)
    record = LossRecord(
        compensation=int(figures.sums["loss"].sum()) - int(figures.borne[BANK].sum()),
        principal=np.array([figures.released[each] for each in days], dtype=object),
        days=np.array(days, dtype=np.int64),
    )
    (measured,) = portfolio_view(_NO_LOANS, asked, losses=record).measured
    return LossRate(
        value=None if measured.value is None else rate_of(measured.value.numerator, measured.value.denominator),
        ceiling=fraction(asked[0].at_most),
        kept=measured.kept,
        liability=fraction(asked[0].liability),
        days_in_year=asked[0].days_in_year,
    )


_NOTHING: Final = np.zeros(0, dtype=np.int64)
_NO_LOANS: Final = GuaranteedLoans(
    client=_NOTHING,
    amount=_NOTHING,
    small_business=np.zeros(0, dtype=np.bool_),
    fee=_NOTHING,
    charged_on=_NOTHING,
    parties=PARTIES,
    parts=np.zeros((0, len(PARTIES)), dtype=np.int64),
)


def _swaps(swap: Swap) -> Iterator[SwapFigures]:
    for place, (champion, contender) in enumerate(CELLS):
        n, defaults = int(swap.n[place]), int(swap.defaults[place])
        yield SwapFigures(
            champion_approves=champion,
            contender_approves=contender,
            loans=n,
            defaults=defaults,
            default_rate=rate_of(defaults, n),
            net_loss=yuan(int(swap.net_loss[place])),
        )


def _limits_en(contenders: tuple[ContenderFigures, ...], without: int) -> Iterator[str]:
    yield (
        f"{without} applications have no outcome, because no loan was made or its outcome was not given. Nobody knows "
        "whether they would have defaulted; they enter no rate."
    )
    for each in contenders:
        if each.total.unknown:
            yield (
                f"{each.name} approves {each.total.unknown} of them, {each.total.unknown_amount:,.2f} yuan: its rates "
                f"rest on the other {each.total.measured} loans."
            )
        if each.total.still_running:
            yield f"{each.total.still_running} loans of {each.name} were still running and may yet default."
    yield (
        "Applicants who were refused at the time differ from those who were accepted; a default rate among the "
        "accepted says nothing about them. Only a trial on live applicants does."
    )
    yield "Where a contender approves another amount than was lent, loss and recovery are taken in proportion."


def _limits_zh(contenders: tuple[ContenderFigures, ...], without: int) -> Iterator[str]:
    yield f"{without}笔申请没有结果（当时未放款或未提供结果），是否违约无从得知，不计入任何比率。"
    for each in contenders:
        if each.total.unknown:
            amount = f"{each.total.unknown_amount:,.2f}"
            yield (
                f"{each.name}批准其中{each.total.unknown}笔、{amount}元；"
                f"其比率仅基于{each.total.measured}笔已知结果的贷款。"
            )
        if each.total.still_running:
            yield f"{each.name}有{each.total.still_running}笔贷款观察期末尚未到期，仍可能违约。"
    yield "当时被拒绝的申请人不同于被接受的申请人，不能由后者的违约率推断；只有对在途申请的试行才能回答。"
    yield "批准金额与实际放款金额不同的，损失与追偿按比例计算。"
