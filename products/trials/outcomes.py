"""What became of loans that kedai decided, as a bank reports it: one line per decision, the latest counts."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StrictBool, ValidationError, model_validator

from products.applicant.reading import Problem
from products.money import FEN
from products.revising.content import Day, InvalidRevision, Written, problem_of

GREATEST_REPORT: Final = 100_000_000
_WORDS: Final = {"true": True, "false": False}


def _amount(value: object) -> object:
    if isinstance(value, float | int):
        raise ValueError("it is a number; write the amount as a decimal string in yuan")  # noqa: TRY004
    return value


Amount = Annotated[Decimal, BeforeValidator(_amount), Field(ge=0, max_digits=16, decimal_places=2, allow_inf_nan=False)]


class ReportedOutcome(Written):
    """What became of the loan of one decision; amounts in yuan. ``loss`` is what was unpaid at the default."""

    decision_id: str = Field(min_length=1, max_length=36)
    defaulted: StrictBool
    defaulted_on: Day | None = None
    loss: Amount = Decimal("0.00")
    recovered: Amount = Decimal("0.00")

    @model_validator(mode="after")
    def _makes_sense(self) -> ReportedOutcome:
        if self.recovered > self.loss:
            raise ValueError(
                f"recovered is {self.recovered} of a loss of {self.loss}; no more comes back than was lost"
            )
        if not self.defaulted and (self.loss or self.defaulted_on is not None):
            raise ValueError("nothing defaulted, yet a loss or a day of default is given; leave them out")
        return self

    @property
    def loss_fen(self) -> int:
        """The loss in fen."""
        return int(self.loss * FEN)

    @property
    def recovered_fen(self) -> int:
        """What came back, in fen."""
        return int(self.recovered * FEN)


def outcomes_in_csv(payload: bytes) -> list[ReportedOutcome]:
    """The outcomes in a CSV file with the fields as headers; InvalidRevision with every line that cannot be used."""
    if len(payload) > GREATEST_REPORT:
        message = f"The file is longer than the {GREATEST_REPORT} bytes that are read. Report it in parts."
        raise InvalidRevision([Problem("", message)])
    try:
        lines = payload.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as broken:
        message = f"The file is not UTF-8: byte {broken.start} cannot be read. Save it as UTF-8."
        raise InvalidRevision([Problem("", message)]) from None
    found: list[ReportedOutcome] = []
    problems: list[Problem] = []
    for place, row in enumerate(csv.DictReader(lines, restkey="(more cells than headers)", restval="")):
        given = {name: cell for name, cell in row.items() if cell != ""}
        if "defaulted" in given:
            given["defaulted"] = _WORDS.get(given["defaulted"].lower(), given["defaulted"])
        try:
            found.append(ReportedOutcome.model_validate(given))
        except ValidationError as invalid:
            for error in invalid.errors(include_url=False, include_context=False):
                one = problem_of(error)
                problems.append(Problem(f"[{place}].{one.path}".rstrip("."), one.message, one.value))
    if problems:
        raise InvalidRevision(problems)
    return found
