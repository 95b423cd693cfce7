"""Facts of a rule book that an application holds: where its head says ``applicant``, and what a decision adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from products.applicant.declared import Spread
from products.applicant.layout import APPLICATION_NODES
from products.applicant.record import Application
from products.guarantee.facts import Fact

DECIDED: Final = ("decided.enterprise_size", "decided.tier", "decided.score_band")
"""What only the decision knows: the size by the SME standard, the programme's tier, the band of the score."""
PATHS: Final = frozenset(
    ".".join(placed.path)
    for node in APPLICATION_NODES
    for placed in node.everything()
    if placed.field.spread in (Spread.ONE, Spread.YEARS)
)
"""Single values of the record in its JSON form; of yearly accounts the latest year."""


def is_known(path: str) -> bool:
    """Whether an application or its decision can hold a value there."""
    return path in PATHS or path in DECIDED


def facts_held(declared: Mapping[str, Fact], application: Application, decided: Mapping[str, str]) -> dict[str, str]:
    """The facts as texts that the application states or the decision found; what is unknown is left out."""
    stated = application.model_dump(mode="json")
    found = {
        fact.name: decided.get(fact.applicant) if fact.applicant in DECIDED else _text(stated, fact.applicant)
        for fact in declared.values()
        if fact.applicant is not None
    }
    return {name: text for name, text in found.items() if text is not None}


def _text(stated: Mapping[str, object], path: str) -> str | None:
    value: object = stated
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, list):
        value = value[-1] if value else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)
