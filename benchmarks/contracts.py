"""Contract sets per second: files, gates and manifest from a decision, per document and per set, with flat memory.

Beside it, where the tools are installed: the same paragraphs through python-docx and a conversion by LibreOffice.
Run: python -m benchmarks.contracts [sets]
"""

from __future__ import annotations

import io
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx

from products import application_from, load_catalogue, underwrite
from products.explaining.answer import Decision
from scoring.artefact import load
from templates import ContractSet, Format, Language, Particulars, draft
from templates.docx import write_docx
from templates.html import write_html
from templates.redline import redline, redline_docx

ROOT = Path(__file__).resolve().parent.parent
ON = date(2026, 7, 24)


def example() -> tuple[Decision, dict[str, object], Particulars]:
    """The pledge example, decided, with its particulars."""
    facts = json.loads((ROOT / "examples" / "zhilai.json").read_text(encoding="utf-8"))
    catalogue, scorecard = load_catalogue(strict=True), load(ROOT / "scoring" / "artefacts" / "demo.json")
    decision = underwrite(
        application_from(facts), catalogue=catalogue, scorecard=scorecard, on=ON, decision_id="benchmark"
    )
    particulars = Particulars.model_validate_json((ROOT / "examples" / "particulars.json").read_bytes())
    return decision, facts, particulars


def milliseconds(repeats: int, run: Callable[[], object]) -> tuple[float, float]:
    """Median and 99th percentile of the processor time, which other programs on the machine do not change."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        times.append(1_000 * (time.process_time() - start))
    times.sort()
    return statistics.median(times), times[int(0.99 * (len(times) - 1))]


def with_python_docx(drawn: ContractSet) -> bytes:
    """The first document's lines as plain paragraphs: what a general library needs for the text alone."""
    document = docx.Document()
    for line in drawn.drafted[0].document.lines():
        document.add_paragraph(line)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def with_libreoffice(content: bytes) -> float:
    """Seconds of one conversion to PDF."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.docx"
        path.write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        start = time.perf_counter()
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - start


def many_sets(decision: Decision, facts: dict[str, object], particulars: Particulars, sets: int) -> None:
    """Rate and memory of many whole sets in one run."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    for _ in range(sets):
        draft(decision, facts, particulars)
    seconds = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{sets} sets in one run: {sets / seconds:.1f} sets/s, peak memory grew by {grown:.1f} MiB")


def main() -> None:
    """Measure and print."""
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    decision, facts, particulars = example()
    start = time.perf_counter()
    drawn = draft(decision, facts, particulars)
    print(f"first set, library read and compiled: {1_000 * (time.perf_counter() - start):.0f} ms")
    documents = [one.document for one in drawn.drafted]
    whole = milliseconds(50, lambda: draft(decision, facts, particulars))
    files = len(drawn.documents)
    print(f"whole set with all gates, {files} files: p50 {whole[0]:.1f} ms, p99 {whole[1]:.1f} ms")
    print(f"  that is {whole[0] / len(documents):.2f} ms a document in two formats")
    chinese = milliseconds(
        50, lambda: draft(decision, facts, particulars, languages=[Language.ZH], formats=[Format.DOCX])
    )
    print(f"Chinese DOCX only, {len(documents) // 2} documents with all gates: p50 {chinese[0]:.1f} ms")
    first = documents[0]
    for name, write in (("DOCX", write_docx), ("HTML", write_html)):
        print(f"writing the loan contract as {name}: p50 {milliseconds(200, lambda w=write: w(first))[0]:.2f} ms")
    plain = milliseconds(10, lambda: with_python_docx(drawn))
    print(f"the same lines through python-docx, without styles or tables: p50 {plain[0]:.1f} ms")
    found = redline(first, first)
    print(
        f"redline of the loan contract with itself, verified: {milliseconds(10, lambda: redline_docx(found))[0]:.1f} ms"
    )
    if shutil.which("soffice"):
        print(f"LibreOffice to PDF: {1_000 * with_libreoffice(drawn.documents[0].content):.0f} ms")
    many_sets(decision, facts, particulars, sets)


if __name__ == "__main__":
    main()
