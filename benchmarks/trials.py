"""A revision's impact and a backtest over many applications: seconds, and memory at a quarter and the whole of them.

    python -m benchmarks.trials [APPLICATIONS]

Each measurement runs in a process of its own, so that the memory is its own.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import products
import scoring
from api.backtests.files import with_outcomes
from api.revisions.population import generated
from products.applicant.arrow import schema
from products.impact import compare
from products.impact_report import impact_report
from products.kernel import Offering
from products.population import sample_applications
from products.trials.backtest import Contender, backtest
from products.trials.backtest_report import backtest_report

ON = date(2026, 11, 1)
DISTINCT = 5_000
ROW_GROUP = 50_000
OUTCOME = pa.struct(
    [
        ("defaulted", pa.bool_()),
        ("defaulted_on", pa.date32()),
        ("loss", pa.decimal128(16, 2)),
        ("recovered", pa.decimal128(16, 2)),
    ]
)


def write_past(path: Path, n: int) -> None:
    """A file of ``n`` applications, `DISTINCT` of them different; three in five were lent to, some of those lost."""
    rows = [products.application_from(each).model_dump() for each in sample_applications(DISTINCT, 7)]
    outcomes = [_outcome(place, row["request"]["applied_on"]) for place, row in enumerate(rows)]
    facts = [row | {"realised": outcome} for row, outcome in zip(rows, outcomes, strict=True)]
    table = pa.Table.from_pylist(facts, schema=schema().append(pa.field("realised", OUTCOME)))
    with pq.ParquetWriter(path, table.schema) as writer:
        group = pa.concat_tables([table] * (ROW_GROUP // DISTINCT)).combine_chunks()
        for start in range(0, n, ROW_GROUP):
            writer.write_table(group.slice(0, min(ROW_GROUP, n - start)))


def _outcome(place: int, applied_on: date) -> dict[str, object]:
    if place % 5 > 2:
        return dict.fromkeys(("defaulted", "defaulted_on", "loss", "recovered"))
    if place % 50:
        return {"defaulted": False, "defaulted_on": None, "loss": None, "recovered": None}
    lost = Decimal("100000.00")
    return {"defaulted": True, "defaulted_on": applied_on + timedelta(90), "loss": lost, "recovered": lost / 4}


def _sides() -> tuple[Offering, Offering, scoring.Scorecard]:
    catalogue = products.load_catalogue()
    own, other = (catalogue.offering("innovation-credit", revision) for revision in (None, "hubei-kuaidai"))
    return own, other, scoring.load(scoring.DEMO_ARTEFACT)


def measure_impact(n: int) -> tuple[float, int]:
    """Seconds and peak memory in MB of an impact report."""
    own, other, score = _sides()
    start = time.perf_counter()
    found = compare(generated(n, 1), own, other, score, on=ON)
    impact_report(found, revision="hubei-kuaidai", compared_with="own", day=ON, population="generated")
    return time.perf_counter() - start, _peak()


def measure_backtest(path: Path) -> tuple[float, int]:
    """Seconds and peak memory in MB of a backtest of a champion and a challenger."""
    own, other, score = _sides()
    contenders = [Contender("champion", own, score), Contender("challenger", other, score)]
    start = time.perf_counter()
    found = backtest(with_outcomes(path, until=ON), contenders, on=ON, until=ON)
    backtest_report(found, source="file", day=ON)
    return time.perf_counter() - start, _peak()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print every measurement."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    sizes = (n // 4, n)
    with (
        tempfile.TemporaryDirectory() as folder,
        multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as process,
    ):
        for size in sizes:
            seconds, peak = process.apply(measure_impact, (size,))
            print(f"impact    {size:>9,} applications  {seconds:6.1f} s  {peak:>5} MB")
        for size in sizes:
            path = Path(folder) / f"{size}.parquet"
            process.apply(write_past, (path, size))
            seconds, peak = process.apply(measure_backtest, (path,))
            print(f"backtest  {size:>9,} applications  {seconds:6.1f} s  {peak:>5} MB")


if __name__ == "__main__":
    main()
