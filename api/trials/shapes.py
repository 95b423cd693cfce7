"""Trials as the HTTP interface and the command line answer them."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from api.revisions.shapes import Shape
from api.trials.desk import TrialStanding
from api.trials.store import StoredTrial
from products.explaining.answer import Money, Rate
from products.money import ONE, fraction, yuan
from products.trials.life import Kind
from products.trials.plan import Direction, Measure, Plan
from products.trials.rates import rate_of, rounded
from products.trials.stop_rules import Ruling, Tally


class TrialEventShape(Shape):
    """One event of a trial's history; each carries the digest of the one before."""

    position: int
    kind: Kind
    actor: str
    at: datetime
    note: str
    day: date | None
    previous: str
    digest: str


class TrialAnswer(Shape):
    """A trial with its plan and history."""

    id: str
    state: Kind = Field(description="what happened to it last")
    sha256: str = Field(description="of the plan's canonical JSON")
    run: int | None = Field(description="which run of its product it was, from 1; null before the start")
    plan: Plan
    history: tuple[TrialEventShape, ...]
    url: str


class TrialList(Shape):
    """The trials of an organisation in the order of their making."""

    items: tuple[TrialAnswer, ...]


class WatchAnswer(Shape):
    """Ids of the trials that were stopped or ended."""

    changed: tuple[str, ...]


class OutcomesAnswer(Shape):
    """How many outcomes were stored."""

    stored: int


class SideShape(Shape):
    """What one side adds up to. Applications that fell back to the champion are in neither side."""

    decided: int
    approved: int
    referred: int
    declined: int
    approved_amount: Money
    approval_rate: Rate | None
    mean_loan_rate: Rate | None
    expected_loss: Money
    expected_loss_rate: Rate | None
    outcomes_reported: int
    defaults: int
    default_rate: Rate | None


class RulingShape(Shape):
    """One stop rule asked: both values, their difference, the limit, and whether it trips."""

    measure: Measure
    direction: Direction
    limit: Rate
    least: int
    champion: Rate | None
    challenger: Rate | None
    difference: Rate | None
    asked: bool = Field(description="false while a side has fewer cases than the rule needs")
    tripped: bool


class TrialReport(Shape):
    """Both sides of a trial and every stop rule."""

    trial: TrialAnswer
    stated_share: Rate
    actual_share: Rate | None = Field(description="applications decided by the challenger, by those decided")
    champion: SideShape
    challenger: SideShape
    fell_back: int = Field(description="on the challenger's side, decided by the champion; the evidence says why")
    rules: tuple[RulingShape, ...]


def trial_answer(trial: StoredTrial) -> TrialAnswer:
    """A trial."""
    return TrialAnswer(
        id=trial.id,
        state=trial.kind,
        sha256=trial.plan.sha256,
        run=trial.run,
        plan=trial.plan,
        history=tuple(
            TrialEventShape(
                position=each.position,
                kind=each.kind,
                actor=each.actor,
                at=each.at,
                note=each.note,
                day=each.day,
                previous=each.previous,
                digest=each.digest,
            )
            for each in trial.history
        ),
        url=f"/v1/trials/{trial.id}",
    )


def trial_list(found: tuple[StoredTrial, ...]) -> TrialList:
    """The list of trials."""
    return TrialList(items=tuple(map(trial_answer, found)))


def trial_report(standing: TrialStanding) -> TrialReport:
    """The report of a trial."""
    tallies = standing.tallies
    decided = tallies.champion.decided + tallies.challenger.decided
    return TrialReport(
        trial=trial_answer(standing.trial),
        stated_share=fraction(standing.trial.plan.share_ppm),
        actual_share=rate_of(tallies.challenger.decided, decided),
        champion=_side(tallies.champion),
        challenger=_side(tallies.challenger),
        fell_back=tallies.fell_back,
        rules=tuple(map(_rule, standing.rulings)),
    )


def _side(tally: Tally) -> SideShape:
    return SideShape(
        decided=tally.decided,
        approved=tally.approved,
        referred=tally.referred,
        declined=tally.declined,
        approved_amount=yuan(tally.approved_fen),
        approval_rate=rate_of(tally.approved, tally.decided),
        mean_loan_rate=rate_of(tally.loan_rates_ppm, tally.approved * ONE),
        expected_loss=yuan(tally.expected_loss_fen),
        expected_loss_rate=rate_of(tally.expected_loss_fen, tally.approved_fen),
        outcomes_reported=tally.reported,
        defaults=tally.defaults,
        default_rate=rate_of(tally.defaults, tally.reported),
    )


def _rule(ruling: Ruling) -> RulingShape:
    champion, challenger, difference = (
        None if value is None else rounded(value) for value in (ruling.champion, ruling.challenger, ruling.difference)
    )
    return RulingShape(
        measure=ruling.rule.measure,
        direction=ruling.rule.direction,
        limit=fraction(ruling.rule.limit_ppm),
        least=ruling.rule.least,
        champion=champion,
        challenger=challenger,
        difference=difference,
        asked=ruling.asked,
        tripped=ruling.tripped,
    )
