"""Everything that gates ask of the look of a Word file, read at once."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from templates.word_file.emphasis import PlainTerm, plain_terms
from templates.word_file.marks import Mark, marks_of
from templates.word_file.passages import contents
from templates.word_file.signing import LoosePlace, loose_places


@dataclass(frozen=True, slots=True)
class Findings:
    """What was left in a file, the standard terms that do not stand out, the places to sign that may stand alone."""

    marks: tuple[Mark, ...] = ()
    plain: tuple[PlainTerm, ...] = ()
    loose: tuple[LoosePlace, ...] = ()


def findings(parts: Mapping[str, bytes], titles: Mapping[str, str], standard: Set[str]) -> Findings:
    """The findings in a file; ``titles`` has its clauses by title, ``standard`` those that must catch the eye.

    RefusedDocx if a part is not well formed.
    """
    read = contents(parts)
    return Findings(marks_of(read, parts), tuple(plain_terms(read, titles, standard)), tuple(loose_places(read)))
