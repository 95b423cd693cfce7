"""The assets that secure one row of a batch in their public form, with every cut and its reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from products.case import Case
from products.columns import Column
from products.explaining import answer
from products.kernel import Offering
from products.money import yuan
from products.property.lending_value import Collateral


def collateral_of(offering: Offering, case: Case[Any], at: int) -> tuple[answer.Collateral, ...]:
    """Each asset of the application, in its order; the row is looked at alone, for rows do not depend on each other."""
    if offering.product.collateral is None:
        return ()
    alone = case.app if case.app.n == 1 else case.app.between(at, at + 1)
    assets = offering.product.collateral(alone, case.terms, case.on)
    return tuple(_asset(assets, place) for place in range(len(assets.parent)))


def _asset(assets: Collateral, place: int) -> answer.Collateral:
    cuts = ((reason, int(amounts[place])) for reason, amounts in assets.lending.cuts)
    return answer.Collateral(
        asset=f"ip_assets[{place}]",
        appraised=_yuan_if_known(assets.appraised, place),
        own_estimate=_yuan_if_known(assets.estimate, place),
        cuts=tuple(
            answer.Cut(reason=reason, amount=yuan(amount), zh=reason.zh, en=reason.en)
            for reason, amount in cuts
            if amount
        ),
        lending_value=yuan(int(assets.lending.value[place])),
    )


def _yuan_if_known(column: Column, place: int) -> Decimal | None:
    return None if column.known is not None and not column.known[place] else yuan(int(column.values[place]))
