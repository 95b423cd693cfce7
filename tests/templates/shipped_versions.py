"""The digest of every version of a shipped clause and document that was ever given out: one version, one text.

``python -m tests.templates.shipped_versions`` enters versions that are new; it never changes one that is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from templates.library import definitions, library

RECORD: Final = Path(__file__).with_suffix(".json")


def shipped() -> Mapping[str, str]:
    """Digests of the clauses and documents of this checkout by place and version, as ``zh/loan-term 1.0.0``."""
    return dict(_shipped())


def _shipped() -> Iterator[tuple[str, str]]:
    for clause in library().values():
        yield f"{clause.front.language}/{clause.front.id} {clause.front.version}", clause.digest
    for definition in definitions():
        yield f"documents/{definition.id} {definition.version}", definition.digest


def recorded() -> Mapping[str, str]:
    """The digests that were entered."""
    found: dict[str, str] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def faults(now: Mapping[str, str], before: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each text that changed under its version, and for each version that was not entered."""
    for version, digest in now.items():
        if version not in before:
            yield f"{version} is not in {RECORD.name}; enter it with python -m tests.templates.shipped_versions."
        elif before[version] != digest:
            yield (
                f"{version} has other words than when it was given out, and contracts name it as it was; "
                "raise its version, in both languages of a clause, and run python -m tests.templates.shipped_versions."
            )


if __name__ == "__main__":
    entered = dict(sorted((shipped() | (recorded() if RECORD.exists() else {})).items()))
    RECORD.write_text(json.dumps(entered, indent=1) + "\n", encoding="utf-8")
