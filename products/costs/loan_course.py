"""How given terms run: grace, principal in steps, and on the way new rates, prepayments, extensions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from products.applicant.choices import Repayment as RepaymentChoice
from products.applicant.layout import EPOCH
from products.applicant.reading import Problem
from products.money import FEN, GREATEST_AMOUNT, ONE
from products.repayment.changes import Change, Changes, Step, grace, no_changes, one_change, stepped_principal

REPAID_ON_THE_WAY = frozenset({RepaymentChoice.LEVEL_PAYMENT, RepaymentChoice.EQUAL_PRINCIPAL})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class StepAsked(_Part):
    """A part of the principal, repaid in equal payments over some months."""

    months: int = Field(ge=1, le=600)
    share: Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)]


class ChangeAsked(_Part):
    """What becomes different on a day: exactly one of the three."""

    on: date
    loan_rate: Annotated[Decimal, Field(ge=0, le=10, decimal_places=6)] | None = None
    prepayment: Annotated[Decimal, Field(gt=0, le=Decimal(GREATEST_AMOUNT).scaleb(-2), decimal_places=2)] | None = None
    extended_to: date | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        given = [one for one in (self.loan_rate, self.prepayment, self.extended_to) if one is not None]
        if len(given) != 1:
            raise ValueError("say one of loan_rate, prepayment and extended_to")
        return self

    @property
    def as_change(self) -> Changes:
        """The same for the only loan of a plan."""
        on = self.on.toordinal() - EPOCH
        if self.loan_rate is not None:
            return one_change(Change.RATE, loan=0, on=on, value=int(self.loan_rate * ONE))
        if self.prepayment is not None:
            return one_change(Change.PREPAYMENT, loan=0, on=on, value=int(self.prepayment * FEN))
        later = self.extended_to or self.on
        return one_change(Change.EXTENSION, loan=0, on=on, value=later.toordinal() - EPOCH)


class Course(_Part):
    """The part of terms that says how the loan runs."""

    repayment: RepaymentChoice
    term_months: int = Field(ge=1, le=600)
    every_months: int = Field(default=1, ge=1, le=12, description="months between payments")
    grace_months: int | None = Field(default=None, ge=1, le=599, description="at first without principal")
    steps: tuple[StepAsked, ...] = Field(default=(), description="principal in steps; the repayment method if left out")
    changes: tuple[ChangeAsked, ...] = Field(default=(), description="on the way: new rate, prepayment or extension")

    def faults(self, *, subsidised: bool) -> Iterator[Problem]:
        """What cannot be together."""
        if self.grace_months is not None and self.repayment not in REPAID_ON_THE_WAY:
            sentence = f"A loan repaid by {self.repayment} pays no principal before maturity. Leave the grace out."
            yield Problem("grace_months", sentence, str(self.grace_months))
        if self.grace_months is not None and self.grace_months >= self.term_months:
            sentence = f"The loan runs for {self.term_months} months. Make the grace shorter."
            yield Problem("grace_months", sentence, str(self.grace_months))
        if self.grace_months is not None and self.steps:
            yield Problem("steps", "Steps and grace are both given. Leave one of them out.")
        yield from self._step_faults()
        if subsidised and self.changes:
            yield Problem("changes", "A subsidy is reckoned on the plan as agreed. Leave one of them out.")

    def _step_faults(self) -> Iterator[Problem]:
        months, share = sum(one.months for one in self.steps), sum(one.share for one in self.steps)
        if self.steps and months != self.term_months:
            sentence = f"They last {months} months of a term of {self.term_months}. Let them make up the term."
            yield Problem("steps", sentence)
        if self.steps and share != 1:
            yield Problem("steps", f"They repay {share} of the loan. Let their shares make up 1.")
        for place, one in enumerate(self.steps):
            if one.months % self.every_months:
                sentence = f"Payments are {self.every_months} months apart. Make the step a multiple of that."
                yield Problem(f"steps[{place}].months", sentence, str(one.months))

    def changes_of(self, principal: int, drawn_on: int) -> Changes:
        """Everything that changes, for the only loan of a plan."""
        found = no_changes()
        day = np.array([drawn_on])
        if self.grace_months is not None:
            found = found + grace(day, np.array([self.grace_months]))
        if self.steps:
            found = found + stepped_principal(
                np.array([principal]), day, _steps(self.steps), every_months=self.every_months
            )
        for one in self.changes:
            found = found + one.as_change
        return found


def _steps(asked: Sequence[StepAsked]) -> tuple[Step, ...]:
    return tuple(Step(one.months, int(one.share * ONE)) for one in asked)
