"""Contexts of the separate consents that natural persons give to the use of their information."""

from __future__ import annotations

from collections.abc import Iterator

from templates.case.parties import Person
from templates.contexts import ConsentContext, ConsentView
from templates.document import Signatures, SigningBlock
from templates.views.base import Views, needed
from templates.wording import named


def consents(of: Views) -> Iterator[tuple[str, ConsentContext]]:
    """Number and context of the consent of each person who guarantees, in their order."""
    terms = needed(of.record.particulars.personal_guarantee, "particulars.personal_guarantee")
    rows = [
        tuple(words.in_(of.language) for words in (one.name, one.contact, one.purpose, one.means, one.kinds))
        for one in terms.recipients
    ]
    recipients = of.table("recipients", (230, 160, 240, 150, 220), "sssss", rows)
    for number, person in zip(of.record.consent_numbers, terms.persons, strict=True):
        yield (
            number,
            ConsentContext(
                set=of.shared,
                lender=of.lender,
                borrower=of.borrower,
                loan=of.loan,
                consent=ConsentView(
                    person=person.name.in_(of.language),
                    relation=named(person.relation, of.language),
                    domicile=person.address.in_(of.language),
                    guarantee=terms.number,
                ),
                recipients=recipients,
                signatures=_signatures(of, person, shared=bool(rows)),
            ),
        )


def _signatures(of: Views, person: Person, *, shared: bool) -> Signatures:
    """A place to sign for each matter that is consented to by itself."""
    words, name = of.words.signing, person.name.in_(of.language)
    anchors = [words["sensitive"], *([words["sharing"]] if shared else [])]
    return Signatures(tuple(SigningBlock(anchor, (name, words["by_hand"], words["date"])) for anchor in anchors))
