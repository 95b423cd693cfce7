"""Gates on the set as a whole: numbers of contracts, signatories, and that everything speaks of one case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from products.canonical import digest
from templates.case.options import Capacity
from templates.case.parties import PartyDetails
from templates.case.record import ContractRecord
from templates.gates.table import Shortfall, check, missing


@check("contract-numbers")
def every_contract_has_its_own_number(record: ContractRecord) -> Iterator[Shortfall]:
    """A security contract is tied to its main contract by the number."""
    given = record.particulars
    numbers = {"particulars.loan.number": given.loan.number, "particulars.cost_sheet_number": given.cost_sheet_number}
    for name in ("pledge", "guarantee", "entrustment", "counter_guarantee", "personal_guarantee"):
        terms = getattr(given, name)
        numbers[f"particulars.{name}.number"] = "" if terms is None else terms.number
    for position, resolution in enumerate(given.resolutions):
        numbers[f"particulars.resolutions[{position}].number"] = resolution.number
    counts = Counter(number for number in numbers.values() if number)
    for field, number in numbers.items():
        if counts[number] > 1:
            yield Shortfall(
                field,
                f"is {number!r}, which another document of the set has too",
                "give every document its own number",
                f"编号“{number}”在同一套合同中重复，请分别编号。",
            )


def parties(record: ContractRecord) -> Mapping[str, PartyDetails]:
    """The parties that sign, by the field that describes them."""
    given = record.particulars
    found: dict[str, PartyDetails] = {"particulars.lender": given.lender, "particulars.borrower": given.borrower}
    if record.guaranteed and given.guarantor is not None:
        found["particulars.guarantor"] = given.guarantor
    if record.pledged and given.pledge is not None and given.pledge.pledgor is not None:
        found["particulars.pledge.pledgor"] = given.pledge.pledgor
    if given.counter_guarantee is not None:
        found["particulars.counter_guarantee.provider"] = given.counter_guarantee.provider
    return found


@check("signatories")
def everyone_who_signs_may_sign(record: ContractRecord) -> Iterator[Shortfall]:
    """Names, addresses, representatives and powers of attorney of all parties."""
    for field, party in parties(record).items():
        if party.address is None:
            yield missing(f"{field}.address", "the party's address", "当事人住所")
        if party.representative is None:
            yield missing(
                f"{field}.representative", "the legal representative or person in charge", "法定代表人或负责人"
            )
        signatory = party.signatory
        if signatory is not None and signatory.capacity is Capacity.AGENT and signatory.power_of_attorney is None:
            yield missing(f"{field}.signatory.power_of_attorney", "the agent's power of attorney", "授权委托书编号")
        if signatory is not None and signatory.capacity is not Capacity.AGENT and party.representative is not None:
            yield from _represents(field, signatory.name.zh, party.representative.zh)


def _represents(field: str, signs: str, represents: str) -> Iterator[Shortfall]:
    if signs != represents:
        yield Shortfall(
            f"{field}.signatory.name",
            f"is {signs!r}, but {represents!r} represents the party",
            "let the representative sign, or name an agent with power of attorney",
            f"签字人“{signs}”不是法定代表人（负责人）“{represents}”，请更正或者改为持授权委托书的代理人签字。",
        )


@check("same-case")
def everything_is_of_one_case(record: ContractRecord) -> Iterator[Shortfall]:
    """What decision and application both state must be equal, and the days must follow one another."""
    decision, request = record.decision, record.application.request
    summary = decision.price.schedule_summary if decision.price is not None else None
    pairs: list[tuple[str, object, object]] = [
        ("product", decision.product, request.product),
        ("revision", decision.revision, request.revision),
        ("applied_on", decision.applied_on, request.applied_on),
        ("amount", decision.amount.requested, request.amount),
    ]
    if summary is not None:
        pairs.append(("term_months", summary.term_months, request.term_months))
        pairs.append(("repayment", summary.repayment, request.repayment.value))
    for name, decided, asked in pairs:
        if decided != asked:
            yield Shortfall(
                f"request.{name}",
                f"is {asked}, the decision's is {decided}",
                "draw the contracts from the application that was decided",
                f"申请为{asked}，决定为{decided}，请使用该决定对应的申请。",
            )
    yield from _same_enterprise(record)
    yield from _days_follow(record)


def _same_enterprise(record: ContractRecord) -> Iterator[Shortfall]:
    """The enterprise decided about is the one that applied, by code and by name.

    A decision that names no applicant is held to the digest of the application it was made on.
    """
    decided, applying = record.decision.applicant, record.application.enterprise
    if decided is None:
        if record.decision.evidence.digests.get("application") != application_digest(record):
            yield Shortfall(
                "decision.applicant",
                "is missing, and the application is not the one whose digest the decision carries",
                "draw the contracts from the application that was decided, or have it decided again",
                "决定未载明申请企业名称和统一社会信用代码，且所附申请与决定所载摘要不符，请使用原申请或者重新审批。",
            )
        return
    for name, was, what in (("uscc", decided.uscc, "统一社会信用代码"), ("name", decided.name, "名称")):
        found = getattr(applying, name)
        if found != was:
            yield Shortfall(
                f"enterprise.{name}",
                f"is {found!r}, the decision was made about {was!r}",
                "draw the contracts for the enterprise that was decided, or have this one decided",
                f"申请企业{what}为“{found}”，决定所载为“{was}”，请使用该企业的申请或者重新审批。",
            )


def application_digest(record: ContractRecord) -> str:
    """The SHA-256 by which a decision names the application it was made on."""
    return digest(record.application.model_dump(mode="json"))


def _days_follow(record: ContractRecord) -> Iterator[Shortfall]:
    signing, drawdown_on = record.particulars.signing, record.particulars.loan.drawdown_on
    if signing.signed_on < record.decision.decided_on:
        yield Shortfall(
            "particulars.signing.signed_on",
            f"is {signing.signed_on}, before the decision of {record.decision.decided_on}",
            "sign on or after the day of the decision",
            "签订日早于决定日，请更正。",
        )
    if drawdown_on is not None and drawdown_on < signing.signed_on:
        yield Shortfall(
            "particulars.loan.drawdown_on",
            f"is {drawdown_on}, before the signing of {signing.signed_on}",
            "draw down on or after the day of signing",
            "提款日早于签订日，请更正。",
        )
