"""``kedai templates``, a version's way: draft, submission, approval or return, withdrawal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer
from pydantic import BaseModel

import templates
from api import wiring
from api.cli.failures import BAD_INPUT, fail, reported
from api.cli.given_texts import Draws, Files, From, In, text_of_files
from api.cli.inputs import day, settings
from api.cli.options import AsJson, Note, Reason
from api.cli.options import ReviewedBy as By
from api.clock import now
from api.texts.desk import State, TextDesk, UnknownText
from api.texts.shapes import VersionAnswer, version_answer, version_list
from api.texts.store import StoredText
from products.chained_events import NotAllowed
from templates.foreign_docx import RefusedDocx
from templates.versions import InvalidText
from templates.wording import Language

app = typer.Typer()

Id = Annotated[str, typer.Argument(help="Id of a version; kedai templates versions names them.")]


@app.command()
def versions(
    name: Annotated[str | None, typer.Argument(help="Only versions of this text.")] = None, as_json: AsJson = False
) -> None:
    """List the organisation's own versions with their states."""
    with text_desk_here() as desk:
        found = version_list(desk.versions(moment=now(), name=name))
    if as_json:
        _echo(found)
        return
    for line in found.items:
        gone = "" if line.withdrawn_from is None else f"  withdrawn from {line.withdrawn_from}"
        typer.echo(f"{line.id}  {line.kind} {line.name} {line.number}  {line.state}  from {line.in_force_from}{gone}")
    if not found.items:
        typer.echo("There are no versions of one's own; the shipped texts are in force.")


@app.command()
def history(version_id: Id) -> None:
    """Print a version with its text and history, as JSON."""
    with text_desk_here() as desk:
        _echo(version_answer(desk.version(version_id, moment=now())))


@app.command()
def draft(
    files: Files,
    by: By,
    document: Draws = "",
    language: In = Language.ZH,
    since: From = None,
    note: Note = "",
    version: Annotated[
        str | None, typer.Option(help="Draft or returned version to replace; a new one if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Store a text as a draft, once nothing is wrong with it."""
    with text_desk_here() as desk:
        text = text_of_files(files, document, language, since)
        if version is None:
            changed = desk.draft(text, actor=by, moment=now(), note=note)
        else:
            changed = desk.redraft(version, text, actor=by, moment=now(), note=note)
        _report(desk, changed, as_json=as_json)


@app.command()
def submit(version_id: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Hand a draft in for legal review."""
    with text_desk_here() as desk:
        _report(desk, desk.submit(version_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def approve(version_id: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Approve what was submitted; by another person than its authors."""
    with text_desk_here() as desk:
        _report(desk, desk.approve(version_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command("return")
def send_back(version_id: Id, by: By, note: Reason, as_json: AsJson = False) -> None:
    """Return what was submitted to its authors, with the reason."""
    with text_desk_here() as desk:
        _report(desk, desk.send_back(version_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def withdraw(
    version_id: Id,
    by: By,
    note: Reason,
    on: Annotated[str | None, typer.Option(help="First day out of force, YYYY-MM-DD; today if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a version out of force from a day on; the one before it holds again, or the shipped text."""
    with text_desk_here() as desk:
        changed = desk.withdraw(version_id, actor=by, moment=now(), day=day(on), note=note)
        _report(desk, changed, as_json=as_json)


@contextmanager
def text_desk_here() -> Iterator[TextDesk]:
    """The desk of the settings' organisation; ends the command with sentences where a step is refused."""
    with reported():
        use = settings()
        repository = wiring.repository(use)
        try:
            yield wiring.text_desk(use, repository)
        except InvalidText as error:
            fail(BAD_INPUT, *(f"{each.path or 'text'}: {each.message}" for each in error.problems))
        except templates.DraftRefused as refusal:
            fail(BAD_INPUT, *(f"{gap.field}: {gap}" for gap in refusal.gaps))
        except (NotAllowed, UnknownText, RefusedDocx) as error:
            fail(BAD_INPUT, str(error))
        finally:
            repository.close()


def _report(desk: TextDesk, changed: StoredText, *, as_json: bool) -> None:
    answer = version_answer(desk.version(changed.id, moment=now()))
    if as_json:
        _echo(answer)
        return
    typer.echo(_sentence(answer))
    for sentence in _what_comes_next(answer, desk.today(now())):
        typer.echo(sentence)


def _what_comes_next(answer: VersionAnswer, today: date) -> Iterator[str]:
    """The next step of a text that waits for its approval, or why there will be none."""
    if answer.state not in (State.DRAFT, State.SUBMITTED):
        return
    if answer.in_force_from < today:
        yield (
            f"It cannot be approved: {answer.in_force_from} has passed. "
            f"Draft it again with a first day (in_force_from) from {today} on."
        )
    elif answer.state is State.DRAFT:
        yield f"Hand it in for review with: kedai templates submit {answer.id} --by NAME"
    else:
        yield f"Another person approves it with: kedai templates approve {answer.id} --by NAME"


def _sentence(answer: VersionAnswer) -> str:
    state = answer.state.value.replace("_", " ")
    gone = "" if answer.withdrawn_from is None else f" It is withdrawn from {answer.withdrawn_from} on."
    return (
        f"Version {answer.number} of {answer.kind} {answer.name} ({answer.id}) is {state}, "
        f"for contracts signed from {answer.in_force_from} on.{gone}"
    )


def _echo(answer: BaseModel) -> None:
    typer.echo(answer.model_dump_json(indent=2))
