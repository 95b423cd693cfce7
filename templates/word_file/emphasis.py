"""Standard terms in a Word file: whether what must catch the eye does (民法典 496)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET  # only for the type; parts are parsed in foreign_docx

from templates.word_file.looks import Looks, W
from templates.word_file.passages import NUMBER, Contents, Passage, excerpt
from templates.word_file.signing import is_place

_NO_MORE: Final = re.compile(r"无正文|签署页|签字页|signature (?:page|block)|no (?:further )?text", re.IGNORECASE)
_EDGES: Final = ("top", "left", "bottom", "right")


@dataclass(frozen=True, slots=True)
class PlainTerm:
    """A clause that must catch the eye and has words that do not: its id, its heading, the first such words."""

    clause: str
    heading: str
    words: str


def plain_terms(read: Contents, titles: Mapping[str, str], standard: Set[str]) -> Iterator[PlainTerm]:
    """The standard terms of a file whose words are not all bold, lined, framed, shaded or in heavy type.

    ``titles`` has the clauses by their titles; a clause goes from the paragraph that consists of its title to the next
    heading or to the places to sign. The heading itself may look as it likes.
    """
    clause, seen = "", set[str]()
    for passage in read.passages:
        if passage.place.story:
            continue
        title = NUMBER.sub("", passage.text.strip(), count=1).strip()
        if title in titles or passage.heading or _ends_the_clauses(passage.text):
            clause = titles.get(title, "")
        elif clause in standard and clause not in seen and (words := _plain(passage, read.looks)):
            seen.add(clause)
            yield PlainTerm(clause, passage.place.clause, words)


def _ends_the_clauses(text: str) -> bool:
    """Whether the places to sign begin here."""
    return is_place(text) or _NO_MORE.search(text) is not None


def _plain(passage: Passage, looks: Looks) -> str:
    """The first words of a paragraph that do not stand out; marks of punctuation and spaces need not."""
    if _is_framed(passage.node, looks):
        return ""
    plain = (words for words, look in passage.runs if not look.stands_out and any(map(str.isalnum, words)))
    return excerpt(next(plain, ""))


def _is_framed(paragraph: ET.Element, looks: Looks) -> bool:
    borders = looks.of_paragraph(paragraph, "pBdr")
    return borders is not None and all(borders.find(f"{W}{edge}") is not None for edge in _EDGES)
