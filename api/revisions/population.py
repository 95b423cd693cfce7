"""Populations that a revision is tried on: generated, stored, or in a file of Arrow record batches or Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select
from sqlmodel import col

from api.revisions.store import RevisionStore
from api.storage.tables import Application
from products import Applications, application_from, columns_of
from products.applicant.arrow import applications_from_arrow
from products.population import LATEST, population

BATCH: Final = 100_000
FILE_BATCH: Final = 25_000
"""Rows of a file in memory at once: nested records take ten times the room of columns."""
STORED_BATCH: Final = 2_000
GREATEST_POPULATION: Final = 10_000_000


class UnreadableFile(ValueError):
    """A file that holds no applications; the message says why."""


def generated(n: int, seed: int, *, latest: date = LATEST) -> Iterator[Applications]:
    """``n`` generated applications; part k is drawn with the seed ``seed + k``."""
    for part, start in enumerate(range(0, n, BATCH)):
        yield population(min(BATCH, n - start), seed + part, latest=latest)


def stored(store: RevisionStore) -> Iterator[Applications]:
    """The applications that the organisation has decided, in the order of their making."""
    query = (
        select(col(Application.body))
        .where(col(Application.organisation_id) == store.organisation)
        .order_by(col(Application.id))
    )
    with store.engine.connect() as connection:
        for rows in connection.execution_options(yield_per=STORED_BATCH).execute(query).partitions():
            yield columns_of([application_from(json.loads(row.body)) for row in rows])


def from_file(path: Path) -> Iterator[Applications]:
    """The applications in a Parquet file, or in an Arrow IPC file or stream. UnreadableFile if it is neither."""
    try:
        for batch in arrow_batches(path):
            yield applications_from_arrow(batch)
    except (OSError, pa.ArrowException) as error:
        raise UnreadableFile(
            f"{path}: The file cannot be read ({error}). Give a Parquet file or an Arrow IPC file of applications."
        ) from error


def arrow_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """The record batches of a Parquet file, or of an Arrow IPC file or stream, one after the other."""
    with path.open("rb") as start:
        magic = start.read(6)
    if magic.startswith(b"PAR1"):
        yield from pq.ParquetFile(path).iter_batches(batch_size=FILE_BATCH)
    elif magic == b"ARROW1":
        with pa.ipc.open_file(path) as file:
            yield from (file.get_batch(place) for place in range(file.num_record_batches))
    else:
        with path.open("rb") as source, pa.ipc.open_stream(source) as stream:
            yield from stream
