"""Whether a trial must stop: exact quotients of both sides against the plan's rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from products.money import ONE
from products.trials.plan import Direction, Measure, Plan, StopRule
from products.trials.rates import rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one side adds up to: counts, amounts in fen, rates in ppm.

    ``loan_rates_ppm`` is the sum over approved applications; ``reported`` counts loans with a reported outcome.
    """

    decided: int = 0
    approved: int = 0
    referred: int = 0
    declined: int = 0
    approved_fen: int = 0
    loan_rates_ppm: int = 0
    expected_loss_fen: int = 0
    reported: int = 0
    defaults: int = 0

    def quotient(self, measure: Measure) -> tuple[int, int]:
        """What stands above and below the line, rates as whole numbers by a million."""
        match measure:
            case Measure.APPROVAL_RATE:
                return self.approved, self.decided
            case Measure.LOAN_RATE:
                return self.loan_rates_ppm, self.approved * ONE
            case Measure.EXPECTED_LOSS:
                return self.expected_loss_fen, self.approved_fen
            case Measure.REALISED_DEFAULT:
                return self.defaults, self.reported

    def value(self, measure: Measure) -> Fraction | None:
        """The measure, None where there is nothing to divide by."""
        above, below = self.quotient(measure)
        return Fraction(above, below) if below else None

    def cases(self, measure: Measure) -> int:
        """How many cases the measure rests on."""
        match measure:
            case Measure.APPROVAL_RATE:
                return self.decided
            case Measure.LOAN_RATE | Measure.EXPECTED_LOSS:
                return self.approved
            case Measure.REALISED_DEFAULT:
                return self.reported


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule asked: both values, the difference challenger less champion, and whether it stops the trial.

    ``asked`` is false while a side has fewer cases than the rule needs; it stops nothing then.
    """

    rule: StopRule
    champion: Fraction | None
    challenger: Fraction | None
    asked: bool
    tripped: bool

    @property
    def difference(self) -> Fraction | None:
        """Challenger less champion."""
        if self.champion is None or self.challenger is None:
            return None
        return self.challenger - self.champion


def rulings(plan: Plan, champion: Tally, challenger: Tally) -> tuple[Ruling, ...]:
    """Every rule of the plan asked."""
    return tuple(_ruling(rule, champion, challenger) for rule in plan.stop)


def _ruling(rule: StopRule, champion: Tally, challenger: Tally) -> Ruling:
    values = [side.value(rule.measure) for side in (champion, challenger)]
    enough = min(side.cases(rule.measure) for side in (champion, challenger)) >= rule.least
    if not enough or values[0] is None or values[1] is None:
        return Ruling(rule, values[0], values[1], asked=False, tripped=False)
    difference = values[1] - values[0]
    beyond = {
        Direction.EITHER: abs(difference),
        Direction.HIGHER: difference,
        Direction.LOWER: -difference,
    }[rule.direction]
    return Ruling(rule, values[0], values[1], asked=True, tripped=beyond * ONE > rule.limit_ppm)


def why_stopped(found: Iterable[Ruling]) -> str:
    """What the rules that tripped say, in a sentence each; empty if none did."""
    return " ".join(_sentence(each) for each in found if each.tripped)


def _sentence(ruling: Ruling) -> str:
    champion, challenger, difference = map(_percent, (ruling.champion, ruling.challenger, ruling.difference))
    limit = _percent(Fraction(ruling.rule.limit_ppm, ONE))
    return (
        f"{ruling.rule.measure}: {challenger} with the challenger, {champion} with the champion; the difference of "
        f"{difference} is beyond the limit of {limit} ({ruling.rule.direction})."
    )


def _percent(value: Fraction | None) -> str:
    return f"{rounded(value) * 100:f} %" if value is not None else "unknown"
