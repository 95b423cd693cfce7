"""Which side an applicant is on: a place on a line of a million, from SHA-256 alone.

The same applicant of the same organisation has the same place in a trial for ever, on every machine and in any order;
places in different trials have nothing to do with each other.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Final

from products.canonical import canonical_json
from products.money import ONE

_BITS: Final = 64


class Side(StrEnum):
    """The two sides of a trial."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"


def place(organisation: str, trial: str, applicant: str) -> int:
    """From 0 to 999,999: the first 64 bits of SHA-256 over ``["organisation","trial","applicant"]``, scaled down."""
    hashed = hashlib.sha256(canonical_json([organisation, trial, applicant])).digest()
    return int.from_bytes(hashed[: _BITS // 8], "big") * ONE >> _BITS


def side(place_ppm: int, share_ppm: int) -> Side:
    """The challenger below the share, the champion from it on: a share that grows moves nobody back."""
    return Side.CHALLENGER if place_ppm < share_ppm else Side.CHAMPION
