"""``kedai templates``: a legal team's day, from the list of clauses to the withdrawal of a version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from pydantic import BaseModel

import templates
from api import wiring
from api.cli.failures import BAD_INPUT, FAILED, fail, reported
from api.cli.inputs import day, day_or_today, settings
from api.cli.options import AsJson, Note, Reason
from api.cli.options import ReviewedBy as By
from api.clock import now
from api.contracts.samples import Sample, Sampler, sample
from api.texts.desk import State, TextDesk, UnknownText
from api.texts.shapes import VersionAnswer, clause_answer, texts_answer, version_answer, version_list
from api.texts.store import StoredText
from products.chained_events import NotAllowed
from templates.bank_word.bank import split_tags
from templates.document import Document
from templates.foreign_docx import RefusedDocx
from templates.negotiation import STANCES
from templates.redline.units import units_of
from templates.texts import Texts
from templates.upkeep import faults, unreached_clauses
from templates.versions import (
    ClauseText,
    DocumentText,
    InvalidText,
    Text,
    WordText,
    check,
    read_text,
    with_text,
    word_text,
)
from templates.wording import Language

app = typer.Typer(help="Contract texts: list, preview, review, withdraw.", no_args_is_help=True)

GREATEST: Final = 10_000_000
Id = Annotated[str, typer.Argument(help="Id of a version; kedai templates versions names them.")]
On = Annotated[str | None, typer.Option(help="Day of signing, YYYY-MM-DD; today if left out.")]
In = Annotated[Language, typer.Option(help="Language.")]
Files = Annotated[
    list[Path],
    typer.Argument(help="A clause as two .md files (Chinese and English), a document as .yaml, or a Word template."),
]
Draws = Annotated[str, typer.Option("--document", help="The document that a Word template draws, as loan-contract.")]
From = Annotated[str | None, typer.Option("--from", help="First day of signing, YYYY-MM-DD; a clause states its own.")]


@app.command("list")
def show_list(on: On = None, as_json: AsJson = False) -> None:
    """List clauses, documents and Word templates in force."""
    with _desk() as desk:
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
    with _desk() as desk:
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
    with _desk() as desk:
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
    with _desk() as desk:
        if files:
            text = _text(files, document, language, since)
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
    with _desk() as desk:
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
    with _desk() as desk:
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


@app.command()
def versions(
    name: Annotated[str | None, typer.Argument(help="Only versions of this text.")] = None, as_json: AsJson = False
) -> None:
    """List the organisation's own versions with their states."""
    with _desk() as desk:
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
    with _desk() as desk:
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
    with _desk() as desk:
        text = _text(files, document, language, since)
        if version is None:
            changed = desk.draft(text, actor=by, moment=now(), note=note)
        else:
            changed = desk.redraft(version, text, actor=by, moment=now(), note=note)
        _report(desk, changed, as_json=as_json)


@app.command()
def submit(version_id: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Hand a draft in for legal review."""
    with _desk() as desk:
        _report(desk, desk.submit(version_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command()
def approve(version_id: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Approve what was submitted; by another person than its authors."""
    with _desk() as desk:
        _report(desk, desk.approve(version_id, actor=by, moment=now(), note=note), as_json=as_json)


@app.command("return")
def send_back(version_id: Id, by: By, note: Reason, as_json: AsJson = False) -> None:
    """Return what was submitted to its authors, with the reason."""
    with _desk() as desk:
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
    with _desk() as desk:
        changed = desk.withdraw(version_id, actor=by, moment=now(), day=day(on), note=note)
        _report(desk, changed, as_json=as_json)


@contextmanager
def _desk() -> Iterator[TextDesk]:
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


def _texts(desk: TextDesk, on: str | None) -> tuple[Texts, date]:
    wanted = day_or_today(on, settings())
    return desk.texts(on=wanted), wanted


def _text(files: list[Path], document: str, language: Language, since: str | None) -> Text:
    """The text in the files given; what it is follows from their names."""
    match sorted(path.suffix for path in files):
        case [".md", ".md"]:
            return _clause([_read(path) for path in files])
        case [".yaml"]:
            return DocumentText(definition=_read(files[0]), in_force_from=_since(since))
        case [".docx"] if document:
            return word_text(_bytes(files[0]), document, language, _since(since))
        case [".json"]:
            return read_text(_bytes(files[0]), most_bytes=GREATEST)
        case [".docx"]:
            return _refuse("--document is missing. Say which document the Word template draws, as loan-contract.")
        case _:
            return _refuse(
                "Give a clause as two .md files, a document as one .yaml, a Word template as one .docx, or one .json."
            )


def _refuse(sentence: str) -> NoReturn:
    fail(BAD_INPUT, sentence)


def _clause(contents: list[str]) -> ClauseText:
    by_language = {_language_of(content): content for content in contents}
    if set(by_language) != set(Language):
        fail(BAD_INPUT, "A clause is given in Chinese and in English, each saying its language in the front matter.")
    return ClauseText(zh=by_language[Language.ZH], en=by_language[Language.EN])


def _language_of(content: str) -> str:
    line = next((line for line in content.splitlines() if line.startswith("language:")), "")
    return line.partition(":")[2].strip()


def _since(text: str | None) -> date:
    if text is None:
        fail(BAD_INPUT, "--from is missing. Say from which day of signing on the text is drawn from, YYYY-MM-DD.")
    return day(text, option="--from")


def _read(path: Path) -> str:
    try:
        return _bytes(path).decode()
    except UnicodeDecodeError:
        fail(BAD_INPUT, f"{path}: The file is not UTF-8. Save it as UTF-8.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(BAD_INPUT, f"{path}: The file cannot be read ({error.strerror}).")


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
