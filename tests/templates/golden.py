"""The texts that were read by a person before they were kept; written anew with ``python -m tests.templates.golden``.

Kept are the documents of three sets: the pledge example with every optional contract, the same with securities up to a
maximum amount and all three kinds of right, and the unsecured example. The decisions they rest on are kept too, so that
another score or another price changes no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from products import Decision
from templates import Language, Particulars, draft
from tests.templates.conftest import Facts, deciding, equipment_particulars, facts_of, full_case
from tests.templates.test_gates import changed

FOLDER: Final = Path(__file__).parent / "golden"


def kept_decision(name: str) -> Decision:
    """The decision on an example application that the texts rest on."""
    return Decision.model_validate_json((FOLDER / f"{name}.json").read_bytes())


def maximum_case() -> tuple[Facts, Facts]:
    """Patents, a trademark and a software copyright pledged, and everything secured up to a maximum amount."""
    facts, given = full_case()
    common = {
        "owner": "乐山精工机械有限公司",
        "owner_uscc": "91511100MA6XX0TE50",
        "pledged": False,
        "preserved_by_court": False,
        "status": "in_force",
    }
    common |= {"co_owners": [], "invalidation_pending": False}
    facts["ip_assets"] += [
        common
        | {
            "kind": "trademark",
            "number": "12345678",
            "title": "精工",
            "granted_on": "2024-03-07",
            "expires_on": "2034-03-06",
            "similar_marks_included": True,
        },
        common
        | {
            "kind": "software_copyright",
            "number": "2022SR0000001",
            "title": "减速器装配控制软件",
            "filed_on": "2021-11-01",
            "granted_on": "2022-01-05",
            "published_on": "2021-12-01",
        },
    ]
    cap = {"cap": "1500000.00", "claims_from": "2026-07-31", "claims_to": "2029-07-31"}
    return facts, changed(given, {"pledge.maximum": cap, "guarantee.maximum": cap | {"cap": "1000000.00"}})


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of every document that is kept, drawn as it would be today."""
    facts, given = full_case()
    yield from _texts("full", kept_decision("zhilai"), facts, given, tuple(Language))
    facts, given = maximum_case()
    yield from _texts("maximum", kept_decision("zhilai"), facts, given, (Language.ZH,))
    facts, given = facts_of("kuaidai"), equipment_particulars()
    yield from _texts("unsecured", kept_decision("kuaidai"), facts, given, (Language.ZH,))


def _texts(
    name: str, decision: Decision, facts: Facts, given: Facts, languages: tuple[Language, ...]
) -> Iterator[tuple[str, str]]:
    drawn = draft(decision, facts, Particulars.model_validate(given), languages=languages, formats=[])
    for one in drawn.drafted:
        document = one.document
        yield f"{name}-{document.kind}.{document.language.value}.txt", "\n".join(document.lines()) + "\n"


def write() -> None:
    """Keep the decisions and the texts as they are made today."""
    decide = deciding()
    for name in ("zhilai", "kuaidai"):
        (FOLDER / f"{name}.json").write_text(decide(facts_of(name)).model_dump_json(indent=1) + "\n", encoding="utf-8")
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, text in texts():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
