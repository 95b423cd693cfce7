"""What reservations hold for an applicant, counted as guaranteed balance, and said in the decision's evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from products.applicant.record import Application, Credit
from products.cumulation import counted_together
from products.explaining.answer import Decision, ReservedHeadroom
from products.headroom import ClientReservation, Held, held_for
from products.kernel import Offering
from products.money import FEN, yuan
from products.registry import Catalogue

NOTHING: Final = Held(0, 0, ())
"""Nothing is reserved."""


def held_against(
    application: Application,
    offering: Offering,
    catalogue: Catalogue,
    reservations: Iterable[ClientReservation],
    on: date,
) -> Held:
    """What the applicant's reservations hold under the offering's programme and product on a day."""
    applied_on = application.request.applied_on
    together = counted_together(offering.programme, catalogue.programmes.values(), applied_on)
    return held_for(reservations, programmes=together, product=offering.product.slug, on=on, stated_on=applied_on)


def with_held(application: Application, held: Held) -> Application:
    """The application with what is held as guaranteed balance; a balance that is unknown stays so."""
    if not held.guaranteed:
        return application
    credit = application.credit or Credit()
    stated, of_product = credit.guaranteed_balance, credit.product_guaranteed_balance
    balances = {
        "guaranteed_balance": None if stated is None else stated + yuan(held.guaranteed),
        "product_guaranteed_balance": (of_product or 0) + yuan(held.of_product) if held.of_product else of_product,
    }
    return application.model_copy(update={"credit": credit.model_copy(update=balances)})


def held_by(decision: Mapping[str, Any]) -> Held:
    """What reservations held when a decision in its JSON form was made."""
    said = decision["evidence"].get("reserved")
    if said is None:
        return NOTHING
    reserved = ReservedHeadroom.model_validate(said)
    return Held(int(reserved.guaranteed * FEN), int(reserved.of_product * FEN), reserved.reservations)


def saying(decision: Decision, held: Held) -> Decision:
    """The decision with what was held in its evidence."""
    reserved = reserved_headroom(held)
    if reserved is None:
        return decision
    return decision.model_copy(update={"evidence": decision.evidence.model_copy(update={"reserved": reserved})})


def reserved_headroom(held: Held) -> ReservedHeadroom | None:
    """What is held in its public form, None if it is nothing."""
    if not held.guaranteed:
        return None
    return ReservedHeadroom(
        guaranteed=yuan(held.guaranteed), of_product=yuan(held.of_product), reservations=held.reservations
    )
