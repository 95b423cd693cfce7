"""Gates on the text of the contracts as a set: the main contract named, the mode of a guarantee, one way to court."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from templates.case.options import DisputeMode, GuaranteeMode
from templates.case.record import ContractRecord
from templates.finished import Finished, FinishedText
from templates.gates.table import Shortfall, text_check
from templates.wording import Language, day, figures

_SECURING: Final = ("-pledge", "guarantee-contract", "personal-guarantee")
_BEHIND: Final = ("counter-guarantee", "entrusted-guarantee")
"""Contracts between guarantor and others, which name the guarantee beside the main contract."""
_UNABLE: Final = re.compile(r"不能履行(?:到期)?(?:债务|偿还义务)|无力偿还|unable to (?:perform|pay|refund|reimburse)")
_UNWILLING: Final = re.compile(r"不履行到期债务|无条件承担保证责任|does not perform (?:its|the) debts?|unconditional")
_UNTIL_REPAID: Final = re.compile(r"直(?:至|到).{0,20}(?:清偿|还清|偿清)|until .{0,40}(?:repaid|paid) in full")


@text_check("main-contract-named")
def security_contracts_name_their_main_contract(finished: Finished) -> Iterator[Shortfall]:
    """By number, borrower, lender and amount, in the same words everywhere; by its days unless up to a maximum."""
    for text in finished.texts:
        if text.kind.endswith(_SECURING + _BEHIND):
            whole = "\n".join(text.lines)
            for fact, words in _identity(finished.record, text):
                if words not in whole:
                    yield Shortfall(
                        text.name,
                        f"does not name {words!r}, the main contract's {fact}",
                        "name the main contract by number, parties, amount and term",
                        f"未载明主合同的“{words}”，请以编号、当事人、数额和期限指明主合同。",
                    )


def _identity(record: ContractRecord, text: FinishedText) -> Iterator[tuple[str, str]]:
    given, enterprise = record.particulars, record.application.enterprise
    english = text.language is Language.EN
    language = Language.EN if english else Language.ZH
    yield "number", given.loan.number
    yield "borrower", (enterprise.name_en or enterprise.name) if english else enterprise.name
    yield "lender", given.lender.name.in_(language)
    if text.kind in _BEHIND:
        yield "guarantee", "" if given.guarantee is None else given.guarantee.number
        return
    if text.kind.startswith("maximum-"):
        return
    yield "amount", figures(record.decision.amount.approved)
    for name, value in (("first day", given.loan.drawdown_on), ("last day", record.matures_on)):
        if value is not None:
            yield name, day(value, language)


@text_check("guarantee-wording")
def the_wording_fits_the_mode(finished: Finished) -> Iterator[Shortfall]:
    """ "Cannot perform" makes a general guarantee, "does not perform" a joint one; a period has an end."""
    for text in finished.texts:
        mode = _mode(finished.record, text.kind)
        wrong = {GuaranteeMode.JOINT: _UNABLE, GuaranteeMode.GENERAL: _UNWILLING}.get(mode) if mode else None
        for line in text.lines if mode else ():
            for found in filter(None, (wrong.search(line) if wrong else None, _UNTIL_REPAID.search(line))):
                yield Shortfall(
                    text.name,
                    f"contains {found[0]!r}, which does not fit a {mode.en if mode else ''} with a period of its own",
                    "word the clause as the mode and the period want it",
                    f"表述“{found[0]}”与约定的保证方式或者保证期间不符，请更正。",
                )


def _mode(record: ContractRecord, kind: str) -> GuaranteeMode | None:
    given = record.particulars
    terms = {
        "guarantee-contract": given.guarantee,
        "maximum-guarantee-contract": given.guarantee,
        "counter-guarantee": given.counter_guarantee,
        "personal-guarantee": given.personal_guarantee,
    }.get(kind)
    return None if terms is None else terms.mode


@text_check("disputes-compatible")
def all_contracts_go_to_the_same_place(finished: Finished) -> Iterator[Shortfall]:
    """One clause, of the agreed mode, naming the agreed institution, in every contract."""
    dispute = finished.record.particulars.dispute
    clause = "disputes-court" if dispute.mode is DisputeMode.COURT else "disputes-arbitration"
    for text in (one for one in finished.texts if one.is_contract):
        drawn = [front.id for front in text.clauses if front.id.startswith("disputes-")]
        institution = dispute.institution.in_(Language.EN if text.language is Language.EN else Language.ZH)
        if drawn != [clause] or not any(institution in line for line in text.lines):
            yield Shortfall(
                text.name,
                f"has {', '.join(drawn) or 'no clause'} on disputes and not only {clause} with {institution}",
                "let every contract of the set carry the same clause",
                f"争议解决条款与约定的{dispute.mode.zh}（{institution}）不一致，请统一。",
            )
