"""What a person or a system sends to reserve, draw, release headroom or lay down a quota."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, WithJsonSchema

from api.headroom.values import RequestKey
from products.money import FEN
from products.revising.content import Line, Notes, Slug, Written

RESERVATION: Final = "reservation"
QUOTA: Final = "quota"
"""What a step that cannot be used was to be, as `products.asked` names it."""
FIRST_YEAR: Final = 2019
LAST_YEAR: Final = 2200


_YUAN: Final = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?", re.ASCII).fullmatch


def fen(value: object) -> int:
    """An amount in fen from a decimal string in yuan. ValueError for anything else, with what to write."""
    if isinstance(value, str) and _YUAN(value):
        return int(Decimal(value) * FEN)
    raise ValueError(f'{value!s:.40} is no amount; write yuan as a decimal string such as "1000000.00"')


Fen = Annotated[int, BeforeValidator(fen), WithJsonSchema({"type": "string", "examples": ["1000000.00"]})]


class HeadroomStep(Written):
    """A step: who takes it, and what there is to say."""

    actor: Line = Field(description="the person or system that acts")
    note: Notes = ""


class ReserveStep(HeadroomStep):
    """A reservation for a decision; its amount, enterprise and programme come out of the decision."""

    decision_id: Annotated[str, Field(max_length=36)]
    days: Annotated[StrictInt, Field(ge=1, le=3_650)] | None = Field(
        default=None, description="for how many days; as long as the programme says if left out, never longer"
    )


class DrawStep(HeadroomStep):
    """A drawdown from a reservation."""

    amount: Fen | None = Field(default=None, description="yuan; all that is still reserved if left out")


class ReleaseStep(HeadroomStep):
    """What is still reserved is given back."""

    withdrawn: StrictBool = Field(default=False, description="the decision is off; it cannot be reserved again")


class QuotaStep(HeadroomStep):
    """The most that may be reserved and drawn under a programme in a year."""

    programme: Slug
    year: Annotated[StrictInt, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
    amount: Fen


def request_key(key: str | None, address: str, on: date | None, payload: bytes) -> RequestKey | None:
    """The key with the digest of what the request asks; None without a key."""
    if key is None:
        return None
    return RequestKey(key, hashlib.sha256(f"{address} {on} ".encode() + payload).hexdigest())
