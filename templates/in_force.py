"""Which texts a contract signed on a day is drawn from: the shipped ones, and in their place those a bank approved.

On a day the version of a line with the latest first day holds, unless it is withdrawn by then; then the one before it,
and the shipped text where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from products.applicant.reading import Problem
from products.chained_events import NotAllowed
from templates.texts import Texts, shipped_texts
from templates.upkeep import faults
from templates.versions import InvalidText, Text, with_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedText:
    """An approved version: its id, its number in its line, what it says, and the day from which it is withdrawn."""

    id: str
    number: int
    text: Text
    withdrawn_from: date | None = None

    @property
    def line(self) -> tuple[str, str]:
        """What it takes the place of."""
        return self.text.kind, self.text.name

    def holds(self, day: date) -> bool:
        """Whether it may be used on a day."""
        return self.text.day <= day and (self.withdrawn_from is None or day < self.withdrawn_from)


def in_force(approved: Iterable[ApprovedText], day: date) -> tuple[ApprovedText, ...]:
    """The version of each line that holds on a day, by line."""
    found: dict[tuple[str, str], ApprovedText] = {}
    for each in approved:
        held = found.get(each.line)
        if each.holds(day) and (held is None or (held.text.day, held.number) < (each.text.day, each.number)):
            found[each.line] = each
    return tuple(found[line] for line in sorted(found))


def texts_on(approved: Iterable[ApprovedText], day: date) -> Texts:
    """The texts of a contract signed on a day."""
    texts = shipped_texts()
    for each in in_force(approved, day):
        texts = with_text(texts, each.text, each.number)
    return texts


def refuse_overlap(text: Text, approved: Iterable[ApprovedText], *, today: date) -> None:
    """InvalidText if the first day has passed, or another version of the line begins on it."""
    if text.day < today:
        sentence = (
            f"The text would be in force from {text.day}, which has passed; contracts of that day have been drawn. "
            f"Draft it again with a first day from {today} on."
        )
        raise InvalidText([Problem("in_force_from", sentence, text.day.isoformat())])
    for each in approved:
        if each.line == (text.kind, text.name) and each.text.day == text.day and each.withdrawn_from is None:
            sentence = f"Version {each.number} of {text.name} is in force from {text.day} on already. Take another day."
            raise InvalidText([Problem("in_force_from", sentence, text.day.isoformat())])


def require_sound(approved: Sequence[ApprovedText], *, since: date) -> None:
    """NotAllowed if on ``since`` or on a later day a document would name a clause, fact or paragraph that is not there.

    A shipped clause is always there; a bank's own may be withdrawn while a document still lists it.
    """
    days = {since, *(each.text.day for each in approved)}
    days |= {each.withdrawn_from for each in approved if each.withdrawn_from is not None}
    for day in sorted(day for day in days if day >= since):
        texts = texts_on(approved, day)
        found = next(faults(texts.documents, texts.clauses), None)
        if found is not None:
            raise NotAllowed(
                f"From {day} on documents could not be drawn: {found} Mend or withdraw the document first."
            )
