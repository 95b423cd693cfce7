"""The gate on personal information: every natural person consents by a paper of its own, matter by matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from templates.case.particulars import PersonalGuaranteeParticulars
from templates.case.parties import Person
from templates.case.record import ContractRecord
from templates.finished import Finished, FinishedText
from templates.gates.signing import SIGNED
from templates.gates.table import Shortfall, text_check
from templates.wording import Language

_CONSENT: Final = "personal-consent-"
"""How the kinds of the consents begin; the person's place follows."""
_SENSITIVE: Final = {
    True: re.compile(r"separately consent[^.]{0,60}sensitive|sensitive[^.]{0,60}separate consent", re.IGNORECASE),
    False: re.compile(r"单独同意[^。]{0,40}敏感个人信息|敏感个人信息[^。]{0,60}单独同意"),
}
_SHARED: Final = {
    True: re.compile(r"separately consent[^.]{0,40}(?:provi|shar|disclos)", re.IGNORECASE),
    False: re.compile(r"单独同意[^。]{0,60}提供(?:本人的)?个人信息|提供(?:本人的)?个人信息[^。]{0,60}单独同意"),
}


@text_check("personal-consent")
def every_person_consents_apart(finished: Finished) -> Iterator[Shortfall]:
    """To sensitive information and to each recipient by name and purpose, in a paper of its own, signed."""
    terms = finished.record.particulars.personal_guarantee
    if terms is None:
        return
    yield from _recipients(finished.record, terms)
    languages = dict.fromkeys(text.language for text in finished.texts if text.kind == "personal-guarantee")
    for language in languages:
        for position, person in enumerate(terms.persons, 1):
            yield from _consent(finished, terms, person, f"{_CONSENT}{position}", Language(language.value))


def _recipients(record: ContractRecord, terms: PersonalGuaranteeParticulars) -> Iterator[Shortfall]:
    """The guarantor shares the loss and the recourse, so it learns who else guarantees."""
    guarantor = record.particulars.guarantor
    named = {one.name.zh for one in terms.recipients}
    if record.guaranteed and guarantor is not None and guarantor.name.zh not in named:
        yield Shortfall(
            "particulars.personal_guarantee.recipients",
            f"do not name {guarantor.name.zh!r}, which learns who guarantees beside it",
            "add it with contact, purpose, means and kinds of information, or name who lets it pass and why",
            f"未将“{guarantor.name.zh}”列为个人信息接收方，请补充其联系方式、处理目的、方式和信息种类，或注明放行人和理由。",
        )


def _consent(
    finished: Finished, terms: PersonalGuaranteeParticulars, person: Person, kind: str, language: Language
) -> Iterator[Shortfall]:
    name = person.name.in_(language)
    text = next((one for one in finished.texts if (one.kind, one.language) == (kind, language)), None)
    if text is None:
        yield Shortfall(
            f"{kind}.{language.value}",
            f"is not in the set: {name!r} consents to the use of personal information nowhere but in the guarantee",
            "draw the document personal-consent for every natural person",
            f"“{name}”没有单独的个人信息同意书，请为每一自然人出具。",
        )
        return
    english = language is Language.EN
    yield from _said(text, _SENSITIVE[english], "to sensitive information", "处理敏感个人信息")
    if terms.recipients:
        yield from _said(text, _SHARED[english], "to the provision to third parties", "向第三方提供个人信息")
    whole = "\n".join(text.lines)
    for one in terms.recipients:
        for words in (one.name.in_(language), one.purpose.in_(language)):
            if words not in whole:
                yield Shortfall(
                    text.name,
                    f"does not state {words!r} of the recipient {one.name.in_(language)!r}",
                    "name every recipient with contact, purpose, means and kinds",
                    f"未载明接收方“{one.name.zh}”的“{words}”，请补充。",
                )
    yield from _signed(text, name, 1 + bool(terms.recipients))


def _said(text: FinishedText, words: re.Pattern[str], matter: str, zh: str) -> Iterator[Shortfall]:
    if not any(words.search(line) for line in text.lines):
        yield Shortfall(
            text.name,
            f"holds no separate consent {matter}",
            "state the consent in a sentence of its own, or name who lets it pass and why",
            f"没有单独同意{zh}的表述，请以独立语句写明或注明放行人和理由。",
        )


def _signed(text: FinishedText, name: str, matters: int) -> Iterator[Shortfall]:
    """A place to sign for each matter; in a bank's own words a line at which somebody signs."""
    places = text.signers.count(name)
    if not text.signers and text.in_word:
        places = sum(bool(SIGNED[text.language is Language.EN].search(line)) for line in text.lines)
    if places < matters:
        yield Shortfall(
            text.name,
            f"has {places} of {matters} places where {name!r} signs each consent by itself",
            "put in {{ signatures }}, with a place to sign for each matter",
            f"“{name}”的单独同意应有{matters}处签字，仅有{places}处，请补充。",
        )
