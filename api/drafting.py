"""Contract sets: from a stored decision and the parties' particulars to stored documents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that stands against a draft: the field, the sentence with its remedy, and the value found."""

    path: str
    message: str
    value: str = ""


class InvalidParticulars(ValueError):
    """Particulars that cannot be used; ``gaps`` names every wrong field."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        self.gaps = gaps
        super().__init__("; ".join(f"{gap.path or 'particulars'}: {gap.message}" for gap in gaps))


class NotDrafted(ValueError):
    """A contract set that law or the decision's outcome refuses; ``gaps`` names every reason."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        self.gaps = gaps
        super().__init__("; ".join(f"{gap.path}: {gap.message}" for gap in gaps))
