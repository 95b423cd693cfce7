"""Loans and losses in tables: read exactly, and refused with column, row and remedy."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from products.guarantee.provisions import Measure
from products.portfolio import LossRecord, conditions_of, portfolio_view
from products.portfolio_tables import UnusableTable, loans_from, losses_from
from products.portfolio_words import sentences
from tests.products.builders import ON, catalogue

LOANS: dict[str, list[Any]] = {
    "client": ["91510100MA6XX0TE5X", "91511100MA6XX0TE50", "91510100MA6XX0TE5X"],
    "amount": ["3000000.00", "5000000", "2000000.01"],
    "small_business": [True, False, True],
    "fee": ["15000.00", "50000.00", "20000.00"],
    "bank": ["600000.00", "1000000.00", "400000.01"],
    "fund": ["2400000.00", "4000000.00", "1600000.00"],
}


def table(**changes: Any) -> pa.Table:
    """The loans with some columns replaced, or taken out where None."""
    columns = LOANS | changes
    return pa.table({name: values for name, values in columns.items() if values is not None})


def refused(**changes: Any) -> str:
    with pytest.raises(UnusableTable) as caught:
        loans_from(table(**changes))
    return str(caught.value)


def test_amounts_are_read_to_the_fen_as_text_and_as_decimals() -> None:
    exact = pa.array([Decimal("3000000"), Decimal("5000000"), Decimal("2000000.01")], pa.decimal128(12, 2))
    for amount in (LOANS["amount"], exact):
        found = loans_from(table(amount=amount))
        assert found.amount.tolist() == [300_000_000, 500_000_000, 200_000_001]
    assert found.client.tolist() == [0, 1, 0]
    assert found.parties == ("bank", "fund")
    assert found.parts.sum(axis=0).tolist() == [200_000_001, 800_000_000]
    assert found.charged_on.tolist() == found.amount.tolist()


def test_a_slice_of_a_table_is_read_as_that_slice() -> None:
    assert loans_from(table().slice(1, 1)).amount.tolist() == [500_000_000]
    assert loans_from(table().slice(0, 0)).amount.tolist() == []
    assert loans_from(pa.concat_tables([table(), table().slice(2, 1)])).amount.tolist()[2:] == [200_000_001] * 2


def test_clients_add_up_over_their_loans() -> None:
    """3 and 2 million and a fen of one client are more than 5 million: no small ticket among small businesses."""
    terms = catalogue().programmes["cn-scitech-2024"].book.at(ON)
    view = portfolio_view(loans_from(table()), conditions_of(terms))
    by_measure = {one.measure: one for one in view.measured}
    assert by_measure[Measure.SMALL_TICKET_SHARE].value == 0
    zh, en = sentences(by_measure[Measure.AVERAGE_FEE])
    assert en == "The average guarantee fee is 0.8500 %, at most 1.0000 %; 15,000.00 yuan of room."
    assert zh == "平均担保费率0.8500 %，上限1.0000 %，尚有15,000.00元余地。"
    _, broken = sentences(by_measure[Measure.SMALL_BUSINESS_SHARE])
    assert broken.endswith("is 50.0000 %, not at least 80.0000 %; it misses by 3,000,000.00 yuan.")


def test_the_loss_rate_of_the_batch_product_comes_out_of_a_table() -> None:
    """25,000 yuan paid on a million for 365 days and 600,000 for 182: 2.4054 % (银担“总对总”批量担保业务方案)."""
    losses = losses_from(
        pa.table({"principal": ["1000000.00", "600000.00"], "days": [365, 182], "compensation": ["25000.00", "0"]})
    )
    assert (losses.compensation, losses.days.tolist()) == (2_500_000, [365, 182])
    terms = catalogue().programmes["cn-batch-2023"].book.at(ON)
    view = portfolio_view(loans_from(table()), conditions_of(terms), losses=losses)
    (found,) = (one for one in view.measured if one.measure is Measure.LOSS_RATE)
    assert sentences(found)[1].startswith("The loss rate is 2.4054 %, at most 3.0000 %; 6,180.27 yuan of room")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"fee": None},
            "The table has no column fee. It takes client, amount, small_business, fee, charged_on, bank, ",
        ),
        ({"fees": ["1", "1", "1"]}, "The table has a column 'fees' that is not known."),
        ({"bank": None, "fund": None}, "The table says for no party what it bears."),
        ({"amount": [3e6, 5e6, 2e6]}, "amount holds double; it takes decimals or text such as"),
        (
            {"amount": ["3000000.00", "5000000", "2000000.001"]},
            "amount cannot be read as yuan with at most two decimals",
        ),
        ({"amount": ["3000000.00", "many", "1"]}, "amount cannot be read as yuan with at most two decimals"),
        ({"fee": ["15000.00", "-1.00", "1"]}, "fee is -1.00 in row 2; amounts are 0 to 10,000,000,000,000.00."),
        ({"fee": ["15000.00", "10000000000000.01", "1"]}, "fee is 10,000,000,000,000.01 in row 2"),
        ({"fee": ["15000.00", "1", None]}, "fee is empty in row 3. State it."),
        ({"small_business": [1, 0, 1]}, "small_business holds int64; it takes true or false."),
        (
            {"bank": ["600000.00", "1000000.01", "400000.01"]},
            "In row 2 the parties bear 5,000,000.01 yuan of a loan of",
        ),
    ],
)
def test_an_unusable_table_is_refused_with_place_and_remedy(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(**changes)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"principal": ["1"]}, "The table has no column days. It takes principal, days, compensation."),
        ({"principal": ["1"], "days": [-1]}, "days is negative in row 1."),
        ({"principal": ["1"], "days": ["x"]}, "days holds string; it takes whole numbers."),
    ],
)
def test_unusable_losses_are_refused_with_place_and_remedy(columns: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnusableTable) as caught:
        losses_from(pa.table(columns))
    assert sentence in str(caught.value)


def test_losses_without_compensation_are_a_loss_rate_of_nothing() -> None:
    record = losses_from(pa.table({"principal": ["1000.00"], "days": [365]}))
    assert isinstance(record, LossRecord)
    assert record.compensation == 0
