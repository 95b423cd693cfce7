"""Conditions and loops in a bank's own Word templates: run over plain facts, refused where they reach further."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import jinja2
import pytest
from docx.oxml.ns import qn
from jinja2.sandbox import SandboxedEnvironment

from products import Decision, application_from
from templates import Particulars
from templates.bank_word.bank import REQUIRED, fill_template, lint_template
from templates.bank_word.filling import FillingFailed, Limits, expanded_apart
from templates.bank_word.plain_facts import COLUMNS, plain
from templates.bank_word.sandbox import FactsEnvironment
from templates.case.record import contract_record
from templates.contexts import CONTEXTS, LoanContext, PledgeContext, names
from templates.document import Column, Table
from templates.foreign_docx import safe_parts
from templates.texts import shipped_texts
from templates.versions import InvalidText, check, with_text
from templates.views import drawings
from templates.wording import Language
from tests.templates.conftest import Facts, example_particulars, facts_of, full_case
from tests.templates.test_bank import loan_of, template, text_of
from tests.templates.test_gates import changed
from tests.templates.test_versions import drawn
from tests.templates.texts import TITLES, loan_word, word_file

Decide = Callable[[Facts], Decision]
HEADS = ("{%tr for row in plan %}", "{%tr endfor %}")


@pytest.fixture(scope="module")
def loan(decided: Decide) -> LoanContext:
    return loan_of(decided, example_particulars())


@pytest.fixture(scope="module")
def pledge(decided: Decide) -> PledgeContext:
    facts = facts_of("zhilai")
    record = contract_record(decided(facts), application_from(facts), Particulars.model_validate(example_particulars()))
    return next(one.context for one in drawings(record, Language.ZH) if isinstance(one.context, PledgeContext))


def rows(*cells: str, opening: str, context: str = "loan") -> bytes:
    """A template with a table: a row with the opening tag, a row of cells, a row with the closing tag."""
    document = docx.Document()
    document.add_paragraph("；".join(f"{{{{ {name} }}}}" for name in REQUIRED[context] if name != "pledge.assets"))
    table = document.add_table(rows=3, cols=len(cells))
    table.cell(0, 0).text, table.cell(2, 0).text = opening, "{%tr endfor %}"
    for cell, text in zip(table.rows[1].cells, cells, strict=True):
        cell.text = text
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def test_a_condition_keeps_or_removes_words_also_where_word_split_its_tags(loan: LoanContext) -> None:
    content = template(
        ["甲{% i", "f loan.kind == 'x' %}错", "{% els", "e %}对{% endif %}乙", "丙"], "{{ loan.kind|trim }}"
    )
    assert lint_template(content, "loan") == ()
    assert text_of(fill_template(content, loan)).splitlines()[-2:] == ["甲对乙丙", loan.loan.kind]


def test_a_false_condition_removes_its_paragraphs(loan: LoanContext) -> None:
    content = template("{%p if loan.old_contract %}", "旧合同", "{%p else %}", "新合同", "{%p endif %}", "尾")
    for old, left in (("", ["新合同", "尾"]), ("旧字1号", ["旧合同", "尾"])):
        context = replace(loan, loan=replace(loan.loan, old_contract=old))
        assert text_of(fill_template(content, context)).splitlines()[1:] == left


def test_a_row_loop_writes_a_row_for_each_of_forty_patents(pledge: PledgeContext) -> None:
    patents = tuple((str(i), f"专利{i}&<{{{{ 7*7 }}}}", f"ZL{i}", "发明", "—", "—") for i in range(1, 41))
    table = Table(tuple(Column("", 100, column.align) for column in pledge.pledge.assets.columns), patents)
    context = replace(pledge, pledge=replace(pledge.pledge, assets=table))
    content = rows(
        "{{ loop.index }}/{{ asset['number'] }}", "{{ asset.title }}{% if loop.last %}完{% endif %}", "{{ asset[2] }}",
        opening="{%tr for asset in pledge.assets %}", context="pledge",
    )  # fmt: skip
    assert lint_template(content, "pledge") == ()
    filled = docx.Document(io.BytesIO(fill_template(content, context))).tables[0]
    assert len(filled.rows) == 40
    assert [cell.text for cell in filled.rows[39].cells] == ["40/40", "专利40&<{{ 7*7 }}完", "ZL40"]


def test_the_plan_is_looped_over_with_a_block_under_a_condition(loan: LoanContext) -> None:
    content = template("{%p for row in plan if row.number == '12' %}", "{{ row.due_on }}", "{%p endfor %}",
                       "{%p if plan|length > 1 and not false %}", "{{ plan }}", "{%p endif %}")  # fmt: skip
    filled = docx.Document(io.BytesIO(fill_template(content, loan)))
    assert "2027年7月31日" in [paragraph.text for paragraph in filled.paragraphs]
    assert len(filled.tables[0].rows) == len(loan.plan.rows) + 1


def test_an_output_may_choose_between_two_texts(loan: LoanContext) -> None:
    content = template("甲{{ '有' if plan and '元' in loan.amount else '无' }}{{ loan.old_contract or '——' }}乙")
    assert lint_template(content, "loan") == ()
    assert text_of(fill_template(content, loan)).splitlines()[-1] == "甲有——乙"


def test_two_runs_give_the_same_bytes(loan: LoanContext) -> None:
    content = rows("{{ row.due_on }}", "{{ row.total }}", opening=HEADS[0])
    assert fill_template(content, loan) == fill_template(content, loan)


@pytest.mark.parametrize("name", ["{{ 7*7 }}", "{% for x in plan %}", "A & B", "甲<w:p/>乙", "\"'{{{ }}}"])
def test_facts_that_look_like_tags_or_markup_come_out_whole(name: str, decided: Decide) -> None:
    context = loan_of(decided, changed(example_particulars(), {"lender.name": {"zh": f"{name}有限公司"}}))
    content = template("{% if true %}致{{ lender.name }}台鉴{% endif %}")
    assert f"致{name}有限公司台鉴" in text_of(fill_template(content, context))


def test_braces_outside_of_tags_and_text_are_no_tags(loan: LoanContext) -> None:
    document = docx.Document(io.BytesIO(template("{% if true %}正文{% endif %}")))
    document.paragraphs[-1].paragraph_format.element.set("kedai-test", "{{ 7*7 }}{% raw %}")
    packed = io.BytesIO()
    document.save(packed)
    filled = docx.Document(io.BytesIO(fill_template(packed.getvalue(), loan)))
    assert filled.paragraphs[-1].paragraph_format.element.get("kedai-test") == "{{ 7*7 }}{% raw %}"


def test_a_cell_that_loses_its_paragraphs_keeps_an_empty_one(loan: LoanContext) -> None:
    document = docx.Document(io.BytesIO(template()))
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "{%p if not plan %}"
    cell.add_paragraph("无")
    cell.add_paragraph("{%p endif %}")
    packed = io.BytesIO()
    document.save(packed)
    filled = docx.Document(io.BytesIO(fill_template(packed.getvalue(), loan)))
    assert [one.text for one in filled.tables[0].cell(0, 0).paragraphs] == [""]


@pytest.mark.parametrize(
    ("paragraphs", "says"),
    [
        (["{% if loan.amont %}x{% endif %}"], "'loan.amont' is no name of this document; write {{ loan.amount }}"),
        (["{%p for r in plan %}", "{{ r.due_at }}", "{%p endfor %}"], "'r.due_at' is no name of this document"),
        (["{{ r.due_on }}"], "'r.due_on' is no name of this document"),
        (["{% for i in range(10**9) %}x{% endfor %}"], "loops over something that is no table"),
        (["{{ 'a' * 10**9 }}"], "calculates"),
        (["{{ loan.amount|attr('x') }}"], "uses the filter attr"),
        (["{{ loan.amount.upper() }}"], "calls something"),
        (["{% import 'x' as y %}"], "is no statement that templates may contain"),
        (["{% include 'x' %}"], "is no statement that templates may contain"),
        (["{% macro m() %}"], "is no statement that templates may contain"),
        (["{% set x = 1 %}"], "is no statement that templates may contain"),
        (["{%- if true %}"], "is no statement that templates may contain"),
        (["{% if true %}x"], "word/document.xml: '{% if true %}' is never closed; put {% endif %} where it ends"),
        (["{% endif %}"], "belongs to no statement"),
        (["{%p if true %}", "x{% endif %}"], "does not stand beside {%p if true %}"),
        (["x {%p if true %}", "{%p endif %}"], "stands beside other words, which it removes"),
        (["{%tr if true %}"], "stands in no table"),
        (["{% if loan.amount > 5 %}x{% endif %}"], "compares a text with a number by gt"),
        (["{{ " + "(" * 300 + " }}"], "is too long"),
        (["{% if true %}x{% else loan.rate %}y{% endif %}"], "says more than else; write {% else %}"),
        (["{% if %}x{% endif %}"], "does not parse"),
        (["{{ " + "-" * 190 + "1 }}"], "calculates"),
        (["{% if true -%}x{% endif %}"], "does not parse"),
        (["{{ loan.kind if plan }}"], "contains CondExpr"),
        (["{{ loop.index }}"], "'loop.index' is no name of this document"),
        (["{% for loan in plan %}{% endfor %}"], "'loan' is the name of something else"),
        (["".join(f"{{% for r{i} in plan %}}" for i in range(3)) + "{% endfor %}" * 3], "nested deeper than 2"),
        (["{% if true %}" * 9 + "{% endif %}" * 9], "is nested deeper than 8"),
    ],
)
def test_the_lint_names_what_it_refuses(paragraphs: list[str], says: str) -> None:
    found = [str(fault) for fault in lint_template(template(*paragraphs), "loan")]
    assert any(says in fault for fault in found), found


def test_a_statement_that_would_tear_a_link_apart_is_refused() -> None:
    document = docx.Document(io.BytesIO(template("甲{% if plan %}", "乙{% endif %}")))
    link = document.paragraphs[-1]._p.makeelement(qn("w:hyperlink"))
    first, second = document.paragraphs[-2:]
    link.append(second.runs[0]._r)
    first._p.append(link)
    packed = io.BytesIO()
    document.save(packed)
    assert "does not stand beside {% if plan %}" in " ".join(map(str, lint_template(packed.getvalue(), "loan")))


def test_a_required_figure_under_a_condition_may_be_missing() -> None:
    others = [name for name in REQUIRED["loan"] if name != "loan.rate"]
    always = "；".join(f"{{{{ {name} }}}}" for name in others)
    (fault,) = lint_template(template(always, "{% if plan %}{{ loan.rate }}{% endif %}", required=False), "loan")
    assert (fault.text, fault.problem[:14]) == ("loan.rate", "may be missing")
    both = "{% if plan %}年{{ loan.rate }}{% else %}固定{{ loan.rate }}{% endif %}"
    assert lint_template(template(always, both, required=False), "loan") == ()


ATTACKS: dict[str, Callable[[], jinja2.Environment]] = {
    "{{ ''.__class__.__mro__ }}": lambda: jinja2.Environment(autoescape=True),
    "{{ cycler.__init__.__globals__ }}": lambda: jinja2.Environment(autoescape=True),
    "{{ loan.amount|attr('upper') }}": SandboxedEnvironment,
    "{{ loan.amount.upper() }}": SandboxedEnvironment,
    "{{ 'a' * 10**6 }}": SandboxedEnvironment,
    "{% for i in range(99999) %}x{% endfor %}": SandboxedEnvironment,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_environment_refuses_even_what_no_lint_has_seen(attack: str, loan: LoanContext) -> None:
    facts = plain(loan)
    assert ATTACKS[attack]().from_string(attack).render(facts)
    with pytest.raises(jinja2.TemplateError):
        FactsEnvironment().from_string(attack).render(facts)


@pytest.mark.parametrize(
    "attack", ["{% import 'x' as y %}", "{{ 'a' * 10**9 }}", "{% for i in range(10**9) %}x{% endfor %}"]
)
def test_the_process_ends_at_an_attack_and_writes_nothing(attack: str, loan: LoanContext) -> None:
    with pytest.raises(FillingFailed, match="was not filled"):
        expanded_apart(template(attack), plain(loan), {}, Limits())


def test_loops_that_pass_the_limits_end_their_process(loan: LoanContext) -> None:
    content = template("{% for a in plan %}{% for b in plan %}" + "{{ b.total }}" * 2_000 + "{% endfor %}{% endfor %}")
    with pytest.raises(FillingFailed, match="is longer than 1000000 bytes"):
        fill_template(content, loan, Limits(output_bytes=1_000_000))


def test_only_a_template_with_statements_loads_jinja(loan: LoanContext) -> None:
    head = {"texts": {}, "blocks": {}, "seconds": 10, "memory_bytes": 512_000_000}
    worker = Path(__file__).parents[2] / "templates/bank_word/filling_worker.py"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", str(worker)],
        input=json.dumps(head).encode() + b"\n" + template(required=False), capture_output=True, check=True,
    )  # fmt: skip
    assert ran.stdout[:2] == b"PK"
    assert b"jinja2" not in ran.stderr


def test_every_table_of_a_full_case_has_names_for_its_cells(decided: Decide) -> None:
    facts, particulars = full_case()
    record = contract_record(decided(facts), application_from(facts), Particulars.model_validate(particulars))
    contexts = {type(one.context): plain(one.context) for one in drawings(record, Language.ZH)}
    assert set(contexts) == set(CONTEXTS.values())
    assert contexts[PledgeContext]["pledge"]["assets"][0]["number"] == "1"
    offered = {name for kind in CONTEXTS.values() for name, shown in names(kind).items() if shown is Table}
    assert offered == set(COLUMNS)


def test_a_mandatory_heading_under_a_condition_is_lacking() -> None:
    rest = list(TITLES[1:])
    content = word_file("{%p if plan %}", f"第一条 {TITLES[0]}", "{%p endif %}", titles=rest)
    with pytest.raises(InvalidText, match=TITLES[0]):
        check(loan_word(content), shipped_texts())


def test_a_set_says_the_same_in_html_as_in_the_filled_template(decided: Decide) -> None:
    opened = docx.Document(
        io.BytesIO(
            word_file(
                "争议由{{ set.institution }}管辖。",
                *("{%p if loan.rate %}", "特别约定成立。", "{%p else %}", "特别约定不成立。", "{%p endif %}"),
                "{{ signatures }}",
            )
        )
    )
    table = opened.add_table(rows=4, cols=3)
    table.cell(0, 0).text, table.cell(1, 0).text, table.cell(3, 0).text = "期次", *HEADS
    for cell, name in zip(table.rows[2].cells, ("number", "due_on", "total"), strict=True):
        cell.text = f"{{{{ row.{name} }}}}"
    packed = io.BytesIO()
    opened.save(packed)
    own = loan_word(packed.getvalue())
    check(own, shipped_texts())
    made = drawn(decided, with_text(shipped_texts(), own, 1))
    contract = next(one for one in made.drafted if one.word is not None)
    assert contract.docx is not None
    table = docx.Document(io.BytesIO(contract.docx)).tables[-1]
    assert len(table.rows) == 14
    page = next(each for each in made.documents if each.filename == "01-loan-contract.zh.html").content.decode()
    filled = text_of(contract.docx)
    assert table.rows[12].cells[0].text == "12"
    for said in ("特别约定成立。", *(cell.text for cell in table.rows[12].cells)):
        assert said in page
        assert said in filled
    assert "特别约定不成立" not in page + filled
    assert 'kedai="' not in zip_text(contract.docx)


def zip_text(content: bytes) -> str:
    """The XML of the document's body."""
    return safe_parts(content)["word/document.xml"].decode()
