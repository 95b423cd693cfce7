"""Every kind of Word file that is written, held against the rules of the Open XML SDK and what Word repairs besides.

openxml-audit carries the SDK's schemas and semantic rules; what follows it below is what schemas do not say and Word
answers with an offer to repair, or by dropping something in silence.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

import docx
import pytest
from lxml import etree
from openxml_audit import FileFormat, OpenXmlValidator

from products import Decision
from templates import ContractSet, Format, Language, Layout, Particulars, draft
from templates.redline import redline, redline_docx
from templates.texts import Texts, WordTemplate, shipped_texts
from templates.writing.stored_zip import package
from tests.templates.conftest import Facts, example_particulars, facts_of, full_case
from tests.templates.test_gates import changed
from tests.templates.test_redline import loan_contract
from tests.templates.texts import word_file

Decide = Callable[[Facts], Decision]
Parts = dict[str, bytes]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/%s}"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
STORY = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
BLOCKS: Final = (
    "争议由{{ set.institution }}管辖。",
    "{{ lender.details }}",
    "{{ plan }}",
    "以下为签署栏。",
    "{{ signatures }}",
    "{{ securities }}",
)
FILLER_WARNS: Final = ("business-day-clause", "languages-agree", "penalties-not-both", "prepayment-clause")
"""What the filler sentences of a Word template for tests do not say."""
LET_PASS: Final = [{"gate": gate, "by": "周法务", "reason": "英文本仅供参考"} for gate in FILLER_WARNS]
NUMBERED_MARKS = ("ins", "del", "moveFrom", "moveTo", "comment")


@pytest.fixture(scope="module")
def written(decided: Decide) -> dict[str, bytes]:
    """One file of every kind: each document in Chinese and in two columns, the rest in the loan contract."""
    facts, given = full_case()
    decision = decided(facts_of("zhilai"))
    columns = draft(
        decision, facts, Particulars.model_validate(given), layout=Layout.SIDE_BY_SIDE, formats=[Format.DOCX]
    )
    drawn = draft(decision, facts, Particulars.model_validate(given), formats=[Format.DOCX])
    found = {
        file.filename: file.content
        for file in (*drawn.documents, *columns.documents)
        if file.language is not Language.EN or file.kind == "loan-contract"
    }
    dearer, marked = (_loan(decision, {"loan.overdue_uplift": uplift}) for uplift in ("0.50", "0.60"))
    found |= {
        f"redline.{language.value}.docx": redline_docx(
            redline(loan_contract(drawn, language), loan_contract(dearer, language))
        )
        for language in Language
    }
    found["draft-mark.docx"] = _file(marked)
    found["word-names.docx"] = _file(_loan(decision, {}, word=word_file(*BLOCKS)))
    conditional = word_file("{%p if loan.number %}", "{{ loan.number }}", "{%p endif %}", *BLOCKS)
    found["word-statements.docx"] = _file(_loan(decision, {}, word=conditional))
    return found


def _loan(decision: Decision, changes: Facts, word: bytes | None = None) -> ContractSet:
    shipped = shipped_texts()
    own = {} if word is None else {("loan-contract", Language.ZH): _template(word)}
    given = changed(example_particulars(), changes) | ({"overrides": LET_PASS} if own else {})
    particulars = Particulars.model_validate(given)
    texts = Texts(shipped.clauses, shipped.documents, own)
    return draft(decision, facts_of("zhilai"), particulars, formats=[Format.DOCX], texts=texts)


def _template(content: bytes) -> WordTemplate:
    return WordTemplate("loan-contract.zh", 1, "loan-contract", Language.ZH, content)


def _file(drawn: ContractSet) -> bytes:
    return next(file.content for file in drawn.documents if file.kind == "loan-contract")


@pytest.fixture(scope="module")
def validator() -> OpenXmlValidator:
    """The rules of Word 2019, every finding an error."""
    return OpenXmlValidator(FileFormat.OFFICE_2019, max_errors=0)


def findings(validator: OpenXmlValidator, content: bytes, path: Path) -> list[str]:
    """What the validator finds, without what it finds in python-docx's own template, which some tests fill."""
    path.write_bytes(content)
    return [str(error) for error in validator.validate(path).errors if "stylesWithEffects" not in str(error)]


FIRST: Final = (
    "01-loan-contract.zh.docx",
    "02-patent-pledge.zh-en.docx",
    "draft-mark.docx",
    "redline.zh.docx",
    "word-statements.docx",
)
"""One file of every way of writing."""


@pytest.mark.parametrize("name", FIRST)
def test_each_way_of_writing_a_word_file_fits_the_schemas_of_office_open_xml(
    name: str, written: dict[str, bytes], validator: OpenXmlValidator, tmp_path: Path
) -> None:
    assert findings(validator, written[name], tmp_path / name) == []


