"""Fallback positions of a clause: what the bank prefers, what it may accept, and where it walks away.

The preferred position is the clause's own text. An acceptable one either has a wording of its own, or is told by
figures and choices of the case (``when``). A position where the bank walks away is described and never worded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from templates.conditions import parse_condition


def _condition(text: str) -> str:
    parse_condition(text)
    return text


Condition = Annotated[str, AfterValidator(_condition)]
"""An expression over `templates.conditions.Facts`, checked when it is read."""


class Stance(StrEnum):
    """What the bank thinks of a position."""

    PREFERRED = "preferred"
    ACCEPTABLE = "acceptable"
    WALK_AWAY = "walk_away"


class Position(BaseModel):
    """One position in the negotiation of a clause."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    stance: Stance
    title: str = Field(description="the position in a few words")
    guidance: str = Field(description="for whoever negotiates: why, and when it may be conceded")
    when: Condition | None = Field(default=None, description="figures and choices that put a case in this position")
    wording: str | None = Field(
        default=None, description="the clause's body in this position, in the markup of clauses"
    )

    @model_validator(mode="after")
    def _fits_its_stance(self) -> Self:
        if self.stance is not Stance.ACCEPTABLE and self.wording is not None:
            raise ValueError(
                f"Position {self.id} is {self.stance.value} and has a wording; only an acceptable position is worded: "
                "the preferred one is the clause's own text, and where the bank walks away nothing is drawn."
            )
        if self.stance is Stance.ACCEPTABLE and (self.wording is None) == (self.when is None):
            raise ValueError(
                f"Position {self.id} is acceptable; give it either a wording or, under when, the figures that tell it."
            )
        return self

    @property
    def shape(self) -> tuple[Any, ...]:
        """What every language's text of the position has in common."""
        return self.id, self.stance, self.when, self.wording is None


def complete(positions: Sequence[Position]) -> None:
    """ValueError unless there are none, or each id once, one preferred position, and some of either other stance."""
    twice = [name for name, count in Counter(each.id for each in positions).items() if count > 1]
    if twice:
        raise ValueError(f"The position {twice[0]} stands twice; name each once.")
    counts = Counter(each.stance for each in positions)
    if positions and (counts[Stance.PREFERRED] != 1 or not counts[Stance.ACCEPTABLE] or not counts[Stance.WALK_AWAY]):
        raise ValueError(
            "Positions are one preferred, at least one acceptable and at least one walk_away; "
            f"here are {counts[Stance.PREFERRED]}, {counts[Stance.ACCEPTABLE]} and {counts[Stance.WALK_AWAY]}."
        )
