"""The route that solves a differentiated guarantee fee tariff."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter

from api.portfolio.tariff_answers import TariffAnswer
from api.portfolio.tariff_solving import TariffTask, read_task, solved_task
from api.web.body import JsonBody
from api.web.openapi import DECIDING, problems, question_body

router = APIRouter(prefix="/v1", tags=["portfolio"])

EXAMPLE: Final = {
    "target": "0.01",
    "highest": "0.03",
    "cells": [
        {"tier": "tier_1", "band": "A", "volume": "300000000.00", "cost": "0.0040"},
        {"tier": "tier_1", "band": "C", "volume": "100000000.00", "cost": "0.0150", "at_least": "0.0080"},
    ],
}


@router.post(
    "/tariff",
    summary="Solve a fee tariff",
    openapi_extra=question_body(TariffTask, EXAMPLE),
    responses=problems(*DECIDING, HTTPStatus.CONFLICT),
)
def solve_fee_tariff(payload: JsonBody) -> TariffAnswer:
    """The tariff by tier and score band that covers most while its average keeps to the target, explained by row."""
    return solved_task(read_task(payload))