@pytest.mark.slow
def test_every_kind_of_word_file_fits_the_schemas_of_office_open_xml(
    written: dict[str, bytes], validator: OpenXmlValidator, tmp_path: Path
) -> None:
    found = {name: findings(validator, content, tmp_path / name) for name, content in written.items()}
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(found) >= 30


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<w:tblGrid>", "<w:tblGrid><w:p/>", "tblGrid"),
        ('<w:jc w:val="center"/>', '<w:jc w:val="middle"/>', "middle"),
        ("</w:tc>", "</w:tc><w:bold/>", "bold"),
    ],
)
def test_the_validator_sees_a_file_that_word_would_not_open(
    old: str, new: str, says: str, written: dict[str, bytes], validator: OpenXmlValidator, tmp_path: Path
) -> None:
    broken = _altered(written["01-loan-contract.zh.docx"], "word/document.xml", old, new)
    assert says in " ".join(findings(validator, broken, tmp_path / "broken.docx"))


def _altered(content: bytes, part: str, old: str, new: str) -> bytes:
    parts = parts_of(content)
    text = parts[part].decode()
    assert old in text
    return package(parts | {part: text.replace(old, new, 1).encode()})


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repairs(content: bytes) -> list[str]:
    """What Word would repair, drop or refuse in a file, as far as its parts show it."""
    parts = parts_of(content)
    stories = {name: etree.fromstring(part) for name, part in parts.items() if STORY.fullmatch(name)}
    found = [*_package_faults(parts), *_identity_faults(stories), *_name_faults(parts, stories)]
    return found + [f"{name}: {fault}" for name, story in stories.items() for fault in _story_faults(story)]


def _package_faults(parts: Parts) -> Iterator[str]:
    """A type for every part, a target for every relationship, a relationship for every id."""
    types = etree.fromstring(parts["[Content_Types].xml"])
    own = {one.get("PartName") for one in types.iter(PACKAGE % "content-types" + "Override")}
    endings = {one.get("Extension", "").lower() for one in types.iter(PACKAGE % "content-types" + "Default")}
    for name in parts:
        if name != "[Content_Types].xml" and f"/{name}" not in own and name.rsplit(".", 1)[-1] not in endings:
            yield f"{name} has no content type"
    yield from (f"{name} is declared and is not there" for name in own if name and name[1:] not in parts)
    for name, part in parts.items():
        if name.endswith(".rels"):
            yield from _relationship_faults(name, etree.fromstring(part), parts)


def _relationship_faults(name: str, relationships: etree._Element, parts: Parts) -> Iterator[str]:
    source = PurePosixPath(name).parent.parent / PurePosixPath(name).stem
    ids = [one.get("Id") for one in relationships]
    yield from (f"{name}: {one} is there twice" for one, times in Counter(ids).items() if times > 1)
    for one in relationships:
        target = one.get("Target", "")
        place = target[1:] if target.startswith("/") else posixpath.normpath(source.parent / target)
        if one.get("TargetMode") != "External" and place not in parts:
            yield f"{name}: {target} is not there"
    if str(source) in parts:
        used = set(etree.fromstring(parts[str(source)]).xpath("//@r:*", namespaces={"r": R[1:-1]}))
        yield from (f"{name}: nothing has the id {one}" for one in used - set(ids))


def _identity_faults(stories: dict[str, etree._Element]) -> Iterator[str]:
    """Ids that must be single: of changes, of bookmarks and their names, of paragraphs; and bookmarks closed once."""
    marks = [one.get(f"{W}id") for story in stories.values() for tag in NUMBERED_MARKS for one in story.iter(W + tag)]
    starts = [one for story in stories.values() for one in story.iter(f"{W}bookmarkStart")]
    ends = [one.get(f"{W}id") for story in stories.values() for one in story.iter(f"{W}bookmarkEnd")]
    opened, names = [one.get(f"{W}id") for one in starts], [(one.get(f"{W}name") or "").lower() for one in starts]
    paragraphs = [one.get(f"{W14}paraId") for story in stories.values() for one in story.iter(f"{W}p")]
    for what, ids in (("change", marks), ("bookmark", opened), ("bookmark", names), ("paragraph", paragraphs)):
        yield from (f"{what} {one} is there twice" for one, times in Counter(ids).items() if one and times > 1)
    if sorted(opened) != sorted(ends):
        yield f"bookmarks {opened} are closed as {ends}"
    yield from (f"the bookmark {name} is longer than 40 characters" for name in names if len(name) > 40)


