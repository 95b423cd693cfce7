"""Errors as problem details (RFC 9457): one form for every error, naming each wrong field and what to do about it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError as DatabaseFailure
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException
from starlette.routing import Match

import products
import templates
from api.contracts.drafting import InvalidParticulars
from api.settings import SettingsError
from api.storage.connections import StorageError
from api.storage.ids import new_id
from api.storage.ledger import KeyReusedError
from products.asked import InvalidQuestion

MEDIA_TYPE: Final = "application/problem+json"
METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
RETRY_SECONDS: Final = "5"

_log = logging.getLogger("kedai.http")


class FieldProblem(BaseModel):
    """One wrong field: where it stands, what is wrong and what to do, and the value that was found."""

    model_config = ConfigDict(frozen=True)

    path: str = Field(description="as in ip_assets[0].number; empty for the whole body; query.NAME for a parameter")
    message: str
    value: str = ""


class Problem(BaseModel):
    """A problem detail object of RFC 9457 with the member ``errors``."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="urn:kedai:problem:NAME; the same name always means the same kind of problem")
    title: str
    status: int
    detail: str
    instance: str | None = Field(default=None, description="names one incident in the server's log")
    errors: tuple[FieldProblem, ...] = ()


class NotFoundError(Exception):
    """Nothing of this kind has this name, or it belongs to another organisation."""

    def __init__(self, kind: str, name: str, remedy: str) -> None:
        self.kind = kind
        super().__init__(f"There is no {kind} {name!r} here. {remedy}")


