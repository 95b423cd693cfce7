"""What was left in a Word file, what stands out in it, and where its parties sign."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import replace

import docx
import pytest
from docx.enum.text import WD_BREAK, WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from products import Decision, application_from
from templates import ContractSet, Format, Layout, Particulars, Verdict, draft
from templates.case.record import ContractRecord, contract_record
from templates.document import Document, Paragraph, Signatures, Style, closing
from templates.foreign_docx import read_parts
from templates.library import definitions, library
from templates.redline.comparison import ReturnedReport, returned_report
from templates.texts import shipped_texts
from templates.versions import with_text
from templates.word import lint_word, looks_of
from templates.word_file.findings import Findings, findings
from templates.word_file.marks import MarkKind
from templates.wording import Language
from tests.templates.conftest import Facts, example_particulars, facts_of
from tests.templates.test_comparison import file_of, rewritten
from tests.templates.test_text_gates import Drawn, drawn, verdict
from tests.templates.texts import loan_word, word_file

Decide = Callable[[Facts], Decision]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_CONTRACT = next(document for document in definitions() if document.id == "loan-contract")
LOAN = tuple(library()[name, Language.ZH] for name in _CONTRACT.clauses)


def read(content: bytes) -> Findings:
    """What the look of a file shows, its clauses being those of the loan contract."""
    return looks_of(content, LOAN)


def saved(document: docx.document.Document) -> bytes:
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


Edit = Callable[[docx.document.Document, WordParagraph], object]


def clean() -> docx.document.Document:
    """A bank's file with one clause in which nothing is wrong."""
    document = docx.Document()
    document.add_paragraph("借款合同")
    document.add_paragraph("第三条 利率")
    document.add_paragraph("年利率以附件为准。")
    return document


def altered(edit: Edit) -> bytes:
    """The clean file after an edit, which is given the file and an empty paragraph of its clause."""
    document = clean()
    edit(document, document.add_paragraph())
    return saved(document)


def said(found: Findings, kind: MarkKind) -> list[tuple[str, str, str]]:
    return [(mark.what[0], str(mark.place), mark.text) for mark in found.marks if mark.kind is kind]


def in_style(document: docx.document.Document, paragraph: WordParagraph, *, derived: bool) -> None:
    """Words hidden by their style, or by the style on which theirs is based."""
    base = document.styles.add_style("Unseen", 1)
    base.font.hidden = True
    style = document.styles.add_style("Derived", 1) if derived else base
    if derived:
        style.base_style = base
    paragraph.style = style
    paragraph.add_run("另有约定")


def shown_again(document: docx.document.Document, paragraph: WordParagraph) -> None:
    """Words that say of themselves that they show, in a style that hides."""
    in_style(document, paragraph, derived=True)
    paragraph.runs[0].font.hidden = False


def xml(paragraph: WordParagraph, inner: str) -> None:
    paragraph._p.append(parse_xml(f"<w:r {W}>{inner}</w:r>"))


def sized(paragraph: WordParagraph, points: float) -> None:
    paragraph.add_run("另有约定").font.size = Pt(points)


def coloured(paragraph: WordParagraph, colour: str) -> None:
    paragraph.add_run("另有约定").font.color.rgb = RGBColor.from_string(colour)


def on_shade(paragraph: WordParagraph, fill: str, ink: str) -> None:
    shade, colour = f'<w:shd w:val="clear" w:fill="{fill}"/>', f'<w:color w:val="{ink}"/>'
    xml(paragraph, f"<w:rPr>{colour}{shade}</w:rPr><w:t>另有约定</w:t>")


def boxed(paragraph: WordParagraph, style: str, run: str = "") -> None:
    box = f"<w:p><w:r>{run}<w:t>另有约定</w:t></w:r></w:p>"
    xml(
        paragraph,
        f'<w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="{style}"><v:textbox><w:txbxContent>{box}'
        "</w:txbxContent></v:textbox></v:shape></w:pict>",
    )


def flat(paragraph: WordParagraph, twentieths: int) -> None:
    paragraph.paragraph_format.line_spacing = Pt(twentieths / 20)
    paragraph.add_run("另有约定")


