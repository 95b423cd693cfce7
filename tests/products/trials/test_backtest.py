"""Backtests: what contenders would have approved, what became of it, and what nobody can know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from products import Applications, InvalidApplication, Offering, columns_of, decide
from products.applicant.layout import to_days
from products.columns import MISSING, Ints
from products.explaining.answer import Party
from products.population import population
from products.rules import APPROVE
from products.trials.backtest import Backtest, Contender, Figures, backtest, by_band
from products.trials.backtest_report import BacktestReport, LossRate, backtest_report
from products.trials.realised import Realised
from products.vocabulary import BANDS
from tests.products.builders import demonstration_score
from tests.products.revising.contents import installed
from tests.products.test_impact import sides

DECIDED = date(2026, 11, 2)
ROWS = 600
LOWER = {"amount_cap": "2000000", "band_floor": "B"}


def champion() -> Contender:
    """Innovation credit under its own terms."""
    return Contender("champion", sides()[0], demonstration_score())


def tighter() -> Contender:
    """The same with a lower cap, from band B up only."""
    return Contender("tighter", sides(**LOWER)[1], demonstration_score())


@cache
def past() -> tuple[Applications, Realised]:
    """A population of which three in five were lent to, and every tenth of those defaulted."""
    app = population(ROWS, 11)
    row = np.arange(ROWS)
    known = row % 5 < 3
    defaulted = known & (row % 10 == 0)
    lent = app.amount.values // 2
    loss = np.where(defaulted, lent // 4, 0)
    applied = app.applied_on.values
    day = np.where(defaulted, np.minimum(applied + 90, to_days(DECIDED)), MISSING)
    return app, Realised(known, defaulted, day, lent, loss, loss // 3)


def report(contenders: tuple[Contender, ...], cuts: tuple[int, ...] = (0, ROWS)) -> BacktestReport:
    """The report over the past, cut into batches."""
    app, outcomes = past()
    batches = [(app.between(*cut), outcomes.between(*cut)) for cut in pairwise(cuts)]
    return backtest_report(
        backtest(batches, contenders, on=DECIDED, until=DECIDED), source="the past", day=date(2027, 4, 1)
    )


def test_batches_of_any_size_add_up_to_the_same_report() -> None:
    whole = report((champion(), tighter()))
    assert report((champion(), tighter()), (0, 1, 250, 251, ROWS)) == whole


def test_only_loans_that_were_made_are_measured_and_the_others_are_counted_apart() -> None:
    app, outcomes = past()
    approves = decide(app, champion().offering, demonstration_score(), on=DECIDED).outcome == APPROVE
    found = report((champion(),)).contenders[0].total
    assert (found.applications, found.approved) == (ROWS, int(approves.sum()))
    assert found.measured == int((approves & outcomes.known).sum())
    assert found.unknown == int((approves & ~outcomes.known).sum()) > 0
    assert found.measured + found.unknown == found.approved
    assert found.defaults == int((approves & outcomes.defaulted).sum())
    assert found.refused_lent == int((~approves & outcomes.known).sum())
    assert found.refused_defaults == int((~approves & outcomes.defaulted).sum())


def test_what_cannot_be_known_is_said_with_its_numbers() -> None:
    found = report((champion(),))
    total = found.contenders[0].total
    assert (found.with_outcome, found.without_outcome) == (360, 240)
    assert found.cannot_be_known[0].startswith("240 applications have no outcome, because no loan was made")
    assert f"champion approves {total.unknown} of them, {total.unknown_amount:,.2f} yuan" in found.cannot_be_known[1]
    assert f"champion批准其中{total.unknown}笔" in found.cannot_be_known_zh[1]
    assert any("Only a trial on live applicants does." in each for each in found.cannot_be_known)


def test_bands_add_up_to_the_whole_and_parties_to_the_loss() -> None:
    for each in report((champion(), tighter())).contenders:
        assert [band.band for band in each.bands] == list(BANDS)
        for name in (
            "applications",
            "approved",
            "measured",
            "defaults",
            "loss",
            "compensation",
            "bank_return",
            "calls",
        ):
            assert sum(getattr(band, name) for band in each.bands) == getattr(each.total, name)
        assert sum(party.borne for party in each.total.parties) == each.total.loss
        assert sum(party.returned for party in each.total.parties) == each.total.recovered
        bank = next(party for party in each.total.parties if party.party is Party.BANK)
        assert each.total.compensation == each.total.loss - bank.borne
        assert each.total.bank_return == each.total.interest - each.total.running_cost - bank.net


def test_swaps_show_whose_loans_default() -> None:
    app, outcomes = past()
    approves = [
        decide(app, one.offering, demonstration_score(), on=DECIDED).outcome == APPROVE
        for one in (champion(), tighter())
    ]
    found = report((champion(), tighter()))
    assert found.contenders[0].swaps == ()
    cells = {(each.champion_approves, each.contender_approves): each for each in found.contenders[1].swaps}
    assert sum(each.loans for each in cells.values()) == 360
    lost = cells[True, False]
    rows = outcomes.known & approves[0] & ~approves[1]
    assert (lost.loans, lost.defaults) == (int(rows.sum()), int((rows & outcomes.defaulted).sum()))
    assert lost.loans > 0
    assert cells[False, True].loans == 0


def _ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def test_the_loss_rate_of_the_batch_programme_is_two_point_four_per_cent() -> None:
    # 100万 for 365 days and 60万 for 182: annualised 129.918万, of which 80 % are 103.934; 2.5万 paid are 2.4054 %.
    figures = Figures()
    figures.released = {365: 100_000_000, 182: 60_000_000}
    figures.sums["loss"][0] = 3_125_000
    figures.borne[0][0] = 625_000
    batch = Contender("batch", _under("cn-batch-2023"), demonstration_score())
    running = Backtest([batch], DECIDED, DECIDED)
    running.figures = [figures]
    found = backtest_report(running, source="by hand", day=date(2026, 7, 1)).contenders[0]
    assert found.loss_rate == LossRate(
        value=Decimal("0.024054"),
        ceiling=Decimal("0.0300"),
        kept=True,
        liability=Decimal("0.8000"),
        days_in_year=365,
    )


def _under(programme: str) -> Offering:
    return replace(sides()[0], programme=installed().programmes[programme])


def test_released_principal_is_kept_by_the_days_it_stood() -> None:
    found = backtest([past()], [champion()], on=DECIDED, until=DECIDED).figures[0]
    assert sum(found.released.values()) == int(found.sums["measured_amount"].sum())
    assert sum(days * fen for days, fen in found.released.items()) == int(found.principal_days.sum())


def test_sums_beyond_int64_stay_exact() -> None:
    assert by_band(np.full(10_000, 10**15, dtype=np.int64), np.zeros(10_000, dtype=np.int64))[0] == 10**19


@pytest.mark.parametrize(
    ("change", "path", "sentence"),
    [
        ({"lent": 0}, "[1].realised.lent", "lent is 0.00; it must be positive: it is the principal paid out."),
        ({"loss": -1}, "[1].realised.loss", "loss is -0.01; it must not be negative."),
        ({"loss": 5}, "[1].realised.loss", "loss is 0.05; it must be 0 where nothing defaulted."),
        ({"recovered": -1}, "[1].realised.recovered", "recovered is -0.01; it must not be negative."),
        (
            {"defaulted": 1, "loss": 5, "recovered": 6},
            "[1].realised.recovered",
            "recovered is 0.06; it must not exceed the loss: no more comes back than was lost.",
        ),
        (
            {"default_day": 20_000},
            "[1].realised.defaulted_on",
            "defaulted_on is 2024-10-04; it must be left out where nothing defaulted.",
        ),
        (
            {"defaulted": 1, "default_day": 0},
            "[1].realised.defaulted_on",
            "defaulted_on is 1970-01-01; it lies before the day of application.",
        ),
        (
            {"defaulted": 1, "default_day": 30_000},
            "[1].realised.defaulted_on",
            "defaulted_on is 2052-02-20; it lies after 2026-11-02, the day until which outcomes were observed.",
        ),
    ],
)
def test_an_outcome_that_makes_no_sense_is_named(change: dict[str, int], path: str, sentence: str) -> None:
    app = population(2, 3)
    columns: dict[str, Any] = {
        "known": np.array([True, True]),
        "defaulted": np.array([False, False]),
        "default_day": _ints(MISSING, MISSING),
        "lent": _ints(100, 100),
        "loss": _ints(0, 0),
        "recovered": _ints(0, 0),
    }
    for name, value in change.items():
        columns[name] = columns[name].copy()
        columns[name][1] = value
    with pytest.raises(InvalidApplication) as caught:
        backtest([(app, Realised(**columns))], [champion()], on=DECIDED, until=DECIDED)
    assert [(each.path, each.message.removesuffix(" Correct the file.")) for each in caught.value.problems] == [
        (path, sentence)
    ]


def test_a_default_on_the_last_day_observed_counts() -> None:
    app = population(1, 3)
    last = to_days(DECIDED)
    outcomes = Realised(np.array([True]), np.array([True]), _ints(last), _ints(100), _ints(50), _ints(50))
    assert backtest([(app, outcomes)], [champion()], on=DECIDED, until=DECIDED).known == 1


def test_two_contenders_need_two_names() -> None:
    with pytest.raises(ValueError, match="names of their own; here are: champion, champion"):
        backtest([past()], [champion(), champion()], on=DECIDED, until=DECIDED)


def test_no_applications_give_no_rates() -> None:
    empty = columns_of([])
    found = backtest_report(
        backtest([(empty, past()[1].between(0, 0))], [champion()], on=DECIDED, until=DECIDED),
        source="none",
        day=date(2027, 4, 1),
    )
    total = found.contenders[0].total
    assert (total.default_rate, total.bank_return_rate, total.loss_share) == (None, None, None)
