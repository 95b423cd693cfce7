"""Gates on liquidated damages and on what is taken from the loan before it is paid out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from products.money import fraction
from templates.case.record import ContractRecord
from templates.finished import Finished, FinishedText
from templates.gates.table import Shortfall, text_check
from templates.law import contract_law
from templates.wording import counted, percent

_WAIVER: Final = re.compile(
    r"(?<![不未])(?<!不得)放弃.{0,10}(?:调整|调低|减少).{0,6}违约金|违约金.{0,12}不得(?:请求|要求)?(?:调整|调低)"
    r"|(?<!not )\bwaives? .{0,40}adjust"
)
_DAMAGES: Final = re.compile(r"违约金|liquidated damages|waive")
_TAKEN: Final = re.compile(r"扣|deduct|withh|net off|retain", re.IGNORECASE)
"""Letters without which a line needs no closer look."""
_SENTENCE: Final = re.compile(r"[^。；;]*?(?:违约金|liquidated damages)[^。；;]*")
_RATE: Final = re.compile(
    r"(?P<figure>[0-9]+(?:\.[0-9]+)?)%|(?P<base>[百千万])分之(?P<parts>[一二三四五六七八九十百]+)"
)
_LOSS_BEFORE: Final = re.compile(r"损失(?:额|金额|数额)?(?:的|之)?$")
_LOSS_BEHIND: Final = re.compile(r"\s*of (?:the |its |such )?(?:\w+ )?loss")
_A_DAY: Final = re.compile(r"每日|按日|每天|日利率|(?:per|a|each) day|daily")
_RIGHT_BEFORE: Final = 6
_BASES: Final = {"百": 100, "千": 1_000, "万": 10_000}
_NETTING: Final = re.compile(
    r"(?:预先|先行|提前|发放时|放款时|放款前)[^，。；]{0,12}扣(?:除|收|划|减|缴)[^，。；]{0,16}(?:利息|费|保证金)"
    r"|\b(?:deduct|withh[eo]ld|net off|retain)[^,.;]{0,40}\b(?:interest|fees?|deposits?)\b",
    re.IGNORECASE,
)
_NOT: Final = re.compile(r"不|无权|禁止|\b(?:not|no|never|without|neither)\b", re.IGNORECASE)


@text_check("damages-adjustable")
def damages_can_be_adjusted(finished: Finished) -> Iterator[Shortfall]:
    """No waiver of the adjustment, and no damages clearly above 130 per cent of the loss that the record shows.

    What a default costs the lender is the interest of the loan: over its term for damages in one sum, over a day for
    daily ones. Default interest is no liquidated damages; it has its own gate.
    """
    for text in finished.texts:
        for line in filter(_DAMAGES.search, text.lines):
            waived = _WAIVER.search(line)
            if waived:
                yield Shortfall(
                    text.name,
                    f"contains {waived[0]!r}",
                    "strike the waiver",
                    f"含有放弃调整违约金的表述“{waived[0]}”，请删除。",
                )
            yield from _excessive(finished.record, text, line)


def _excessive(record: ContractRecord, text: FinishedText, line: str) -> Iterator[Shortfall]:
    price, amount = record.decision.price, record.decision.amount.approved
    if price is None or amount <= 0:
        return
    law = contract_law().at(record.particulars.signing.law_as_of)
    most = 1 + fraction(law.damages_above_loss)
    days = Decimal(360 if record.particulars.loan.day_count is None else record.particulars.loan.day_count.value)
    in_a_sum = price.schedule_summary.total_interest / amount
    for sentence in _SENTENCE.findall(line):
        found = _rate_of(sentence)
        if found is None:
            continue
        agreed = _share(found)
        if _LOSS_BEFORE.search(sentence[: found.start()]) or _LOSS_BEHIND.match(sentence, found.end()):
            limit, of = most, ("the loss", "损失")
        elif _A_DAY.search(sentence):
            limit, of = price.loan_rate * most / days, ("the sum a day", "每日")
        else:
            limit, of = in_a_sum * most, ("the sum", "一次性")
        if agreed > limit:
            yield Shortfall(
                text.name,
                f"agrees on damages of {percent(agreed)} of {of[0]}, above {percent(most)} of the loss, which is "
                f"{_shown(limit)}",
                "lower them, or name who lets them pass and why",
                f"约定的违约金（{of[1]}{percent(agreed)}）超过损失的{percent(most)}（{_shown(limit)}），"
                "请降低或注明放行人和理由。",
            )


def _rate_of(sentence: str) -> re.Match[str] | None:
    """The rate of the damages a sentence speaks of: the first behind the word, or one right before it."""
    start = max(sentence.find("违约金"), sentence.find("liquidated damages"))
    before = [found for found in _RATE.finditer(sentence, 0, start) if start - found.end() <= _RIGHT_BEFORE]
    return _RATE.search(sentence, start) or (before[-1] if before else None)


def _share(found: re.Match[str]) -> Decimal:
    if found["figure"] is not None:
        return Decimal(found["figure"]) / 100
    return Decimal(counted(found["parts"])) / _BASES[found["base"]]


def _shown(limit: Decimal) -> str:
    """A limit to four places of a per cent, rounded down so that nothing forbidden looks allowed."""
    return f"{(limit * 1_000_000).to_integral_value(ROUND_FLOOR) / 10_000:f}%"


@text_check("nothing-netted")
def nothing_is_taken_in_advance(finished: Finished) -> Iterator[Shortfall]:
    """No interest, fee or deposit is deducted before the loan is paid out; a clause that forbids it may say so."""
    for text in finished.texts:
        for line in filter(_TAKEN.search, text.lines):
            for found in _NETTING.finditer(line):
                before = re.split(r"[，。；,.;]", line[: found.start()])[-1]
                if not _NOT.search(before) and not _NOT.search(found[0]):
                    yield Shortfall(
                        text.name,
                        f"contains {found[0]!r}, which takes from the loan before it is paid out",
                        "pay the loan out in full and charge interest and fees when they fall due",
                        f"含有预先扣款的表述“{found[0]}”，请足额发放，利息和费用到期另行收取。",
                    )
