"""One declaration, many forms: the record's fields, their documentation and their schemas agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given

from products import vocabulary
from products.applicant.choices import Purpose, Repayment, Sector, TitleKind
from products.applicant.declared import UNITS, Kind, Source, Spread
from products.applicant.describe import applicant_record_page
from products.applicant.fields import Field
from products.applicant.layout import APPLICATION_COLUMNS, CHILD_COLUMNS, PLACED, RECORD, Node, Placed
from products.applicant.record import Application
from products.population.firms import PURPOSE_WEIGHTS, REPAYMENT_WEIGHTS
from tests.products.applications import consistent_applications

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = Application.model_json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def nodes(node: Node) -> list[Node]:
    return [node, *(inner for child in node.inner for inner in nodes(child))]


@pytest.mark.parametrize("placed", PLACED, ids=lambda placed: ".".join(placed.path))
def test_every_field_is_labelled_in_both_languages_and_limited(placed: Placed) -> None:
    field = placed.field
    assert any("\u4e00" <= character <= "\u9fff" for character in field.zh)
    assert field.en[0].isupper()
    assert field.source in Source
    assert field.kind in UNITS
    assert (field.choices is None) == (field.kind is not Kind.CHOICE)
    assert (field.entries == (0, 0)) == (field.spread is Spread.ONE)


@pytest.mark.parametrize("node", nodes(RECORD), ids=lambda node: node.section.en)
def test_a_field_is_required_exactly_where_its_type_has_no_none(node: Node) -> None:
    for placed in node.fields:
        info = node.model.model_fields[placed.path[-1]]
        assert placed.field.required == (type(None) not in get_args(info.annotation))
        assert placed.field.required == info.is_required()
    declared = {placed.path[-1] for placed in node.fields} | {inner.name for inner in node.inner}
    assert declared == set(node.model.model_fields), "an attribute is declared without Field or Section"


def test_no_two_columns_share_a_name() -> None:
    for names in (APPLICATION_COLUMNS, *CHILD_COLUMNS.values()):
        assert len(set(names)) == len(names)


def test_the_documentation_page_is_current() -> None:
    page = (ROOT / "docs" / "applicant-record.md").read_text()
    assert page == applicant_record_page(), "run python -m products.applicant.describe > docs/applicant-record.md"


def test_the_documentation_names_every_field_and_column() -> None:
    page = applicant_record_page()
    for placed in PLACED:
        assert f"| `{placed.path[-1]}` | {placed.field.zh} |" in page
        assert all(f"`{name}`" in page for name in placed.columns[:2])


def test_the_closed_sets_are_those_of_the_rules() -> None:
    assert tuple(TitleKind) == vocabulary.TITLES
    assert tuple(Sector) == vocabulary.SECTORS
    assert tuple(Purpose) == vocabulary.PURPOSES
    assert tuple(Repayment) == vocabulary.REPAYMENTS
    assert len(Sector) == 16
    assert len(TitleKind) == 8


def test_the_generated_population_knows_every_choice() -> None:
    assert len(PURPOSE_WEIGHTS) == len(Purpose)
    assert len(REPAYMENT_WEIGHTS) == len(Repayment)


def test_the_json_schema_is_one_and_refuses_what_the_record_does_not_know() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    facts = json.loads((ROOT / "examples" / "zhilai.json").read_bytes())
    VALIDATOR.validate(facts)
    facts["request"]["amount"] = 1000000.0
    with pytest.raises(jsonschema.ValidationError, match="is not of type 'string'"):
        VALIDATOR.validate(facts)


@given(consistent_applications())
def test_whatever_the_record_accepts_the_json_schema_accepts(facts: dict[str, Any]) -> None:
    VALIDATOR.validate(facts)


def test_a_field_is_described_in_the_schema_with_its_source() -> None:
    balance = SCHEMA["$defs"]["Credit"]["properties"]["guaranteed_balance"]
    assert balance["title"] == "Balance guaranteed by the guarantee system"
    assert balance["description"] == "在保余额; CNY, decimal string, at most 2 decimals; source: guarantee institution"


def test_a_field_cannot_be_declared_with_positional_switches() -> None:
    with pytest.raises(TypeError, match="positional"):
        Field(Kind.FLAG, "标志", "Flag", Source.BANK, True)  # type: ignore[misc]
