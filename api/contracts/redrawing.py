"""A stored set drawn again from what it was drawn from, and compared with what is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import templates
from api.contracts import chain
from api.contracts.drafting import attached
from api.storage.repository import Repository
from api.storage.stored import StoredSet
from products.explaining.answer import Decision
from templates.contract_set import Drafted, in_layout
from templates.redline.comparison import ReturnedReport, redline_returned, returned_report
from templates.redline.units import Deviation, Redline
from templates.texts import unpacked

RedlinedReturn = tuple[Drafted, Redline, tuple[Deviation, ...]]
"""A document that came back: which it is, what became of it, and that clause by clause."""
PrinterFor = Callable[[], templates.Printer]
"""Makes who makes the PDFs; asked only for a set that has some."""


class NoSources(LookupError):
    """A set that was drawn before it was kept what sets are drawn from."""

    def __init__(self, set_id: str) -> None:
        super().__init__(
            f"The set {set_id} has no entry in the chain, so what it was drawn from is not kept; its files are."
        )


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A stored set and the same drawn again; ``release`` is the version of kedai that drew it first."""

    stored: StoredSet
    decision: Decision
    application: dict[str, object]
    particulars: templates.Particulars
    contracts: templates.ContractSet
    layout: templates.Layout
    release: str

    def compared_with(self, content: bytes, *, named: tuple[str, str] | None = None) -> ReturnedReport:
        """The report on a DOCX that came back; errors as in `returned_report`."""
        return returned_report(content, self._written, self.decision, self.application, self.particulars, named=named)

    def redlined_with(self, content: bytes, *, named: tuple[str, str] | None = None) -> RedlinedReturn:
        """The document that came back, what became of it, and that by clause; errors as in `returned_report`."""
        return redline_returned(content, self._written, named=named)

    @property
    def _written(self) -> tuple[Drafted, ...]:
        return in_layout(self.contracts.drafted, self.layout, self.particulars.signing.prevailing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What came of a verification; ``differing`` are the files that come out otherwise, empty if none does."""

    set_id: str
    differing: tuple[str, ...]
    drawn_by: str
    verified_by: str
    broken_entry: int | None

    @property
    def same(self) -> bool:
        """Whether every file comes out byte for byte and the chain is whole."""
        return not self.differing and self.broken_entry is None


def redraw(repository: Repository, set_id: str, *, printer: PrinterFor | None) -> Redrawn | None:
    """The set drawn again; None if there is none. NoSources if what it was drawn from is not kept.

    Without a ``printer`` no file of a document is written: what the documents say is all that is wanted.
    """
    stored = repository.contract_set(set_id)
    if stored is None:
        return None
    kept = repository.sources(set_id)
    recorded, applied = repository.decision(stored.decision_id), repository.application(stored.decision_id)
    if kept is None or recorded is None or applied is None:
        raise NoSources(set_id)
    sources, named = json.loads(kept[0]), {paper.id: paper for paper in repository.attachments(stored.decision_id)}
    decision, application = Decision.model_validate_json(recorded.body), json.loads(applied.body)
    particulars = templates.Particulars.model_validate_json(stored.particulars)
    contracts = templates.draft(
        decision,
        application,
        particulars,
        **_output(sources, printer),
        texts=unpacked(kept[1]),
        attachments=[attached(named[each]) for each in sources["attachments"]],
    )
    layout = templates.Layout(sources["layout"])
    return Redrawn(stored, decision, application, particulars, contracts, layout, sources["release"])


def _output(sources: Mapping[str, Any], printer: PrinterFor | None) -> dict[str, Any]:
    """How the set was written, as arguments of the drafting; no document is written without a ``printer``."""
    formats = [] if printer is None else [templates.Format(each) for each in sources["formats"]]
    pdf = printer() if printer is not None and templates.Format.PDF in formats else None
    return {"layout": templates.Layout(sources["layout"]), "formats": formats, "pdf": pdf}


def verify(repository: Repository, set_id: str, *, printer: PrinterFor) -> Verification | None:
    """Draw the set again and compare every file's SHA-256, then walk the chain; None if there is no such set."""
    redrawn = redraw(repository, set_id, printer=printer)
    if redrawn is None:
        return None
    contracts, stored = redrawn.contracts, redrawn.stored
    now = {file.filename: file.sha256 for file in (*contracts.documents, *contracts.attachments)}
    then = {file.filename: file.sha256 for file in stored.documents}
    now["manifest.json"], then["manifest.json"] = contracts.digest, hashlib.sha256(stored.manifest).hexdigest()
    return Verification(
        set_id=set_id,
        differing=tuple(sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))),
        drawn_by=redrawn.release,
        verified_by=version("kedai"),
        broken_entry=chain.first_broken(repository.entries()),
    )
