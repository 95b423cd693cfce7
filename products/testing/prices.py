"""Checks of price and tariff: what a better score does, and whether every cell of the tariff is used."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Any, Final, cast

import numpy as np

from products.columns import MISSING, Ints
from products.kernel import Offering, decide
from products.population.classes import with_title
from products.product import Programme
from products.rules import DECLINE
from products.testing.bench import Bench
from products.testing.report import Result
from products.vocabulary import BANDS, TIERS
from scoring import Scorecard, Scores

_STEPS: Final = 25
_ROWS: Final = 40


@dataclasses.dataclass(frozen=True, slots=True)
class Assigned:
    """A score that gives the rows the points, bands and default probabilities it was made with, in turn."""

    scorecard: Scorecard
    scores: Scores

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the real score asks for."""
        return self.scorecard.facts

    def score(self, facts: Any) -> Scores:
        """As `Scorecard.score`."""
        return dataclasses.replace(self.scores, facts=facts)


def better_scores_never_hurt(bench: Bench) -> Result:
    """With every other fact the same, a better score never raises a rate and never lowers a limit, where claimed."""
    problems: dict[str, None] = {}
    for offering in bench.offerings:
        problems |= dict.fromkeys(_hurt(bench, offering))
    looked_at = f"{_ROWS} applications at {_STEPS} scores under {len(bench.offerings)} sets of terms"
    return Result("a better score never costs more and never lowers a limit", tuple(problems), looked_at)


def _hurt(bench: Bench, offering: Offering) -> Iterator[str]:
    chosen = np.unique(np.concatenate([bench.bases, np.arange(_ROWS)]))[:_ROWS]
    ladder = _ladder(bench)
    rows = bench.rows.take(np.repeat(chosen, len(ladder.points)))
    n = len(chosen)
    points, band, ppm = (np.tile(one, n) for one in (ladder.points, ladder.band, ladder.default_probability_ppm))
    scores = Scores(points, band, ppm, ladder.facts)
    decisions = decide(rows, offering, cast("Scorecard", Assigned(bench.scorecard, scores)), on=bench.on)
    shape = (len(chosen), len(ladder.points))
    if bench.claims.better_score_never_costs_more:
        for name, column in (
            ("guarantee fee rate", decisions.gather(lambda part: part.case.fees.rate_ppm)),
            ("loan rate", decisions.gather(lambda part: part.case.prices.loan_rate)),
        ):
            if (np.diff(column.reshape(shape), axis=1) > 0).any():
                yield f"A better score raises the {name} under {_name(offering)}; order its tariff by band."
    if bench.claims.better_score_never_lowers_a_limit:
        for limit in offering.product.limits:
            raw = decisions.gather(lambda part, name=limit.name: part.case.limits[name].raw)  # type: ignore[misc]  # mypy cannot see the default of a lambda
            if (np.diff(np.where(raw == MISSING, 0, raw).reshape(shape), axis=1) < 0).any():
                yield f"A better score lowers the limit {limit.name} under {_name(offering)}."


def _ladder(bench: Bench) -> Scores:
    """Scores that occur, from the worst to the best."""
    decisions = bench.decided(bench.rows)
    scores = decisions.gather(lambda part: np.stack([part.case.score.points, part.case.score.band]))
    ppm = decisions.gather(lambda part: part.case.score.default_probability_ppm)
    order = np.argsort(scores[0], kind="stable")
    steps = order[np.linspace(0, len(order) - 1, _STEPS).astype(np.int64)]
    return Scores(scores[0, steps], scores[1, steps], ppm[steps], {})


def every_tariff_cell_is_used(bench: Bench) -> Result:
    """Each cell of the tariff is charged to somebody who is not declined, or repeats the row above it.

    Looked for under the terms of every period, with every class of title and every score band in turn.
    """
    name = "no row of the tariff is out of reach"
    if isinstance(bench.subject, Programme):
        return Result(name, (), "tariffs belong to products")
    offering = bench.offering
    used = np.zeros((len(TIERS), len(BANDS)), dtype=np.bool_)
    days = {
        max(date.fromordinal(day), _first(offering)) for day in (*offering.book.days, *offering.programme.book.days)
    }
    for day in sorted({*days, bench.on}):
        _mark_used(bench, offering, day, used)
    tariff = offering.book.at(bench.on).fee_tariff
    problems = [
        f"The tariff's row {TIERS[tier]} is never charged under {_name(offering)}; repeat the row above it, so that no "
        "figure stands there unused."
        for tier in range(len(TIERS))
        if not used[tier].any() and (tier == 0 or not np.array_equal(tariff[tier], tariff[tier - 1]))
    ]
    problems += [
        f"The tariff's cell {TIERS[tier]}/{BANDS[band]} is never charged under {_name(offering)}."
        for tier, band in zip(*np.nonzero(~used & used.any(axis=1, keepdims=True)), strict=True)
    ]
    looked_at = f"{int(used.sum())} of {used.size} cells charged"
    return Result(name, tuple(problems), looked_at)


def _first(offering: Offering) -> date:
    return max(offering.book.first_day, offering.programme.book.first_day)


def _mark_used(bench: Bench, offering: Offering, day: date, used: np.ndarray[Any, Any]) -> None:
    rows = bench.rows.take(bench.bases)
    ladder = _ladder(bench)
    on = max(bench.on, day)
    for kind in range(-1, len(offering.programme.book.at(day).class_tier)):
        varied = with_title(rows, kind, day, on)
        for band in range(len(BANDS)):
            scores = _scores_of_band(bench, ladder, band, rows.n)
            decisions = decide(varied, offering, cast("Scorecard", Assigned(bench.scorecard, scores)), on=on)
            standing = decisions.outcome != DECLINE
            tier = decisions.gather(lambda part: part.case.fees.tier)
            used[tier[standing], band] = True


def _scores_of_band(bench: Bench, ladder: Scores, band: int, n: int) -> Scores:
    at = np.flatnonzero(ladder.band == band)
    points: Ints = np.full(n, bench.scorecard.bands[band].at_least, dtype=np.int64)
    ppm = ladder.default_probability_ppm[at[0]] if len(at) else ladder.default_probability_ppm[len(BANDS) - 1 - band]
    return Scores(points, np.full(n, band, dtype=np.int64), np.full(n, ppm, dtype=np.int64), {})


def _name(offering: Offering) -> str:
    return offering.revision.slug if offering.revision else offering.product.slug