def _name_faults(parts: Parts, stories: dict[str, etree._Element]) -> Iterator[str]:
    """Styles, numbering and the targets of references that are used and not defined."""
    styles = etree.fromstring(parts["word/styles.xml"])
    defined = {one.get(f"{W}styleId") for one in styles.iter(f"{W}style")}
    everywhere = [*stories.values(), styles]
    for tag in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"):
        used = {one.get(f"{W}val") for root in everywhere for one in root.iter(W + tag)}
        yield from (f"the style {name} is used as {tag} and not defined" for name in sorted(used - defined))
    numbering = etree.fromstring(parts["word/numbering.xml"]) if "word/numbering.xml" in parts else styles
    numbers = {one.get(f"{W}numId") for one in numbering.iter(f"{W}num")} | {"0"}
    abstract = {one.get(f"{W}abstractNumId") for one in numbering.iter(f"{W}abstractNum")}
    used_numbers = {one.get(f"{W}val") for root in everywhere for one in root.iter(f"{W}numId")}
    yield from (f"the numbering {name} is used and not defined" for name in sorted(used_numbers - numbers))
    pointed = {one.get(f"{W}val") for one in numbering.iter(f"{W}abstractNumId")}
    yield from (f"the abstract numbering {name} is not defined" for name in sorted(pointed - abstract))
    marks = {one.get(f"{W}name") for story in stories.values() for one in story.iter(f"{W}bookmarkStart")}
    for story in stories.values():
        for field in story.iter(f"{W}instrText"):
            words = (field.text or "").split()
            if words[:1] == ["REF"] and words[1] not in marks:
                yield f"the field refers to {words[1]}, which is no bookmark"


def _story_faults(story: etree._Element) -> Iterator[str]:
    """Tables with grid and whole rows, cells that end in a paragraph, fields that end, spaces that are kept."""
    for table in story.iter(f"{W}tbl"):
        grid = table.findall(f"{W}tblGrid/{W}gridCol")
        widths = {len(row.findall(f"{W}tc")) for row in table.findall(f"{W}tr")}
        if not grid or widths != {len(grid)}:
            yield f"a table has {len(grid)} columns in its grid and {sorted(widths)} in its rows"
        following = table.getnext()
        if following is not None and following.tag == f"{W}tbl":
            yield "a table follows a table without a paragraph between them"
    yield from ("a cell does not end in a paragraph" for cell in story.iter(f"{W}tc") if cell[-1].tag != f"{W}p")
    steps = [one.get(f"{W}fldCharType") for one in story.iter(f"{W}fldChar")]
    if steps != ["begin", "separate", "end"] * (len(steps) // 3):
        yield f"fields are written {steps}"
    for tag in ("t", "delText", "instrText"):
        for text in story.iter(W + tag):
            if (text.text or "") != (text.text or "").strip() and text.get(XML_SPACE) != "preserve":
                yield f"the spaces of {text.text!r} are not kept"
    for run in story.iter(f"{W}del"):
        yield from ("deleted text stands in w:t" for _ in run.iter(f"{W}t"))


def test_no_kind_of_word_file_has_what_word_would_repair(written: dict[str, bytes]) -> None:
    assert {name: faults for name, content in written.items() if (faults := repairs(content))} == {}


BREAKS = [
    ("word/document.xml", "<w:bookmarkEnd ", "<w:nothing ", "bookmarks"),
    ("word/document.xml", '<w:bookmarkStart w:id="0"', '<w:bookmarkStart w:id="1"', "bookmark 1 is there twice"),
    ("word/document.xml", '<w:pStyle w:val="Clause"/>', '<w:pStyle w:val="Klause"/>', "the style Klause is used"),
    ("word/document.xml", "REF ", "REF x", "which is no bookmark"),
    ("word/document.xml", "</w:p></w:tc>", "</w:p><w:tbl/></w:tc>", "a cell does not end in a paragraph"),
    ("word/document.xml", ' xml:space="preserve"> REF', "> REF", "are not kept"),
    ("word/document.xml", "<w:gridCol ", "<w:col ", "columns in its grid"),
    ("word/document.xml", 'r:id="rId5"', 'r:id="rId55"', "nothing has the id rId55"),
    ("word/document.xml", 'w:fldCharType="end"', 'w:fldCharType="separate"', "fields are written"),
    ("word/styles.xml", 'w:numId w:val="1"', 'w:numId w:val="77"', "the numbering 77 is used"),
    ("word/_rels/document.xml.rels", "header1.xml", "header2.xml", "header2.xml is not there"),
    ("[Content_Types].xml", "/word/header1.xml", "/word/header2.xml", "is declared and is not there"),
]


@pytest.mark.parametrize(("part", "old", "new", "says"), BREAKS)
def test_each_thing_that_word_would_repair_is_seen(
    part: str, old: str, new: str, says: str, written: dict[str, bytes]
) -> None:
    whole = written["01-loan-contract.zh.docx"]
    changed_part = parts_of(whole)[part].decode()
    assert old in changed_part
    assert says in " ".join(repairs(package(parts_of(whole) | {part: changed_part.replace(old, new, 1).encode()})))


def test_a_block_in_a_banks_template_needs_no_style_that_the_template_lacks(written: dict[str, bytes]) -> None:
    opened = docx.Document(io.BytesIO(written["word-names.docx"]))
    (plan,) = [table for table in opened.tables if table.rows[0].cells[0].text == "期次"]
    assert all(cell.paragraphs[0].runs[0].bold for cell in plan.rows[0].cells)
    used = {style.get(f"{W}val") for style in opened.element.body.iter(f"{W}pStyle")}
    assert not used & {"TableText", "TableHead", "Signature", "Gap"}