HIDDEN: list[tuple[str, Edit, str]] = [
    ("vanish", lambda _, p: setattr(p.add_run("另有约定").font, "hidden", True), "hidden text"),
    ("style", lambda d, p: in_style(d, p, derived=False), "hidden text"),
    ("based on", lambda d, p: in_style(d, p, derived=True), "hidden text"),
    ("no ink", lambda _, p: xml(p, f"<w:rPr>{NO_INK}</w:rPr><w:t>另有约定</w:t>"), "hidden text"),
    ("white", lambda _, p: coloured(p, "FFFFFF"), "text in the colour of its background"),
    ("nearly white", lambda _, p: coloured(p, "F2F2F2"), "text in the colour of its background"),
    ("black on black", lambda _, p: on_shade(p, "000000", "000000"), "text in the colour of its background"),
    ("one point", lambda _, p: sized(p, 1), "text too small to be read"),
    ("three and a half points", lambda _, p: sized(p, 3.5), "text too small to be read"),
    ("flat line", lambda _, p: flat(p, 20), "text in a line or row without height"),
]
NO_INK = '<w14:textFill xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w14:noFill/></w14:textFill>'
SHOWN: list[tuple[str, Edit]] = [
    ("pale grey", lambda _, p: coloured(p, "D9D9D9")),
    ("white on black", lambda _, p: on_shade(p, "000000", "FFFFFF")),
    ("four points", lambda _, p: sized(p, 4)),
    ("low line", lambda _, p: flat(p, 80)),
    ("shown again", shown_again),
    ("box", lambda _, p: boxed(p, "width:100pt")),
]


@pytest.mark.parametrize(("edit", "what"), [case[1:] for case in HIDDEN], ids=[case[0] for case in HIDDEN])
def test_words_that_nobody_sees_are_found_with_their_clause(edit: Edit, what: str) -> None:
    assert said(read(altered(edit)), MarkKind.HIDDEN) == [(what, "under 第三条 利率", "另有约定")]


@pytest.mark.parametrize("edit", [case[1] for case in SHOWN], ids=[case[0] for case in SHOWN])
def test_words_that_just_show_are_not_found(edit: Edit) -> None:
    assert read(altered(edit)).marks == ()


def test_defaults_of_the_whole_file_can_hide_too() -> None:
    document = clean()
    defaults = document.styles.element.find(f".//{{{W[9:-1]}}}rPrDefault/{{{W[9:-1]}}}rPr")
    defaults.append(parse_xml(f"<w:vanish {W}/>"))
    assert [text for _, _, text in said(read(saved(document)), MarkKind.HIDDEN)] == [
        "借款合同", "第三条 利率", "年利率以附件为准。",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (lambda d, _: setattr(d.sections[0].header.paragraphs[0].add_run("另有约定").font, "hidden", True), "header"),
        (lambda _, p: boxed(p, "visibility:hidden"), "text box, under 第三条 利率"),
        (lambda _, p: boxed(p, "", "<w:rPr><w:vanish/></w:rPr>"), "text box, under 第三条 利率"),
    ],
)
def test_headers_and_text_boxes_are_looked_into(edit: Edit, place: str) -> None:
    assert [(where, text) for _, where, text in said(read(altered(edit)), MarkKind.HIDDEN)] == [(place, "另有约定")]


def test_words_hidden_in_a_footnote_are_found() -> None:
    note = '<w:footnote w:id="3"><w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>另有约定</w:t></w:r></w:p></w:footnote>'
    parts = read_parts(saved(clean())) | {"word/footnotes.xml": f"<w:footnotes {W}>{note}</w:footnotes>".encode()}
    assert said(findings(parts, {}, frozenset()), MarkKind.HIDDEN) == [("hidden text", "footnote", "另有约定")]


def highlighted(paragraph: WordParagraph) -> None:
    paragraph.add_run("年利率")
    paragraph.add_run("待商").font.highlight_color = WD_COLOR_INDEX.YELLOW


CHANGED: list[tuple[str, str, str]] = [
    ('<w:ins w:id="1" w:author="王"><w:r><w:t>加收</w:t></w:r></w:ins>', "an insertion", "加收"),
    ('<w:del w:id="1" w:author="王"><w:r><w:delText>免收</w:delText></w:r></w:del>', "a deletion", "免收"),
    ('<w:moveFrom w:id="1" w:author="王"><w:r><w:t>移走</w:t></w:r></w:moveFrom>', "a passage moved away", "移走"),
    ('<w:moveTo w:id="1" w:author="王"><w:r><w:t>移来</w:t></w:r></w:moveTo>', "a passage moved here", "移来"),
    (
        '<w:r><w:rPr><w:b/><w:rPrChange w:id="1" w:author="王"><w:rPr/></w:rPrChange></w:rPr><w:t>加粗</w:t></w:r>',
        "a change of format",
        "加粗",
    ),
]


