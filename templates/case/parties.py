"""The parties of a contract set and the texts by which they are named."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator

from products.applicant.identifiers import uscc_fault
from templates.case.options import Capacity, LenderKind, PartyKind, Relation
from templates.wording import Language

_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_LONGEST: Final = 400


def printable(text: str) -> str:
    """The text, if it prints the same for every reader; ValueError for control and invisible characters."""
    if not text.strip():
        raise ValueError("The text is empty; write it or leave the field out.")
    if len(text) > _LONGEST:
        raise ValueError(f"The text has {len(text)} characters; at most {_LONGEST} fit here.")
    for position, character in enumerate(text):
        if unicodedata.category(character) in _UNPRINTABLE:
            raise ValueError(
                f"Character {position + 1} is U+{ord(character):04X}, which is invisible or has no agreed form; "
                "remove it or write a character of Unicode."
            )
    return text


def _well_formed_uscc(code: str) -> str:
    fault = uscc_fault(code)
    if fault:
        raise ValueError(f"The unified social credit code {code} {fault}.")
    return code


_COUNTED: Final = re.compile(r"[0-9]{1,9}/[1-9][0-9]{0,8}")
_DECIMAL: Final = re.compile(r"[0-9]+(\.[0-9]{1,6})?")


def share_of_votes(value: object) -> Decimal | Fraction:
    """A share of votes, counted (``2/3``) and then exact, or as a decimal; ValueError if it is neither or above 1."""
    text = str(value)
    if isinstance(value, Fraction) or _COUNTED.fullmatch(text):
        votes: Decimal | Fraction = Fraction(text)
    elif not isinstance(value, bool) and _DECIMAL.fullmatch(text):
        votes = Decimal(text)
    else:
        raise ValueError(
            f'{text} is no share of votes; write it as counted, like "2/3", or as a decimal with at most six places, '
            'like "0.80".'
        )
    if votes > 1:
        raise ValueError(f"{text} is more than all votes; divide the votes in favour by all votes that count.")
    return votes


Text = Annotated[str, AfterValidator(printable)]
Phone = Annotated[Text, Field(pattern=r"^[0-9+() \-]{5,30}$")]
Uscc = Annotated[str, AfterValidator(_well_formed_uscc)]
Share = Annotated[Decimal, Field(ge=0, le=10, max_digits=8, decimal_places=6)]
Votes = Annotated[
    Decimal | Fraction,
    PlainValidator(share_of_votes, json_schema_input_type=str),
    PlainSerializer(str, when_used="json"),
]
Amount = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)]
Days = Annotated[int, Field(ge=1, le=3660)]


def not_given(value: object) -> bool:
    """Whether a fact is left out; particulars without it have the digest they had without the field."""
    return not value


class Particular(BaseModel):
    """Base of all parts: immutable, nothing unknown accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Particular):
    """A text in Chinese and, where there is one, in English."""

    zh: Text
    en: Text | None = None

    def in_(self, language: Language) -> str:
        """The text in the language; the Chinese one where no English one was given."""
        return self.en if language is Language.EN and self.en else self.zh


class Account(Particular):
    """A bank account."""

    holder: Words
    bank: Words
    number: Annotated[Text, Field(pattern=r"^[0-9A-Z \-]{5,40}$")]


class Signatory(Particular):
    """Who signs for a party."""

    name: Words
    capacity: Capacity
    power_of_attorney: Text | None = Field(default=None, description="number of the power of attorney")


class PartyDetails(Particular):
    """Everything about a party but its name and code."""

    address: Words | None = None
    representative: Words | None = Field(default=None, description="legal representative or person in charge")
    signatory: Signatory | None = None
    contact: Words | None = None
    phone: Phone | None = None
    email: Annotated[Text, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    kind: PartyKind = PartyKind.COMPANY


class Party(PartyDetails):
    """A party with its full registered name."""

    name: Words
    uscc: Uscc


class Lender(Party):
    """The lender and the licence under which it lends."""

    licence: LenderKind


class Person(Particular):
    """A natural person who guarantees; no number of an identity document is kept here (个人信息保护法 6)."""

    name: Words
    address: Words
    relation: Relation
    service_address: Words | None = Field(
        default=None, exclude_if=not_given, description="where papers reach the person, if not at the domicile"
    )
    phone: Phone | None = Field(
        default=None, exclude_if=not_given, description="written by hand where the person signs, if left out"
    )


class Recipient(Particular):
    """To whom the lender provides a person's information, what for, how and of which kinds (个人信息保护法 23)."""

    name: Words
    contact: Words
    purpose: Words
    means: Words
    kinds: Words
