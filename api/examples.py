"""The example applications shipped with the project, and invented parties to draft contracts with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from products.applicant.choices import Purpose

if TYPE_CHECKING:
    from templates import Particulars

FOLDER: Final = Path(__file__).parent.parent / "examples"
PARTICULARS: Final = FOLDER / "particulars.json"
EXAMPLE_DAY: Final = date(2026, 7, 22)
"""The day on which the examples are decided; see examples/README.md."""
SIGNED_AFTER: Final = timedelta(days=2)
DRAWN_AFTER: Final = timedelta(days=9)

_FOR_FIXED_ASSETS: Final = (
    Purpose.EQUIPMENT,
    Purpose.TECHNOLOGY_UPGRADE,
    Purpose.DIGITAL_UPGRADE,
    Purpose.PLANT_EXTENSION,
    Purpose.SHOP_FITTING,
    Purpose.CONSUMER_SCENE_UPGRADE,
)


@dataclass(frozen=True, slots=True)
class Example:
    """One example by the name of its file, as text and as a JSON value."""

    name: str
    payload: bytes
    value: Any


def example_applications() -> tuple[Example, ...]:
    """Every application in the folder, in the order of their names; none where the folder is not installed."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.json")) if path != PARTICULARS)


def example_particulars() -> tuple[Example, ...]:
    """The invented particulars as they stand in their file; none where the folder is not installed."""
    return (_read(PARTICULARS),) if PARTICULARS.exists() else ()


def invented_particulars(*, decided_on: date, purpose: Purpose) -> Particulars:
    """The invented parties, signing two days after ``decided_on`` for a loan of that purpose."""
    from templates import Particulars  # noqa: PLC0415 - deciding does without the clause library
    from templates.case import options  # noqa: PLC0415 - as above
    from templates.case.particulars import Words  # noqa: PLC0415 - as above

    kind = options.LoanKind.FIXED_ASSET if purpose in _FOR_FIXED_ASSETS else options.LoanKind.WORKING_CAPITAL
    example = Particulars.model_validate_json(PARTICULARS.read_bytes())
    signed_on = decided_on + SIGNED_AFTER
    return example.model_copy(
        update={
            "signing": example.signing.model_copy(update={"law_as_of": signed_on, "signed_on": signed_on}),
            "loan": example.loan.model_copy(
                update={
                    "kind": kind,
                    "purpose_detail": Words(zh=purpose.zh, en=purpose.en),
                    "drawdown_on": decided_on + DRAWN_AFTER,
                }
            ),
        }
    )


def _read(path: Path) -> Example:
    payload = path.read_bytes()
    return Example(name=path.stem, payload=payload, value=json.loads(payload))
