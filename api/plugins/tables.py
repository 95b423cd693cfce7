"""The tables of plugins: which packages an organisation admits and how it configures them, and how they failed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKeyConstraint, LargeBinary, String
from sqlmodel import Field

from api.storage.tables import SLUG, OrganisationRow


class PluginEvent(OrganisationRow, table=True):
    """The last admission counts, and every configuration of a product from its day on.

    ``subject`` is the product that is configured, empty for an admission; ``body`` is canonical JSON.
    """

    __tablename__ = "plugin_event"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        CheckConstraint("kind IN ('admitted', 'configured')", name="kind"),
        CheckConstraint("(kind = 'admitted') = (subject = '')", name="subject"),
    )

    kind: str = Field(sa_type=String(10))
    subject: str = Field(sa_type=SLUG)
    actor: str = Field(sa_type=String(120))
    note: str = Field(sa_type=String)
    day: date = Field(sa_type=Date)
    body: bytes = Field(sa_type=LargeBinary)


class PluginFault(OrganisationRow, table=True):
    """One time that a plugin gave no usable answer while it decided."""

    __tablename__ = "plugin_fault"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),)

    package: str = Field(sa_type=String)
    kind: str = Field(sa_type=String(10))
    cause: str = Field(sa_type=String)
    breaker_open: bool = Field(sa_type=Boolean)
