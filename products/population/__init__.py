"""Generated applications, complete: what benchmarks and the demonstration decide. Synthetic; no firm here exists.

Accounts, innovation and credit come from `scoring.population`; `firms` adds the request and what registers say of the
enterprise, `assets` the titles and the intellectual property, `records` the texts of the JSON form. Each variable is
drawn from its own stream, seeded by (seed, name), so that row i is the same whatever the number of rows.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from products.applicant.flatten import columns_named
from products.applicant.layout import APPLICATION_COLUMNS, CHILD_COLUMNS, to_days
from products.applications import Applications, Children
from products.population.assets import asset_family, title_family
from products.population.drawing import Drawn, Streams
from products.population.firms import firm_columns
from products.population.records import Record, records
from scoring.population import generate

__all__ = ["LATEST", "Record", "population", "sample_applications"]

LATEST: Final = date(2026, 6, 30)
"""The last day on which a generated application is made, unless another is given."""


def population(n: int, seed: int, *, latest: date = LATEST) -> Applications:
    """``n`` applications as columns; the first rows of a longer draw with the same seed are the same applications."""
    drawn = _draw(n, seed, latest)
    children = {
        name: Children(family.parent, columns_named(family.raw, CHILD_COLUMNS[name]), n)
        for name, family in drawn.families.items()
    }
    return Applications(n, columns_named(drawn.raw, APPLICATION_COLUMNS), children)


def sample_applications(n: int, seed: int, *, latest: date = LATEST) -> list[Record]:
    """The same ``n`` applications in their JSON form, with names, codes, certificates and patent numbers."""
    return records(_draw(n, seed, latest))


def _draw(n: int, seed: int, latest: date) -> Drawn:
    facts = generate(n, seed=seed).facts
    streams = Streams(seed, n)
    raw = firm_columns(streams, facts, to_days(latest))
    families = {
        "titles": title_family(seed, raw["applied_on"]),
        "ip_assets": asset_family(seed, raw["applied_on"], facts["revenue_y0"]),
    }
    counts = {f"{name}_count": np.bincount(family.parent, minlength=n) for name, family in families.items()}
    return Drawn(raw | counts, families, streams.whole("firm", 0, 10**9))
