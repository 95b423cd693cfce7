"""``kedai contract``: the contract set of a stored decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import typer

import products
import templates
from api import wiring
from api.cli.failures import BAD_INPUT, fail, reported
from api.cli.inputs import payload, settings
from api.clock import now
from api.drafting import Drafted, InvalidParticulars, draft_set, read_particulars
from api.examples import invented_particulars
from products.explaining.answer import Decision


def run(decision_id: str, *, particulars: Path | None, out: Path | None) -> None:
    """Draft, store and write the contract set of ``decision_id``, and say where its files are."""
    with reported(), _drafting():
        use = settings()
        given = read_particulars(payload(particulars, limit=use.body_limit_bytes)) if particulars else None
        with closing(wiring.repository(use)) as repository:
            drafted = draft_set(
                repository, decision_id, invented if given is None else lambda *_known: given, moment=now()
            )
        if drafted is None:
            fail(BAD_INPUT, f"There is no decision {decision_id!r} here; kedai decide FILE makes one.")
    for path in write_files(drafted, out or use.out_dir):
        typer.echo(path)


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


def write_files(drafted: Drafted, folder: Path) -> tuple[Path, ...]:
    """Write the set's files and its manifest into a folder of the decision's own; a new set replaces the old one."""
    place = folder / drafted.decision.id
    place.mkdir(parents=True, exist_ok=True)
    contents = {file.filename: file.content for file in drafted.contracts.documents}
    contents["manifest.json"] = drafted.contracts.manifest
    for name, content in contents.items():
        (place / name).write_bytes(content)
    return tuple(place / name for name in contents)
