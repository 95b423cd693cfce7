"""``kedai contract``: the contract sets of a stored decision and their papers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

import products
import templates
from api import wiring
from api.cli import comparing_contracts
from api.cli.failures import BAD_INPUT, FAILED, fail, reported
from api.cli.inputs import payload, settings
from api.cli.options import AsJson
from api.cli.stored_cases import SetId, cases, choice, file_content, no_decision, no_set
from api.clock import now
from api.contracts.case_shapes import verification_answer
from api.contracts.drafting import (
    DEFAULT_FORMATS,
    DocumentFormat,
    Drafted,
    InvalidParticulars,
    draft_set,
    output_of,
    read_particulars,
)
from api.contracts.papers import NewPaper, store_paper
from api.contracts.redrawing import verify
from api.examples import invented_particulars
from api.plugins.installed import installed
from api.settings import Settings
from products.explaining.answer import Decision
from templates.bank_word.filling import FillingFailed
from templates.case.attachments import AttachmentKind
from templates.contract_set import DRAFT_MARK, MANIFEST
from templates.contributions import BadContribution
from templates.gates.table import Verdict
from templates.wording import Bilingual
from templates.writing import docx

app = typer.Typer(
    help="Contract sets: draft, verify, attach papers, redline, check what came back.", no_args_is_help=True
)
app.add_typer(comparing_contracts.app)

MEDIA_TYPES: Final = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@app.command("draft")
def draft_contracts(
    decision_id: Annotated[str, typer.Argument(help="Id of an approved decision.")],
    particulars: Annotated[
        Path | None, typer.Option(help="The parties' particulars as JSON; invented example parties if left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write to; KEDAI_OUT_DIR if left out.")] = None,
    layout: Annotated[
        str, typer.Option(help="separate: a document per language; side-by-side: Chinese and English in columns.")
    ] = "separate",
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="docx, html or pdf; may be repeated."),
    ] = None,
) -> None:
    """Draft the contract set of an approved decision, store it and write its files."""
    with reported(), _drafting():
        use = settings()
        given = read_particulars(payload(particulars, limit=use.body_limit_bytes)) if particulars else None
        output = _output(use, layout, formats)
        with closing(wiring.repository(use)) as repository:
            desk = wiring.text_desk(use, repository)
            drafted = draft_set(
                repository,
                decision_id,
                invented if given is None else lambda *_known: given,
                moment=now(),
                output=output,
                texts_on=lambda day: desk.texts(on=day),
                texts_of=lambda product, texts: installed(use).texts_of(product, texts),
            )
        if drafted is None:
            no_decision(decision_id)
    for path in write_files(drafted, out or use.out_dir):
        typer.echo(path)
    for sentence in _what_came_of_it(drafted):
        typer.echo(sentence, err=True)


def _what_came_of_it(drafted: Drafted) -> Iterator[str]:
    """Under which id the set is stored, what its gates say, and what is done with a document that comes back."""
    warned = [result for result in drafted.contracts.gates if result.verdict is Verdict.FAILED]
    yield f"Stored as contract set {drafted.set_id}."
    for result in warned:
        yield f"The gate {result.gate.id} warns: {result.gate.zh} {result.gate.en}"
    if warned:
        yield f"Every page is marked {DRAFT_MARK} until that is mended, or let pass by name under overrides."
    else:
        yield "Every gate passes; the set may go to signature."
    yield f"What comes back is compared by: kedai contract check-returned {drafted.set_id} FILE"


def _output(use: Settings, layout: str, formats: Sequence[str] | None) -> templates.Output:
    wanted = tuple(choice(DocumentFormat, form, "--format") for form in formats or DEFAULT_FORMATS)
    return output_of(choice(templates.Layout, layout, "--layout"), wanted, lambda: wiring.printer(use.pdf_fonts))


@app.command("list")
def show_list(decision_id: Annotated[str, typer.Argument(help="Id of a decision.")]) -> None:
    """List the contract sets of a decision, newest first."""
    with cases() as repository:
        for stored in repository.contract_sets(decision_id):
            entry = (
                "" if stored.entry is None else f"  entry {stored.entry.position}  kept until {stored.entry.kept_until}"
            )
            joined = any(each.language == Bilingual.ZH_EN for each in stored.documents)
            layout = templates.Layout.SIDE_BY_SIDE if joined else templates.Layout.SEPARATE
            files = f"{layout}  {len(stored.documents)} files"
            typer.echo(f"{stored.id}  {stored.created_at:%Y-%m-%d %H:%M}  {files}{entry}")


@app.command("verify")
def verify_set(set_id: SetId, as_json: AsJson = False) -> None:
    """Draw a set again, compare every file, and walk the chain. Exit 1 if anything differs."""
    with cases() as repository:
        found = verify(repository, set_id, printer=lambda: wiring.printer(settings().pdf_fonts))
    if found is None:
        no_set(set_id)
    if as_json:
        typer.echo(verification_answer(found).model_dump_json(indent=2))
    elif found.same:
        typer.echo("Every file comes out byte for byte, and the chain is whole.")
    if not found.same:
        differing = [f"{name} comes out otherwise." for name in found.differing]
        if found.broken_entry is not None:
            differing.append(f"Entry {found.broken_entry} of the chain does not follow the one before.")
        fail(FAILED, *differing, f"Drawn by kedai {found.drawn_by}, verified by {found.verified_by}.")


@app.command()
def attach(
    decision_id: Annotated[str, typer.Argument(help="Id of a decision.")],
    file: Annotated[Path, typer.Argument(help="PDF, PNG, JPEG or DOCX.")],
    kind: Annotated[AttachmentKind, typer.Option(help="What the paper is.")],
    by: Annotated[str, typer.Option("--by", help="The person who attaches it.")],
) -> None:
    """Attach a paper to a case; the next contract set is checked against it."""
    media_type = MEDIA_TYPES.get(file.suffix.lower(), docx.MEDIA_TYPE if file.suffix.lower() == ".docx" else "")
    with cases() as repository:
        new = NewPaper(kind=kind, filename=file.name, media_type=media_type, actor=by, content=file_content(file))
        stored = store_paper(repository, decision_id, new, moment=now())
    if stored is None:
        no_decision(decision_id)
    typer.echo(f"{stored.id}  {stored.kind}  {stored.filename}  {stored.size} bytes  {stored.sha256}")


@app.command()
def papers(decision_id: Annotated[str, typer.Argument(help="Id of a decision.")]) -> None:
    """List the papers of a case."""
    with cases() as repository:
        for each in repository.attachments(decision_id):
            typer.echo(f"{each.id}  {each.kind}  {each.filename}  {each.size} bytes  by {each.actor}  {each.sha256}")


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
    except BadContribution as error:
        fail(BAD_INPUT, f"The bank's own texts and those of the product's package do not fit together: {error}")
    except templates.DraftRefused as refusal:
        fail(BAD_INPUT, *(f"{gap.field}: {gap}" for gap in refusal.gaps))
    except FillingFailed as error:
        fail(FAILED, str(error))
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
