"""Approved decisions and a desk for tests of reserved headroom; no kernel is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from api.headroom.desk import HeadroomDesk
from api.headroom.store import HeadroomStore
from api.headroom.values import Act, RequestKey
from api.storage import ledger
from api.storage.connections import Database
from api.storage.engine import engine_for
from tests.api.rows import MOMENT, ORGANISATION, rows
from tests.products.revising.contents import installed

ON: Final = date(2026, 7, 23)
"""The day on which the hand-written decision was made; it was applied for a day earlier."""
WAN: Final = 1_000_000
"""Fen in 万元."""
USCC: Final = "91511100MA6XX0TE50"


def act(key: str | None = None, fingerprint: str = "f" * 64) -> Act:
    """Li acts."""
    return Act(actor="Li", note="", at=MOMENT, request=RequestKey(key, fingerprint) if key else None)


@dataclass(frozen=True, slots=True)
class Bank:
    """A desk over a database, and a way to store decisions."""

    desk: HeadroomDesk
    organisation: str

    def approved(
        self,
        wan: int = 100,
        *,
        balance: str | None = "0.00",
        uscc: str = USCC,
        programme: str = "cn-scitech-2024",
        product: str = "ip-pledge",
        applied_on: date = date(2026, 7, 22),
        outcome: str = "approve",
    ) -> str:
        """Store a decision on ``wan`` 万元 whose application states a guaranteed balance; its id."""
        application, decision = rows(
            organisation=self.organisation,
            approved_fen=wan * WAN,
            applicant_uscc=uscc,
            programme=programme,
            product=product,
            applied_on=applied_on,
            decided_on=max(applied_on, ON),
            outcome=outcome,
        )
        body = json.dumps({"credit": {"guaranteed_balance": balance}}).encode()
        with closing(self.desk.store.database.connect()) as connection:
            ledger.append(
                self.desk.store.database,
                connection,
                replace(application, applicant_uscc=uscc, body=body),
                decision,
            )
        return decision.id

    def reserve(self, decision_id: str, *, on: date = ON, days: int | None = None, key: str | None = None) -> str:
        """Reserve; the reservation's id."""
        return self.desk.reserve(decision_id, on=on, act=act(key), days=days).reservation.id


@contextmanager
def bank(database: Database, organisation: str = ORGANISATION) -> Iterator[Bank]:
    """A bank over a database that knows its organisation."""
    engine = engine_for(database, pool_size=4)
    yield Bank(HeadroomDesk(store=HeadroomStore(database, engine, organisation), catalogue=installed()), organisation)
    engine.dispose()
