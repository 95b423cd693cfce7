"""PDFs: reproducible PDF/A with embedded fonts, refused where a character has no glyph."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest

from products import Decision
from templates import ContractSet, Format, Language, Layout, MissingGlyphs, Particulars, draft
from templates.document import Document, Paragraph, Run, Signatures, Style, Table
from templates.writing.fonts import NoFont, characters_of, family_of
from templates.writing.pdf import FontsMissing, PdfWriter
from tests.templates.conftest import Facts, example_particulars, facts_of, full_case

NOTO = Path("/usr/share/fonts/opentype/noto")
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
LARGEST = 150_000
"""Bytes of the largest PDF of a set, fonts included."""


def font(*subtables: bytes) -> bytes:
    """A font file with nothing but a cmap of these subtables."""
    head = struct.pack(">HH", 0, len(subtables))
    offset = 4 + 8 * len(subtables)
    records = b""
    for table in subtables:
        records += struct.pack(">HHI", 3, 10, offset)
        offset += len(table)
    cmap = head + records + b"".join(subtables)
    directory = struct.pack(">4sHHHH", b"OTTO", 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, 28, len(cmap))
    return directory + cmap


def test_ranges_of_format_12_are_read_beyond_the_basic_plane() -> None:
    groups = struct.pack(">III", 0x4E00, 0x4E02, 5) + struct.pack(">III", 0x20BB7, 0x20BB7, 9)
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, 2) + groups
    assert characters_of(font(table)) == {0x4E00, 0x4E01, 0x4E02, 0x20BB7}


def test_segments_of_format_4_are_read_by_difference_and_by_array() -> None:
    ends, starts = (0x42, 0x62, 0xFFFF), (0x41, 0x61, 0xFFFF)
    deltas, ranges = (0x10000 - 0x40, 0, 1), (0, 4, 0)
    arrays = b"".join(struct.pack(f">{len(part)}H", *part) for part in (ends, (0,), starts, deltas, ranges, (7, 0)))
    table = struct.pack(">HHHHHHH", 4, 14 + len(arrays), 0, 6, 0, 0, 0) + arrays
    assert characters_of(font(table)) == {0x41, 0x42, 0x61}


@pytest.mark.parametrize(
    ("content", "says"), [(b"not a font", "is no OpenType font"), (b"OTTO\x00\x00" + b"\x00" * 6, "has no cmap table")]
)
def test_a_file_that_is_no_font_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(NoFont, match=says):
        characters_of(content)


@pytest.fixture
def writer() -> PdfWriter:
    return PdfWriter.with_noto(NOTO)


def named(*records: tuple[int, int, str]) -> bytes:
    """A font file with nothing but a name table of these records: language, kind of name, name."""
    texts = [name.encode("utf-16-be") for _, _, name in records]
    offsets = [sum(map(len, texts[:i])) for i in range(len(texts))]
    entries = b"".join(
        struct.pack(">6H", 3, 1, language, kind, len(text), offset)
        for (language, kind, _), text, offset in zip(records, texts, offsets, strict=True)
    )
    table = struct.pack(">HHH", 0, len(records), 6 + len(entries)) + entries + b"".join(texts)
    directory = struct.pack(">4sHHHH", b"OTTO", 1, 0, 0, 0) + struct.pack(">4sIII", b"name", 0, 28, len(table))
    return directory + table


def test_the_family_is_the_typographic_one_in_english() -> None:
    chinese, english = 0x804, 0x409
    assert family_of(named((chinese, 1, "花园明朝"), (english, 1, "HanaMinA"))) == "HanaMinA"
    assert family_of(named((english, 1, "Kai Light"), (english, 16, "Kai"))) == "Kai"
    with pytest.raises(NoFont, match="does not name its family in English"):
        family_of(named((chinese, 1, "花园明朝")))


def test_a_folder_without_the_fonts_is_refused_with_the_package(tmp_path: Path) -> None:
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()
    with pytest.raises(FontsMissing, match=r"NotoSerifCJK-Regular\.ttc in .*; install .*noto-cjk"):
        PdfWriter.with_noto(tmp_path)


def test_pdfs_without_a_printer_are_refused_before_anything_is_drawn(
    decided: Callable[[Facts], Decision], zhilai: Facts
) -> None:
    given = Particulars.model_validate(example_particulars())
    with pytest.raises(ValueError, match=r"PDFs need fonts: give draft\(\) a templates.writing.pdf.PdfWriter as pdf"):
        draft(decided(zhilai), zhilai, given, formats=[Format.PDF])


def test_a_document_has_no_format_of_a_list(decided: Callable[[Facts], Decision], zhilai: Facts) -> None:
    given = Particulars.model_validate(example_particulars())
    with pytest.raises(ValueError, match="Documents have no format xlsx; choose docx, html or pdf"):
        draft(decided(zhilai), zhilai, given, formats=[Format.XLSX])


@pytest.mark.system
@pytest.mark.parametrize("layout", Layout)
def test_every_pdf_of_the_longest_set_stays_small_embeds_its_font_and_says_both_texts(
    layout: Layout, writer: PdfWriter, decided: Callable[[Facts], Decision], pdf_text: Callable[[bytes], str]
) -> None:
    facts, given = full_case()
    drawn = draft(
        decided(facts_of("zhilai")),
        facts,
        Particulars.model_validate(given),
        layout=layout,
        formats=[Format.PDF],
        pdf=writer,
    )
    assert max(len(file.content) for file in drawn.documents) <= LARGEST
    for file in drawn.documents:
        text = words(pdf_text(file.content))
        for one in drawn.drafted:
            same = one.document.kind == file.kind and one.document.language.value in file.language.value
            if same:
                assert words(unescape(one.document.heading)) in text
                assert words(one.number) in text
    first = drawn.documents[0]
    fonts = subprocess.run(["pdffonts", "-"], input=first.content, check=True, capture_output=True).stdout.decode()
    rows = fonts.splitlines()[2:]
    assert rows
    assert all(re.search(r"yes yes yes", row) for row in rows)


@pytest.mark.system
def test_another_font_in_the_folder_prints_what_noto_lacks(
    tmp_path: Path, zhilai_set: ContractSet, pdf_text: Callable[[bytes], str]
) -> None:
    rare = Paragraph(Style.BODY, (Run("\u10a0有限公司"),))
    document = contract(zhilai_set, "cost-sheet")
    named = replace(document, blocks=(rare, *document.blocks))
    for name in ("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc"):
        (tmp_path / name).symlink_to(NOTO / name)
    with pytest.raises(MissingGlyphs, match=r"U\+10A0.*put a font that has them into the folder"):
        PdfWriter.with_noto(tmp_path).write(named)
    (tmp_path / "DejaVuSans.ttf").symlink_to(DEJAVU)
    assert "\u10a0有限公司" in words(pdf_text(PdfWriter.with_noto(tmp_path).write(named)))


@pytest.mark.system
def test_the_draft_mark_is_on_every_page_of_a_pdf(
    writer: PdfWriter, zhilai_set: ContractSet, pdf_text: Callable[[bytes], str]
) -> None:
    document = contract(zhilai_set, "loan-contract")
    pages = pdf_text(writer.write(document, "草案 DRAFT")).split("\f")[:-1]
    assert len(pages) >= 4
    assert all("DRAFT" in words(page) for page in pages)
    assert "DRAFT" not in pdf_text(writer.write(document))


@pytest.mark.system
def test_one_printer_serves_several_threads_at_once(writer: PdfWriter, zhilai_set: ContractSet) -> None:
    document = contract(zhilai_set, "cost-sheet")
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: writer.write(document), range(8)))
    assert len(made) == 1


def contract(drawn: ContractSet, kind: str) -> Document:
    return next(
        one.document for one in drawn.drafted if (one.document.kind, one.document.language) == (kind, Language.ZH)
    )


@pytest.mark.system
def test_every_document_becomes_a_pdf_that_says_what_it_says(
    writer: PdfWriter, zhilai_set: ContractSet, tmp_path: Path
) -> None:
    for one in zhilai_set.drafted:
        path = tmp_path / "a.pdf"
        path.write_bytes(writer.write(one.document))
        read = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True).stdout.decode()
        text = words(read)
        assert words(unescape(one.document.title)) in text
        assert words(one.number) in text
        assert signing_pages(one.document, read) <= {True}


def signing_pages(document: Document, read: str) -> set[bool]:
    """For each signing block, whether all its anchors and the last words before it stand on one page."""
    found = set()
    for before, block in pairwise(document.blocks):
        if isinstance(block, Signatures):
            assert isinstance(before, Paragraph | Table)
            last = before.runs[-1].text[-8:] if isinstance(before, Paragraph) else before.rows[-1][-1][-8:]
            wanted = [words(unescape(text)) for text in (last, *(one.anchor for one in block.blocks))]
            found.add(any(all(text in words(page) for text in wanted) for page in read.split("\f")))
    return found


def words(text: str) -> str:
    return "".join(text.split())


@pytest.mark.system
def test_the_same_document_gives_the_same_bytes_and_declares_pdf_a(writer: PdfWriter, zhilai_set: ContractSet) -> None:
    document = contract(zhilai_set, "loan-contract")
    made = writer.write(document)
    assert made == writer.write(document)
    assert b"pdfaid:part" in made


@pytest.mark.system
def test_markup_in_a_name_stays_text(
    writer: PdfWriter, zhilai_set: ContractSet, tmp_path: Path, pdf_text: Callable[[bytes], str]
) -> None:
    document = contract(zhilai_set, "cost-sheet")
    odd = Paragraph(Style.BODY, (Run('#panic() *甲* $x$ &lt;b&gt; "乙" \\ \\"))\\u{41}'),))
    text = pdf_text(writer.write(replace(document, blocks=(odd, *document.blocks))))
    assert '#panic()*甲*$x$<b>"乙"\\\\"))\\u{41}' in words(text)


@pytest.fixture
def pdf_text(tmp_path: Path) -> Callable[[bytes], str]:
    def read(content: bytes) -> str:
        path = tmp_path / "read.pdf"
        path.write_bytes(content)
        return subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True).stdout.decode()

    return read


@pytest.mark.system
def test_a_character_without_glyph_is_refused_by_name(writer: PdfWriter, zhilai_set: ContractSet) -> None:
    document = contract(zhilai_set, "cost-sheet")
    rare = Paragraph(Style.BODY, (Run("\U0003134a有限公司"),))
    with pytest.raises(MissingGlyphs, match=r"U\+3134A.*which no font has"):
        writer.write(replace(document, blocks=(rare, *document.blocks)))
