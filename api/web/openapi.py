"""The OpenAPI description: bodies that the domain reads itself, problems for every error, and examples that work."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import products
import templates
from api.examples import example_applications, example_particulars
from api.headroom.steps import DrawStep, HeadroomStep, QuotaStep, ReleaseStep, ReserveStep
from api.plugins.desk import AdmissionStep, ConfigurationStep
from api.portfolio.bodies import PortfolioBody
from api.portfolio.tariff_solving import TariffTask
from api.revisions.steps import DraftStep, ImportStep, Step, WithdrawalStep
from api.texts.steps import TextStep
from api.trials.steps import OutcomesStep, PlanStep
from api.web.problems import MEDIA_TYPE, Problem
from products.costs.terms_price import Terms
from products.explaining.answer import Decision
from products.guarantee.asked_loan import LoanAsked

_REF: Final = "#/components/schemas/"
_DECLARED: Final[tuple[type[BaseModel], ...]] = (
    products.Application,
    Decision,
    products.OfferList,
    Problem,
    templates.Particulars,
    *(Step, DraftStep, WithdrawalStep, ImportStep, TextStep, PlanStep, OutcomesStep),
    Terms,
    LoanAsked,
    *(ReserveStep, DrawStep, ReleaseStep, QuotaStep, PortfolioBody, TariffTask),
    *(AdmissionStep, ConfigurationStep),
)

JsonObject = dict[str, Any]
"""A piece of an OpenAPI document, as FastAPI takes it."""

TOO_LARGE: Final = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
DECIDING: Final = (TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.UNPROCESSABLE_ENTITY)
"""The errors of a route that reads a body."""


def problems(*statuses: HTTPStatus) -> dict[int | str, JsonObject]:
    """The error responses of a route; a failing database and a fault of kedai's own are possible everywhere."""
    everywhere = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
    content = {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}{Problem.__name__}"}}}
    return {
        status.value: {"description": status.phrase, "content": content} for status in sorted({*statuses, *everywhere})
    }


def stored(model: type[BaseModel], *, status: HTTPStatus, description: str) -> dict[int | str, JsonObject]:
    """The response of a route that answers stored bytes of the form ``model``."""
    headers = {
        "ETag": {"description": "SHA-256 of the body, in hexadecimal", "schema": {"type": "string"}},
        "Repr-Digest": {"description": "SHA-256 of the body (RFC 9530)", "schema": {"type": "string"}},
    }
    if status is HTTPStatus.CREATED:
        headers["Location"] = {"description": "where the answer can be read again", "schema": {"type": "string"}}
    content = {"application/json": {"schema": {"$ref": f"{_REF}{model.__name__}"}}}
    return {status.value: {"description": description, "headers": headers, "content": content}}


def file_answer(description: str) -> dict[int | str, JsonObject]:
    """The response of a route that answers a file."""
    return {200: {"description": description, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}


def application_body() -> JsonObject:
    """The request body of routes that take an application, with the applications shipped as examples."""
    examples = {example.name: {"value": example.value} for example in example_applications()}
    return _body(products.Application, examples)


def particulars_body() -> JsonObject:
    """The request body of routes that draft contracts."""
    examples = {example.name: {"value": example.value} for example in example_particulars()}
    return _body(templates.Particulars, examples)


def question_body(model: type[BaseModel], example: JsonObject) -> JsonObject:
    """The request body of routes that answer a question other than an application, with an example."""
    return _body(model, {"example": {"value": example}})


def file_body(*media_types: str) -> JsonObject:
    """The request body of routes that take a file as it is."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {"requestBody": {"required": True, "content": dict.fromkeys(media_types, schema)}}


def step_body(model: type[Step | HeadroomStep]) -> JsonObject:
    """The request body of routes that take a step in the life of what is reviewed, or of a reservation."""
    return _body(model, {})


def _body(model: type[BaseModel], examples: JsonObject) -> JsonObject:
    content: JsonObject = {"schema": {"$ref": f"{_REF}{model.__name__}"}}
    if examples:
        content["examples"] = examples
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def describe(app: FastAPI) -> JsonObject:
    """The document for ``app``; made once and kept."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        modes = [(model, "validation" if model in _READ else "serialization") for model in _DECLARED]
        _, definitions = models_json_schema(modes, ref_template=_REF + "{model}")  # type: ignore[arg-type]  # literals
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(definitions["$defs"])
        _forget_default_errors(document)
        app.openapi_schema = document
    return app.openapi_schema


def _forget_default_errors(document: JsonObject) -> None:
    """Drop the error form that FastAPI describes by default and kedai never answers."""
    for operations in document["paths"].values():
        for operation in operations.values():
            unprocessable = operation["responses"].get("422", {"content": {MEDIA_TYPE: {}}})
            if MEDIA_TYPE not in unprocessable["content"]:
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


_READ: Final = (
    products.Application,
    templates.Particulars,
    *(Step, DraftStep, WithdrawalStep, ImportStep, TextStep, PlanStep, OutcomesStep),
    *(AdmissionStep, ConfigurationStep),
    Terms,
    LoanAsked,
    *(ReserveStep, DrawStep, ReleaseStep, QuotaStep, PortfolioBody, TariffTask),
)
