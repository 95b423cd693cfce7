"""Gates on the clauses a finished document must contain, and on how they are worded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from products.money import fraction
from templates.figures import Finished, FinishedText
from templates.gates.table import Shortfall, text_check
from templates.law import contract_law
from templates.library import Form
from templates.wording import percent

_WAIVER: Final = re.compile(
    r"放弃.{0,10}(?:调整|调低|减少).{0,6}违约金|违约金.{0,12}不得(?:请求|要求)?(?:调整|调低)|waives? .{0,40}adjust"
)
_DAMAGES: Final = re.compile(r"(?:违约金|liquidated damages)[^。；;]{0,30}?(?P<rate>[0-9]+(?:\.[0-9]+)?)%")
_IDENTITY_NUMBER: Final = re.compile(r"(?<![0-9A-Z])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Z])")
_MOBILE: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def is_contract(text: FinishedText) -> bool:
    """Whether the document is a contract, not a paper beside the contracts."""
    return any(front.form is Form.ARTICLE for front in text.clauses)


def _lacking(finished: Finished, kind: str, *clauses: str) -> Iterator[Shortfall]:
    """The clauses that documents of a kind lack; ``kind`` is the end of the document's name."""
    for text in finished.texts:
        if text.kind.endswith(kind):
            for clause in text.lacks(*clauses):
                yield Shortfall(
                    text.name,
                    f"lacks the clause {clause}",
                    "put the clause back, or name who lets it pass and why",
                    f"缺少条款“{clause}”，请恢复或注明放行人和理由。",
                )


@text_check("prepayment-clause")
def prepayment_states_its_interest(finished: Finished) -> Iterator[Shortfall]:
    """Interest for the actual period unless agreed otherwise."""
    yield from _lacking(finished, "loan-contract", "loan-prepayment")


@text_check("business-day-clause")
def payment_dates_follow_a_clause(finished: Finished) -> Iterator[Shortfall]:
    """What happens to a due date that is no business day stands with repayment."""
    yield from _lacking(finished, "loan-contract", "loan-repayment")


@text_check("transfer-clause")
def transfer_and_licence_need_consent(finished: Finished) -> Iterator[Shortfall]:
    """Transfer and licensing need the pledgee's consent, proceeds prepay, and existing licences are listed."""
    yield from _lacking(finished, "-pledge", "pledge-transfer")
    if finished.record.facts().has_licences:
        yield from _lacking(finished, "-pledge", "pledge-licences")


@text_check("maintenance-clauses")
def the_pledge_is_kept_up(finished: Finished) -> Iterator[Shortfall]:
    """Annual fees, events of ownership and validity, fall in value, technical files on realisation."""
    yield from _lacking(finished, "-pledge", "pledge-maintenance", "pledge-value", "pledge-realisation")


@text_check("order-clause")
def the_order_of_securities_is_stated(finished: Finished) -> Iterator[Shortfall]:
    """Where the debtor's own property and others' security stand side by side, the contract says which goes first."""
    yield from _lacking(finished, "-pledge", "pledge-order")
    yield from _lacking(finished, "guarantee-contract", "guarantee-order")


@text_check("recourse-clause")
def recourse_between_guarantors_is_stated(finished: Finished) -> Iterator[Shortfall]:
    """Several guarantors have recourse against each other only as agreed."""
    yield from _lacking(finished, "guarantee-contract", "guarantee-recourse")
    yield from _lacking(finished, "personal-guarantee", "personal-recourse")


@text_check("counter-guarantee-clauses")
def the_counter_guarantee_secures_recourse(finished: Finished) -> Iterator[Shortfall]:
    """It secures what the guarantor paid, not the loan, and answers also if the guarantee is void."""
    yield from _lacking(finished, "counter-guarantee", "counter-claim", "counter-validity")


@text_check("damages-adjustable")
def damages_can_be_adjusted(finished: Finished) -> Iterator[Shortfall]:
    """A waiver of the adjustment of liquidated damages has no effect and is not written."""
    for text in finished.texts:
        for line in text.lines:
            found = _WAIVER.search(line)
            if found:
                yield Shortfall(
                    text.name,
                    f"contains {found[0]!r}",
                    "strike the waiver",
                    f"含有放弃调整违约金的表述“{found[0]}”，请删除。",
                )
            yield from _excessive(finished, text, line)


def _excessive(finished: Finished, text: FinishedText, line: str) -> Iterator[Shortfall]:
    """Damages as a share of a sum above what courts generally leave standing; penalty interest has its own gate."""
    if "%" not in line:
        return
    most = fraction(contract_law().at(finished.record.particulars.signing.law_as_of).damages_above_loss)
    for found in _DAMAGES.finditer(line):
        if Decimal(found["rate"]) / 100 > most:
            yield Shortfall(
                text.name,
                f"agrees on damages of {found['rate']}%, above {percent(most)}",
                "lower them, or name who lets it pass and why",
                f"违约金比例{found['rate']}%超过{percent(most)}，请降低或注明放行人和理由。",
            )


@text_check("personal-data-minimal")
def personal_data_is_minimal(finished: Finished) -> Iterator[Shortfall]:
    """No number of an identity card or mobile telephone stands in a contract."""
    for text in finished.texts:
        for line in text.lines:
            if _IDENTITY_NUMBER.search(line) or _MOBILE.search(line):
                yield Shortfall(
                    text.name,
                    "contains the number of an identity card or a mobile telephone",
                    "leave it out and keep it in the customer file",
                    "文本含有身份证件号码或手机号码，请删除并仅在客户档案中保存。",
                )


@text_check("standard-terms-marked")
def standard_terms_are_marked(finished: Finished) -> Iterator[Shortfall]:
    """A contract with marked clauses also contains the notice of standard terms."""
    for text in finished.texts:
        marked = any(front.standard_term and front.id != "standard-terms" for front in text.clauses)
        if marked and is_contract(text):
            yield from _lacking(finished, text.kind, "standard-terms")


@text_check("prevailing-text")
def the_prevailing_text_is_named(finished: Finished) -> Iterator[Shortfall]:
    """Contracts in two languages say which text prevails."""
    clause = f"language-{'chinese' if finished.record.particulars.signing.prevailing == 'zh' else 'english'}"
    for text in finished.texts:
        if is_contract(text):
            yield from _lacking(finished, text.kind, clause)


@text_check("clauses-in-force")
def every_clause_is_in_force(finished: Finished) -> Iterator[Shortfall]:
    """Clause versions may be used from a day on; the manifest names the version and digest of each."""
    signed_on = finished.record.particulars.signing.signed_on
    seen = {(front.id, front.version, front.in_force_from) for text in finished.texts for front in text.clauses}
    for name, version, since in sorted(seen):
        if since > signed_on:
            yield Shortfall(
                name,
                f"{version} is in force from {since}, after the signing of {signed_on}",
                "use the version in force",
                f"条款“{name}”自{since}起启用，晚于签订日，请使用现行版本。",
            )
