"""A worker's answers gathered chunk by chunk into the columns that `replay` reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from products.columns import MET, MISSING, NOT_MET, UNKNOWN, Column, Ints
from products.isolation import replay, wire
from products.isolation.checked import Rubbish
from products.kernel import Offering
from products.vocabulary import SIZES, TIERS, TITLES


@dataclass(frozen=True, slots=True)
class Extent:
    """How many rules, limits and conditions a worker answers for, and whose plugins they are."""

    programme_rules: int
    product_rules: int
    limits: int
    programme_conditions: int
    product_conditions: int
    product: bool
    programme: bool

    @staticmethod
    def of(replayed: Offering, *, product: bool, programme: bool) -> Extent:
        """The extent of an offering whose product or programme, as said, is a plugin's.

        A plugin's replay ends with one rule of its own, which no worker answers for.
        """
        return Extent(
            len(replayed.programme.rules) - programme,
            len(replayed.product.rules) - product,
            len(replayed.product.limits),
            len(replayed.programme.conditions),
            len(replayed.product.conditions),
            product,
            programme,
        )


@dataclass(frozen=True, slots=True)
class Filled:
    """Answers of n applications, one row each per rule, limit and condition; where no answer came they are unknown."""

    extent: Extent
    answered: Ints
    rules: Ints
    limits: Ints
    conditions: Ints
    standing: Ints

    @staticmethod
    def unanswered(extent: Extent, n: int) -> Filled:
        """n applications about which nothing was said: without standing, limits or conditions."""
        nobody = np.array([[MISSING], [len(TIERS) - 1], [-1], [UNKNOWN]], dtype=np.int64)
        return Filled(
            extent,
            np.zeros(n, dtype=np.int64),
            np.full((extent.programme_rules + extent.product_rules, n), UNKNOWN, dtype=np.int64),
            np.full((extent.limits, n), MISSING, dtype=np.int64),
            np.full((extent.programme_conditions + extent.product_conditions, n), NOT_MET, dtype=np.int64),
            np.repeat(nobody, n, axis=1),
        )

    def take(self, arrays: Mapping[str, wire.Array], start: int, n: int) -> None:
        """Keep a worker's answers for the ``n`` rows from ``start``; Rubbish if they are none, and nothing is kept."""
        wanted = [("rules", self.rules), ("limits", self.limits), ("conditions", self.conditions)]
        if self.extent.programme:
            wanted.append(("standing", self.standing))
        found = [(into, _answers(arrays, name, (len(into), n))) for name, into in wanted]
        for into, these in found:
            into[:, start : start + n] = these
        self.answered[start : start + n] = 1

    def columns(self) -> dict[str, Column]:
        """Everything under the names by which `replay` reads it."""
        return dict(self._columns())

    def _columns(self) -> Iterator[tuple[str, Column]]:
        yield replay.ANSWERED, Column(self.answered)
        extent = self.extent
        if extent.programme:
            yield from zip(replay.STANDING, map(Column.from_raw, self.standing), strict=True)
            yield from _named(replay.OF_PROGRAMME, self.rules[: extent.programme_rules], replay.rule_column)
            yield from _named(
                replay.OF_PROGRAMME, self.conditions[: extent.programme_conditions], replay.condition_column
            )
        if extent.product:
            yield from _named(replay.OF_PRODUCT, self.rules[extent.programme_rules :], replay.rule_column)
            yield from _named(
                replay.OF_PRODUCT, self.conditions[extent.programme_conditions :], replay.condition_column
            )
            for at, raw in enumerate(self.limits):
                yield replay.limit_column(at), Column.from_raw(raw)


def _named(owner: str, rows: Ints, name: replay.Naming) -> Iterator[tuple[str, Column]]:
    for at, row in enumerate(rows):
        yield name(owner, at), Column(row)


_WITHIN = {"rules": (NOT_MET, MET), "conditions": (NOT_MET, MET), "limits": (0, 2**62)}
_STANDING_WITHIN = ((0, len(SIZES) - 1), (0, len(TIERS) - 1), (-1, len(TITLES) - 1), (NOT_MET, MET))


def _answers(arrays: Mapping[str, wire.Array], name: str, shape: tuple[int, int]) -> Ints:
    found = arrays.get(name)
    if found is None or found.shape != shape:
        raise Rubbish(f"The worker sent no {name} of the shape {shape}.")
    answers: Ints = found.astype(np.int64)
    limits = _STANDING_WITHIN if name == "standing" else (_WITHIN[name],) * len(answers)
    for row, (least, most) in zip(answers, limits, strict=True):
        known = row[row != MISSING]
        if len(known) and not least <= int(known.min()) <= int(known.max()) <= most:
            raise Rubbish(f"The worker sent {name} outside {least} to {most}.")
    return answers
