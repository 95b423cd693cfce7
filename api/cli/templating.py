"""``kedai templates``: what is in force, what is wrong with a text, how a text reads in a sample case."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import BaseModel

import templates
from api import wiring
from api.cli import reviewing_texts
from api.cli.failures import BAD_INPUT, FAILED, fail
from api.cli.given_texts import Draws, From, In, text_of_files
from api.cli.inputs import day_or_today, settings
from api.cli.options import AsJson
from api.cli.reviewing_texts import text_desk_here
from api.clock import now
from api.contracts.samples import Sample, Sampler, sample
from api.texts.desk import TextDesk
from api.texts.shapes import clause_answer, texts_answer
from templates.bank_word.bank import split_tags
from templates.document import Document
from templates.negotiation import STANCES
from templates.redline.units import units_of
from templates.texts import Texts
from templates.upkeep import faults, unreached_clauses
from templates.versions import WordText, check, with_text
from templates.wording import Language

app = typer.Typer(help="Contract texts: list, preview, review, withdraw.", no_args_is_help=True)
app.add_typer(reviewing_texts.app)

On = Annotated[str | None, typer.Option(help="Day of signing, YYYY-MM-DD; today if left out.")]


@app.command("list")
def show_list(on: On = None, as_json: AsJson = False) -> None:
    """List clauses, documents and Word templates in force."""
    with text_desk_here() as desk:
        answer = texts_answer(*_texts(desk, on))
    if as_json:
        _echo(answer)
        return
    for clause in answer.clauses:
        own = "" if clause.shipped else "  (own)"
        marks = f"{'mandatory ' if clause.mandatory else ''}{'standard term ' if clause.standard_term else ''}"
        typer.echo(f"{clause.id} {clause.version}  {clause.zh} {clause.en}  {marks}{clause.owner}{own}")
    for document in answer.documents:
        own = "" if document.shipped else "  (own)"
        typer.echo(
            f"{document.id} {document.version}  {document.zh} {document.en}  {len(document.clauses)} clauses{own}"
        )
    for word in answer.word:
        typer.echo(f"{word.name} {word.number}  Word template of {word.document}  {word.bytes} bytes")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Id of a clause.")], language: In = Language.ZH, on: On = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print a clause as it is written, front matter included."""
    with text_desk_here() as desk:
        answer = clause_answer(_texts(desk, on)[0], name)
    if answer is None:
        _no_clause(name)
    _echo(answer) if as_json else typer.echo(answer.texts[language].source)


@app.command()
def positions(
    name: Annotated[str | None, typer.Argument(help="Id of a clause; all negotiable ones if left out.")] = None,
    language: In = Language.ZH,
    on: On = None,
) -> None:
    """Say what may be conceded in negotiation, and where the bank walks away."""
    with text_desk_here() as desk:
        texts, _ = _texts(desk, on)
    found = [each.front for (one, spoken), each in sorted(texts.clauses.items()) if spoken is language
             and name in (None, one) and each.front.positions]  # fmt: skip
    if name is not None and not found:
        fail(BAD_INPUT, f"{name} is no clause with positions; kedai templates positions names those there are.")
    for front in found:
        typer.echo(f"{front.id} {front.version}  {front.title}  ({front.owner})")
        for position in front.positions:
            typer.echo(f"  {STANCES[position.stance]}  {position.id}  {position.title}\n    {position.guidance}")
            if position.when is not None:
                typer.echo(f"    when {position.when}")
            if position.wording is not None:
                typer.echo("".join(f"    | {line}\n" for line in position.wording.strip().splitlines()).rstrip())


@app.command()
def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(help="A text not stored yet; what is in force if left out.")
    ] = None,
    document: Draws = "",
    language: In = Language.ZH,
    since: From = None,
    on: On = None,
) -> None:
    """Say what is wrong with a text, or with everything in force. Exit 2 if anything is."""
    with text_desk_here() as desk:
        if files:
            text = text_of_files(files, document, language, since)
            check(text, desk.texts(on=text.day))
            for note in split_tags(text.content()) if isinstance(text, WordText) else ():
                typer.echo(f"Note: {note}")
            typer.echo(f"Nothing is wrong with {text.kind} {text.name}.")
            return
        texts, day_ = _texts(desk, on)
        found = tuple(faults(texts.documents, texts.clauses))
    if found:
        fail(BAD_INPUT, *found)
    typer.echo(f"Nothing is wrong with the {len(texts.documents)} documents in force on {day_}.")


