"""Who bears a loss and who gets back what is recovered: published shares, first losses, and that nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.guarantee.portfolio_caps import payable
from products.guarantee.provisions import Cession, Recoveries, Sharing
from products.guarantee.sharing import losses, recoveries

NESTED = Sharing(
    bears=(("bank", None), ("guarantor", 800_000)),
    cedes=(Cession("guarantor", "insurer", 800_000),),
    odd_units_to="bank",
    first_loss=None,
    recoveries=Recoveries.PRO_RATA,
)
HUBEI = Sharing(
    bears=(("bank", 200_000), ("guarantor", None), ("province", 400_000), ("local_government", 200_000)),
    cedes=(Cession("province", "fund", 500_000),),
    odd_units_to="guarantor",
    first_loss=None,
    recoveries=Recoveries.PRO_RATA,
)
TRANCHED = Sharing(
    bears=(("bank", None), ("guarantor", 700_000)),
    cedes=(),
    odd_units_to="bank",
    first_loss=("bank", 50_000),
    recoveries=Recoveries.LAST_LOSS_FIRST,
)


def column(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_eighty_percent_reinsured_to_eighty_leaves_20_16_64() -> None:
    found = losses(column(100), NESTED, {})
    assert dict(zip(found.parties, found.parts[0].tolist(), strict=True)) == {
        "bank": 20,
        "guarantor": 16,
        "insurer": 64,
    }


def test_hubei_shares_2000_as_800_400_400_400() -> None:
    """科担专精特新快贷: province 40 %, guarantor 20 %, bank 20 %, local government 20 % of 2,000."""
    alone = Sharing(HUBEI.bears, (), HUBEI.odd_units_to, None, HUBEI.recoveries)
    found = losses(column(2000), alone, {})
    assert dict(zip(found.parties, found.parts[0].tolist(), strict=True)) == {
        "bank": 400,
        "guarantor": 400,
        "province": 800,
        "local_government": 400,
    }


def test_what_the_province_cedes_to_the_fund_comes_out_of_the_provinces_layer() -> None:
    found = losses(column(2000), HUBEI, {})
    assert found.of("province").tolist() == [400]
    assert found.of("fund").tolist() == [400]


def test_odd_units_stay_where_the_arrangement_says() -> None:
    """101: 20.2 down to 20, 40.4 to 40, 20.2 to 20, the guarantor the 21 that are left; half of 40 ceded."""
    assert losses(column(101), HUBEI, {}).parts.tolist() == [[20, 21, 20, 20, 20]]


def test_shares_may_come_from_a_table_row_by_row() -> None:
    by_table = Sharing((("bank", None), ("fund", "cover")), (), "bank", None, Recoveries.PRO_RATA)
    found = losses(column(100, 100), by_table, {"cover": column(700_000, 850_000)})
    assert found.parts.tolist() == [[30, 70], [15, 85]]


@pytest.mark.parametrize(
    ("loss", "bank", "guarantor"),
    [  # loan 1,000: the bank's first 50, then 30/70 of the rest
        (50, 50, 0),
        (51, 51, 0),  # 0.7 of 1 is rounded down
        (60, 53, 7),
        (1000, 335, 665),
    ],
)
def test_a_first_loss_is_borne_before_anything_is_shared(loss: int, bank: int, guarantor: int) -> None:
    assert losses(column(loss), TRANCHED, {}, loan=column(1000)).parts.tolist() == [[bank, guarantor]]


def test_a_first_loss_without_the_loan_is_refused() -> None:
    with pytest.raises(ValueError, match="A first loss is a share of the loan; give the loans' principal"):
        losses(column(10), TRANCHED, {})


def test_recoveries_go_back_in_proportion_to_what_each_bore() -> None:
    """50 of a loss of 100: 10, 8, 32: the insurer gets back 80 % of what the guarantor's layer recovers."""
    found = losses(column(100), NESTED, {})
    assert recoveries(column(50), found, NESTED, {}).parts.tolist() == [[10, 8, 32]]


def test_behind_a_first_loss_recoveries_reach_its_bearer_last() -> None:
    """Loss of 150 on 1,000: 50 first, 30 and 70 of the rest. 100 recovered makes the rest whole, a further 20 the
    first loss."""
    loan = column(1000)
    found = losses(column(150), TRANCHED, {}, loan=loan)
    assert found.parts.tolist() == [[80, 70]]
    assert recoveries(column(60), found, TRANCHED, {}, loan=loan).parts.tolist() == [[18, 42]]
    assert recoveries(column(100), found, TRANCHED, {}, loan=loan).parts.tolist() == [[30, 70]]
    assert recoveries(column(120), found, TRANCHED, {}, loan=loan).parts.tolist() == [[50, 70]]


def test_more_than_was_borne_cannot_come_back() -> None:
    found = losses(column(100), NESTED, {})
    with pytest.raises(ValueError, match="In row 0 101 is recovered of a loss of 100; hand back at most"):
        recoveries(column(101), found, NESTED, {})


amounts = st.lists(st.integers(0, 10**13), min_size=1, max_size=5)


@pytest.mark.parametrize("sharing", [NESTED, HUBEI, TRANCHED], ids=["nested", "hubei", "tranched"])
@given(amounts, st.data())
def test_parts_add_up_to_losses_and_to_recoveries(sharing: Sharing, lost: list[int], data: st.DataObject) -> None:
    loss = column(*lost)
    found = losses(loss, sharing, {}, loan=loss * 2)
    assert (found.parts >= 0).all()
    assert found.parts.sum(axis=1).tolist() == lost
    back = column(*(data.draw(st.integers(0, one)) for one in lost))
    returned = recoveries(back, found, sharing, {}, loan=loss * 2)
    assert returned.parts.sum(axis=1).tolist() == back.tolist()
    assert (returned.parts >= 0).all()
    assert (returned.parts <= found.parts).all()


@given(amounts)
def test_a_batch_of_losses_answers_as_its_rows_do(lost: list[int]) -> None:
    together = losses(column(*lost), HUBEI, {}).parts
    assert [losses(column(one), HUBEI, {}).parts[0].tolist() for one in lost] == together.tolist()


def test_a_portfolio_cap_pays_claims_in_order_until_it_is_used_up() -> None:
    assert payable(column(40, 50, 30, 10), 100).tolist() == [40, 50, 10, 0]
    assert payable(column(40, 50), 100, paid_before=95).tolist() == [5, 0]
    assert payable(column(40), 100, paid_before=120).tolist() == [0]


@given(amounts, st.integers(0, 10**13), st.integers(0, 10**13))
def test_payments_never_exceed_claim_or_cap(claims: list[int], cap: int, before: int) -> None:
    paid = payable(column(*claims), cap, paid_before=before)
    assert (paid >= 0).all()
    assert (paid <= column(*claims)).all()
    assert int(paid.sum()) == min(sum(claims), max(cap - before, 0))
