"""The gate on negotiation: a clause departs from its preferred position only where someone agreed to it by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from templates.case.particulars import AgreedPosition
from templates.case.record import ContractRecord
from templates.conditions import holds
from templates.finished import Finished
from templates.gates.table import Shortfall, text_check
from templates.library import FrontMatter
from templates.positions import Position, Stance


@text_check("negotiated-positions")
def every_departure_was_agreed(finished: Finished) -> Iterator[Shortfall]:
    """Acceptable positions are named with person and reason; where the bank walks away nothing is drawn."""
    record = finished.record
    drawn = {front.id: front for text in reversed(finished.texts) for front in text.clauses if front.positions}
    for number, agreed in enumerate(record.particulars.positions):
        yield from _agreed(f"particulars.positions[{number}]", agreed, drawn, record)
    named = {(agreed.clause, agreed.position) for agreed in record.particulars.positions}
    for front in sorted(drawn.values(), key=lambda front: front.id):
        yield from _by_figures(front, named, record)


def _agreed(
    place: str, agreed: AgreedPosition, drawn: Mapping[str, FrontMatter], record: ContractRecord
) -> Iterator[Shortfall]:
    front = drawn.get(agreed.clause)
    if front is None:
        yield _unknown(f"{place}.clause", agreed.clause, sorted(drawn), "no negotiable clause of this set")
        return
    position = front.position(agreed.position)
    if position is None:
        names = [each.id for each in front.positions if each.stance is Stance.ACCEPTABLE]
        yield _unknown(f"{place}.position", agreed.position, names, f"no position of {front.id}")
    elif position.stance is Stance.WALK_AWAY:
        yield _walk_away(f"{place}.position", front, position)
    elif position.stance is Stance.PREFERRED:
        yield Shortfall(
            f"{place}.position",
            f"is {position.id}, the preferred position of {front.id}, from which nothing departs",
            "leave it out",
            f"条款“{front.id}”的首选立场无须放行，请删除。",
        )
    elif position.when is not None and not holds(position.when, record.facts()):
        yield Shortfall(
            f"{place}.position",
            f"is {position.id}, but the particulars do not put {front.id} there ({position.when})",
            "correct the particulars or leave the position out",
            f"合同要素不属于条款“{front.id}”的立场“{position.title}”，请更正。",
        )


def _by_figures(front: FrontMatter, named: set[tuple[str, str]], record: ContractRecord) -> Iterator[Shortfall]:
    facts = record.facts()
    for position in front.positions:
        if position.when is None or not holds(position.when, facts):
            continue
        if position.stance is Stance.WALK_AWAY:
            yield _walk_away("particulars", front, position)
        elif position.stance is Stance.ACCEPTABLE and (front.id, position.id) not in named:
            yield Shortfall(
                "particulars.positions",
                f"does not say who agreed to {position.id} of {front.id} ({position.when})",
                f'add {{"clause": "{front.id}", "position": "{position.id}", "by": …, "reason": …}}',
                f"条款“{front.title}”处于可接受立场“{position.title}”，请写明同意人和理由。",
            )


def _walk_away(place: str, front: FrontMatter, position: Position) -> Shortfall:
    return Shortfall(
        place,
        f"puts {front.id} in the position {position.id}, where the bank walks away: {position.guidance}",
        "negotiate an acceptable position",
        f"条款“{front.title}”处于不得签约的立场“{position.title}”，请重新谈判。",
    )


def _unknown(place: str, name: str, names: list[str], what: str) -> Shortfall:
    near = get_close_matches(name, names, n=1)
    remedy = f"write {near[0]}" if near else f"use one of: {', '.join(names) or 'none'}"
    return Shortfall(place, f"is {name!r}, {what}", remedy, f"没有“{name}”，请更正。")
