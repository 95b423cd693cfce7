"""Routes that read the products and guarantee programmes and the values in force on a day."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["catalogue"])
