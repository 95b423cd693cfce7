"""What a legal team does with contract texts: draft, submit, review, withdraw, and read what is in force on a day.

Each step reads the texts as they stand, asks the domain, and stores one event, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from api.clock import civil_day
from api.texts.store import StoredText, TextRows, TextStore, approvals
from products.applicant.reading import Problem
from products.chained_events import NotAllowed
from templates import text_history as history
from templates.in_force import ApprovedText, in_force, refuse_overlap, require_sound, texts_on
from templates.text_history import Kind
from templates.texts import Texts
from templates.versions import InvalidText, Text, check, sha256_of


class UnknownText(LookupError):
    """There is no version of this id in the organisation."""

    def __init__(self, version_id: str) -> None:
        super().__init__(
            f"There is no version {version_id!r} of a text here; the list of versions names those there are."
        )


class State(StrEnum):
    """Where a version stands on a day."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


_BEFORE_APPROVAL = {Kind.DRAFTED: State.DRAFT, Kind.SUBMITTED: State.SUBMITTED, Kind.RETURNED: State.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingText:
    """A version and where it stands."""

    version: StoredText
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDesk:
    """The contract texts of one organisation."""

    store: TextStore
    utc_offset_minutes: int

    def today(self, moment: datetime) -> date:
        """The bank's civil day."""
        return civil_day(moment, utc_offset_minutes=self.utc_offset_minutes)

    def texts(self, *, on: date) -> Texts:
        """The texts of a contract signed on a day."""
        with self.store.reading() as rows:
            return texts_on(rows.approved(), on)

    def draft(self, text: Text, *, actor: str, moment: datetime, note: str = "") -> StoredText:
        """Store a new version as a draft. InvalidText if it does not fit the texts it will stand among."""
        with self.store.writing() as rows:
            _check(text, rows.approved())
            event = history.drafted((), actor=actor, at=moment, content=sha256_of(text), note=note)
            return rows.add(text, event)

    def redraft(self, version_id: str, text: Text, *, actor: str, moment: datetime, note: str = "") -> StoredText:
        """Replace what a draft or a returned version says; kind and name stay."""
        with self.store.writing() as rows:
            found = _found(rows, version_id)
            if (text.kind, text.name) != (found.text.kind, found.text.name):
                message = f"The version is of the {found.text.kind} {found.text.name}. Keep kind and name."
                raise InvalidText([Problem("kind", message, text.name)])
            _check(text, rows.approved())
            digest = sha256_of(text)
            event = history.drafted(found.history, actor=actor, at=moment, content=digest, note=note)
            return rows.append(found, event, text)

    def submit(self, version_id: str, *, actor: str, moment: datetime, note: str = "") -> StoredText:
        """Hand a draft in for legal review. InvalidText if it does not fit any more."""
        with self.store.writing() as rows:
            found = _found(rows, version_id)
            event = history.submitted(found.history, actor=actor, at=moment, note=note)
            _check(found.text, rows.approved())
            return rows.append(found, event)

    def approve(self, version_id: str, *, actor: str, moment: datetime, note: str = "") -> StoredText:
        """Approve what is submitted, by another person than its authors.

        NotAllowed if the history does not admit it or a document could not be drawn any more, InvalidText if the first
        day has passed or is taken.
        """
        with self.store.writing() as rows:
            found = _found(rows, version_id)
            text, approved = found.text, rows.approved()
            event = history.approved(found.history, actor=actor, at=moment, day=text.day, note=note)
            _check(text, approved)
            refuse_overlap(text, approved, today=self.today(moment))
            require_sound((*approved, ApprovedText(id=found.id, number=found.number, text=text)), since=text.day)
            return rows.append(found, event)

    def send_back(self, version_id: str, *, actor: str, moment: datetime, note: str) -> StoredText:
        """Return what is submitted to its authors, with the reason."""
        with self.store.writing() as rows:
            found = _found(rows, version_id)
            return rows.append(found, history.returned(found.history, actor=actor, at=moment, note=note))

    def withdraw(self, version_id: str, *, actor: str, moment: datetime, day: date | None, note: str) -> StoredText:
        """Put a version out of force from ``day`` (today if None) on; the one before it holds again, or the shipped.

        NotAllowed for a day that has passed, and where a document could not be drawn any more.
        """
        today = self.today(moment)
        since = day or today
        if since < today:
            raise NotAllowed(f"A text is withdrawn from today, {today}, or a later day on, not from {since}.")
        with self.store.writing() as rows:
            found = _found(rows, version_id)
            event = history.withdrawn(found.history, actor=actor, at=moment, day=since, note=note)
            others = [each for each in rows.approved() if each.id != found.id]
            if found.approval is not None:
                gone = ApprovedText(id=found.id, number=found.number, text=found.text, withdrawn_from=since)
                require_sound((*others, gone), since=since)
            return rows.append(found, event)

    def version(self, version_id: str, *, moment: datetime) -> StandingText:
        """One version; UnknownText if there is none."""
        with self.store.reading() as rows:
            found, approved = _found(rows, version_id), rows.approved()
        return StandingText(version=found, state=_state(found, approved, self.today(moment)))

    def versions(self, *, moment: datetime, name: str | None = None) -> tuple[StandingText, ...]:
        """Every version, by kind, name and number."""
        with self.store.reading() as rows:
            found = rows.all()
        approved, today = approvals(found), self.today(moment)
        return tuple(
            StandingText(version=each, state=_state(each, approved, today))
            for each in found
            if name in (None, each.text.name)
        )


def _check(text: Text, approved: Sequence[ApprovedText]) -> None:
    """InvalidText unless the text fits those in force on the eve of its first day, or on that day in other lines."""
    others = [each for each in approved if each.line != (text.kind, text.name) or each.text.day < text.day]
    check(text, texts_on(others, text.day))


def _found(rows: TextRows, version_id: str) -> StoredText:
    found = rows.text(version_id)
    if found is None:
        raise UnknownText(version_id)
    return found


def _state(found: StoredText, approved: Sequence[ApprovedText], today: date) -> State:
    if found.approval is None:
        return _BEFORE_APPROVAL.get(found.kind, State.WITHDRAWN)
    if found.approval.withdrawn_from is not None and found.approval.withdrawn_from <= today:
        return State.WITHDRAWN
    if found.text.day > today:
        return State.APPROVED
    holding = {each.id for each in in_force(approved, today)}
    return State.IN_FORCE if found.id in holding else State.SUPERSEDED
