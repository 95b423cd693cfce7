"""Contract sets from decisions, in one run: time a document in DOCX and PDF against docxtpl and LibreOffice, memory.

Every repetition draws for another borrower, so that nothing is answered from a cache. Times are those of the processor,
which other programs on the machine change little. Run: python -m benchmarks.contracts [sets]
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.contract_peers import drawing_of, drawn, text_of, with_docxtpl, with_libreoffice
from products import application_from, load_catalogue, underwrite
from products.explaining.answer import Decision
from products.underwriting import applicant_of
from scoring.artefact import load
from templates import ContractSet, Format, Language, Layout, Particulars, draft
from templates.case.record import contract_record
from templates.contract_set import in_layout
from templates.document import Document
from templates.writing.pdf import FontsMissing, PdfWriter

ROOT: Final = Path(__file__).resolve().parent.parent
ON: Final = date(2026, 7, 24)
FONTS: Final = Path("/usr/share/fonts/opentype/noto")
SIX: Final = (
    "loan-contract", "patent-pledge", "guarantee-contract", "entrusted-guarantee", "counter-guarantee", "cost-sheet",
)  # fmt: skip
BOTH: Final = (Format.DOCX, Format.HTML)
REPEATS: Final = 30


@dataclass(frozen=True, slots=True)
class Case:
    """What one set is drawn from."""

    decision: Decision
    facts: dict[str, Any]
    particulars: Particulars


def example() -> Case:
    """The pledge example, decided, with the example particulars."""
    facts = json.loads((ROOT / "examples" / "zhilai.json").read_text(encoding="utf-8"))
    catalogue, scorecard = load_catalogue(strict=True), load(ROOT / "scoring" / "artefacts" / "demo.json")
    decision = underwrite(
        application_from(facts), catalogue=catalogue, scorecard=scorecard, on=ON, decision_id="benchmark"
    )
    given = json.loads((ROOT / "examples" / "particulars.json").read_bytes())
    return Case(decision, facts, Particulars.model_validate(given))


def varied(case: Case, number: int) -> Case:
    """The case for another borrower, with other numbers and days."""
    facts = deepcopy(case.facts)
    facts["enterprise"]["name"] = f"乐山精工{chr(0x4E00 + number % 5_000)}机械有限公司"
    for asset in facts["ip_assets"]:
        asset["owner"] = facts["enterprise"]["name"]
    loan = case.particulars.loan
    days = {"number": f"{loan.number}-{number}", "drawdown_on": date(2026, 7, 31) + timedelta(days=number % 28)}
    decision = case.decision.model_copy(update={"applicant": applicant_of(application_from(facts))})
    return Case(decision, facts, case.particulars.model_copy(update={"loan": loan.model_copy(update=days)}))


def milliseconds(runs: Sequence[Callable[[], object]]) -> list[float]:
    """Processor time of each run, sorted; the first run warms up and is left out."""
    runs[0]()
    times = []
    for run in runs[1:]:
        start = time.process_time()
        run()
        times.append(1_000 * (time.process_time() - start))
    return sorted(times)


def percentiles(times: list[float]) -> str:
    """Median and 99th percentile."""
    return f"p50 {statistics.median(times):6.2f} ms  p99 {times[int(0.99 * (len(times) - 1))]:6.2f} ms"


def whole_sets(cases: Sequence[Case]) -> None:
    """Sets with all gates, reports and the manifest."""
    for languages in ([Language.ZH], list(Language)):
        for formats in ([Format.DOCX], [Format.DOCX, Format.HTML]):
            times = milliseconds([partial(_set, case, languages, formats) for case in cases])
            files = len(_set(cases[0], languages, formats).documents)
            named = f"{' and '.join(formats)}, {' and '.join(languages)}"
            print(
                f"  {named:26} {percentiles(times)}  for {files} files = {statistics.median(times) / files:.2f} ms each"
            )


def _set(case: Case, languages: Sequence[Language], formats: Sequence[Format]) -> ContractSet:
    return draft(case.decision, case.facts, case.particulars, languages=languages, formats=formats)


def against_docxtpl(cases: Sequence[Case]) -> None:
    """Each of six documents filled and written, by kedai and by docxtpl from the same template text and context."""
    records = [contract_record(one.decision, application_from(one.facts), one.particulars) for one in cases]
    all_ours: list[float] = []
    all_theirs: list[float] = []
    for kind in SIX:
        drawings = [(drawing_of(record, kind), record) for record in records]
        peers = [with_docxtpl(*one) for one in drawings[:8]]
        if text_of(peers[0]()) != text_of(drawn(*drawings[0])):
            raise SystemExit(f"docxtpl makes another {kind} than kedai; the comparison would not be fair.")
        ours, theirs = milliseconds([partial(drawn, *one) for one in drawings]), milliseconds(peers)
        _compared(kind, ours, theirs)
        all_ours += ours
        all_theirs += theirs
    _compared("all six", sorted(all_ours), sorted(all_theirs))


def _compared(name: str, ours: list[float], theirs: list[float]) -> None:
    ratio = statistics.median(theirs) / statistics.median(ours)
    print(f"  {name:20} kedai {percentiles(ours)}  docxtpl {percentiles(theirs)}  {ratio:5.1f} x")


def printed(cases: Sequence[Case], writer: PdfWriter) -> None:
    """PDFs with a warm compiler in both layouts: time on the clock and by the processor, and the largest file."""
    sets = [_set(case, list(Language), []) for case in cases]
    for layout in Layout:
        print(f"  {layout.value}:")
        documents = [in_layout(one.drafted, layout, Language.ZH) for one in sets]
        medians = [_printed_kind([drawn.document for drawn in kind], writer) for kind in zip(*documents, strict=True)]
        print(f"    p50 over the documents of the set {statistics.median(medians):.1f} ms")


def _printed_kind(documents: Sequence[Document], writer: PdfWriter) -> float:
    clock, processor, sizes = [], [], []
    for document in documents:
        start, cpu = time.perf_counter(), time.process_time()
        content = writer.write(document)
        processor.append(1_000 * (time.process_time() - cpu))
        clock.append(1_000 * (time.perf_counter() - start))
        sizes.append(len(content))
    first, median = documents[0], statistics.median(clock[1:])
    print(
        f"    {first.kind:28} {first.language.value:5} p50 {median:5.1f} ms ({statistics.median(processor[1:]):5.1f} "
        f"of the processor)  at most {max(sizes) / 1_000:.0f} kB"
    )
    return median


def converted(case: Case) -> None:
    """LibreOffice on the loan contract, beside the compiler."""
    if shutil.which("soffice") is None:
        print("LibreOffice is not installed (package libreoffice-writer-nogui); its conversion was not measured.")
        return
    content = _set(case, [Language.ZH], [Format.DOCX]).documents[0].content
    print(f"LibreOffice, loan contract from DOCX to PDF: {with_libreoffice(content):.0f} ms on the clock")


def many_sets(case: Case, sets: int) -> None:
    """Memory over many whole sets, each for another borrower, in DOCX and HTML and both languages."""
    files = len(_set(case, list(Language), BOTH).documents)
    print(f"{sets} sets in one run, DOCX and HTML in both languages, {files} files each:")
    start, measured = time.perf_counter(), sorted({max(1, sets // 10), max(1, sets // 2), sets})
    for number in range(1, sets + 1):
        _set(varied(case, number), list(Language), BOTH)
        if number in measured:
            rate = number / (time.perf_counter() - start)
            print(f"  after {number:5} sets: {resident_mebibytes():6.1f} MiB resident, {rate:.1f} sets/s")


def resident_mebibytes() -> float:
    """Memory of this process now (Linux), not at its peak."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    """Measure and print."""
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    case = example()
    cases = [varied(case, number) for number in range(REPEATS)]
    print("Whole sets, with all gates:")
    whole_sets(cases)
    print("One document filled and written, Chinese DOCX, against docxtpl on the same document:")
    against_docxtpl(cases)
    many_sets(case, sets)
    try:
        writer = PdfWriter.with_noto(FONTS)
    except FontsMissing as error:
        print(f"PDF was not measured: {error}")
    else:
        print("PDF/A with embedded fonts, warm compiler:")
        printed(cases[:12], writer)
    converted(case)


if __name__ == "__main__":
    main()
