"""What is wrong with a request about revisions, as problem details."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request, Response

from api.revisions.desk import NoSigningKey, UnknownRevision
from api.revisions.population import UnreadableFile
from api.trials.desk import UnknownTrial
from api.web.problems import FieldProblem, problem
from products import DatesOutOfOrder
from products.revising.content import InvalidRevision
from products.revising.history import NotAllowed


def install(app: FastAPI) -> None:
    """Make the errors of revisions problems."""
    app.exception_handler(InvalidRevision)(_invalid)
    app.exception_handler(NotAllowed)(_not_allowed)
    app.exception_handler(UnknownRevision)(_unknown)
    app.exception_handler(UnknownTrial)(_unknown)
    app.exception_handler(NoSigningKey)(_no_key)
    app.exception_handler(UnreadableFile)(_unreadable)
    app.exception_handler(DatesOutOfOrder)(_unreadable)


def _invalid(_request: Request, error: InvalidRevision) -> Response:
    errors = [FieldProblem(path=each.path, message=each.message, value=each.value) for each in error.problems]
    count = "one error" if len(errors) == 1 else f"{len(errors)} errors"
    detail = f"What was sent has {count}; nothing was stored. Correct what `errors` names and send it again."
    return problem("invalid-revision", HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _not_allowed(_request: Request, error: NotAllowed) -> Response:
    return problem("not-allowed", HTTPStatus.CONFLICT, f"{error} Nothing was stored.")


def _unknown(_request: Request, error: UnknownRevision | UnknownTrial) -> Response:
    return problem("not-found", HTTPStatus.NOT_FOUND, str(error))


def _no_key(_request: Request, error: NoSigningKey) -> Response:
    return problem("no-signing-key", HTTPStatus.CONFLICT, str(error))


def _unreadable(_request: Request, error: UnreadableFile | DatesOutOfOrder) -> Response:
    return problem("invalid-file", HTTPStatus.UNPROCESSABLE_ENTITY, f"{error} Nothing was stored.")
