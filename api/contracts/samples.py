"""Sample contract sets: the example applications decided, with particulars that between them reach the library.

A sample is a file in ``examples/contracts``: an example application and what is changed, by dotted path, in its facts
and in the example particulars. Sets are drawn from the decision on the example as it stands, with what the sample
changes in it (``decision``), so a sample shows wording, not credit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final

import products
import templates
from api.examples import FOLDER, PARTICULARS
from products.explaining.answer import Decision
from scoring import Scorecard
from templates.library import Clause
from templates.texts import Texts

SAMPLES: Final = FOLDER / "contracts"
DECIDED_ON: Final = date(2026, 7, 24)
"""The day on which samples are decided and signed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One case: its name, what it shows, and the facts and particulars it is drawn from.

    ``decision`` is what is changed in the decision, for cases that no shipped rule book decides.
    """

    name: str
    zh: str
    en: str
    application: Mapping[str, Any]
    facts: Mapping[str, Any]
    particulars: templates.Particulars
    decision: Mapping[str, Any]


def samples() -> tuple[Sample, ...]:
    """Every sample by name; none where the folder is not installed."""
    return tuple(_read(path.stem) for path in sorted(SAMPLES.glob("*.json")))


def sample(name: str) -> Sample:
    """One sample; KeyError with the names there are."""
    known = sorted(path.stem for path in SAMPLES.glob("*.json"))
    if name not in known:
        raise KeyError(f"There is no sample {name!r}. Take one of: {', '.join(known)}.")
    return _read(name)


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws samples with what is installed."""

    catalogue: products.Catalogue
    scorecard: Scorecard

    def drawn(self, one: Sample, texts: Texts) -> templates.ContractSet:
        """The contract set of a sample from these texts. templates.DraftRefused if a gate blocks it.

        Samples are signed on one day; a text that begins later is shown as if it were in force.
        """
        shown = Texts(
            {key: _begun(clause, by=one.particulars.signing.signed_on) for key, clause in texts.clauses.items()},
            texts.documents,
            texts.word,
        )
        return templates.draft(self._decided(one), one.facts, one.particulars, texts=shown)

    def all(self, texts: Texts) -> Iterator[tuple[Sample, templates.ContractSet]]:
        """Every sample with its set."""
        for one in samples():
            yield one, self.drawn(one, texts)

    def _decided(self, one: Sample) -> Decision:
        decided = products.underwrite(
            products.application_from(one.application),
            catalogue=self.catalogue,
            scorecard=self.scorecard,
            on=DECIDED_ON,
            decision_id=f"sample-{one.application['enterprise']['uscc']}",
        )
        if not one.decision:
            return decided
        return Decision.model_validate(_changed(decided.model_dump(mode="json"), one.decision))


def _begun(clause: Clause, *, by: date) -> Clause:
    if clause.front.in_force_from <= by:
        return clause
    return replace(clause, front=clause.front.model_copy(update={"in_force_from": by}))


@cache
def _read(name: str) -> Sample:
    written = _json(SAMPLES / f"{name}.json")
    application = _json(FOLDER / f"{written['application']}.json")
    given = _changed(_json(PARTICULARS), written["particulars"])
    return Sample(
        name=name,
        zh=written["zh"],
        en=written["en"],
        application=application,
        facts=_changed(_json(FOLDER / f"{written['application']}.json"), written["facts"]),
        particulars=templates.Particulars.model_validate(given),
        decision=written.get("decision", {}),
    )


def _json(path: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _changed(value: Any, changes: Mapping[str, Any]) -> Any:
    """The value with what stands at dotted paths (``ip_assets.0.owner``) replaced; null takes a field away."""
    for path, new in changes.items():
        *parents, last = path.split(".")
        node = value
        for part in parents:
            node = node[int(part)] if isinstance(node, list) else node[part]
        if new is None:
            del node[last]
        else:
            node[last] = new
    return value
