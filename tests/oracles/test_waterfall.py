"""Who bears a loss and who gets back what is recovered: published arrangements, and others multiplied out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import pytest

from products.columns import Ints
from products.guarantee.provisions import Sharing
from products.guarantee.sharing import Borne, losses, recoveries
from tests.oracles.tables import Case, cases, name_of
from tests.products.rule_books import provision, trial

_DAY: Final = date(2024, 1, 1)


def _sharing(case: Case) -> Sharing:
    """The arrangement as a rule book would write it."""
    bears = ", ".join(
        f"{party}: {share if share == 'rest' else chr(34) + share + chr(34)}"
        for party, share in (item.split("=") for item in case["bears"].split())
    )
    cedes = ", ".join(
        f'{{from: {giver}, to: {taker}, share: "{share}"}}'
        for giver, taker, share in (item.replace(">", "=").split("=") for item in case["cedes"].split())
    )
    value = f"bears: {{{bears}}}" + (f", cedes: [{cedes}]" if cedes else "")
    if case["first_loss"]:
        party, share = case["first_loss"].split("=")
        value += f', first_loss: {{party: {party}, share_of_loan: "{share}"}}'
    if case["recoveries"]:
        value += f", recoveries: {case['recoveries']}"
    found = trial(provision("sharing", "sharing", f"{{{value}}}")).at(_DAY).sharing
    assert found is not None
    return found


def _cents(text: str) -> Ints:
    return np.array([int(Decimal(text) * 100)], dtype=np.int64)


def _parts(borne: Borne) -> dict[str, Decimal]:
    return {party: Decimal(int(borne.of(party)[0])) / 100 for party in borne.parties}


def _expected(text: str) -> dict[str, Decimal]:
    return {party: Decimal(part) for party, part in (item.split("=") for item in text.split())}


@pytest.mark.parametrize("case", cases("waterfall"), ids=name_of)
def test_every_part_of_a_loss_and_of_a_recovery(case: Case) -> None:
    sharing = _sharing(case)
    loan = _cents(case["loan"]) if case["loan"] else None
    borne = losses(_cents(case["loss"]), sharing, {}, loan=loan)
    assert _parts(borne) == _expected(case["shares"])
    if case["recovered"]:
        back = recoveries(_cents(case["recovered"]), borne, sharing, {}, loan=loan)
        assert _parts(back) == _expected(case["back"])
