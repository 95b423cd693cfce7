"""What a champion/challenger trial is: two revisions, a share of applicants, days, and rules that stop it.

    {"product": "innovation-credit", "slug": "wider-band", "challenger": "spring", "share_ppm": 100000,
     "starts_on": "2027-04-01", "ends_on": "2027-07-01", "source": "产品委员会纪要 2027-4",
     "stop": [{"measure": "approval_rate", "limit_ppm": 150000, "least": 200}]}

A plan never changes: what is to run otherwise is another trial.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from pydantic import Field, StrictInt, ValidationError, model_validator

from products.canonical import digest
from products.money import ONE
from products.revising.content import (
    Day,
    InvalidRevision,
    Line,
    Notes,
    Slug,
    Written,
    parsed,
    problem_of,
)

GREATEST_PLAN: Final = 65_536
MOST_RULES: Final = 20


class Measure(StrEnum):
    """What is compared between the sides; each is a quotient, challenger less champion."""

    APPROVAL_RATE = "approval_rate"
    """Applications approved, by applications decided."""
    LOAN_RATE = "loan_rate"
    """Mean loan rate of the applications approved."""
    EXPECTED_LOSS = "expected_loss"
    """Expected loss of all parties, by amount approved."""
    REALISED_DEFAULT = "realised_default"
    """Defaults reported, by loans with a reported outcome."""


class Direction(StrEnum):
    """Which difference stops the trial."""

    EITHER = "either"
    HIGHER = "higher"
    LOWER = "lower"


class StopRule(Written):
    """The trial stops once the challenger differs from the champion by more than the limit.

    ``least`` is how many cases each side must have below the line before the rule is asked.
    """

    measure: Measure
    limit_ppm: StrictInt = Field(ge=0, le=ONE, description="the greatest difference that is still accepted")
    direction: Direction = Field(default=Direction.EITHER, description="of the challenger against the champion")
    least: StrictInt = Field(ge=1, le=10_000_000, description="cases that each side must have before the rule is asked")


class Plan(Written):
    """A trial as its author wrote it. ``ends_on`` is the first day on which it no longer runs."""

    product: Slug
    slug: Slug = Field(description="the trial's name")
    champion: Slug | None = Field(
        default=None, description="the revision applications name; the product's own terms if left out"
    )
    challenger: Slug = Field(description="the approved revision that decides for its share of applicants")
    share_ppm: StrictInt = Field(ge=1, lt=ONE, description="share of applicants decided by the challenger")
    starts_on: Day
    ends_on: Day
    stop: tuple[StopRule, ...] = Field(min_length=1, max_length=MOST_RULES)
    source: Line = Field(description="the resolution that lays the trial down")
    notes: Notes = ""

    @model_validator(mode="after")
    def _sides_and_days_differ(self) -> Plan:
        if self.challenger == self.champion:
            raise ValueError(f"champion and challenger are both {self.challenger}; name two revisions")
        if self.ends_on <= self.starts_on:
            raise ValueError(
                f"ends_on is {self.ends_on}, not after starts_on {self.starts_on}; give the first day on which the "
                "trial no longer runs"
            )
        return self

    def plain(self) -> dict[str, Any]:
        """The plan as a JSON value."""
        return self.model_dump(mode="json")

    @property
    def sha256(self) -> str:
        """The digest of the plan's canonical JSON."""
        return digest(self.plain())


def read_plan(payload: bytes) -> Plan:
    """The plan in a JSON payload (UTF-8, one object, no key twice); InvalidRevision with every problem in it."""
    return plan_from(parsed(payload, most_bytes=GREATEST_PLAN))


def plan_from(value: object) -> Plan:
    """The plan in a parsed JSON value; InvalidRevision with every problem in it."""
    try:
        return Plan.model_validate(value)
    except ValidationError as invalid:
        raise InvalidRevision(
            problem_of(error) for error in invalid.errors(include_url=False, include_context=False)
        ) from None
