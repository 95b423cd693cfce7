"""Gates on the clauses a finished document must contain, and on how they are worded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from templates.finished import Finished, FinishedText
from templates.gates.table import Shortfall, text_check
from templates.gates.topics import lacking, unsaid
from templates.word_file.emphasis import PlainTerm

_IDENTITY_NUMBER: Final = re.compile(r"(?<![0-9A-Z])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Z])")
_MOBILE: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def _lacking(finished: Finished, kind: str, *clauses: str) -> Iterator[Shortfall]:
    """The clauses that documents of a kind lack; ``kind`` is the end of the document's name."""
    for text in finished.texts:
        if text.kind.endswith(kind):
            yield from (lacking(text, clause) for clause in text.lacks(*clauses))


@text_check("prepayment-clause")
def prepayment_states_its_interest(finished: Finished) -> Iterator[Shortfall]:
    """Interest for the actual period unless agreed otherwise."""
    yield from unsaid(finished, "prepayment-clause")


@text_check("business-day-clause")
def payment_dates_follow_a_clause(finished: Finished) -> Iterator[Shortfall]:
    """What happens to a due date that is no business day stands with repayment."""
    yield from unsaid(finished, "business-day-clause")


@text_check("transfer-clause")
def transfer_and_licence_need_consent(finished: Finished) -> Iterator[Shortfall]:
    """Transfer and licensing need the pledgee's consent, proceeds prepay, and existing licences are listed."""
    yield from unsaid(finished, "transfer-clause")
    if finished.record.facts().has_licences:
        yield from _lacking(finished, "-pledge", "pledge-licences")


@text_check("maintenance-clauses")
def the_pledge_is_kept_up(finished: Finished) -> Iterator[Shortfall]:
    """Annual fees, events of ownership and validity, fall in value, technical files on realisation."""
    yield from unsaid(finished, "maintenance-clauses")


@text_check("order-clause")
def the_order_of_securities_is_stated(finished: Finished) -> Iterator[Shortfall]:
    """Where the debtor's own property and others' security stand side by side, the contract says which goes first."""
    yield from unsaid(finished, "order-clause")


@text_check("recourse-clause")
def recourse_between_guarantors_is_stated(finished: Finished) -> Iterator[Shortfall]:
    """Several guarantors have recourse against each other only as agreed."""
    yield from unsaid(finished, "recourse-clause")


@text_check("counter-guarantee-clauses")
def the_counter_guarantee_secures_recourse(finished: Finished) -> Iterator[Shortfall]:
    """It secures what the guarantor paid, not the loan, and answers also if the guarantee is void."""
    yield from unsaid(finished, "counter-guarantee-clauses")


@text_check("penalties-not-both")
def overdue_and_misuse_interest_do_not_add_up(finished: Finished) -> Iterator[Shortfall]:
    """A loan that is overdue and misused bears the heavier of both rates."""
    yield from unsaid(finished, "penalties-not-both")


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
    """Every standard term stands out, and a contract with such terms has the notice, which says that it was read."""
    marked = tuple(text for text in finished.texts if text.is_contract and _has_standard_terms(text))
    yield from unsaid(replace(finished, texts=marked), "standard-terms-marked")
    for text in finished.texts:
        yield from (_plain(text, term) for term in text.looks.plain)


def _has_standard_terms(text: FinishedText) -> bool:
    return any(front.standard_term and front.id != "standard-terms" for front in text.clauses)


def _plain(text: FinishedText, term: PlainTerm) -> Shortfall:
    return Shortfall(
        text.name,
        f"leaves words of the standard term {term.clause} ({term.heading}) as plain as the rest: {term.words!r}",
        "set the whole clause in bold, or mark it so that it catches the eye",
        f"格式条款“{term.heading}”中的“{term.words}”没有加粗或者以其他显著方式提示，请标明。",
    )


@text_check("prevailing-text")
def the_prevailing_text_is_named(finished: Finished) -> Iterator[Shortfall]:
    """Contracts in two languages say which text prevails."""
    clause = f"language-{'chinese' if finished.record.particulars.signing.prevailing == 'zh' else 'english'}"
    for text in finished.texts:
        if text.is_contract:
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
