"""The kit's process of its own: products that touch what a decision must not depend on, or take too much."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from products.testing import CHECKS, Budgets, Result, bench_of
from tests.products.installing import COPY, on_path

SOURCE = (
    COPY
    + '''
import datetime, os, random, socket, subprocess, time
import numpy as np
import products.money

CALLS = []
STATE = {"calls": 0}
PID = os.getpid()
PLACE = __file__

def reaching(case):
    """Reaches for everything, and hides that it was refused."""
    for reach in (
        lambda: time.time(),
        lambda: datetime.date.today(),
        lambda: datetime.datetime.now(),
        lambda: open(PLACE).close(),
        lambda: os.listdir("."),
        lambda: os.environ["HOME"],
        lambda: socket.create_connection(("127.0.0.1", 9), 0.01),
        lambda: subprocess.run(["true"]),
    ):
        try:
            reach()
        except Exception:
            pass
    STATE["calls"] += 1
    products.money.SEEN = case.app.n
    random.random()
    return case.everywhere(True)

def counting(at):
    CALLS.append(1)
    return Column(np.full(at.app.n, 10_000_000_00 + len(CALLS), dtype=np.int64))

def by_process(at):
    return Column(np.full(at.app.n, 10_000_000_00 + PID, dtype=np.int64))

def greedy(case):
    sum(range(4_000_000))
    return case.everywhere(bool(np.ones(1 << 24).any()))

REACHING = asking("reaching", reaching)
COUNTING = limiting("counting", counting)
BY_PROCESS = limiting("by-process", by_process)
GREEDY = asking("greedy", greedy)
'''
)
Check = Callable[..., Result]


@pytest.fixture(scope="module")
def separate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Check]:
    """Runs the check over one of the products above."""
    folder = tmp_path_factory.mktemp("impure")
    (folder / "kd_impure.py").write_text(SOURCE, encoding="utf-8")
    with on_path(folder):
        module = import_module("kd_impure")

        def checked(name: str, **budgets: Any) -> Result:
            use = Budgets(**{"rows": 500, "cpu_seconds": 60.0, **budgets})
            return CHECKS["separate"](bench_of(getattr(module, name), budgets=use))

        yield checked
    del sys.modules["kd_impure"]


@pytest.fixture(scope="module")
def reached(separate: Check) -> tuple[str, ...]:
    """What was noted of the product that reaches for everything."""
    return separate("REACHING").problems


@pytest.mark.parametrize(
    "what",
    [
        *("the clock (time.time)", "the clock (date.today)", "the clock (datetime.now)"),
        *("os.listdir", "the environment (HOME)", "socket.", "subprocess.Popen", "open "),
    ],
)
def test_whatever_a_product_reaches_for_is_noted_even_if_it_hides_that(reached: tuple[str, ...], what: str) -> None:
    found = [problem for problem in reached if problem.startswith(f"Deciding touches {what}")]
    assert found
    assert found[0].endswith("; take it as an argument, a fact or a parameter instead.")


@pytest.mark.parametrize("what", ["kd_impure.STATE", "products.money.SEEN", "the generator of random"])
def test_whatever_a_product_changes_is_noted(reached: tuple[str, ...], what: str) -> None:
    assert f"Deciding changes {what}." in reached


def test_a_product_that_remembers_gives_other_figures_the_second_time(separate: Check) -> None:
    assert "A second run gives other figures than the first." in separate("COUNTING").problems


def test_a_product_that_depends_on_its_process_is_found(separate: Check) -> None:
    assert separate("BY_PROCESS").problems == ("Another process gives other figures than this one.",)


@pytest.mark.slow
def test_a_product_that_takes_too_long_and_too_much_memory_is_found(separate: Check) -> None:
    too_long, too_much = separate("GREEDY", cpu_seconds=0.04, megabytes=60).problems
    assert too_long.startswith("Deciding 500 applications took ")
    assert too_long.endswith(" s; at most 0.04 s.")
    assert too_much.startswith("Deciding 500 applications took ")
    assert too_much.endswith(" MB; at most 60 MB.")
