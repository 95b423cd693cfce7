"""The tables of plugins: which packages an organisation admits and how it configures them, and how they failed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKeyConstraint, LargeBinary, String
from sqlmodel import Field

from api.storage.tables import Row, UtcTime

_ID = String(36)
_SLUG = String(63)


class PluginEvent(Row, table=True):
    """The last admission counts, and every configuration of a product from its day on.

    ``subject`` is the product that is configured, empty for an admission; ``body`` is canonical JSON.
    """

    __tablename__ = "plugin_event"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        CheckConstraint("kind IN ('admitted', 'configured')", name="kind"),
        CheckConstraint("(kind = 'admitted') = (subject = '')", name="subject"),
    )

    organisation_id: str = Field(primary_key=True, sa_type=_SLUG)
    id: str = Field(primary_key=True, sa_type=_ID)
    created_at: datetime = Field(sa_type=UtcTime)
    kind: str = Field(sa_type=String(10))
    subject: str = Field(sa_type=_SLUG)
    actor: str = Field(sa_type=String(120))
    note: str = Field(sa_type=String)
    day: date = Field(sa_type=Date)
    body: bytes = Field(sa_type=LargeBinary)


class PluginFault(Row, table=True):
    """One time that a plugin gave no usable answer while it decided."""

    __tablename__ = "plugin_fault"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),)

    organisation_id: str = Field(primary_key=True, sa_type=_SLUG)
    id: str = Field(primary_key=True, sa_type=_ID)
    created_at: datetime = Field(sa_type=UtcTime)
    package: str = Field(sa_type=String)
    kind: str = Field(sa_type=String(10))
    cause: str = Field(sa_type=String)
    breaker_open: bool = Field(sa_type=Boolean)