@app.command()
def preview(
    name: Annotated[str, typer.Argument(help="Id of a document or of a clause.")],
    case: Annotated[str, typer.Option("--sample", help="Sample case; examples/contracts holds them.")] = "pledge",
    language: In = Language.ZH,
    version: Annotated[str | None, typer.Option(help="Version to preview in place of what is in force.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the document's files; its text is printed if not given.")
    ] = None,
    on: On = None,
) -> None:
    """Draw a document, or the clause's part of it, for a sample case."""
    with text_desk_here() as desk:
        texts = _with_version(desk, _texts(desk, on)[0], version)
        drawn = _sampler().drawn(_sample(case), texts)
    spoken = [one for one in drawn.drafted if one.document.language is language]
    found = [one for one in spoken if name in (one.document.kind, one.definition.id)]
    holding = [one for one in spoken if any(each.front.id == name for each in one.clauses)]
    if not found and not holding:
        fail(BAD_INPUT, f"The sample {case} has no {name}. Take another sample, or see kedai templates coverage.")
    if out is not None:
        kinds = {one.document.kind for one in found or holding[:1]}
        _write(out, [file for file in drawn.documents if file.kind in kinds and file.language is language])
        return
    if found:
        typer.echo("\n".join(_lines(found[0].document)))
        return
    title = next(each.front.title for each in holding[0].clauses if each.front.id == name)
    typer.echo("\n".join(_part(holding[0].document, title)))


@app.command()
def coverage(on: On = None, as_json: AsJson = False) -> None:
    """Say how many samples reach each clause, and which clauses none reaches."""
    with text_desk_here() as desk:
        texts, _ = _texts(desk, on)
        sets = {one.name: drawn for one, drawn in _sampler().all(texts)}
    counts = Counter(
        name for drawn in sets.values()
        for name in {each.front.id for one in drawn.drafted for each in one.clauses}
    )  # fmt: skip
    missed = unreached_clauses(sets.values(), texts.clauses)
    answer = Coverage(samples=tuple(sets), reached=dict(sorted(counts.items())), unreached=missed)
    if as_json:
        _echo(answer)
        return
    for name, count in answer.reached.items():
        typer.echo(f"{count}  {name}")
    for name in missed:
        typer.echo(f"0  {name}  applies when {texts.clauses[name, Language.ZH].front.applies_when}")
    typer.echo(f"{len(counts)} of {len(counts) + len(missed)} clauses are reached by {len(sets)} samples.")


class Coverage(BaseModel):
    """How many samples reach each clause."""

    samples: tuple[str, ...]
    reached: dict[str, int]
    unreached: tuple[str, ...]


def _texts(desk: TextDesk, on: str | None) -> tuple[Texts, date]:
    wanted = day_or_today(on, settings())
    return desk.texts(on=wanted), wanted


def _with_version(desk: TextDesk, texts: Texts, version_id: str | None) -> Texts:
    if version_id is None:
        return texts
    version = desk.version(version_id, moment=now()).version
    return with_text(texts, version.text, version.number)


def _sampler() -> Sampler:
    use = settings()
    underwriter = wiring.underwriter(use)
    return Sampler(underwriter.catalogue, underwriter.scorecard)


def _sample(name: str) -> Sample:
    try:
        return sample(name)
    except KeyError as error:
        fail(BAD_INPUT, str(error.args[0]))


def _lines(document: Document) -> list[str]:
    return ["\t".join(unit.cells) for unit in units_of(document)]


def _part(document: Document, title: str) -> list[str]:
    """From the heading of this title to before the next one; the whole document where there is no such heading."""
    units = units_of(document)
    starts = [place for place, unit in enumerate(units) if unit.style in ("Article", "Annex")]
    begin = next((place for place in starts if units[place].cells == (title,)), None)
    if begin is None:
        return _lines(document)
    end = next((place for place in starts if place > begin), len(units))
    return ["\t".join(unit.cells) for unit in units[begin:end]]


def _write(folder: Path, files: list[templates.ContractFile]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        try:
            (folder / file.filename).write_bytes(file.content)
        except OSError as error:
            fail(FAILED, f"{folder / file.filename}: The file cannot be written ({error.strerror}).")
        typer.echo(folder / file.filename)


def _no_clause(name: str) -> NoReturn:
    fail(BAD_INPUT, f"There is no clause {name!r}; kedai templates list names those in force.")


def _echo(answer: BaseModel) -> None:
    typer.echo(answer.model_dump_json(indent=2))
