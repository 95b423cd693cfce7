"""What is wrong with a request about reserved headroom or a tariff, as problem details."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request, Response

from api.headroom.checks import NoHeadroomLeft, NotPossible, Unknown
from api.web.problems import FieldProblem, problem
from products.money import yuan
from products.tariff import NoTariff


def install(app: FastAPI) -> None:
    """Make the errors of reserved headroom and of tariffs problems."""
    app.exception_handler(NoTariff)(_no_tariff)
    app.exception_handler(NoHeadroomLeft)(_no_headroom)
    app.exception_handler(NotPossible)(_not_possible)
    app.exception_handler(Unknown)(_unknown)


def _no_tariff(_request: Request, error: NoTariff) -> Response:
    errors = [FieldProblem(path="/".join(error.row) if error.row else "cells", message=str(error))]
    detail = "No tariff keeps to the target. `errors` names what binds and how to mend it."
    return problem("no-tariff", HTTPStatus.CONFLICT, detail, errors=errors)


def _no_headroom(_request: Request, error: NoHeadroomLeft) -> Response:
    errors = [
        FieldProblem(path=name, message=f"{why.en} {why.zh}", value=f"{yuan(why.headroom.left)}")
        for name, why in error.short.items()
    ]
    detail = "There is not enough headroom; nothing was reserved. `errors` names each ceiling and what it leaves."
    return problem("no-headroom", HTTPStatus.CONFLICT, detail, errors=errors)


def _not_possible(_request: Request, error: NotPossible) -> Response:
    errors = [FieldProblem(path=error.place, message=str(error), value=error.value)]
    detail = "The step is not possible as things stand; nothing was stored. `errors` says why and what to do."
    return problem("headroom-conflict", HTTPStatus.CONFLICT, detail, errors=errors)


def _unknown(_request: Request, error: Unknown) -> Response:
    return problem("not-found", HTTPStatus.NOT_FOUND, str(error))
