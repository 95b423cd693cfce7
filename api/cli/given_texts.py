"""Contract texts as they are given on the command line: files whose names say what they hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from api.cli.failures import BAD_INPUT, fail
from api.cli.inputs import day
from templates.versions import ClauseText, DocumentText, Text, read_text, word_text
from templates.wording import Language

GREATEST: Final = 10_000_000
In = Annotated[Language, typer.Option(help="Language.")]
Files = Annotated[
    list[Path],
    typer.Argument(help="A clause as two .md files (Chinese and English), a document as .yaml, or a Word template."),
]
Draws = Annotated[str, typer.Option("--document", help="The document that a Word template draws, as loan-contract.")]
From = Annotated[str | None, typer.Option("--from", help="First day of signing, YYYY-MM-DD; a clause states its own.")]


def text_of_files(files: list[Path], document: str, language: Language, since: str | None) -> Text:
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
