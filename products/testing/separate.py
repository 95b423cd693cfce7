"""The check in a process of its own: pure, within its budgets, and the same answer as here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from products.product import LoanProduct, Programme
from products.testing.bench import Bench
from products.testing.columns import fingerprint
from products.testing.report import Result

SECONDS: Final = 120
ROWS: Final = 400


def pure_and_within_budget(bench: Bench) -> Result:
    """Deciding touches no clock, file, network, environment or global state, needs no more than its budgets, and gives
    in another process what it gives here."""
    name = "pure, within its budgets, the same in another process"
    places = [place_of(one) for one in (bench.offering.product, bench.offering.programme)]
    subject = place_of(bench.subject)
    if subject is None:
        problem = f"{bench.subject.slug} is the value of no module's name; assign it at the end of its module."
        return Result(name, (problem,), "nothing")
    product = places[0] if isinstance(bench.subject, LoanProduct) else None
    programme = places[1]
    budgets = bench.budgets
    task = {
        "path": sys.path,
        "product": product,
        "programme": programme,
        "rows": budgets.rows,
        "compared": ROWS,
    }
    try:
        done = subprocess.run(  # our own interpreter on our own module
            [sys.executable, "-m", "products.testing.guarded"],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(name, (f"Deciding {budgets.rows} applications took more than {SECONDS} seconds.",), "one process")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Result(name, (f"The process ended with status {done.returncode}: {last}",), "one process")
    found = json.loads(done.stdout.splitlines()[-1])
    here = fingerprint(bench.decided(bench.rows.between(0, ROWS)))
    looked_at = f"{budgets.rows} applications in {found['cpu_seconds']:.2f} s and {found['megabytes']} MB"
    return Result(name, tuple(_problems(found, here, bench)), looked_at)


def _problems(found: Mapping[str, Any], here: str, bench: Bench) -> Iterator[str]:
    budgets = bench.budgets
    yield from dict.fromkeys(found["touched"])
    if found["first"] != found["second"]:
        yield "A second run gives other figures than the first."
    if found["first"] != here:
        yield "Another process gives other figures than this one."
    if found["cpu_seconds"] > budgets.cpu_seconds:
        seconds = f"{found['cpu_seconds']:.2f} s; at most {budgets.cpu_seconds} s"
        yield f"Deciding {budgets.rows} applications took {seconds}."
    if found["megabytes"] > budgets.megabytes:
        yield f"Deciding {budgets.rows} applications took {found['megabytes']} MB; at most {budgets.megabytes} MB."


def place_of(value: LoanProduct[Any] | Programme) -> str | None:
    """``module:NAME`` under which a value can be imported; None if no module holds it."""
    for module in list(sys.modules.values()):
        for name, held in list(vars(module).items()) if hasattr(module, "__dict__") else ():
            if held is value and getattr(module, "__name__", "__main__") != "__main__":
                return f"{module.__name__}:{name}"
    return None
