"""What goes to each register: the papers it asks for, and the file that answers each, by its hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import orjson

from templates.case.attachments import FILED
from templates.case.options import Paper
from templates.case.record import AssetFamily, ContractRecord
from templates.report import PRETTY

_DRAWN: Final = {
    Paper.APPLICATION_FORM: ("registration-{family}",),
    Paper.CONTRACTS: ("loan-contract", "{family}-pledge", "maximum-{family}-pledge"),
    Paper.ASSET_LIST: ("asset-list-{family}",),
}
"""Papers that the set itself contains, by the kinds of its files."""


class File(Protocol):
    """What is read of a file of the set."""

    @property
    def kind(self) -> str: ...
    @property
    def filename(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def sha256(self) -> str: ...


def pack_json(record: ContractRecord, files: Iterable[File]) -> bytes:
    """The pack of every register concerned, paper by paper."""
    files = tuple(files)
    packs = [
        {
            "register": family.value,
            "number": record.pledge_number(family),
            "papers": [_entry(record, family, paper, files) for paper in Paper],
        }
        for family in record.families
    ]
    return orjson.dumps({"number": record.particulars.loan.number, "registers": packs}, option=PRETTY)


def _entry(record: ContractRecord, family: AssetFamily, paper: Paper, files: tuple[File, ...]) -> dict[str, object]:
    found = [*_drawn(family, paper, files), *_attached(record, paper)]
    terms = record.particulars.pledge
    stated = terms is not None and paper in terms.papers
    return {
        "paper": paper.value,
        "zh": paper.zh,
        "en": paper.en,
        "state": "filed" if found else "stated" if stated else "absent",
        "files": found,
    }


def _drawn(family: AssetFamily, paper: Paper, files: tuple[File, ...]) -> Iterator[dict[str, object]]:
    kinds = {kind.format(family=family.value) for kind in _DRAWN.get(paper, ())}
    for file in files:
        if file.kind in kinds:
            yield {"filename": file.filename, "bytes": len(file.content), "sha256": file.sha256}


def _attached(record: ContractRecord, paper: Paper) -> Iterator[dict[str, object]]:
    kind = FILED.get(paper)
    yield from (each.plain() for each in record.attachments if each.kind is kind)
