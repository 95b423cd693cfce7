"""`make bench`: kernel rate, one decision in process and over HTTP into PostgreSQL, start-up times, in one run."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import products
import scoring
from benchmarks import http
from products.kernel import decide
from products.population import population

ROOT = Path(__file__).resolve().parent.parent
ON = date(2026, 12, 31)
ROWS = 200_000
KEDAI = str(Path(sys.executable).with_name("kedai"))


def best_of(repeats: int, run: Callable[[], object]) -> float:
    """Seconds of the fastest of several runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def percentiles(repeats: int, run: Callable[[], object]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds, after a tenth as many runs to warm up."""
    times = []
    for turn in range(repeats + repeats // 10):
        start = time.perf_counter()
        run()
        if turn >= repeats // 10:
            times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


def line(what: str, figure: str) -> None:
    """Print one row of the table."""
    print(f"{what:<72} {figure:>26}", flush=True)


def kernel(catalogue: products.Catalogue, scorecard: scoring.Scorecard) -> None:
    """Complete decisions a second on a generated population, on one core."""
    applications = population(ROWS, seed=1)
    for slug in ("innovation-credit", "ip-pledge"):
        offering = catalogue.offering(slug, None)
        seconds = best_of(5, lambda offering=offering: decide(applications, offering, scorecard, on=ON))
        line(f"kernel, {ROWS:,} generated applications, {slug}", f"{ROWS / seconds:,.0f} decisions/s")


def single(catalogue: products.Catalogue, scorecard: scoring.Scorecard) -> None:
    """One decision in process: the kernel alone, and from JSON bytes to JSON bytes."""
    for name in ("kuaidai", "zhilai"):
        payload = (ROOT / "examples" / f"{name}.json").read_bytes()
        application = products.read_application(payload)
        # every decision reads columns of its own: steps that rules share are computed once for the same batch
        fresh = iter([products.columns_of([application]) for _ in range(1_100)])
        offering = catalogue.offering(application.request.product, application.request.revision)
        p50, p99 = percentiles(1_000, lambda: decide(next(fresh), offering, scorecard, on=ON))  # noqa: B023  # run at once
        line(f"one decision in process, {name}: columns to columns, p50 / p99", f"{p50:.2f} / {p99:.2f} ms")

        def whole(payload: bytes = payload) -> str:
            read = products.read_application(payload)
            decided = products.underwrite(read, catalogue=catalogue, scorecard=scorecard, on=ON, decision_id="bench")
            return decided.model_dump_json()

        p50, p99 = percentiles(1_000, whole)
        line(f"one decision in process, {name}: JSON to explained JSON, p50 / p99", f"{p50:.2f} / {p99:.2f} ms")


def over_http() -> None:
    """One decision over HTTP, stored in PostgreSQL before it is answered."""
    figures = http.measure_http()
    line("one HTTP decision stored in PostgreSQL, p50 / p99", f"{figures.p50_ms:.2f} / {figures.p99_ms:.2f} ms")
    what = f"HTTP decisions stored in PostgreSQL, {figures.connections} connections, {figures.workers} process"
    line(what, f"{figures.decisions_per_second:,.0f} decisions/s")


def start_up() -> None:
    """Whole processes: the help page and one stored decision."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"KEDAI_DATABASE_URL": f"sqlite:///{folder}/bench.db", "PATH": "/usr/bin:/bin"}
        example = str(ROOT / "examples" / "zhilai.json")
        for what, command in (
            ("kedai --help", [KEDAI, "--help"]),
            ("kedai decide --json, stored in SQLite", [KEDAI, "decide", example, "--json", "--on", ON.isoformat()]),
        ):

            def run(command: list[str] = command) -> None:
                subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT)

            run()
            times = sorted(best_of(1, run) for _ in range(9))
            line(f"whole process, {what}, median of 9", f"{times[4]:.3f} s")


def main() -> None:
    """Print the table."""
    catalogue = products.load_catalogue(strict=True)
    scorecard = scoring.load(ROOT / "scoring" / "artefacts" / "demo.json")
    kernel(catalogue, scorecard)
    single(catalogue, scorecard)
    over_http()
    start_up()
    line("size of a decision in JSON", f"{_size(catalogue, scorecard):,} bytes")


def _size(catalogue: products.Catalogue, scorecard: scoring.Scorecard) -> int:
    application = products.read_application((ROOT / "examples" / "zhilai.json").read_bytes())
    decided = products.underwrite(application, catalogue=catalogue, scorecard=scorecard, on=ON, decision_id="bench")
    return len(json.dumps(decided.model_dump(mode="json"), ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
