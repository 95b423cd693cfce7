"""Gates on the guarantee: contents, period, and who may guarantee."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from products.explaining.answer import Party
from templates.case.options import PartyKind
from templates.case.record import ContractRecord
from templates.gates.table import Shortfall, check, missing

_BARRED = (PartyKind.STATE_ORGAN, PartyKind.PUBLIC_BENEFIT, PartyKind.COMMITTEE)


@check("guarantee-contents")
def the_guarantee_states_all_contents(record: ContractRecord) -> Iterator[Shortfall]:
    """Silence on the mode would mean a general guarantee; here it must be a choice."""
    if record.particulars.guarantor is None:
        yield missing("particulars.guarantor", "the guarantor", "保证人")
    terms = record.particulars.guarantee
    if terms is None:
        yield missing("particulars.guarantee", "the terms of the guarantee contract", "保证合同要素")
        return
    if terms.mode is None:
        yield missing("particulars.guarantee.mode", "the mode of the guarantee", "保证方式")
    if not terms.scope:
        yield missing("particulars.guarantee.scope", "the scope of the guarantee", "保证范围")
    if terms.period_months is None:
        yield missing("particulars.guarantee.period_months", "the period of the guarantee", "保证期间")
    yield from _fronts(record, terms.fronts)


def _fronts(record: ContractRecord, fronts: tuple[Party, ...]) -> Iterator[Shortfall]:
    strangers = [party.value for party in fronts if party is Party.BANK or party not in record.shared_parties]
    if strangers:
        yield Shortfall(
            "particulars.guarantee.fronts",
            f"names {', '.join(strangers)}, who bear no share that a guarantor could answer for",
            f"choose among {', '.join(party.value for party in record.shared_parties)}",
            f"{'、'.join(strangers)}在本决定中没有可由保证人对外承担的份额，请更正。",
        )
    elif fronts and Party.GUARANTOR not in fronts:
        yield Shortfall(
            "particulars.guarantee.fronts",
            "leaves out the guarantor's own share",
            "add guarantor",
            "未包括保证人自身的分险份额，请补充。",
        )


@check("guarantee-period")
def the_period_ends_after_maturity(record: ContractRecord) -> Iterator[Shortfall]:
    """Counted in months from maturity, the period is explicit; a period of no month would be no period."""
    terms = record.particulars.guarantee
    if terms is not None and terms.period_months is not None and terms.period_months < 1:
        yield Shortfall(
            "particulars.guarantee.period_months",
            f"is {terms.period_months}",
            "agree on at least one month after maturity",
            "保证期间不晚于主债务履行期届满，请约定届满后的期间。",
        )


_PLEDGOR: Final = "particulars.pledge.pledgor"


def _barred(place: str) -> tuple[PartyKind, ...]:
    return tuple(kind for kind in _BARRED if place != _PLEDGOR or kind is not PartyKind.PUBLIC_BENEFIT)


@check("guarantor-eligible")
def the_guarantor_may_guarantee(record: ContractRecord) -> Iterator[Shortfall]:
    """The law bars some kinds of person; bodies for the public benefit may still pledge rights of theirs (解释 6)."""
    counter, pledge = record.particulars.counter_guarantee, record.particulars.pledge
    given = {
        _PLEDGOR: None if pledge is None or not record.pledged else pledge.pledgor,
        "particulars.guarantor": record.particulars.guarantor,
        "particulars.counter_guarantee.provider": None if counter is None else counter.provider,
    }
    for place, guarantor in given.items():
        if guarantor is not None and guarantor.kind in _barred(place):
            yield Shortfall(
                f"{place}.kind",
                f"is {guarantor.kind.value}, which may not answer for the debts of others",
                "find another guarantor" if place != _PLEDGOR else "find another pledgor or other security",
                f"{guarantor.kind.zh}不得为他人提供担保，请更换担保人。",
            )
