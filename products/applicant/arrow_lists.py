"""Arrow lists as raw columns: how many entries, which entry stands where, which lists repeat an entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from products.applicant.arrow_columns import Array, Leaf, WrongType, as_strings, leaf_of
from products.applicant.declared import FORECAST_YEARS, YEARS, Spread
from products.applicant.fields import Field
from products.columns import MISSING, Bools, Ints


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of m lists: their ``values``, the list each belongs to, the lists' lengths, and which are given."""

    values: Array
    owner: Ints
    lengths: Ints
    known: Bools

    @property
    def counts(self) -> Ints:
        """How many entries each list has, `MISSING` where no list is given."""
        return np.where(self.known, self.lengths, MISSING)


def entries_of(array: Array, label: str) -> Entries:
    """The entries of a list array; WrongType if it is none. An array of nulls is lists that are not given."""
    if pa.types.is_null(array.type):
        nothing = np.zeros(0, dtype=np.int64)
        lengths = np.zeros(len(array), dtype=np.int64)
        return Entries(pa.nulls(0), nothing, lengths, np.zeros(len(array), dtype=np.bool_))
    if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
        raise WrongType(f"{label} must be an Arrow list; it is {array.type}. Cast it before handing it over.")
    lengths = np.asarray(pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)
    owner = np.repeat(np.arange(len(array)), lengths)
    known = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
    return Entries(array.flatten(), owner, lengths, known)


def list_leaves(field: Field, name: str, array: Array) -> tuple[dict[str, Ints], Bools]:
    """The columns of a list field by name, int64 (m,), and which lists are refused."""
    entries = entries_of(array, field.en)
    leaf = leaf_of(field, entries.values)
    least, most = field.entries
    bad = entries.known & ((entries.lengths < least) | (entries.lengths > most))
    bad[entries.owner[leaf.bad | ~leaf.known]] = True
    if field.distinct:
        bad[_repeating(field, entries)] = True
    return _spread(field, name, entries, leaf), bad


def _repeating(field: Field, entries: Entries) -> Ints:
    """The lists that hold an entry twice."""
    if not len(entries.values):
        return entries.owner
    return repeated(entries.owner, codes_of(as_strings(field, entries.values)))


def codes_of(texts: Array) -> Ints:
    """A number for each text, equal for equal texts, -1 for null."""
    codes = texts.dictionary_encode().indices.fill_null(-1)
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.int64)


def repeated(owner: Ints, codes: Ints) -> Ints:
    """The owners that hold one code twice or more."""
    keys = owner * (int(codes.max(initial=0)) + 1) + codes
    _, first, counts = np.unique(keys, return_index=True, return_counts=True)
    repeating: Ints = owner[first[counts > 1]]
    return repeating


def _spread(field: Field, name: str, entries: Entries, leaf: Leaf) -> dict[str, Ints]:
    match field.spread:
        case Spread.YEARS:
            last = np.cumsum(entries.lengths) - 1
            return {f"{name}_y{year}": _picked(leaf, last - year, entries.lengths > year) for year in range(YEARS)}
        case Spread.FORECAST:
            first = np.cumsum(entries.lengths) - entries.lengths
            forecast = {
                f"{name}_t{year + 1}": _picked(leaf, first + year, entries.lengths > year)
                for year in range(FORECAST_YEARS)
            }
            return {name: entries.counts} | forecast
        case _:
            return {name: entries.counts}


def _picked(leaf: Leaf, position: Ints, given: Bools) -> Ints:
    if not len(leaf.raw):
        return np.full(len(position), MISSING, dtype=np.int64)
    return np.where(given, leaf.raw[np.where(given, position, 0)], MISSING)
