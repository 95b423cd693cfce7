"""Routes about plugins: what is installed, what the organisation admits and configures, and how plugins failed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator, Field

import products
from api.clock import now
from api.pages.status_page import status_html
from api.plugins import desk as plugin_desk
from api.plugins.ledger import state_of
from api.plugins.status import (
    FaultPage,
    PluginEventAnswer,
    PluginOverview,
    event_answer,
    fault_page,
    overview,
)
from api.storage import schema
from api.web.body import JsonBody
from api.web.office import Office, OfficeHere
from api.web.openapi import DECIDING, problems, step_body
from api.web.parameters import GREATEST_PAGE, Parameters, cursor_text
from api.web.problems import FieldProblem, problem
from products.configuration import InvalidConfiguration, configuration_form
from templates.contributions import BadContribution

router = APIRouter(tags=["plugins"])
CHANGING: Final = problems(*DECIDING, HTTPStatus.NOT_FOUND)


class Faults(Parameters):
    """Parameters of the fault log."""

    limit: int = Field(default=50, ge=1, le=GREATEST_PAGE, description="how many faults the page holds at most")
    cursor: Annotated[str, BeforeValidator(cursor_text)] | None = Field(
        default=None, description="next_cursor of the page before"
    )


@router.get("/v1/plugins", summary="List the packages with plugins", responses=problems())
def list_plugins(office: OfficeHere) -> PluginOverview:
    """Every installed package: what it brings, whether it is admitted, and what is wrong with it."""
    return _overview(office)


@router.get(
    "/v1/plugins/faults", summary="Read the fault log of plugins", responses=problems(HTTPStatus.UNPROCESSABLE_ENTITY)
)
def list_faults(query: Annotated[Faults, Query()], office: OfficeHere) -> FaultPage:
    """Every time that a plugin gave no usable answer while it decided, newest first."""
    with office.plugins() as plugins:
        return fault_page(plugins.faults(before=query.cursor, limit=query.limit + 1), limit=query.limit)


@router.post(
    "/v1/plugins/admissions",
    status_code=HTTPStatus.CREATED,
    summary="Say which packages the organisation admits",
    openapi_extra=step_body(plugin_desk.AdmissionStep),
    responses=CHANGING,
)
def admit(payload: JsonBody, office: OfficeHere) -> PluginEventAnswer:
    """From now on the organisation offers the products of these packages, and of no others."""
    step = plugin_desk.read_admission(payload, most_bytes=office.settings.body_limit_bytes)
    with office.plugins() as plugins:
        event = plugin_desk.admit(office.installed.catalogue, plugins, step, moment=now(), day=office.today())
    office.live.refresh()
    return event_answer(event)


@router.get(
    "/v1/plugins/configurations/{product}",
    summary="Read the form of a product's configuration",
    responses=problems(HTTPStatus.NOT_FOUND),
)
def read_form(product: str, office: OfficeHere) -> dict[str, Any]:
    """A JSON Schema of the values that the organisation may set without a revision."""
    return configuration_form(office.underwriter.catalogue.offering(product, None).product)


@router.post(
    "/v1/plugins/configurations/{product}",
    status_code=HTTPStatus.CREATED,
    summary="Configure a product",
    openapi_extra=step_body(plugin_desk.ConfigurationStep),
    responses=CHANGING,
)
def configure(product: str, payload: JsonBody, office: OfficeHere) -> PluginEventAnswer:
    """From today on the organisation's applications are decided under these values of the product."""
    step = plugin_desk.read_configuration(payload, most_bytes=office.settings.body_limit_bytes)
    with office.plugins() as plugins:
        event = plugin_desk.configure(
            office.installed.catalogue, plugins, product, step, moment=now(), day=office.today()
        )
    office.live.refresh()
    return event_answer(event)


@router.get("/status", summary="The status page", response_class=HTMLResponse, responses=problems())
def status(office: OfficeHere) -> HTMLResponse:
    """A page for operators: packages with plugins, what is left out and why, and every unverified value in use."""
    underwriter = office.underwriter
    page = status_html(
        underwriter.catalogue,
        _overview(office),
        organisation=office.settings.organisation,
        model=underwriter.scorecard.model_id,
        migration=schema.HEAD,
        on=office.today(),
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})


def _overview(office: Office) -> PluginOverview:
    with office.plugins() as plugins:
        state = state_of(plugins.events())
    return overview(
        office.installed.catalogue,
        office.underwriter.catalogue,
        deployment=products.Admission(office.settings.plugins),
        organisation=state.admission,
        strict=office.settings.strict_plugins,
    )


def install(app: FastAPI) -> None:
    """Make what is wrong with an admission or a configuration a problem."""
    app.exception_handler(InvalidConfiguration)(_invalid)
    app.exception_handler(BadContribution)(_no_place)


def _no_place(_request: Request, error: BadContribution) -> Response:
    detail = f"The bank's own texts of the day and those of the product's package do not fit together: {error}"
    return problem("draft-refused", HTTPStatus.UNPROCESSABLE_ENTITY, detail)


def _invalid(_request: Request, error: InvalidConfiguration) -> Response:
    errors = [FieldProblem(path=one.path, message=one.message, value=one.value) for one in error.problems]
    detail = "The organisation's word on plugins cannot be taken; nothing was stored. Correct what `errors` names."
    return problem("invalid-configuration", HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)
