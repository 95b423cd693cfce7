"""``kedai contract``: the contract set of a stored decision."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import typer

import products
import templates
from api import wiring
from api.cli.failures import BAD_INPUT, fail, reported
from api.cli.inputs import payload, settings
from api.clock import now
from api.drafting import (
    DEFAULT_FORMATS,
    DocumentFormat,
    Drafted,
    InvalidParticulars,
    draft_set,
    output_of,
    read_particulars,
)
from api.examples import invented_particulars
from api.settings import Settings
from products.explaining.answer import Decision
from templates.contract_set import MANIFEST


def run(
    decision_id: str,
    *,
    particulars: Path | None,
    out: Path | None,
    layout: str,
    formats: Sequence[str] | None,
) -> None:
    """Draft, store and write the contract set of ``decision_id``, and say where its files are."""
    with reported(), _drafting():
        use = settings()
        given = read_particulars(payload(particulars, limit=use.body_limit_bytes)) if particulars else None
        output = _output(use, layout, formats)
        with closing(wiring.repository(use)) as repository:
            drafted = draft_set(
                repository,
                decision_id,
                invented if given is None else lambda *_known: given,
                moment=now(),
                output=output,
            )
        if drafted is None:
            fail(BAD_INPUT, f"There is no decision {decision_id!r} here; kedai decide FILE makes one.")
    for path in write_files(drafted, out or use.out_dir):
        typer.echo(path)


def _output(use: Settings, layout: str, formats: Sequence[str] | None) -> templates.Output:
    wanted = tuple(_choice(DocumentFormat, form, "--format") for form in formats or DEFAULT_FORMATS)
    return output_of(_choice(templates.Layout, layout, "--layout"), wanted, lambda: wiring.printer(use.pdf_fonts))


C = TypeVar("C", bound=StrEnum)


def _choice(among: type[C], text: str, option: str) -> C:
    try:
        return among(text)
    except ValueError:
        fail(BAD_INPUT, f"{option}: {text!r} is none of {', '.join(among)}.")


def invented(decision: Decision, application: Mapping[str, Any]) -> templates.Particulars:
    """Invented parties for the decision."""
    purpose = products.application_from(application).request.purpose
    return invented_particulars(decided_on=decision.decided_on, purpose=purpose)


@contextmanager
def _drafting() -> Iterator[None]:
    try:
        yield
    except InvalidParticulars as error:
        fail(BAD_INPUT, *(f"{fault.path or 'particulars'}: {fault.message}" for fault in error.faults))
    except templates.DraftRefused as refusal:
        fail(BAD_INPUT, *(f"{gap.field}: {gap}" for gap in refusal.gaps))
    except templates.MissingGlyphs as error:
        fail(BAD_INPUT, str(error))


def write_files(drafted: Drafted, folder: Path) -> tuple[Path, ...]:
    """Write the set's files and its manifest into a folder of the decision's own; a new set replaces the old one."""
    place = folder / drafted.decision.id
    place.mkdir(parents=True, exist_ok=True)
    for old in _written_before(place):
        old.unlink(missing_ok=True)
    files = (*drafted.contracts.documents, *drafted.contracts.attachments)
    contents = {file.filename: file.content for file in files}
    contents[MANIFEST] = drafted.contracts.manifest
    for name, content in contents.items():
        (place / name).write_bytes(content)
    return tuple(place / name for name in contents)


def _written_before(place: Path) -> Iterator[Path]:
    """The files of the set that was written here before, as its manifest lists them."""
    manifest = place / MANIFEST
    if manifest.exists():
        listed = json.loads(manifest.read_bytes())
        documents = [file for document in listed["documents"] for file in document["files"]]
        yield from (place / Path(file["filename"]).name for file in documents + listed["attachments"])
