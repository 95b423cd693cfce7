"""Contexts of the papers around the contracts: resolutions, registration data, drawdown check, signing list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from templates.case.options import Paper, Resolver
from templates.case.particulars import Resolution
from templates.case.parties import Party
from templates.case.record import AssetFamily, ContractRecord, papers_present
from templates.citations import CHECKED, cited
from templates.contexts import (
    ChecklistContext,
    RegistrationContext,
    ResolutionContext,
    ResolutionView,
    SigningContext,
)
from templates.document import Signatures, SigningBlock, Table
from templates.views.base import Views, borrowing, guaranteeing, needed, pledging
from templates.views.securing import pledge_view
from templates.wording import Language, day, money, named, share

LINES_TO_SIGN: Final = 5
"""Empty lines for directors or shareholders whose names are not given."""


def resolver(record: ContractRecord, company: Resolver) -> Party:
    """The company that resolves."""
    return {
        Resolver.BORROWER: borrowing,
        Resolver.PLEDGOR: pledging,
        Resolver.GUARANTOR: guaranteeing,
        Resolver.COUNTER_GUARANTOR: counter_guaranteeing,
    }[company](record)


def counter_guaranteeing(record: ContractRecord) -> Party:
    """Who gives the counter-guarantee."""
    return needed(record.particulars.counter_guarantee, "particulars.counter_guarantee").provider


def resolution_context(of: Views, resolution: Resolution) -> ResolutionContext:
    """Context of one company's resolution."""
    company = resolver(of.record, resolution.company)
    words = of.words
    interest = words.interests["excluded" if resolution.security_for_owner else "none"]
    return ResolutionContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        company=of.party(company),
        loan=of.loan,
        resolution=ResolutionView(
            body=named(resolution.body, of.language),
            resolved_on=day(resolution.resolved_on, of.language),
            votes_for=words.votes[resolution.body.value].format(share=share(resolution.votes_for)),
            matter=_matter(of, resolution),
            interest=interest,
            voters=_voters(of, resolution),
        ),
        signatures=of.signatures(("company", company)),
    )


def _voters(of: Views, resolution: Resolution) -> Table:
    """A line for each who voted, to mark the vote and sign; empty lines where no names are given."""
    names = [voter.in_(of.language) for voter in resolution.voters] or [""] * LINES_TO_SIGN
    vote = of.words.ballots["ballot"]
    titles = f"{resolution.body.value}_voters"
    return of.table(titles, (80, 300, 320, 300), "cscs", [(str(i), name, vote, "") for i, name in enumerate(names, 1)])


def _matter(of: Views, resolution: Resolution) -> str:
    """What was resolved: to borrow (and to pledge), to pledge, or to guarantee."""
    words = of.words.matters
    names = {"lender": of.lender.name, "borrower": of.borrower.name}
    if resolution.company is Resolver.COUNTER_GUARANTOR:
        guarantor = guaranteeing(of.record).name.in_(of.language)
        given = needed(of.record.particulars.counter_guarantee, "particulars.counter_guarantee")
        mode = named(given.mode, of.language)
        amount = money(of.record.fronted[1], of.language)
        return words["counter"].format(guarantor=guarantor, mode=mode, amount=amount, **names)
    if resolution.company is Resolver.GUARANTOR:
        terms = needed(of.record.particulars.guarantee, "particulars.guarantee")
        mode = named(needed(terms.mode, "particulars.guarantee.mode"), of.language)
        return words["guarantee"].format(mode=mode, amount=money(of.record.fronted[1], of.language), **names)
    if resolution.company is Resolver.PLEDGOR:
        return words["pledge"].format(**names)
    borrow = words["borrow"].format(**names)
    if not of.record.pledged or of.record.facts().third_party_pledgor:
        return borrow
    return borrow + ("，并" if of.language is Language.ZH else ", and ") + words["own_pledge"]


def registration_context(of: Views, family: AssetFamily) -> RegistrationContext:
    """Context of the data sheet for one register."""
    marks, present = of.words.marks, papers_present(of.record)
    rows = [
        (str(i), named(paper, of.language), marks["attached" if paper in present else "absent"])
        for i, paper in enumerate(_papers_of(family), 1)
    ]
    pledgor = pledging(of.record)
    return RegistrationContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        pledgor=of.party(pledgor),
        loan=of.loan,
        pledge=pledge_view(of, family, for_register=True),
        papers=of.table("papers", (80, 670, 250), "csc", rows),
        signatures=of.signatures(("pledgee", of.record.particulars.lender), ("pledgor", pledgor)),
    )


def _papers_of(family: AssetFamily) -> tuple[Paper, ...]:
    """The papers one register may ask for; the declaration on same-day inventions concerns patents alone."""
    return tuple(paper for paper in Paper if family is AssetFamily.PATENT or paper is not Paper.SAME_DAY_DECLARATION)


def checklist_context(of: Views) -> ChecklistContext:
    """Context of the check of drawdown conditions."""
    words, chinese = of.words.checks, of.language is Language.ZH
    items = [(one.zh if chinese else one.en, one.clause) for one in of.record.decision.conditions]
    items += [(words[name], clause) for name, clause in CHECKED.items()]
    rows = [(str(i), item, cited(clause, of.language), words["result"]) for i, (item, clause) in enumerate(items, 1)]
    blocks = tuple(
        SigningBlock(of.words.roles[role], (of.words.signing["signature"].strip(), of.words.signing["date"]))
        for role in ("checker", "reviewer")
    )
    return ChecklistContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        loan=of.loan,
        checks=of.table("checks", (70, 430, 270, 230), "cssc", rows),
        signatures=Signatures(blocks),
    )


def signing_context(of: Views, drawn: Iterable[tuple[str, str, Signatures]]) -> SigningContext:
    """Context of the signing list over the documents drawn: title, number and signing blocks of each."""
    join = "；" if of.language is Language.ZH else "; "
    rows = [
        (
            str(i),
            title,
            number,
            join.join(block.lines[0] for block in signatures.blocks),
            join.join(block.anchor for block in signatures.blocks),
        )
        for i, (title, number, signatures) in enumerate(drawn, 1)
    ]
    return SigningContext(
        set=of.shared,
        borrower=of.borrower,
        loan=of.loan,
        documents=of.table("documents", (70, 180, 190, 345, 215), "cssss", rows),
    )
