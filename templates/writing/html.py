"""A finished document as one HTML page that prints cleanly; styles inside, nothing loaded from elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from templates.document import Align, Aligned, Block, Document, Pairs, Paragraph, Run, Signatures, Style, Table
from templates.wording import Bilingual, Language

MEDIA_TYPE: Final = "text/html; charset=utf-8"
_TAGS: Final = {
    Style.ARTICLE: "h2",
    Style.SECTION: "h2",
    Style.ANNEX: "h2",
}
_LANGUAGES: Final = {Language.ZH: "zh-CN", Language.EN: "en", Bilingual.ZH_EN: "zh-CN"}
_CELLS: Final = {Align.START: "", Align.CENTER: ' class="center"', Align.END: ' class="end"'}


@cache
def stylesheet() -> str:
    """The style sheet of all pages."""
    return (Path(__file__).parent / "parts" / "contract.css").read_text(encoding="utf-8")


def write_html(document: Document, mark: str = "") -> bytes:
    """The page's bytes, UTF-8; ``mark`` stands across every page, for drafts."""
    body = "\n".join(map(_block, document.blocks))
    watermark = f'<div class="mark" aria-hidden="true">{mark}</div>\n' if mark else ""
    page = (
        f'<!doctype html>\n<html lang="{_LANGUAGES[document.language]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{document.heading} {document.number}</title>\n<style>\n{stylesheet()}</style>\n</head>\n"
        f"<body>\n{watermark}<main>\n"
        f'<h1>{_broken(document.title)}</h1>\n<p class="number">{document.number_label}{document.number}</p>\n'
        f"{body}\n</main>\n</body>\n</html>\n"
    )
    return page.encode()


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return _paragraph(block)
        case Aligned():
            chinese, english = _paragraph(block.zh), _paragraph(block.en)
            return f'<div class="pair"><div lang="zh-CN">{chinese}</div><div lang="en">{english}</div></div>'
        case Table():
            return _table(block)
        case Pairs():
            rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in block.rows)
            return f"<dl>{rows}</dl>"
        case Signatures():
            return _signatures(block)


def _broken(text: str) -> str:
    """The text with its line breaks."""
    return text.replace("\n", "<br>")


def _paragraph(paragraph: Paragraph) -> str:
    tag = _TAGS.get(paragraph.style, "p")
    anchor = f' id="{paragraph.bookmark}"' if paragraph.bookmark else ""
    label = f'<span class="label">{paragraph.label}</span> ' if paragraph.label else ""
    return f'<{tag} class="{paragraph.style.value}"{anchor}>{label}{"".join(map(_run, paragraph.runs))}</{tag}>'


def _run(run: Run) -> str:
    text = f'<a href="#{run.target}">{run.text}</a>' if run.target else run.text
    return f"<strong>{text}</strong>" if run.strong else text


def _table(table: Table) -> str:
    columns = "".join(f'<col style="width:{column.width / 10:.1f}%">' for column in table.columns)
    head = "".join(f'<th scope="col">{_broken(column.title)}</th>' for column in table.columns)
    rows = "\n".join(
        "<tr>"
        + "".join(
            f"<td{_CELLS[column.align]}>{_broken(text)}</td>" for column, text in zip(table.columns, row, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        f"<table>\n<colgroup>{columns}</colgroup>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _signatures(signatures: Signatures) -> str:
    blocks = []
    for block in signatures.blocks:
        lines = "".join(f"<p>{_broken(line)}</p>" for line in block.lines)
        blocks.append(f"<div><p><strong>{_broken(block.anchor)}</strong></p>{lines}</div>")
    return '<section class="signatures">\n{}\n</section>'.format("\n".join(blocks))
