"""Two processes ask for the last million at the same moment: exactly one gets it, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from api.headroom.checks import NoHeadroomLeft, NotPossible
from api.storage.connections import Database
from tests.api.headroom import ON, WAN, Bank, act, bank
from tests.api.racing import at_once, wait_for_the_others
from tests.api.rows import register

ROUNDS = 10


def _reserve_all(job: tuple[Database, list[str]]) -> str:
    """Which decisions were granted, a digit for each; each is asked for when the other process asks for its rival."""
    database, decisions = job
    granted = ""
    with bank(database) as ours:
        ours.desk.store.engine.connect().close()
        for decision in decisions:
            wait_for_the_others()
            try:
                ours.reserve(decision)
                granted += "1"
            except NoHeadroomLeft:
                granted += "0"
    return granted


def _rival(ours: Bank, place: int, who: int) -> str:
    same_enterprise = place < ROUNDS // 2
    uscc = f"{place:018}" if same_enterprise else f"{place:017}{who}"
    return ours.approved(100, balance="29000000.00", uscc=uscc)


@pytest.mark.slow
def test_of_two_processes_exactly_one_gets_the_last_million(database: Database) -> None:
    """In the first half of the rounds both decisions are one enterprise's, which has a million left; in the second the
    two enterprises have room, but the quota leaves one million in all."""
    register(database)
    with bank(database) as ours:
        rivals = [[_rival(ours, place, who) for who in (0, 1)] for place in range(ROUNDS)]
        ours.desk.set_quota("cn-scitech-2024", ON.year, (ROUNDS // 2 + 1) * 100 * WAN, act=act())
        granted = at_once(_reserve_all, *((database, [pair[who] for pair in rivals]) for who in (0, 1)))
        won = [sum(map(int, both)) for both in zip(*granted, strict=True)]
        with ours.desk.store.reading() as rows:
            stored = rows.quota_of("cn-scitech-2024", ON.year).reservations(unexpired_on=ON)
    assert won[: ROUNDS // 2] == [1] * (ROUNDS // 2)
    assert won[ROUNDS // 2 :] == [1] + [0] * (ROUNDS // 2 - 1)
    assert sum(one.amount for one in stored) == (ROUNDS // 2 + 1) * 100 * WAN


def test_of_eight_threads_draws_add_up_to_what_was_reserved(database: Database) -> None:
    """Eight drawdowns of 30 of 100: three fit."""
    register(database)
    with bank(database) as ours:
        kept = ours.reserve(ours.approved(100))

        def draw(_copy: int) -> bool:
            try:
                ours.desk.draw(kept, on=ON, act=act(), amount=30 * WAN)
            except NotPossible:
                return False
            return True

        with ThreadPoolExecutor(8) as threads:
            done = list(threads.map(draw, range(8)))
        with ours.desk.store.reading() as rows:
            stored = rows.one(kept)
    assert sum(done) == 3
    assert stored is not None
    assert stored.reservation.drawn == 90 * WAN
