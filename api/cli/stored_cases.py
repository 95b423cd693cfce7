"""What the commands of ``kedai contract`` share: the stored cases, files given to them, and words among a few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from api import wiring
from api.cli.failures import BAD_INPUT, fail, reported
from api.cli.inputs import payload, settings
from api.contracts.papers import RefusedPaper
from api.contracts.redlining import NothingToCompare
from api.contracts.redrawing import NoSources
from api.storage.repository import Repository
from templates.foreign_docx import RefusedDocx
from templates.redline.comparison import NoSuchDocument

SetId = Annotated[str, typer.Argument(help="Id of a contract set.")]
C = TypeVar("C", bound=StrEnum)


def choice(among: type[C], text: str, option: str) -> C:
    """One of a few words given as an option; ends the command with those there are."""
    try:
        return among(text)
    except ValueError:
        fail(BAD_INPUT, f"{option}: {text!r} is none of {', '.join(among)}.")


@contextmanager
def cases() -> Iterator[Repository]:
    """The organisation's rows; ends the command with sentences where a step is refused."""
    with reported(), closing(wiring.repository(settings())) as repository:
        try:
            yield repository
        except RefusedPaper as error:
            fail(BAD_INPUT, *(fault.message for fault in error.faults))
        except (RefusedDocx, NoSuchDocument, NoSources, NothingToCompare) as error:
            fail(BAD_INPUT, str(error))


def file_content(path: Path) -> bytes:
    """The bytes of a file given to a case; ends the command where it is too long."""
    limit = settings().attachment_limit_bytes
    content = payload(path, limit=limit)
    if len(content) > limit:
        fail(
            BAD_INPUT, f"{path}: The file is longer than {limit} bytes. Raise KEDAI_ATTACHMENT_LIMIT_BYTES, or cut it."
        )
    return content


def no_decision(decision_id: str) -> NoReturn:
    """End the command: the decision is not stored here."""
    fail(BAD_INPUT, f"There is no decision {decision_id!r} here; kedai decide FILE makes one.")


def no_set(set_id: str) -> NoReturn:
    """End the command: the contract set is not stored here."""
    fail(BAD_INPUT, f"There is no contract set {set_id!r} here; kedai contract list DECISION names those there are.")
