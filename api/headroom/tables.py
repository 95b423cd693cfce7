"""The tables of reserved headroom: reservations, what happened to each, and the quotas of portfolios.

All three are append-only. That a reservation fits under its ceiling stands in the row itself: constraints add up the
balance, what others held and the amount against the cap, and the same for the quota where there is one.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from api.storage.tables import ACTOR, DIGEST, ID, OrganisationRow, of_own_organisation

FITS_CAP = "balance_fen + drawn_fen + reserved_fen + amount_fen <= cap_fen"
FITS_QUOTA = (
    "(quota_fen IS NULL AND quota_taken_fen IS NULL) OR"
    " (quota_fen IS NOT NULL AND quota_taken_fen IS NOT NULL AND quota_taken_fen + amount_fen <= quota_fen)"
)
DRAWS = "(kind = 'drawn' AND amount_fen > 0) OR (kind IN ('released', 'withdrawn') AND amount_fen >= 0)"
KEYED = "(request_key IS NULL AND fingerprint IS NULL) OR (request_key IS NOT NULL AND fingerprint IS NOT NULL)"

_KEY = String(255)


class HeadroomReservation(OrganisationRow, table=True):
    """An approved amount held for its decision; ``reserved_fen`` and ``drawn_fen`` are others' under the same ceiling.

    ``year``: of the quota it counts to; ``request_key`` and ``fingerprint``: of the request that made it.
    """

    __tablename__ = "headroom_reservation"
    __table_args__ = (
        of_own_organisation("decision_id", "decision"),
        UniqueConstraint("organisation_id", "request_key"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("expires_on > made_on", name="days"),
        CheckConstraint(FITS_CAP, name="cap"),
        CheckConstraint(FITS_QUOTA, name="quota"),
        CheckConstraint(KEYED, name="request"),
        Index(None, "organisation_id", "applicant_uscc", "id"),
        Index("ix_headroom_reservation_quota", "organisation_id", "programme", "year", "expires_on"),
        Index(None, "organisation_id", "decision_id"),
    )

    decision_id: str = Field(sa_type=ID)
    applicant_uscc: str = Field(sa_type=String(18))
    product: str = Field(sa_type=String)
    programme: str = Field(sa_type=String)
    year: int = Field(sa_type=SmallInteger)
    amount_fen: int = Field(sa_type=BigInteger)
    made_on: date = Field(sa_type=Date)
    expires_on: date = Field(sa_type=Date)
    cap_fen: int = Field(sa_type=BigInteger)
    balance_fen: int = Field(sa_type=BigInteger)
    balance_on: date = Field(sa_type=Date)
    drawn_fen: int = Field(sa_type=BigInteger)
    reserved_fen: int = Field(sa_type=BigInteger)
    quota_fen: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    quota_taken_fen: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    actor: str = Field(sa_type=ACTOR)
    note: str = Field(sa_type=String)
    request_key: str | None = Field(default=None, sa_type=_KEY, nullable=True)
    fingerprint: str | None = Field(default=None, sa_type=DIGEST, nullable=True)


class HeadroomEvent(OrganisationRow, table=True):
    """What happened to a reservation: drawn (wholly or in part), released, or released with its decision withdrawn.

    ``amount_fen``: drawn, or what was still reserved when it was released.
    """

    __tablename__ = "headroom_event"
    __table_args__ = (
        of_own_organisation("reservation_id", "headroom_reservation"),
        UniqueConstraint("organisation_id", "reservation_id", "position", name="uq_headroom_event_position"),
        UniqueConstraint("organisation_id", "request_key"),
        CheckConstraint("position > 0", name="position"),
        CheckConstraint(DRAWS, name="kind"),
        CheckConstraint(KEYED, name="request"),
    )

    reservation_id: str = Field(sa_type=ID)
    position: int = Field(sa_type=SmallInteger)
    kind: str = Field(sa_type=String(9))
    day: date = Field(sa_type=Date)
    amount_fen: int = Field(sa_type=BigInteger)
    actor: str = Field(sa_type=ACTOR)
    note: str = Field(sa_type=String)
    request_key: str | None = Field(default=None, sa_type=_KEY, nullable=True)
    fingerprint: str | None = Field(default=None, sa_type=DIGEST, nullable=True)


class HeadroomQuota(OrganisationRow, table=True):
    """The most that the organisation may reserve and draw under a programme in a year; the newest row counts."""

    __tablename__ = "headroom_quota"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        CheckConstraint("amount_fen >= 0", name="amount"),
        Index(None, "organisation_id", "programme", "year", "id"),
    )

    programme: str = Field(sa_type=String)
    year: int = Field(sa_type=SmallInteger)
    amount_fen: int = Field(sa_type=BigInteger)
    actor: str = Field(sa_type=ACTOR)
    note: str = Field(sa_type=String)
