"""The conformance kit: what every product and programme must show, its own and installed ones alike.

    from products.testing import check
    check(PRODUCT).require()

`check` runs everything and returns a `Report`; ``kedai plugin check`` prints it, and the pytest plugin makes one test
of each part.
"""

from products.testing.bench import Bench, Budgets, Claims, Witness, bench_of
from products.testing.report import NotConformant, Report, Result
from products.testing.runner import CHECKS, check, checks

__all__ = [
    "CHECKS",
    "Bench",
    "Budgets",
    "Claims",
    "NotConformant",
    "Report",
    "Result",
    "Witness",
    "bench_of",
    "check",
    "checks",
]
