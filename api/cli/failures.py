"""How commands end when something is wrong: sentences on standard error and an exit status, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import typer

import products
from api.settings import SettingsError
from api.storage.connections import StorageError
from products.asked import InvalidQuestion

BAD_INPUT: Final = 2
FAILED: Final = 1


@contextmanager
def reported() -> Iterator[None]:
    """Ends the command with status 2 if its input is wrong and with 1 if it could not be carried out."""
    try:
        yield
    except products.InvalidApplication as error:
        fail(BAD_INPUT, *(_line(each.path or "application", each.message) for each in error.problems))
    except InvalidQuestion as error:
        fail(BAD_INPUT, *(_line(each.path or error.what, each.message) for each in error.problems))
    except (products.UnknownOffering, products.NotInForce, products.NothingToPrice) as error:
        fail(BAD_INPUT, str(error))
    except (products.BrokenPlugin, SettingsError, StorageError) as error:
        fail(FAILED, str(error))


def fail(status: int, *sentences: str) -> NoReturn:
    """End the command with ``status`` after writing ``sentences`` to standard error, each on its line."""
    for sentence in sentences:
        print(sentence, file=sys.stderr)  # noqa: T201 - this is the command line
    raise typer.Exit(status)


def _line(path: str, message: str) -> str:
    return f"{path}: {message}"