@pytest.mark.parametrize(("change", "what", "text"), CHANGED, ids=[what for _, what, _ in CHANGED])
def test_each_kind_of_tracked_change_is_found_with_its_clause(change: str, what: str, text: str) -> None:
    def edit(_: docx.document.Document, paragraph: WordParagraph) -> None:
        for node in parse_xml(f"<w:p {W}>{change}</w:p>"):
            paragraph._p.append(node)

    assert said(read(altered(edit)), MarkKind.CHANGE) == [(what, "under 第三条 利率", text)]


def test_a_paragraph_mark_and_a_row_that_were_inserted_are_changes_too() -> None:
    document = clean()
    mark = parse_xml(f'<w:pPr {W}><w:rPr><w:ins w:id="1" w:author="王"/></w:rPr></w:pPr>')
    document.paragraphs[2]._p.insert(0, mark)
    row = document.add_table(rows=1, cols=1).rows[0]._tr
    row.get_or_add_trPr().append(parse_xml(f'<w:ins {W} w:id="2" w:author="王"/>'))
    assert said(read(saved(document)), MarkKind.CHANGE) == [
        ("an insertion", "under 第三条 利率", "年利率以附件为准。"),
        ("an insertion", "under 第三条 利率", ""),
    ]


def commented() -> bytes:
    document = clean()
    document.add_comment(document.paragraphs[2].runs, text="我行底线为百分之四", author="王经理", initials="王")
    return saved(document)


def test_a_comment_is_found_with_author_words_and_clause() -> None:
    assert said(read(commented()), MarkKind.COMMENT) == [
        ("a comment by 王经理", "under 第三条 利率", "我行底线为百分之四")
    ]


def test_a_highlight_and_a_marker_s_shade_are_found_and_a_grey_one_is_not() -> None:
    assert said(read(altered(lambda _, p: highlighted(p))), MarkKind.HIGHLIGHT) == [
        ("a highlight", "under 第三条 利率", "待商")
    ]
    assert len(said(read(altered(lambda _, p: on_shade(p, "FFFF00", "000000"))), MarkKind.HIGHLIGHT)) == 1
    assert read(altered(lambda _, p: on_shade(p, "D9D9D9", "000000"))).marks == ()


def test_an_empty_form_field_is_a_placeholder() -> None:
    words = "<w:sdtContent><w:r><w:t>单击此处输入文字</w:t></w:r></w:sdtContent>"
    control = f"<w:sdt {W}><w:sdtPr><w:showingPlcHdr/></w:sdtPr>{words}</w:sdt>"
    found = read(altered(lambda _, p: p._p.append(parse_xml(control))))
    assert said(found, MarkKind.PLACEHOLDER) == [("an empty form field", "under 第三条 利率", "单击此处输入文字")]


def test_every_file_that_is_drawn_is_clean_stands_out_and_keeps_its_signing_blocks(
    zhilai_set: ContractSet, decided: Decide
) -> None:
    facts, given = facts_of("zhilai"), Particulars.model_validate(example_particulars())
    both = draft(decided(facts), facts, given, layout=Layout.SIDE_BY_SIDE, formats=[Format.DOCX])
    clauses = {(one.document.kind, one.document.language): one.clauses for one in both.drafted}
    for file in (*zhilai_set.documents, *both.documents):
        languages = [file.language] if isinstance(file.language, Language) else list(Language)
        drawn_from = [clause for language in languages for clause in clauses[file.kind, language]]
        if file.format is Format.DOCX and file.kind != "signing-list":
            assert looks_of(file.content, drawn_from) == Findings(), file.filename


RETURNED_LOAN = ("loan-contract", "zh")


@pytest.fixture
def returned(decided: Decide, zhilai_set: ContractSet) -> Callable[[bytes], ReturnedReport]:
    facts, given = facts_of("zhilai"), Particulars.model_validate(example_particulars())
    return lambda content: returned_report(
        content, zhilai_set.drafted, decided(facts), facts, given, named=RETURNED_LOAN
    )


def with_run(content: bytes, run: str) -> bytes:
    """The drawn loan contract with a run put before the words of its first article."""
    mark = '<w:pPr><w:pStyle w:val="Body"/></w:pPr>'
    document = read_parts(content)["word/document.xml"].decode()
    place = document.index(mark, document.index('w:val="Article"')) + len(mark)
    rest = document[place : place + 60]
    return rewritten(content, "word/document.xml", mark + rest, mark + run + rest)


