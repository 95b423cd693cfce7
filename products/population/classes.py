"""Generated applicants made alike in what matters: the class of their title, and that they ask for what is offered."""

from __future__ import annotations

from datetime import date

import numpy as np

from products.applicant.layout import to_days
from products.applications import Applications, Children
from products.columns import Bools, Column
from products.terms import LoanTerms


def asking_for_what_is_offered(rows: Applications, terms: LoanTerms, where: Bools) -> Applications:
    """The rows, of which those chosen ask for a purpose, a repayment and a term that the product offers."""
    columns = dict(rows.columns)
    for name, offered in (("purpose", terms.purposes), ("repayment", terms.repayments)):
        column = columns[name]
        wanted = np.resize(np.array(offered, dtype=np.int64), rows.n)
        columns[name] = Column(np.where(where, wanted, column.values), column.known)
    months = columns["term_months"]
    within = np.clip(months.values, terms.term_floor_months, terms.term_cap_months)
    columns["term_months"] = Column(np.where(where, within, months.values), months.known)
    return Applications(rows.n, columns, rows.children)


def with_title(rows: Applications, kind: int, day: date, decided_on: date) -> Applications:
    """The rows, applied for on the day, with one title of the kind each that is valid on both days (-1: none)."""
    shift = to_days(day)
    parent = np.arange(rows.n if kind >= 0 else 0, dtype=np.int64)
    known = {
        "kind": Column(np.full(len(parent), max(kind, 0), dtype=np.int64)),
        "valid_from": Column(np.full(len(parent), shift - 400, dtype=np.int64)),
        "valid_to": Column(np.full(len(parent), to_days(decided_on) + 700, dtype=np.int64)),
    }
    columns = {
        name: known.get(name, Column(np.zeros(len(parent), dtype=np.int64), np.zeros(len(parent), dtype=np.bool_)))
        for name in rows.titles.columns
    }
    applied_on = Column(np.full(rows.n, shift, dtype=np.int64))
    moved = {**rows.columns, "applied_on": applied_on, "titles_count": Column(np.full(rows.n, int(kind >= 0)))}
    return Applications(rows.n, moved, {**rows.children, "titles": Children(parent, columns, rows.n)})
