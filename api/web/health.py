"""Whether the process lives, and whether it can decide and store."""

from __future__ import annotations

from fastapi import APIRouter

from api.describing import broken_plugins
from api.storage import schema
from api.web.office import OfficeHere
from api.web.openapi import problems
from api.web.shapes import Health, Readiness

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?")
async def health() -> Health:
    """Answers without touching the database."""
    return Health(status="alive")


@router.get("/readyz", summary="Can it decide and store?", responses=problems())
def readiness(office: OfficeHere) -> Readiness:
    """Answers 503 unless the database is reachable and at the newest migration; lists plugins that are left out."""
    office.repository.check()
    catalogue = office.underwriter.catalogue
    return Readiness(
        status="ready",
        migration=schema.HEAD,
        model=office.underwriter.scorecard.model_id,
        products=tuple(sorted(catalogue.products)),
        programmes=tuple(sorted(catalogue.programmes)),
        broken_plugins=broken_plugins(catalogue),
    )
