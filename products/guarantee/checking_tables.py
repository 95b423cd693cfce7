"""What can be wrong with tables, bands, bounds and rates declared monotone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from products.columns import Ints
from products.guarantee.facts import BOUNDLESS
from products.guarantee.provisions import Bound, Fee
from products.guarantee.tables import NO_ROW, Table

Found = tuple[str, str, str]
"""The place, what is wrong there, how to mend it."""


def table_problems(table: Table, place: str) -> Iterator[Found]:
    """Cells that no row covers, rows that nothing is left to, rows that contradict each other."""
    for where in table.holes():
        yield place, f"has no row for {where}", "widen a row, add one, or say otherwise what else holds"
    for row in table.unreachable():
        yield f"{place}.rows[{row}]", "is never reached", "rows before it take all of it: narrow them or take it out"
    for first, second, where in table.overlaps():
        yield (
            f"{place}.rows[{second}]",
            f"overlaps rows[{first}] for {where}",
            "let every loan fall under one row: use over after up_to, and below before from",
        )


def bands_problems(edges: Ints, rates: Ints, place: str) -> Iterator[Found]:
    """Bands (rows, bands) that do not rise or leave a hole above the last."""
    for row in range(len(edges)):
        upper = edges[row]
        if upper[-1] < BOUNDLESS:
            yield place, "has no band for amounts above its last one", "write the last band without up_to"
        used = upper[: int(np.argmax(upper >= BOUNDLESS)) + 1] if (upper >= BOUNDLESS).any() else upper
        if (np.diff(used) <= 0).any():
            yield place, "has bands that do not rise", "list the bands by rising up_to"
        if (rates[row, len(used) :] > 0).any():
            yield place, "has a band after one without an upper end", "give every band but the last an up_to"


def bound_problems(bound: Bound, place: str) -> Iterator[Found]:
    """Bounds that nothing can keep."""
    for row in np.flatnonzero(bound.at_least > bound.at_most):
        yield place, f"leaves nothing between its limits in row {row}", "give at_most a value of at_least or more"


def monotone_problems(fee: Fee, place: str) -> Iterator[Found]:
    """Rates that fall along a fact where the book says they never do, or rise where they never rise."""
    names = [axis.fact.name for axis in fee.table.axes]
    for fact, sign, said in (
        *((fact, 1, "never to fall") for fact in fee.rising_in),
        *((fact, -1, "never to rise") for fact in fee.falling_in),
    ):
        if fact not in names:
            yield place, f"declares a rate monotone in {fact}, by which no row is selected", "name a fact of select_by"
            continue
        yield from _against(fee, names.index(fact), sign, said, place)


def _against(fee: Fee, axis: int, sign: int, said: str, place: str) -> Iterator[Found]:
    """The first pair of neighbouring cells whose rates go the wrong way for some amount."""
    rows = np.moveaxis(fee.table.first_row, axis, 0)
    for cell in np.ndindex(rows[1:].shape):
        before, after = int(rows[cell]), int(rows[1:][cell])
        if NO_ROW in (before, after) or not _goes_wrong(fee, before, after, sign):
            continue
        index = list(cell[1:])
        first, second = ([*index[:axis], cell[0] + step, *index[axis:]] for step in (0, 1))
        yield (
            place,
            f"declares the rate {said} with {fee.table.axes[axis].fact.name}, but it does from "
            f"({fee.table.cell_in_words(first)}) to ({fee.table.cell_in_words(second)})",
            "mend one of the two rates or take the declaration out",
        )
        return


def _goes_wrong(fee: Fee, before: int, after: int, sign: int) -> bool:
    amounts = np.unique(np.concatenate([fee.edges[before], fee.edges[after]]))
    earlier, later = (fee.rates[row, np.searchsorted(fee.edges[row], amounts)] for row in (before, after))
    return bool(((later - earlier) * sign < 0).any())