RUNS = {
    "no-tracked-changes": '<w:ins w:id="900" w:author="王"><w:r><w:t>加收费用</w:t></w:r></w:ins>',
    "no-hidden-text": "<w:r><w:rPr><w:vanish/></w:rPr><w:t>另有约定</w:t></w:r>",
    "no-highlights": '<w:r><w:rPr><w:highlight w:val="yellow"/></w:rPr><w:t>待商</w:t></w:r>',
}


@pytest.mark.parametrize("gate", RUNS)
def test_a_returned_contract_fails_the_gate_on_what_was_left_in_it(
    gate: str, zhilai_set: ContractSet, returned: Callable[[bytes], ReturnedReport]
) -> None:
    sent = file_of(zhilai_set, "loan-contract")
    assert gate not in {result.gate.id for result in returned(sent).gates}
    (result,) = (one for one in returned(with_run(sent, RUNS[gate])).gates if one.gate.id == gate)
    assert result.gaps[0].field == "loan-contract.zh"
    assert "under 第" in result.gaps[0].problem


def test_a_comment_in_a_returned_contract_fails_its_gate_with_author_and_clause(
    zhilai_set: ContractSet, returned: Callable[[bytes], ReturnedReport]
) -> None:
    document = docx.Document(io.BytesIO(file_of(zhilai_set, "loan-contract")))
    term = next(paragraph for paragraph in document.paragraphs if "借款期限为" in paragraph.text)
    document.add_comment(term.runs, text="可以放宽", author="刘法务", initials="刘")
    (result,) = (one for one in returned(saved(document)).gates if one.gate.id == "no-comments")
    assert [gap.problem for gap in result.gaps] == ["has a comment by 刘法务, under 第三条 借款期限: '可以放宽'"]
    assert result.gaps[0].zh == "第三条 借款期限有刘法务的批注“可以放宽”，请删除批注。"


@pytest.fixture(scope="module")
def record(decided: Decide) -> ContractRecord:
    facts, given = facts_of("zhilai"), Particulars.model_validate(example_particulars())
    return contract_record(decided(facts), application_from(facts), given)


def test_the_set_as_drawn_passes_every_gate_on_its_look(record: ContractRecord, zhilai_set: ContractSet) -> None:
    gates = (*RUNS, "no-comments", "signing-blocks-kept", "standard-terms-marked")
    assert {verdict(record, drawn(zhilai_set), gate).verdict for gate in gates} == {Verdict.PASSED}


def edited(contracts: ContractSet, kind: str, edit: Callable[[Document], Document]) -> Drawn:
    return tuple(
        (edit(one), clauses) if (one.kind, one.language) == (kind, Language.ZH) else (one, clauses)
        for one, clauses in drawn(contracts)
    )


def unbold(clause: str) -> Callable[[Document], Document]:
    """Takes the emphasis off the first run of a clause."""

    def edit(document: Document) -> Document:
        paragraphs = [one for one in document.blocks if isinstance(one, Paragraph) and one.clause == clause]
        told = next(one for one in paragraphs if one.style is not Style.ARTICLE)
        faint = replace(told, runs=(replace(told.runs[0], strong=False), *told.runs[1:]))
        return replace(document, blocks=tuple(faint if block is told else block for block in document.blocks))

    return edit


def test_a_standard_term_that_lost_its_bold_is_named(record: ContractRecord, zhilai_set: ContractSet) -> None:
    result = verdict(record, edited(zhilai_set, "loan-contract", unbold("loan-default")), "standard-terms-marked")
    (gap,) = result.gaps
    assert gap.field == "loan-contract.zh"
    assert gap.problem.startswith("leaves words of the standard term loan-default (第")
    plain = verdict(record, edited(zhilai_set, "loan-contract", unbold("loan-supervision")), "standard-terms-marked")
    assert plain.verdict is Verdict.PASSED


def test_a_signing_block_that_nothing_keeps_is_named(record: ContractRecord, zhilai_set: ContractSet) -> None:
    def alone(document: Document) -> Document:
        signing = tuple(block for block in document.blocks if isinstance(block, Signatures))
        return replace(document, blocks=signing)

    def twice(document: Document) -> Document:
        return replace(document, blocks=(*document.blocks, document.blocks[closing(document.blocks)[-1]]))

    for edit in (alone, twice):
        result = verdict(record, edited(zhilai_set, "loan-contract", edit), "signing-blocks-kept")
        assert [gap.problem for gap in result.gaps] == [
            "has a place to sign that may be torn from the text before it by the end of a page: '贷款人盖章处'"
        ]


