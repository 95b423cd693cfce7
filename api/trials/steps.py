"""What a person sends with a step in a trial's life, beyond name and note."""

from __future__ import annotations

from pydantic import Field

from api.revisions.steps import Step
from products.trials.outcomes import ReportedOutcome
from products.trials.plan import Plan

MOST_OUTCOMES = 10_000


class PlanStep(Step):
    """A new trial."""

    plan: Plan


class OutcomesStep(Step):
    """What became of loans."""

    outcomes: tuple[ReportedOutcome, ...] = Field(min_length=1, max_length=MOST_OUTCOMES)
