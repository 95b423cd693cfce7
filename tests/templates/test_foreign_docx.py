"""Attacks on whoever opens a DOCX from outside: each would have succeeded on a reader without the defence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest

from products import Decision
from templates import ContractSet, Particulars, draft
from templates.bank_word.bank import lint_template
from templates.contract_set import Format
from templates.drafting import DraftRefused
from templates.foreign_docx import RefusedDocx, read_parts, safe_parts
from templates.redline import read_returned
from templates.redline.comparison import returned_report
from templates.redline.returned import outside_body
from templates.texts import shipped_texts
from templates.versions import InvalidText, check, with_text
from templates.wording import Language
from tests.templates.conftest import Facts, example_particulars, facts_of
from tests.templates.texts import again, loan_word, word_file

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "word/_rels/document.xml.rels"


def packed(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def body(inside: str) -> bytes:
    return f"<w:document {W}><w:body>{inside}</w:body></w:document>".encode()


def relationship(kind: str, target: str, mode: str = "") -> bytes:
    place = "http://schemas.openxmlformats.org/package/2006/relationships"
    external = f' TargetMode="{mode}"' if mode else ""
    one = f'<Relationship Id="x" Type="{R}/{kind}" Target="{target}"{external}/>'
    return f'<Relationships xmlns="{place}">{one}</Relationships>'.encode()


def field(*pieces: str) -> bytes:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    marks = ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    return body(f"<w:p>{marks[0]}{runs}{marks[1]}</w:p>")


DEEP = "<w:sdt>" * 5_000 + "</w:sdt>" * 5_000
DOCUMENT = "word/document.xml"
SAFE = [
    # entities: UTF-16 without its mark hides the declaration from whoever looks for its letters
    ({DOCUMENT: "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode("utf-16-le")}, "an encoding other than UTF-8"),
    ({DOCUMENT: b"<?xml version='1.0' encoding = 'utf-7'?><a/>", RELS: b"<?xml version='1.0' encoding = 'utf-7'?><a/>"},
     "an encoding other than UTF-8"),
    ({DOCUMENT: body(""), RELS: b"<!doctype a SYSTEM 'file:///etc/passwd'><a/>"}, "declares a document type"),
    # relationships: other spellings of external, the name of the part, the package's own
    ({DOCUMENT: body(""), RELS: relationship("image", "http://a.example/x.png", "EXTERNAL")}, "fetches something"),
    ({DOCUMENT: body(""), "word/_rels/settings.xml.RELS": relationship("attachedTemplate", "//a/b.dotm", "External")},
     "fetches something"),
    ({DOCUMENT: body(""), "_rels/.rels": relationship("officeDocument", "word/other.xml")}, "makes word/other.xml the"),
    # macros and what runs: another name for the project, a type that admits it, fields in pieces
    ({DOCUMENT: body(""), "word/VBAdata.xml": b"<a/>"}, "remove macros and embedded objects"),
    ({DOCUMENT: body(""), "[Content_Types].xml": b'<Types a="vnd.ms-word.document.macroEnabled.main+xml"/>'},
     "declares macros"),
    ({DOCUMENT: field(" DDE", "AUTO c:\\\\windows\\\\cmd.exe ")}, "has the field 'DDEAUTO"),
    ({DOCUMENT: field(' INCLUDETEXT "\\\\\\\\host\\\\share" ')}, "has the field 'INCLUDETEXT"),
    # bombs: nesting, a kind of compression of its own
    ({DOCUMENT: body(""), RELS: (b"<a>" * 5_000) + (b"</a>" * 5_000)}, "more than 120 deep"),
]  # fmt: skip
READ = [
    ({DOCUMENT: body(DEEP)}, "more than 120 deep"),
    ({DOCUMENT: field(" IF 1 = 1 4.35% 9.99% ")}, "has the field 'IF"),
    ({DOCUMENT: body('<w:p><w:fldSimple w:instr="DOCPROPERTY rate"/></w:p>')}, "has the field 'DOCPROPERTY"),
    ({DOCUMENT: body('<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a"/></w:sdtPr></w:sdt>')}, "takes from elsewhere"),
    ({DOCUMENT: body('<w:altChunk r:id="x" xmlns:r="a"/>')}, "takes from elsewhere"),
    ({DOCUMENT: body(""), RELS: relationship("aFChunk", "afchunk.html")}, "brings in afchunk.html"),
]


@pytest.mark.parametrize(("parts", "says"), SAFE)
def test_a_file_that_is_not_safe_to_open_is_refused(parts: dict[str, bytes], says: str) -> None:
    with pytest.raises(RefusedDocx, match=says):
        read_returned(packed(parts))


@pytest.mark.parametrize(("parts", "says"), READ)
def test_a_file_in_which_word_would_show_another_text_is_not_relied_on(parts: dict[str, bytes], says: str) -> None:
    with pytest.raises(RefusedDocx, match=says):
        read_returned(packed(parts))


def test_a_paper_that_is_only_kept_may_have_bound_content_and_computed_fields() -> None:
    bound = packed({DOCUMENT: body('<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a"/></w:sdtPr></w:sdt>')})
    assert DOCUMENT in safe_parts(bound)
    with pytest.raises(RefusedDocx):
        read_parts(bound)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["word/document.xml", "Word/Document.xml"])
def test_two_parts_of_one_name_are_refused(second: str) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(DOCUMENT, body("<w:p><w:r><w:t>3.43%</w:t></w:r></w:p>"))
        archive.writestr(second, body("<w:p><w:r><w:t>9.99%</w:t></w:r></w:p>"))
    with pytest.raises(RefusedDocx, match=r"has word/document\.xml twice"):
        read_returned(written.getvalue())


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_what_word_cannot_unpack_is_not_unpacked_here(compression: int) -> None:
    with pytest.raises(RefusedDocx, match="is compressed as Word does not"):
        safe_parts(packed({DOCUMENT: body("")}, compression))


@pytest.mark.parametrize(
    "attack",
    [
        "{{ loan.amount.__class__.__mro__ }}",
        "{{ ''|attr('__cl' 'ass__') }}",
        "{{ '{0.__class__}'.format(loan) }}",
        "{{ loan['__init__'] }}",
        "{%- if loan.amount -%}x{%- endif -%}",
        "{{ self._TemplateReference__context }}",
        "{% for x in plan if x.__class__ %}x{% endfor %}",
        "{{ cycler.__init__.__globals__.os }}",
    ],
)
@pytest.mark.parametrize("split", [False, True])
def test_a_tag_that_reaches_further_is_refused_whole_or_split_over_runs(attack: str, split: bool) -> None:
    middle = len(attack) // 2
    found = lint_template(word_file([attack[:middle], attack[middle:]] if split else attack), "loan")
    assert found, attack


def test_text_that_a_style_hides_is_no_heading() -> None:
    opened = docx.Document(io.BytesIO(word_file()))
    style = opened.styles.add_style("Unseen", 1)
    style.font.hidden = True
    opened.add_paragraph("另有约定", style="Unseen")
    written = io.BytesIO()
    opened.save(written)
    with pytest.raises(InvalidText, match="'另有约定' is hidden text; format the text so that it shows"):
        check(loan_word(written.getvalue()), shipped_texts())


FIGURE = "<w:p><w:r><w:t>年利率9.99%</w:t></w:r></w:p>"
VML, DRAWN = "urn:schemas-microsoft-com:vml", "http://schemas.openxmlformats.org/drawingml/2006/main"
MATHS = "http://schemas.openxmlformats.org/officeDocument/2006/math"
ELSEWHERE = {
    "header of any name": ("word/anything.xml", f"<w:hdr {W}>{FIGURE}</w:hdr>"),
    "footnote": ("word/footnotes.xml", f"<w:footnotes {W}><w:footnote>{FIGURE}</w:footnote></w:footnotes>"),
    "comment": ("word/comments.xml", f"<w:comments {W}><w:comment>{FIGURE}</w:comment></w:comments>"),
    "diagram": ("word/diagrams/data1.xml", f'<a:a xmlns:a="{DRAWN}"><a:t>9.99%</a:t></a:a>'),
}
SYMBOLS = "".join(f'<w:sym w:font="Symbol" w:char="F0{ord(one):02X}"/>' for one in "9.99%")
INSIDE = {
    "text box": f'<w:pict><v:textbox xmlns:v="{VML}"><w:txbxContent>{FIGURE}</w:txbxContent></v:textbox></w:pict>',
    "word art": f'<w:pict><v:textpath xmlns:v="{VML}" string="9.99%"/></w:pict>',
    "equation": f'<m:oMath xmlns:m="{MATHS}"><m:r><m:t>9.99%</m:t></m:r></m:oMath>',
    "symbols": SYMBOLS,
}
"""What stands in a run."""


@pytest.fixture(scope="module")
def sent(zhilai_set: ContractSet) -> bytes:
    return next(
        file.content
        for file in zhilai_set.documents
        if (file.kind, file.language, file.format) == ("loan-contract", Language.ZH, Format.DOCX)
    )


@pytest.mark.parametrize("place", [*ELSEWHERE, *INSIDE])
def test_a_figure_is_found_wherever_the_other_side_puts_it(
    place: str, sent: bytes, zhilai_set: ContractSet, decided: Callable[[Facts], Decision]
) -> None:
    parts = safe_parts(sent)
    if place in ELSEWHERE:
        name, content = ELSEWHERE[place]
        parts[name] = content.encode()
    else:
        inside = f"<w:p><w:r>{INSIDE[place]}</w:r></w:p><w:sectPr>"
        parts[DOCUMENT] = parts[DOCUMENT].replace(b"<w:sectPr>", inside.encode())
    facts, given = facts_of("zhilai"), Particulars.model_validate(example_particulars())
    report = returned_report(packed(parts), zhilai_set.drafted, decided(facts), facts, given)
    assert [figure.text for figure in report.figures] == ["9.99%"]
    assert not report.unchanged


def test_a_picture_that_was_added_is_named(
    sent: bytes, zhilai_set: ContractSet, decided: Callable[[Facts], Decision]
) -> None:
    facts, given = facts_of("zhilai"), Particulars.model_validate(example_particulars())
    returned = packed(safe_parts(sent) | {"word/media/image1.png": b"\x89PNG"})
    report = returned_report(returned, zhilai_set.drafted, decided(facts), facts, given)
    assert report.margins == ("picture: word/media/image1.png",)


@pytest.mark.parametrize(("where", "says"), [("header", "9.99%"), ("footer", "9.99%")])
def test_the_gates_read_headers_and_footers_of_a_banks_template(
    where: str, says: str, decided: Callable[[Facts], Decision]
) -> None:
    opened = docx.Document(io.BytesIO(word_file("争议由{{ set.institution }}管辖。")))
    getattr(opened.sections[0], where).paragraphs[0].text = "优惠年利率9.99%，合同编号{{ loan.number }}"
    written = io.BytesIO()
    opened.save(written)
    assert list(outside_body(written.getvalue())) == ["优惠年利率9.99%，合同编号{{ loan.number }}"]
    texts = with_text(shipped_texts(), again(loan_word(written.getvalue())), 1)
    facts = facts_of("zhilai")
    with pytest.raises(DraftRefused, match=says):
        draft(decided(facts), facts, Particulars.model_validate(example_particulars()), texts=texts)