class BodyRefused(Exception):
    """A request whose body is not even read to its end: too large, or not JSON by its own account."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        self.status = status
        super().__init__(detail)


def problem(
    name: str,
    status: HTTPStatus,
    detail: str,
    *,
    errors: Iterable[FieldProblem] = (),
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response for one problem."""
    body = Problem(
        type=f"urn:kedai:problem:{name}",
        title=name.replace("-", " ").capitalize(),
        status=status.value,
        detail=detail,
        instance=instance,
        errors=tuple(errors),
    )
    return Response(body.model_dump_json(exclude_none=True), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of the application a problem."""
    app.exception_handler(products.InvalidApplication)(_invalid_application)
    app.exception_handler(InvalidQuestion)(_invalid_question)
    app.exception_handler(products.NothingToPrice)(_nothing_to_price)
    app.exception_handler(InvalidParticulars)(_invalid_particulars)
    app.exception_handler(templates.DraftRefused)(_draft_refused)
    app.exception_handler(templates.MissingGlyphs)(_missing_glyphs)
    app.exception_handler(SettingsError)(_not_set_up)
    app.exception_handler(products.UnknownOffering)(_unknown_offering)
    app.exception_handler(products.NotInForce)(_not_in_force)
    app.exception_handler(KeyReusedError)(_key_reused)
    app.exception_handler(RequestValidationError)(_invalid_parameters)
    app.exception_handler(BodyRefused)(_body_refused)
    app.exception_handler(NotFoundError)(_not_found)
    app.exception_handler(HTTPException)(_http)
    for unavailable in (StorageError, DatabaseFailure, PoolExhausted):
        app.exception_handler(unavailable)(_unavailable)
    app.exception_handler(Exception)(_failed)


def _count(errors: Sequence[object]) -> str:
    return "one error" if len(errors) == 1 else f"{len(errors)} errors"


def _invalid_application(_request: Request, error: products.InvalidApplication) -> Response:
    errors = [FieldProblem(path=each.path, message=each.message, value=each.value) for each in error.problems]
    detail = f"The application has {_count(errors)}; nothing was stored. Correct what `errors` names and send it again."
    return problem("invalid-application", HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _invalid_question(_request: Request, error: InvalidQuestion) -> Response:
    errors = [FieldProblem(path=each.path, message=each.message, value=each.value) for each in error.problems]
    verb = "have" if error.what.endswith("s") else "has"
    detail = f"The {error.what} {verb} {_count(errors)}. Correct what `errors` names and send it again."
    return problem(f"invalid-{error.what}", HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _nothing_to_price(_request: Request, error: products.NothingToPrice) -> Response:
    return problem("nothing-to-price", HTTPStatus.UNPROCESSABLE_ENTITY, str(error))


def _invalid_particulars(_request: Request, error: InvalidParticulars) -> Response:
    errors = [FieldProblem(path=each.path, message=each.message, value=each.value) for each in error.faults]
    detail = (
        f"The particulars have {_count(errors)}; nothing was drafted. Correct what `errors` names and send them again."
    )
    return problem("invalid-particulars", HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _draft_refused(_request: Request, error: templates.DraftRefused) -> Response:
    errors = [FieldProblem(path=gap.field, message=str(gap)) for gap in error.gaps]
    detail = (
        f"The contract set was refused for {_count(errors)}; nothing was stored. `errors` names article and remedy."
    )
    return problem("draft-refused", HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _missing_glyphs(_request: Request, error: templates.MissingGlyphs) -> Response:
    return problem("missing-glyphs", HTTPStatus.UNPROCESSABLE_ENTITY, f"{error} Nothing was stored.")


def _not_set_up(_request: Request, error: SettingsError) -> Response:
    return problem("not-set-up", HTTPStatus.SERVICE_UNAVAILABLE, str(error))


def _unknown_offering(_request: Request, error: products.UnknownOffering) -> Response:
    return problem("not-found", HTTPStatus.NOT_FOUND, str(error))


def _not_in_force(_request: Request, error: products.NotInForce) -> Response:
    return problem("not-in-force", HTTPStatus.NOT_FOUND, f"{error} Ask for a later day with ?on=YYYY-MM-DD.")


def _invalid_parameters(_request: Request, error: RequestValidationError) -> Response:
    errors = [_parameter(each) for each in error.errors()]
    detail = f"The address has {_count(errors)}; correct what `errors` names."
    return problem("invalid-parameters", HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _parameter(error: Mapping[str, Any]) -> FieldProblem:
    place, name = error["loc"][0], ".".join(str(part) for part in error["loc"][1:])
    message = f"{name} cannot be used: {error['msg']}. See /openapi.json for what it may be."
    if error["type"] == "value_error":
        message = error["msg"].removeprefix("Value error, ")
    elif error["type"] == "extra_forbidden":
        message = f"There is no parameter {name} here; leave it out or see /openapi.json for those there are."
    return FieldProblem(path=f"{place}.{name}", message=message, value=str(error["input"])[:100])


def _key_reused(_request: Request, error: KeyReusedError) -> Response:
    detail = (
        f"The Idempotency-Key {error} was given to another request before; nothing was stored. "
        "Repeat that request unchanged, or give this one a key of its own."
    )
    return problem("idempotency-key-reused", HTTPStatus.UNPROCESSABLE_ENTITY, detail)


def _body_refused(_request: Request, error: BodyRefused) -> Response:
    too_large = error.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    name = "body-too-large" if too_large else "unsupported-media-type"
    # What is left of the body is not read: the connection cannot carry another request.
    return problem(name, error.status, str(error), headers={"Connection": "close"})


def _not_found(_request: Request, error: NotFoundError) -> Response:
    return problem("not-found", HTTPStatus.NOT_FOUND, str(error))


def _http(request: Request, error: HTTPException) -> Response:
    status, headers = HTTPStatus(error.status_code), error.headers
    remedy = "See /openapi.json for the addresses and methods there are."
    if status is HTTPStatus.NOT_FOUND:
        detail = f"There is nothing at {request.url.path}. {remedy}"
    elif status is HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(_methods_at(request))
        headers = {"Allow": allowed}
        detail = f"{request.method} is not possible at {request.url.path}, which takes {allowed}. {remedy}"
    else:
        detail = f"{error.detail}. {remedy}"
    return problem(status.phrase.lower().replace(" ", "-"), status, detail, headers=headers)


def _methods_at(request: Request) -> list[str]:
    """The methods that some route takes at the request's path; the framework names those of the first route only."""
    return [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


def _unavailable(request: Request, error: Exception) -> Response:
    incident = new_id()
    _log.error("incident %s: %s %s: %s", incident, request.method, request.url.path, error)
    detail = "The database is out of reach; nothing was stored. Send the request again in a few seconds."
    return problem(
        "storage-unavailable",
        HTTPStatus.SERVICE_UNAVAILABLE,
        detail,
        instance=f"urn:uuid:{incident}",
        headers={"Retry-After": RETRY_SECONDS},
    )


def _failed(request: Request, error: Exception) -> Response:
    incident = new_id()
    _log.error("incident %s: %s %s: %r", incident, request.method, request.url.path, error)
    detail = "kedai failed at this request and nothing was stored. Report the incident named in `instance`."
    return problem("internal", HTTPStatus.INTERNAL_SERVER_ERROR, detail, instance=f"urn:uuid:{incident}")
