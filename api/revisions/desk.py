"""What a product team does with revisions: draft, submit, review, publish, withdraw, compare, send and receive.

Each step reads the line as it stands, asks the domain, and stores one event, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from api.clock import civil_day
from api.revisions.store import RevisionRows, RevisionStore, StoredRevision, approvals
from products import Applications, Catalogue, LoanProduct, UnknownOffering
from products.applicant.reading import Problem
from products.impact import compare, held_offering
from products.impact_report import ImpactReport, impact_report
from products.product import Revision
from products.revising import files, history, words
from products.revising.content import Content, InvalidRevision
from products.revising.form import JsonObject, form
from products.revising.history import NotAllowed
from products.revising.lines import (
    Approved,
    State,
    due,
    in_force,
    line_revision,
    refuse_overlap,
    state,
    windows,
)
from products.revising.terms import base_book, book_of, checked_book, programme_slug
from scoring import Scorecard

OWN_TERMS: Final = "own-terms"
"""What a product's own terms are called where a revision is compared with them."""


class UnknownRevision(LookupError):
    """There is no revision of this id in the organisation."""

    def __init__(self, revision_id: str) -> None:
        super().__init__(f"There is no revision {revision_id!r} here; the list of revisions names those there are.")


class NoSigningKey(RuntimeError):
    """Files can be neither signed nor checked."""

    def __init__(self) -> None:
        super().__init__(
            "Revisions travel as signed files, and no key is set. Set KEDAI_REVISION_KEY to the same secret, "
            f"at least {files.SHORTEST_KEY} characters, in both systems."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A revision and where it stands on a day."""

    revision: StoredRevision
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The revisions of one organisation; ``catalogue`` holds what it admits, as it configures that, without them."""

    store: RevisionStore
    catalogue: Catalogue
    key: bytes | None
    utc_offset_minutes: int

    def today(self, moment: datetime) -> date:
        """The bank's civil day."""
        return civil_day(moment, utc_offset_minutes=self.utc_offset_minutes)

    def draft(self, content: Content, *, actor: str, moment: datetime, note: str = "") -> StoredRevision:
        """Store a new revision as a draft. InvalidRevision if it does not fit the product, NotAllowed if unnamed."""
        self._check(content)
        event = history.drafted((), actor=actor, at=moment, content=content.sha256, note=note)
        with self.store.writing() as rows:
            return rows.add(content, event)

    def redraft(
        self, revision_id: str, content: Content, *, actor: str, moment: datetime, note: str = ""
    ) -> StoredRevision:
        """Replace the content of a draft, or of a returned revision; product and slug stay."""
        self._check(content)
        with self.store.writing() as rows:
            found = _found(rows, revision_id)
            if (content.product, content.slug) != (found.content.product, found.content.slug):
                message = f"The revision belongs to the line {found.content.product}/{found.content.slug}. Keep both."
                raise InvalidRevision([Problem("slug", message, content.slug)])
            event = history.drafted(found.history, actor=actor, at=moment, content=content.sha256, note=note)
            return rows.append(found, event, content)

    def submit(self, revision_id: str, *, actor: str, moment: datetime, note: str = "") -> StoredRevision:
        """Hand a draft in for review. InvalidRevision if it does not fit the installed product any more."""
        with self.store.writing() as rows:
            found = _found(rows, revision_id)
            self._check(found.content)
            return rows.append(found, history.submitted(found.history, actor=actor, at=moment, note=note))

    def approve(self, revision_id: str, *, actor: str, moment: datetime, note: str = "") -> StoredRevision:
        """Approve what is submitted, by another person than its authors.

        NotAllowed if the history does not admit it, InvalidRevision if its day has passed or is taken in its line.
        """
        with self.store.writing() as rows:
            found = _found(rows, revision_id)
            content = found.content
            event = history.approved(found.history, actor=actor, at=moment, day=content.effective_from, note=note)
            self._check(content)
            line = approvals(rows.line(content.product, content.slug))
            refuse_overlap(content, line, today=self.today(moment))
            self._check_line((*line, Approved(id=found.id, content=content)))
            return rows.append(found, event)

    def send_back(self, revision_id: str, *, actor: str, moment: datetime, note: str) -> StoredRevision:
        """Return what is submitted to its authors, with the reason."""
        with self.store.writing() as rows:
            found = _found(rows, revision_id)
            return rows.append(found, history.returned(found.history, actor=actor, at=moment, note=note))

    def withdraw(
        self, revision_id: str, *, actor: str, moment: datetime, day: date | None, note: str
    ) -> StoredRevision:
        """Put a revision out of force from ``day`` (today if None) on; one not yet in force never comes into force."""
        today = self.today(moment)
        since = day or today
        if since < today:
            raise NotAllowed(
                f"A revision is withdrawn from today, {today}, or a later day on, not from {since}: "
                "applications of that day have been decided under it."
            )
        with self.store.writing() as rows:
            self._publish_due(rows, moment)
            found = _found(rows, revision_id)
            return rows.append(found, history.withdrawn(found.history, actor=actor, at=moment, day=since, note=note))

    def publish(self, *, moment: datetime) -> tuple[StoredRevision, ...]:
        """Record what the calendar has brought about: revisions in force, superseded and ended. Safe to repeat.

        The terms of an application follow from the approved revisions alone, whether or not this ran in time.
        """
        with self.store.writing() as rows:
            return self._publish_due(rows, moment)

    def _publish_due(self, rows: RevisionRows, moment: datetime) -> tuple[StoredRevision, ...]:
        revisions = {each.id: each for each in rows.all()}
        changed: dict[str, StoredRevision] = {}
        for line in _lines(revisions.values()):
            for window in windows(line):
                revision = revisions[window.approved.id]
                for kind, day in due(window, revision.history, self.today(moment)):
                    event = history.dated(revision.history, kind, at=moment, day=day)
                    revision = changed[revision.id] = rows.append(revision, event)
        return tuple(changed.values())

    def revision(self, revision_id: str, *, moment: datetime) -> Standing:
        """One revision; UnknownRevision if there is none."""
        with self.store.reading() as rows:
            found = _found(rows, revision_id)
            line = approvals(rows.line(found.content.product, found.content.slug))
        return Standing(revision=found, state=state(found.history, found.approval, line, self.today(moment)))

    def revision_content(self, revision_id: str) -> Content:
        """What a revision says, whatever its state; UnknownRevision if there is none."""
        with self.store.reading() as rows:
            return _found(rows, revision_id).content

    def revisions(self, *, moment: datetime, product: str | None = None) -> tuple[Standing, ...]:
        """Every revision, by product, line and number."""
        with self.store.reading() as rows:
            found = [each for each in rows.all() if product in (None, each.content.product)]
        today = self.today(moment)
        lines = {(line[0].content.product, line[0].content.slug): line for line in _lines(found)}
        return tuple(
            Standing(
                revision=each,
                state=state(
                    each.history, each.approval, lines.get((each.content.product, each.content.slug), ()), today
                ),
            )
            for each in found
        )

    def differences(self, revision_id: str, against: str | None) -> tuple[words.Difference, ...]:
        """How a revision differs from another one, or, if ``against`` is None, from what its line has in force."""
        with self.store.reading() as rows:
            found = _found(rows, revision_id)
            before = _found(rows, against).content if against is not None else self._before(rows, found)
        after = found.content
        return words.differences(self._side(before, after), self._side(after, after))

    def form(self, product: str, *, on: date) -> JsonObject:
        """The form of a product's revisions as a JSON Schema; products.UnknownOffering if there is no such product."""
        offering = self.catalogue.offering(product, None)
        return form(offering.product, offering.book, on)

    def export(self, revision_id: str) -> bytes:
        """The revision as a signed file; NoSigningKey if there is none."""
        with self.store.reading() as rows:
            found = _found(rows, revision_id)
        return files.signed_file(
            found.content,
            found.history,
            organisation=self.store.organisation,
            revision=found.id,
            key=self._signing_key(),
        )

    def receive(self, file: object, *, actor: str, moment: datetime) -> StoredRevision:
        """Store the content of a signed file, parsed, as a new draft; InvalidRevision if file or content is bad."""
        content = files.content_signed(file, key=self._signing_key())
        return self.draft(content, actor=actor, moment=moment, note=f"Imported; content {content.sha256}.")

    def impact(
        self, revision_id: str, batches: Iterable[Applications], scorecard: Scorecard, *, on: date, population: str
    ) -> ImpactReport:
        """What a revision would do to a population, against what its line has in force when it begins.

        ``on`` is the day of decision, ``population`` says in words what is decided.
        """
        with self.store.reading() as rows:
            found = _found(rows, revision_id)
            before = self._before(rows, found)
        after, day = found.content, found.content.effective_from
        product = self.product_of(after)
        old = alone(before, product) if before is not None else _base(after, product)
        sides = [held_offering(self.catalogue, each, day) for each in (old, alone(after, product))]
        return impact_report(
            compare(batches, sides[0], sides[1], scorecard, on=on),
            revision=f"{after.slug} {found.number}",
            compared_with=old.slug if before is None else f"{before.slug} from {before.effective_from}",
            day=day,
            population=population,
        )

    def _before(self, rows: RevisionRows, found: StoredRevision) -> Content | None:
        line = [each for each in rows.line(found.content.product, found.content.slug) if each.id != found.id]
        held = in_force(approvals(line), found.content.effective_from)
        return held.content if held is not None else None

    def _side(self, content: Content | None, other: Content) -> words.Side:
        product = self.product_of(content or other)
        if content is None:
            base = base_book(other, product)
            return words.Side(name=base.name, book=base, on=max(other.effective_from, base.first_day))
        return words.Side(name=content.slug, book=book_of(content, product), on=content.effective_from, content=content)

    def product_of(self, content: Content) -> LoanProduct[Any]:
        """The product that a content amends; InvalidRevision if the organisation does not offer it."""
        try:
            return self.catalogue.offering(content.product, None).product
        except UnknownOffering as error:
            raise InvalidRevision([Problem("product", str(error), content.product)]) from None

    def _check(self, content: Content) -> None:
        checked_book(content, self.product_of(content), self.catalogue.programmes)

    def _check_line(self, line: tuple[Approved, ...]) -> None:
        try:
            line_revision(self.catalogue, line)
        except InvalidRevision:
            raise
        except ValueError as error:
            raise InvalidRevision([Problem("programme", f"{error} Draft it under another slug.", "")]) from None

    def _signing_key(self) -> bytes:
        if self.key is None:
            raise NoSigningKey
        return self.key


def _found(rows: RevisionRows, revision_id: str) -> StoredRevision:
    found = rows.revision(revision_id)
    if found is None:
        raise UnknownRevision(revision_id)
    return found


def _lines(revisions: Iterable[StoredRevision]) -> list[list[Approved]]:
    lines: dict[tuple[str, str], list[Approved]] = {}
    for each in revisions:
        approval = each.approval
        if approval is not None:
            lines.setdefault((each.content.product, each.content.slug), []).append(approval)
    return list(lines.values())


def alone(content: Content, product: LoanProduct[Any]) -> Revision:
    """A content as a revision that stands alone, without its line."""
    return Revision(
        slug=content.slug,
        product=content.product,
        programme=programme_slug(content, product),
        zh=content.title.zh,
        en=content.title.en,
        source=content.source,
        effective_from=content.effective_from,
        book=book_of(content, product),
    )


def _base(content: Content, product: LoanProduct[Any]) -> Revision:
    """The terms that a revision starts from, as a revision of their own."""
    return replace(
        alone(content, product),
        slug=OWN_TERMS if content.base is None else f"{content.base}-as-shipped",
        programme=programme_slug(content.model_copy(update={"programme": None}), product),
        book=base_book(content, product),
    )
