"""``kedai revision``: a product team's day, from the form to the withdrawal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from api import wiring
from api.cli.desks import desk_here
from api.cli.failures import BAD_INPUT, FAILED, fail
from api.cli.inputs import STANDARD_INPUT, day, day_or_today, payload, settings
from api.cli.options import AsJson, Note, Reason
from api.cli.options import ReviewedBy as By
from api.clock import now
from api.revisions.desk import Desk
from api.revisions.population import GREATEST_POPULATION, from_file, generated
from api.revisions.population import stored as stored_applications
from api.revisions.shapes import (
    RevisionAnswer,
    difference_list,
    revision_answer,
    revision_list,
)
from api.revisions.store import StoredRevision
from products import Applications
from products.revising.content import GREATEST_PAYLOAD, parsed, read_content
from products.revising.files import GREATEST_FILE

app = typer.Typer(help="Revisions of products: draft, review, publish, withdraw.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Id of a revision; kedai revision list names them.")]
ContentFile = Annotated[Path, typer.Argument(help="Content as JSON; - reads it from standard input.")]


@app.command("form")
def show_form(
    product: Annotated[str, typer.Argument(help="The product to be revised.")],
    on: Annotated[str | None, typer.Option(help="Day whose values are shown; today if left out.")] = None,
) -> None:
    """Print the form of a product's revisions: a JSON Schema with limits, labels, messages and values in force."""
    with desk_here() as desk:
        typer.echo(_pretty(desk.form(product, on=day_or_today(on, settings()))))


@app.command("list")
def show_list(
    product: Annotated[str | None, typer.Option(help="Only revisions of this product.")] = None, as_json: AsJson = False
) -> None:
    """List the revisions with their states."""
    with desk_here() as desk:
        found = revision_list(desk.revisions(moment=now(), product=product))
    if as_json:
        _echo(found)
        return
    for line in found.items:
        until = f" to {line.effective_until}" if line.effective_until else ""
        typer.echo(
            f"{line.id}  {line.product}/{line.slug} {line.number}  {line.state}  from {line.effective_from}{until}"
        )


@app.command()
def show(revision_id: Id) -> None:
    """Print a revision with its content and history, as JSON."""
    with desk_here() as desk:
        _echo(revision_answer(desk.revision(revision_id, moment=now())))


