"""The numbers that files of a set begin with: each used once, in the order in which the set is used.

Contracts and resolutions are signed first, with the list of what is signed and its hand-off for electronic signatures;
then a pledge is registered and the loan drawn down. What is for the bank alone comes last. All languages and formats of
one document have one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from templates.case.record import AssetFamily, ContractRecord
from templates.law import contract_law

HAND_OFF: Final = "signature-hand-off"
PACK: Final = "registration-pack"
REPORT: Final = "gate-report"
NEGOTIATION: Final = "negotiation-sheet"
_AFTER: Final = {HAND_OFF: 11, PACK: 14, REPORT: 1_001, NEGOTIATION: 1_002}
"""Files that no definition orders, by the order of the definition that they follow; the last two follow every one."""
_ASSET_LISTS_AFTER: Final = 13


def asset_list(family: AssetFamily) -> str:
    """The kind of the spreadsheet of one register's assets."""
    return f"asset-list-{family.value}"


def families_with_list(record: ContractRecord) -> tuple[AssetFamily, ...]:
    """The registers in which more assets are pledged than their forms have room for."""
    most = contract_law().at(record.particulars.signing.law_as_of).asset_list_above
    return tuple(family for family in record.families if len(record.pledged_of(family)) > most)


def file_numbers(record: ContractRecord, documents: Iterable[tuple[int, str]]) -> Mapping[str, int]:
    """The number of each kind of file, from 1 on without a gap; ``documents`` are order and kind of each."""
    placed = sorted([*documents, *_others(record)], key=lambda one: one[0])
    return {kind: number for number, kind in enumerate(dict.fromkeys(kind for _, kind in placed), 1)}


def _others(record: ContractRecord) -> Iterator[tuple[int, str]]:
    yield from ((_ASSET_LISTS_AFTER, asset_list(family)) for family in families_with_list(record))
    yield from ((order, kind) for kind, order in _AFTER.items() if kind != PACK or record.families)
