"""``kedai contract``, what became of a set: documents that came back, and redlines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli.failures import BAD_INPUT, FAILED, fail
from api.cli.inputs import settings
from api.cli.options import AsJson
from api.cli.stored_cases import SetId, cases, choice, file_content, no_set
from api.clock import now
from api.contracts.case_shapes import ReturnedAnswer, ReturnedList, returned_entry
from api.contracts.redlining import PREVIOUS, RedlinedDocument, RedlineFormat, redline_returned, redline_set
from api.contracts.returning import check_and_keep
from templates.redline import Kind, RedlineRefused
from templates.wording import Language

app = typer.Typer()


@app.command("check-returned")
def check_returned(
    set_id: SetId,
    file: Annotated[Path, typer.Argument(help="The DOCX that came back.")],
    document: Annotated[str | None, typer.Option(help="Kind of the document; found by its text if left out.")] = None,
    language: Annotated[Language, typer.Option(help="Language of the document named.")] = Language.ZH,
    by: Annotated[str, typer.Option("--by", help="The person who sends it in.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say clause by clause what was changed, which figures are unknown and which gates fail; keep file and report."""
    named = None if document is None else (document, language.value)
    with cases() as repository:
        checked = check_and_keep(repository, set_id, file_content(file), actor=by, moment=now(), named=named)
    if checked is None:
        no_set(set_id)
    answer = checked.report
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
        return
    for line in _sentences(answer):
        typer.echo(line)


@app.command("redline")
def write_redlines(
    set_id: SetId,
    file: Annotated[Path | None, typer.Argument(help="A DOCX that came back; left out, drafts are compared.")] = None,
    against: Annotated[
        str | None,
        typer.Option(help="approved, previous, or the id of another set; not with FILE.", show_default=PREVIOUS),
    ] = None,
    formats: Annotated[list[str] | None, typer.Option("--format", help="docx or html; may be repeated.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; a folder of the set's under KEDAI_OUT_DIR.")
    ] = None,
) -> None:
    """Write what changed as DOCX with tracked changes and as HTML, for each document that is not the same."""
    if file is not None and against is not None:
        fail(
            BAD_INPUT,
            f"--against {against}: {file.name} came back from the other side and is compared with the document of "
            f"{set_id} that was sent out, nothing else; leave --against out, or leave the file out to compare drafts.",
        )
    use = settings()
    wanted = [choice(RedlineFormat, each, "--format") for each in formats or RedlineFormat]
    with cases() as repository:
        found: Sequence[RedlinedDocument] | None
        if file is None:
            found = redline_set(repository, set_id, against=against or PREVIOUS)
        else:
            returned = redline_returned(repository, set_id, file_content(file))
            found = None if returned is None else [returned]
    if found is None:
        no_set(set_id)
    folder = out or use.out_dir / "redlines" / set_id
    for one in found:
        try:
            for line in _redlined(one, folder, wanted):
                typer.echo(line)
        except RedlineRefused as error:
            fail(FAILED, str(error))


def _redlined(one: RedlinedDocument, folder: Path, formats: Sequence[RedlineFormat]) -> Iterator[str]:
    """The document's redline written in its formats, with what departs clause by clause."""
    name = f"{one.kind}.{one.language}"
    if one.is_same:
        yield f"{name}: the same"
        return
    filled = f"{one.filled} filled in, " if one.filled else ""
    yield f"{name}: {filled}{len(one.departures)} altered"
    for each in one.departures:
        change = each.change
        yield f"  {change.kind}  {each.heading or '-'}"
        yield f"    - {change.text(Kind.KEPT, Kind.DELETED)}\n    + {change.text(Kind.KEPT, Kind.INSERTED)}"
    folder.mkdir(parents=True, exist_ok=True)
    for form in formats:
        file = one.written(form)
        (folder / file.filename).write_bytes(file.content)
        yield str(folder / file.filename)


def _sentences(answer: ReturnedAnswer) -> Iterator[str]:
    yield f"{answer.title} ({answer.document}.{answer.language})"
    for each in answer.differences:
        yield f"{each.kind}  {each.heading or '-'}\n  - {each.before}\n  + {each.after}"
        if each.figures_before or each.figures_after:
            yield f"  figures: {', '.join(each.figures_before) or '-'} -> {', '.join(each.figures_after) or '-'}"
    for mark in (*answer.changes, *answer.comments):
        yield f"{mark.kind} by {mark.author or 'nobody named'}: {mark.text}"
    yield from (f"unknown {figure.kind} {figure.text}: {figure.line}" for figure in answer.figures)
    yield from (f"added in {line}" for line in answer.margins)
    for clause in answer.negotiable:
        yield f"kedai templates positions {clause.clause} says what may be answered ({clause.owner})."
    for gate in answer.gates:
        yield f"{gate.severity}  {gate.gate}: {answer.document} {gate.problem} ({gate.article}); {gate.remedy}."
    if answer.unchanged:
        yield "Nothing was changed."


@app.command("returned")
def show_returned(set_id: SetId, as_json: AsJson = False) -> None:
    """List the documents that came back for a set and were checked, oldest first."""
    with cases() as repository:
        if repository.contract_set(set_id) is None:
            no_set(set_id)
        found = repository.returned(set_id)
    if as_json:
        typer.echo(ReturnedList(items=tuple(map(returned_entry, found))).model_dump_json(indent=2))
        return
    for each in found:
        changed = "unchanged" if each.unchanged else "changed"
        sender = f"  by {each.actor}" if each.actor else ""
        typer.echo(
            f"{each.id}  {each.created_at:%Y-%m-%d %H:%M}  {each.document}.{each.language}  {changed}"
            f"  {each.size} bytes{sender}  {each.sha256}"
        )
