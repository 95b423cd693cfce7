"""What contract drafting is measured against: docxtpl on the same document, and LibreOffice as converter to PDF.

The template for docxtpl is this project's own contract, written once with tags in place of every value, so that both
make the same document out of the same figures.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from docxtpl import DocxTemplate

from templates.assembly import assemble, chosen
from templates.case.record import ContractRecord
from templates.document import Pairs, Signatures, SigningBlock, Table
from templates.library import library
from templates.views import Drawing, drawings
from templates.wording import Language
from templates.writing.docx import write_docx

Render = Callable[[], bytes]
_LOOP: Final = "{{%tr {} %}}"


def drawing_of(record: ContractRecord, kind: str) -> Drawing:
    """The Chinese document of a kind, before it is drawn."""
    return next(one for one in drawings(record, Language.ZH) if one.kind == kind)


def drawn(drawing: Drawing, record: ContractRecord) -> bytes:
    """The document as this project makes it: clauses chosen, numbered, filled and written."""
    clauses = chosen(drawing.definition, Language.ZH, record.facts(), library())
    return write_docx(assemble(drawing, clauses, Language.ZH))


def with_docxtpl(drawing: Drawing, record: ContractRecord) -> Render:
    """The same document by docxtpl: template opened, rendered and saved each time, as docxtpl needs it."""
    template = drawn(replace(drawing, context=_tagged(drawing.context, "")), record)
    context = _plain(drawing.context)

    def render() -> bytes:
        opened = DocxTemplate(io.BytesIO(template))
        opened.render(context, autoescape=True)
        packed = io.BytesIO()
        opened.save(packed)
        return packed.getvalue()

    return render


def _tagged(view: Any, place: str) -> Any:
    """The context with a tag for every text and a loop for every table."""
    match view:
        case str():
            return f"{{{{ {place} }}}}" if view else ""
        case Table(columns=columns):
            cells = tuple(f"{{{{ row[{i}] }}}}" for i in range(len(columns)))
            return Table(columns, _looped(f"{place}.rows", cells))
        case Pairs():
            return Pairs(cast("Any", _looped(f"{place}.rows", ("{{ row[0] }}", "{{ row[1] }}"))))
        case Signatures(blocks=blocks):
            return Signatures(tuple(_tagged_block(block, f"{place}.blocks[{i}]") for i, block in enumerate(blocks)))
        case _ if is_dataclass(view):
            values = {field.name: getattr(view, field.name) for field in fields(view)}
            tagged = {name: _tagged(value, f"{place}.{name}".lstrip(".")) for name, value in values.items()}
            return replace(cast("Any", view), **tagged)
    return view


def _looped(rows: str, cells: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    empty = ("",) * (len(cells) - 1)
    return ((_LOOP.format(f"for row in {rows}"), *empty), cells, (_LOOP.format("endfor"), *empty))


def _tagged_block(block: SigningBlock, place: str) -> SigningBlock:
    lines = tuple(f"{{{{ {place}.lines[{i}] }}}}" for i in range(len(block.lines)))
    return SigningBlock(f"{{{{ {place}.anchor }}}}", lines)


def _plain(view: Any) -> Mapping[str, Any]:
    return {field.name: getattr(view, field.name) for field in fields(view)}


def text_of(content: bytes) -> str:
    """The text of a DOCX without white space."""
    body = DocxTemplate(io.BytesIO(content)).get_docx().element.body
    return "".join("".join(node.itertext()) for node in body.iter() if node.tag.endswith("}t")).replace(" ", "")


def with_libreoffice(content: bytes) -> float:
    """Milliseconds of one conversion to PDF, the second with the same profile."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.docx"
        path.write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(path)]
        subprocess.run(command, check=True, capture_output=True)
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return 1_000 * (time.perf_counter() - start)