def signed(*paragraphs: str, kept: Iterable[int] = (), breaks: Iterable[int] = ()) -> Findings:
    """A file of paragraphs of which some stay with the next one and some end their page."""
    document = docx.Document()
    for position, text in enumerate(paragraphs):
        added = document.add_paragraph(text)
        added.paragraph_format.keep_with_next = position in kept
        if position in breaks:
            added.add_run().add_break(WD_BREAK.PAGE)
    return read(saved(document))


TEXT, LENDER, BORROWER = "本合同自签署之日起生效。", "贷款人（公章）：", "借款人（公章）："
SIGNING = [
    ([], [], "may be torn from the text before it by the end of a page"),
    ([0], [], "may be torn in two by the end of a page"),
    ([0, 1], [0], "begins a page of its own, without a line of the contract before it"),
    ([0, 1], [], None),
]


@pytest.mark.parametrize(("kept", "breaks", "why"), SIGNING)
def test_a_bank_s_lines_to_sign_are_held_by_what_word_goes_by(
    kept: list[int], breaks: list[int], why: str | None
) -> None:
    found = signed(TEXT, LENDER, BORROWER, kept=kept, breaks=breaks).loose
    assert [(place.words, place.why[0]) for place in found] == ([(LENDER, why)] if why else [])


def test_a_signature_page_that_names_its_contract_is_no_orphan() -> None:
    page = "（本页无正文，为编号为甲字第一号的《借款合同》的签署页）"
    assert signed(TEXT, page, LENDER, BORROWER, kept=[1, 2], breaks=[0]).loose == ()


def bank_file(edit: Callable[[docx.document.Document], object]) -> bytes:
    document = docx.Document(io.BytesIO(word_file("争议由{{ set.institution }}管辖。")))
    edit(document)
    return saved(document)


def under(document: docx.document.Document, title: str) -> WordParagraph:
    """The paragraph under a heading."""
    texts = [paragraph.text for paragraph in document.paragraphs]
    return document.paragraphs[texts.index(f"第一条 {title}") + 1]


def frame(paragraph: WordParagraph) -> None:
    edges = "".join(f'<w:{edge} w:val="single" w:sz="4"/>' for edge in ("top", "left", "bottom", "right"))
    paragraph._p.get_or_add_pPr().append(parse_xml(f"<w:pBdr {W}>{edges}</w:pBdr>"))


def unmarked(document: docx.document.Document) -> WordParagraph:
    paragraph = under(document, "违约责任")
    paragraph.runs[0].bold = False
    return paragraph


MARKED: list[tuple[str, Callable[[WordParagraph], object]]] = [
    ("underlined", lambda p: setattr(p.runs[0], "underline", True)),
    ("framed", frame),
    ("heavy type", lambda p: p.runs[0]._r.get_or_add_rPr().append(parse_xml(f'<w:rFonts {W} w:eastAsia="黑体"/>'))),
]


def test_a_bank_s_standard_term_in_plain_type_is_named_by_lint_and_gate(decided: Decide) -> None:
    content = bank_file(unmarked)
    assert [(term.clause, term.heading) for term in read(content).plain] == [("loan-breach", "第一条 违约责任")]
    facts, given = facts_of("zhilai"), Particulars.model_validate(example_particulars())
    texts = with_text(shipped_texts(), loan_word(content), 1)
    with pytest.raises(Exception, match="leaves words of the standard term loan-breach"):
        draft(decided(facts), facts, given, texts=texts, formats=[])


@pytest.mark.parametrize("mark", [case[1] for case in MARKED], ids=[case[0] for case in MARKED])
def test_other_marks_than_bold_catch_the_eye_too(mark: Callable[[WordParagraph], object]) -> None:
    assert read(bank_file(lambda document: mark(unmarked(document)))).plain == ()


def test_lint_names_what_somebody_meant_to_fill_in_with_its_place() -> None:
    def edit(document: docx.document.Document) -> None:
        document.sections[0].footer.paragraphs[0].add_run("联系人：【●】")
        under(document, "借款期限").add_run("，待定")

    faults = lint_word(bank_file(edit), _CONTRACT, Language.ZH, library())
    assert [(fault.part, fault.text, fault.problem) for fault in faults] == [
        ("under 第一条 借款期限", "待定", "is a placeholder"),
        ("footer", "【●】", "is a placeholder"),
    ]
