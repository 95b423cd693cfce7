"""From the record to what clauses name; `drawings` lists every document of a set with its number and context."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from templates.case.record import AssetFamily, ContractRecord
from templates.conditions import holds
from templates.contexts import ChecklistContext, Context, SigningContext
from templates.document import Signatures
from templates.library import DocumentDefinition, definitions
from templates.views.base import Ungated, Views, needed, views
from templates.views.consent import consents
from templates.views.lending import cost_context, loan_context
from templates.views.papers import checklist_context, registration_context, resolution_context, signing_context
from templates.views.securing import (
    counter_context,
    entrustment_context,
    guarantee_context,
    personal_context,
    pledge_context,
)
from templates.wording import Language

__all__ = ["Drawing", "Ungated", "drawings"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One document to be drawn; ``part`` tells several of one definition apart and is empty where there is one."""

    definition: DocumentDefinition
    number: str
    context: Context
    part: str = ""

    def title(self, language: Language) -> str:
        """The document's title."""
        return self.definition.title[language]

    @property
    def kind(self) -> str:
        """The document's name in the set: the definition's id, with the part where there may be several."""
        return f"{self.definition.id}-{self.part}" if self.part else self.definition.id


Maker = Callable[[Views, DocumentDefinition], Iterator[Drawing]]


def drawings(
    record: ContractRecord, language: Language, documents: Sequence[DocumentDefinition] | None = None
) -> tuple[Drawing, ...]:
    """Every document of the set that applies, in order, the signing list over the others last.

    ``documents`` are the definitions to draw, in order; those shipped if None.
    """
    of, facts = views(record, language), record.facts()
    drawn: list[Drawing] = []
    wanted = definitions() if documents is None else documents
    for definition in sorted(wanted, key=lambda one: one.context == "signing"):
        if definition.context == "signing":
            listed = [(one.title(language), one.number, _signatures(one.context)) for one in drawn]
            signed = [entry for entry in listed if entry[2].blocks]
            drawn.append(Drawing(definition, record.particulars.loan.number, signing_context(of, signed)))
        elif holds(definition.applies_when, facts):
            drawn.extend(_MAKERS[definition.context](of, definition))
    return tuple(drawn)


def _signatures(context: Context) -> Signatures:
    """Where the parties seal; papers of the lender alone have no seal."""
    return Signatures(()) if isinstance(context, SigningContext | ChecklistContext) else context.signatures


def _one(make: Callable[[Views], Context], number: Callable[[ContractRecord], str]) -> Maker:
    def drawing(of: Views, definition: DocumentDefinition) -> Iterator[Drawing]:
        yield Drawing(definition, number(of.record), make(of))

    return drawing


def _pledge(of: Views, definition: DocumentDefinition) -> Iterator[Drawing]:
    """One contract: its definition names the register, as in patent-pledge and maximum-patent-pledge."""
    family = AssetFamily(definition.id.removesuffix("-pledge").removeprefix("maximum-"))
    yield Drawing(definition, of.record.pledge_number(family), pledge_context(of, family))


def _registrations(of: Views, definition: DocumentDefinition) -> Iterator[Drawing]:
    for family in of.record.families:
        yield Drawing(definition, of.record.pledge_number(family), registration_context(of, family), family.value)


def _resolutions(of: Views, definition: DocumentDefinition) -> Iterator[Drawing]:
    for resolution in of.record.particulars.resolutions:
        company = resolution.company.value
        yield Drawing(definition, resolution.number, resolution_context(of, resolution), company)


def _consents(of: Views, definition: DocumentDefinition) -> Iterator[Drawing]:
    for position, (number, context) in enumerate(consents(of), 1):
        yield Drawing(definition, number, context, str(position))


def _loan_number(record: ContractRecord) -> str:
    return record.particulars.loan.number


_MAKERS: Final[Mapping[str, Maker]] = {
    "loan": _one(loan_context, _loan_number),
    "pledge": _pledge,
    "guarantee": _one(guarantee_context, lambda record: needed(record.particulars.guarantee, "guarantee").number),
    "cost": _one(cost_context, lambda record: record.particulars.cost_sheet_number),
    "entrustment": _one(
        entrustment_context, lambda record: needed(record.particulars.entrustment, "entrustment").number
    ),
    "counter": _one(
        counter_context, lambda record: needed(record.particulars.counter_guarantee, "counter_guarantee").number
    ),
    "personal": _one(
        personal_context, lambda record: needed(record.particulars.personal_guarantee, "personal_guarantee").number
    ),
    "consent": _consents,
    "resolution": _resolutions,
    "registration": _registrations,
    "checklist": _one(checklist_context, _loan_number),
}
