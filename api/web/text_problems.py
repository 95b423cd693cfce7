"""What is wrong with a request about texts, papers and returned files, as problem details."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request, Response

from api.contracts.papers import RefusedPaper
from api.contracts.redlining import NothingToCompare
from api.contracts.redrawing import NoSources
from api.texts.desk import UnknownText
from api.web.problems import FieldProblem, problem
from templates.bank_word.filling import FillingFailed
from templates.foreign_docx import RefusedDocx
from templates.redline import RedlineRefused
from templates.redline.comparison import NoSuchDocument
from templates.versions import InvalidText


def install(app: FastAPI) -> None:
    """Make these errors problems."""
    app.exception_handler(InvalidText)(_invalid)
    app.exception_handler(UnknownText)(_unknown)
    app.exception_handler(RefusedPaper)(_refused_paper)
    app.exception_handler(RefusedDocx)(_refused_file)
    app.exception_handler(NoSuchDocument)(_no_document)
    app.exception_handler(NoSources)(_no_sources)
    app.exception_handler(FillingFailed)(_not_filled)
    app.exception_handler(NothingToCompare)(_nothing_to_compare)
    app.exception_handler(RedlineRefused)(_redline_refused)


def _invalid(_request: Request, error: InvalidText) -> Response:
    errors = [FieldProblem(path=each.path, message=each.message, value=each.value[:100]) for each in error.problems]
    count = "one error" if len(errors) == 1 else f"{len(errors)} errors"
    detail = f"The text has {count}; nothing was stored. Correct what `errors` names and send it again."
    return problem("invalid-text", HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _unknown(_request: Request, error: UnknownText) -> Response:
    return problem("not-found", HTTPStatus.NOT_FOUND, str(error))


def _refused_paper(_request: Request, error: RefusedPaper) -> Response:
    errors = [FieldProblem(path=each.path, message=each.message, value=each.value) for each in error.faults]
    detail = "The paper was refused; nothing was stored. Correct what `errors` names and send it again."
    return problem("refused-file", HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _refused_file(_request: Request, error: RefusedDocx) -> Response:
    return problem("refused-file", HTTPStatus.UNPROCESSABLE_ENTITY, f"{error} Nothing was stored.")


def _no_document(_request: Request, error: NoSuchDocument) -> Response:
    return problem("no-such-document", HTTPStatus.UNPROCESSABLE_ENTITY, str(error))


def _no_sources(_request: Request, error: NoSources) -> Response:
    return problem("no-sources", HTTPStatus.CONFLICT, str(error))


def _not_filled(_request: Request, error: FillingFailed) -> Response:
    return problem("template-not-filled", HTTPStatus.UNPROCESSABLE_ENTITY, f"{error} Nothing was stored.")


def _nothing_to_compare(_request: Request, error: NothingToCompare) -> Response:
    return problem("nothing-to-compare", HTTPStatus.UNPROCESSABLE_ENTITY, str(error))


def _redline_refused(_request: Request, error: RedlineRefused) -> Response:
    return problem("redline-refused", HTTPStatus.CONFLICT, str(error))
