"""A bank's own Word templates: linted before acceptance, filled in a process apart."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from jinja2 import Environment

from products import Decision, application_from
from templates import Particulars
from templates.bank_word.bank import REQUIRED, RefusedTemplate, fill_template, lint_template
from templates.bank_word.filling import FillingFailed, Limits
from templates.case.record import contract_record
from templates.contexts import CONTEXTS, LoanContext, names
from templates.foreign_docx import RefusedDocx
from templates.views import drawings
from templates.wording import Language
from templates.writing.stored_zip import package
from tests.templates.conftest import Facts, example_particulars, facts_of
from tests.templates.test_gates import changed

Decide = Callable[[Facts], Decision]


def template(*paragraphs: str | list[str], required: bool = True) -> bytes:
    """A DOCX made by python-docx; a list is one paragraph in several runs."""
    document = docx.Document()
    if required:
        document.add_paragraph("；".join(f"{{{{ {name} }}}}" for name in REQUIRED["loan"]))
    for paragraph in paragraphs:
        added = document.add_paragraph()
        for run in [paragraph] if isinstance(paragraph, str) else paragraph:
            added.add_run(run).bold = run.startswith("{{")
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


@pytest.fixture(scope="module")
def loan(decided: Decide) -> LoanContext:
    return loan_of(decided, example_particulars())


def loan_of(decided: Decide, particulars: Facts) -> LoanContext:
    facts = facts_of("zhilai")
    record = contract_record(decided(facts), application_from(facts), Particulars.model_validate(particulars))
    context = drawings(record, Language.ZH)[0].context
    assert isinstance(context, LoanContext)
    return context


def text_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_tags_are_replaced_by_facts_also_where_word_split_them(loan: LoanContext) -> None:
    filled = text_of(fill_template(template(["金额：{{ lo", "an.am", "ount }}，", "足额发放"]), loan))
    assert "金额：人民币壹佰万元整（¥1,000,000.00），足额发放" in filled


def test_a_value_takes_the_look_of_the_run_its_tag_began_in(loan: LoanContext) -> None:
    document = docx.Document(io.BytesIO(fill_template(template(["利率", "{{ loan.rate }}", "，固定"]), loan)))
    runs = [(run.text, run.bold) for run in document.paragraphs[-1].runs]
    assert [runs[0][0], runs[2][0]] == ["利率", "，固定"]
    assert runs[1][1] is True
    assert runs[1][0].endswith("%")


def test_a_block_replaces_its_paragraph(loan: LoanContext) -> None:
    filled = docx.Document(io.BytesIO(fill_template(template("还款计划如下：", "{{ plan }}"), loan)))
    assert [cell.text for cell in filled.tables[0].rows[12].cells] == [
        *("12", "2027年7月31日", "1,000,000.00"),
        *(loan.plan.rows[11][3], loan.plan.rows[11][4], "0.00"),
    ]


def test_the_same_template_gives_the_same_bytes(loan: LoanContext) -> None:
    content = template("{{ loan.amount }}")
    assert fill_template(content, loan) == fill_template(content, loan)


def test_names_with_markup_and_braces_stay_text(decided: Decide) -> None:
    name = "甲&乙<w:p>{{ loan.amount }}{{ 7*7 }}有限公司"
    context = loan_of(decided, changed(example_particulars(), {"lender.name": {"zh": name}}))
    assert name in text_of(fill_template(template(), context))


@pytest.mark.parametrize(
    ("paragraph", "says"),
    [
        ("{{ loan.amont }}", "'loan.amont' is no name of this document; write {{ loan.amount }}"),
        ("{{ cycler.__init__.__globals__ }}", "contains __, which reaches behind the facts; name facts only"),
        ("{{ ''.__class__.__mro__ }}", "contains __, which reaches behind the facts; name facts only"),
        ("{{ loan.amount|safe }}", "uses the filter safe; use one of: length, lower, trim, upper"),
        ("{% for x in y %}", "'y' is no name of this document"),
        ("{{ loan.amount }", "'{{' is no complete tag"),
        ("见{{ plan }}", "'plan' stands for a whole block; give it a paragraph of its own"),
    ],
)
def test_a_template_with_a_fault_is_refused_with_its_place_and_remedy(
    paragraph: str, says: str, loan: LoanContext
) -> None:
    content = template(paragraph)
    assert any(says in str(fault) for fault in lint_template(content, "loan"))
    with pytest.raises(RefusedTemplate) as refused:
        fill_template(content, loan)
    assert refused.value.faults == lint_template(content, "loan")


def test_a_template_that_leaves_out_what_the_law_wants_stated_is_refused() -> None:
    faults = lint_template(template("借款合同", required=False), "loan")
    assert {fault.text for fault in faults} == set(REQUIRED["loan"])
    assert "is not used, but the law wants it stated" in faults[0].problem


def test_a_clean_template_has_no_faults() -> None:
    assert lint_template(template("{{ loan.amount }}"), "loan") == ()


def test_every_required_name_exists_in_its_context() -> None:
    for context, required in REQUIRED.items():
        assert set(required) <= set(names(CONTEXTS[context]))


def test_a_file_that_is_no_docx_is_refused() -> None:
    with pytest.raises(RefusedDocx, match="is no DOCX"):
        lint_template(b"{{ loan.amount }}", "loan")


def stored(content: bytes) -> bytes:
    """The same file uncompressed, so that the check against bombs has nothing to say."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return package({name: archive.read(name) for name in archive.namelist()})


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(seconds=0), "was not filled within 0 seconds"),
        (Limits(memory_bytes=20_000_000), "needs more than 20000000 bytes of memory"),
        (Limits(output_bytes=1_000_000), "is longer than 1000000 bytes"),
    ],
)
def test_a_template_that_passes_a_limit_ends_its_process_and_not_this_one(
    limits: Limits, says: str, loan: LoanContext
) -> None:
    greedy = stored(template(*["{{ loan.purpose }}" * 200] * 150))
    with pytest.raises(FillingFailed, match=says):
        fill_template(greedy, loan, limits)
    assert len(fill_template(greedy, loan)) > 1_000_000


INJECTED = "{{ ''.__class__.__mro__[1].__subclasses__()|length }}"


def test_code_in_a_tag_would_run_in_an_ordinary_template_engine_and_is_refused_here() -> None:
    assert int(Environment(autoescape=True).from_string(INJECTED).render()) > 100
    (fault,) = lint_template(template(INJECTED), "loan")
    assert (fault.problem, fault.remedy) == ("contains __, which reaches behind the facts", "name facts only")


def test_hidden_text_in_a_template_is_named() -> None:
    opened = docx.Document(io.BytesIO(template("正文")))
    opened.add_paragraph().add_run("秘密约定").font.hidden = True
    packed = io.BytesIO()
    opened.save(packed)
    (fault,) = lint_template(packed.getvalue(), "loan")
    assert (fault.text, fault.problem) == ("秘密约定", "is hidden text")