@app.command()
def draft(
    file: ContentFile,
    by: By,
    note: Note = "",
    revision: Annotated[
        str | None, typer.Option(help="Draft or returned revision to replace; a new one if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Store a content as a draft, once it fits the product and its programme."""
    with desk_here() as desk:
        content = read_content(payload(file, limit=GREATEST_PAYLOAD))
        if revision is None:
            changed = desk.draft(content, actor=by, moment=now(), note=note)
        else:
            changed = desk.redraft(revision, content, actor=by, moment=now(), note=note)
        _report(desk, changed, as_json=as_json)


@app.command()
def diff(
    revision_id: Id,
    against: Annotated[
        str | None, typer.Option(help="Another revision; what the line has in force if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say in words how a revision differs from another one."""
    with desk_here() as desk:
        found = difference_list(revision_id, against, desk.differences(revision_id, against))
    if as_json:
        _echo(found)
        return
    for each in found.items:
        typer.echo(f"{each.zh}\n  {each.en}")
    if not found.items:
        typer.echo("Both say the same.")


@app.command()
def impact(
    revision_id: Id,
    applications: Annotated[
        int, typer.Option(help="Generated applications to decide.", min=1, max=GREATEST_POPULATION)
    ] = 100_000,
    seed: Annotated[int, typer.Option(help="Seed of the generated applications.", min=0)] = 1,
    file: Annotated[Path | None, typer.Option(help="Parquet or Arrow file of applications to decide instead.")] = None,
    stored: Annotated[bool, typer.Option("--stored", help="Decide the stored applications instead.")] = False,
    on: Annotated[str | None, typer.Option(help="Day of decision, YYYY-MM-DD; today if left out.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for impact.json and impact.html; JSON is printed if not given.")
    ] = None,
) -> None:
    """Say what a revision would do to a population, against what its line has in force."""
    with desk_here() as desk:
        use = settings()
        if file is not None and stored:
            fail(BAD_INPUT, "--file and --stored name two populations. Give one of them.")
        batches, words = _population(desk, applications, seed, file, stored=stored)
        report = desk.impact(revision_id, batches, wiring.scorecard(use), on=day_or_today(on, use), population=words)
    if out is None:
        _echo(report)
        return
    from api.pages.impact_page import impact_html  # noqa: PLC0415 - charts cost a second

    out.mkdir(parents=True, exist_ok=True)
    for name, content in (("impact.json", report.model_dump_json(indent=2)), ("impact.html", impact_html(report))):
        (out / name).write_text(content, encoding="utf-8")
        typer.echo(out / name)


def _population(
    desk: Desk, n: int, seed: int, file: Path | None, *, stored: bool
) -> tuple[Iterator[Applications], str]:
    if file is not None:
        return from_file(file), f"file {file.name}"
    if stored:
        return stored_applications(desk.store), "stored applications"
    return generated(n, seed), f"generated applications, seed {seed}"


@app.command()
def submit(revision_id: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Hand a draft in for review."""
    with desk_here() as desk:
        _report(desk, desk.submit(revision_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def approve(revision_id: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Approve what was submitted; by another person than its authors."""
    with desk_here() as desk:
        _report(desk, desk.approve(revision_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command("return")
def send_back(revision_id: Id, by: By, note: Reason, as_json: AsJson = False) -> None:
    """Return what was submitted to its authors, with the reason."""
    with desk_here() as desk:
        _report(desk, desk.send_back(revision_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def withdraw(
    revision_id: Id,
    by: By,
    note: Reason,
    on: Annotated[str | None, typer.Option(help="First day out of force, YYYY-MM-DD; today if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a revision out of force from a day on."""
    with desk_here() as desk:
        changed = desk.withdraw(revision_id, actor=by, moment=now(), day=day(on), note=note)
        _report(desk, changed, as_json=as_json)


@app.command()
def publish(as_json: AsJson = False) -> None:
    """Record which revisions came into force, were superseded or ended; safe to repeat, for a daily job."""
    with desk_here() as desk:
        changed = desk.publish(moment=now())
        standing = [revision_answer(desk.revision(each.id, moment=now())) for each in changed]
    if as_json:
        typer.echo(_pretty([each.id for each in standing]))
        return
    for each in standing:
        typer.echo(_sentence(each))
    if not standing:
        typer.echo("Nothing has come into force or ended since the last time.")


@app.command()
def export(
    revision_id: Id,
    out: Annotated[Path, typer.Option(help="File to write; - writes to standard output.")] = STANDARD_INPUT,
) -> None:
    """Write a revision as a file signed with KEDAI_REVISION_KEY."""
    with desk_here() as desk:
        content = desk.export(revision_id)
    if out == STANDARD_INPUT:
        typer.echo(content.decode())
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        fail(FAILED, f"{out}: The file cannot be written ({error.strerror}). Name another place.")
    typer.echo(out)


@app.command("import")
def receive(
    file: Annotated[Path, typer.Argument(help="Signed file; - reads it from standard input.")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Check a signed file and store its content as a new draft."""
    with desk_here() as desk:
        value = parsed(payload(file, limit=GREATEST_FILE), most_bytes=GREATEST_FILE)
        _report(desk, desk.receive(value, actor=by, moment=now()), as_json=as_json)


def _report(desk: Desk, changed: StoredRevision, *, as_json: bool) -> None:
    answer = revision_answer(desk.revision(changed.id, moment=now()))
    _echo(answer) if as_json else typer.echo(_sentence(answer))


def _sentence(answer: RevisionAnswer) -> str:
    return (
        f"Revision {answer.number} of {answer.product}/{answer.slug} ({answer.id}) is {answer.state}, "
        f"from {answer.effective_from} on."
    )


def _echo(answer: BaseModel) -> None:
    typer.echo(answer.model_dump_json(indent=2))


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
