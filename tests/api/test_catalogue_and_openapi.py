"""Products, programmes and readiness over HTTP, and the description of it all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.examples import example_applications
from api.storage import schema
from products.loading import load_catalogue
from tests.api.conftest import ON, Client, decided

CATALOGUE = load_catalogue(strict=True)


@pytest.fixture(scope="module")
def document(shared_client: Client) -> dict[str, Any]:
    """The OpenAPI document, which depends on no database; not to be changed."""
    value: dict[str, Any] = shared_client.get("/openapi.json").json()
    return value


def _schema(document: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


def test_every_product_and_revision_is_listed_with_its_names_and_source(shared_client: Client) -> None:
    items = {item["slug"]: item for item in shared_client.get("/v1/products").json()["items"]}
    assert set(items) == set(CATALOGUE.products)
    revisions = {revision["slug"]: revision for revision in items["innovation-credit"]["revisions"]}
    assert {"hubei-kuaidai", "xiamen-changrongbao"} <= set(revisions)
    assert all(revision["zh"] and revision["source"] for revision in revisions.values())


@pytest.mark.parametrize(("product", "revision"), sorted(CATALOGUE.offerings, key=str))
def test_every_offering_is_described_with_dated_and_cited_terms(
    shared_client: Client, product: str, revision: str | None
) -> None:
    parameters = {"on": ON.isoformat()} | ({"revision": revision} if revision else {})
    described = shared_client.get(f"/v1/products/{product}", params=parameters).json()
    assert (described["slug"], described["revision"], described["on"]) == (product, revision, "2026-07-22")
    assert described["terms"]
    assert all(term["source"] and term["since"] <= "2026-07-22" for term in described["terms"])
    assert all("{" not in rule["zh"] + rule["en"] + rule["clause"] for rule in described["rules"])


@pytest.mark.parametrize(("day", "cap"), [("2024-07-23", "10000000"), ("2024-07-24", "30000000")])
def test_the_programmes_cap_is_ten_million_before_24_july_2024_and_thirty_million_since(
    shared_client: Client, day: str, cap: str
) -> None:
    terms = shared_client.get("/v1/programmes/cn-scitech-2024", params={"on": day}).json()["terms"]
    (balance_cap,) = (term for term in terms if term["name"] == "cn-scitech-2024.balance_cap")
    assert balance_cap["value"].partition(".")[0] == cap


@pytest.mark.parametrize("slug", sorted(CATALOGUE.programmes))
def test_every_programme_is_described(shared_client: Client, slug: str) -> None:
    assert slug in {item["slug"] for item in shared_client.get("/v1/programmes").json()["items"]}
    described = shared_client.get(f"/v1/programmes/{slug}", params={"on": ON.isoformat()}).json()
    assert described["instrument"]
    assert described["terms"]
    assert all("{" not in rule["zh"] + rule["en"] + rule["clause"] for rule in described["rules"])


def test_readiness_names_migration_model_and_products(client: Client) -> None:
    answer = client.get("/readyz").json()
    assert (answer["status"], answer["migration"]) == ("ready", schema.HEAD)
    assert set(answer["products"]) == set(CATALOGUE.products)
    assert answer["broken_plugins"] == []
    assert client.get("/healthz").json() == {"status": "alive"}


def test_the_description_covers_the_routes_that_decide_and_draft(document: dict[str, Any]) -> None:
    assert set(document["paths"]) >= {
        "/healthz",
        "/readyz",
        "/v1/contracts/{set_id}",
        "/v1/contracts/{set_id}/manifest",
        "/v1/decisions",
        "/v1/decisions/{decision_id}",
        "/v1/decisions/{decision_id}/application",
        "/v1/decisions/{decision_id}/contracts",
        "/v1/documents/{document_id}",
        "/v1/offers",
        "/v1/products",
        "/v1/products/{slug}",
        "/v1/programmes",
        "/v1/programmes/{slug}",
        "/v1/revisions",
        "/v1/revisions/form",
        "/v1/revisions/import",
        "/v1/revisions/publication",
        "/v1/revisions/{revision_id}",
        "/v1/revisions/{revision_id}/approval",
        "/v1/revisions/{revision_id}/diff",
        "/v1/revisions/{revision_id}/draft",
        "/v1/revisions/{revision_id}/export",
        "/v1/revisions/{revision_id}/impact",
        "/v1/revisions/{revision_id}/return",
        "/v1/revisions/{revision_id}/submission",
        "/v1/revisions/{revision_id}/withdrawal",
    }


def test_every_reference_in_the_description_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert names <= set(document["components"]["schemas"])
    assert {"Application", "Decision", "OfferList", "Particulars", "Problem"} <= names


def test_every_error_in_the_description_is_a_problem(document: dict[str, Any]) -> None:
    responses = [
        response
        for path in document["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
    ]
    assert responses
    assert all(list(response["content"]) == ["application/problem+json"] for response in responses)


def test_the_shipped_applications_are_examples_that_the_described_schema_allows(document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/decisions"]["post"]["requestBody"]["content"]["application/json"]
    assert set(body["examples"]) == {example.name for example in example_applications()}
    assert {"zhilai", "kuaidai"} <= set(body["examples"])
    validator = _schema(document, "Application")
    for example in body["examples"].values():
        assert list(validator.iter_errors(example["value"])) == []


def test_answers_have_the_form_that_is_described(
    client: Client, document: dict[str, Any], zhilai: dict[str, Any]
) -> None:
    decision = decided(client, zhilai)
    assert list(_schema(document, "Decision").iter_errors(decision)) == []
    offers = client.post("/v1/offers", params={"on": ON.isoformat()}, json=zhilai).json()
    assert list(_schema(document, "OfferList").iter_errors(offers)) == []
    page = client.get("/v1/decisions").json()
    assert list(_schema(document, "DecisionPage").iter_errors(page)) == []
    problem = client.get("/v1/decisions/1").json()
    assert list(_schema(document, "Problem").iter_errors(problem)) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_products_are_compared_for_a_class_as_data_and_as_a_page(client: Client) -> None:
    query = {"class": "tier_2", "on": "2026-07-22"}
    found = client.get("/v1/products/comparison", params=query).json()
    assert (found["tier"], found["on"]) == ("tier_2", "2026-07-22")
    (cover,) = [row for row in found["rows"] if row["name"] == "cover"]
    assert "national guarantee fund 35.00 %" in cover["cells"][0]["en"]
    page = client.get("/products", params=query)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "国家融资担保基金35.00 %" in page.text
    assert '<a href="?class=tier_2" aria-current="page">' in page.text
    refused = client.get("/v1/products/comparison", params={"class": "tier_9"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "query.class"
