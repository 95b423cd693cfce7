"""The words that tables, party details and signing blocks are made of, per language, from ``words.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from templates.wording import Language
from templates.yaml_files import load_yaml

Words = Mapping[str, str]


class Phrasebook(BaseModel):
    """The words of one language; keys are the same in every language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: Words
    details: Words
    signing: Words
    tables: Mapping[str, tuple[str, ...]]
    securities: Words
    items: Words
    methods: Words
    fee_bases: Words
    units: Words
    lpr: Words
    checks: Words
    marks: Words
    matters: Words
    votes: Words
    interests: Words
    ballots: Words
    editions: Words
    account: str

    def count(self, number: int, unit: str) -> str:
        """A number with its unit: ``12个月``, ``12 months``, ``1 month``."""
        gap = " " if self.units["months"].isascii() else ""
        return f"{number}{gap}{self.units[unit if number == 1 else unit + 's']}"


@cache
def phrasebook(language: Language) -> Phrasebook:
    """The phrasebook of a language."""
    books = load_yaml((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
    return Phrasebook.model_validate(books[language.value])
