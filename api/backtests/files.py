"""Files of past applications with realised outcomes: Parquet, Arrow or CSV, read batch by batch."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa

from api.revisions.population import UnreadableFile, arrow_batches
from products import Applications, InvalidApplication
from products.trials.reading_outcomes import outcomes_from_arrow, outcomes_from_rows
from products.trials.realised import Realised, checked

CSV_BATCH: Final = 5_000
CSV: Final = ".csv"
_ROW: Final = re.compile(r"^\[([0-9]+)\]")


def with_outcomes(path: Path, *, until: date) -> Iterator[tuple[Applications, Realised]]:
    """The applications and outcomes of a file, in its order; which form it has, the name's ending says.

    ``until`` is the day up to which outcomes were observed. UnreadableFile if it is none of the three forms, or names
    the row of the file, counted from 0, where a value cannot be used.
    """
    first = 0
    batches = _of_csv(path) if path.suffix.lower() == CSV else map(outcomes_from_arrow, arrow_batches(path))
    try:
        for applications, realised in batches:
            yield applications, checked(realised, applications.applied_on.values, until=until)
            first += applications.n
    except InvalidApplication as invalid:
        raise UnreadableFile(f"{path.name}: {_words(invalid, first)}") from invalid
    except (OSError, pa.ArrowException) as error:
        raise UnreadableFile(
            f"{path.name}: The file cannot be read ({error}). Give a Parquet, Arrow IPC or CSV file of applications."
        ) from error


def _words(invalid: InvalidApplication, first: int) -> str:
    problem = invalid.problems[0]
    place = _ROW.sub(lambda row: f"[{int(row[1]) + first}]", problem.path)
    rest = f" {len(invalid.problems) - 1} more follow." if len(invalid.problems) > 1 else ""
    return f"{place}: {problem.message}{rest}"


def _of_csv(path: Path) -> Iterator[tuple[Applications, Realised]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, restkey="(more cells than headers)", restval="")
            while batch := list(islice(rows, CSV_BATCH)):
                yield outcomes_from_rows(batch)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"{path.name}: The file is no CSV in UTF-8 ({error}). Save it again as UTF-8.") from error
