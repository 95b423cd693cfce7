"""The conformance kit's check of documents: what a package brings for contracts is complete, and every clause drawn.

The kit finds it by the entry point ``documents`` of kedai's own group ``kedai.checks``, so that the domain need not
know the library of clauses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import products
from api.examples import PARTICULARS, invented_particulars
from api.plugins.installed import CONTRACTS
from products.discovery import DATA, normalised
from products.package_data import BadFolder, PackageData, read_package_data
from products.parameters import declared_parameters
from products.product import LoanProduct
from products.testing import Bench, Result
from products.underwriting import applicant_of
from templates import ContractSet, DraftRefused, draft
from templates.contributions import BadContribution, joined
from templates.texts import Texts, shipped_texts

NAME: Final = "documents are complete, and samples reach every clause"
Sample = tuple[str, dict[str, Any]]


def documents_are_complete(bench: Bench) -> Result:
    """The folder can be read, its clauses can be joined to kedai's, its samples are decided, and their sets drawn."""
    if not isinstance(bench.subject, LoanProduct):
        return Result(NAME, (), "documents belong to products")
    entry = next(iter(entry_points(group=DATA, name=bench.subject.slug)), None)
    if entry is None:
        return Result(NAME, (), "kedai's own documents; the package brings none")
    try:
        data = _read(entry)
        texts = data.under(CONTRACTS)
        found = (
            joined(shipped_texts(), texts, declared_parameters(bench.subject.book.terms)) if texts else shipped_texts()
        )
    except (BadFolder, BadContribution) as error:
        return Result(NAME, (str(error),), data_name(entry))
    problems, sets = [], []
    for name, sample in data.under("examples").items():
        for tried in _tried(bench, found, (name, json.loads(sample))):
            sets.append(tried) if isinstance(tried, ContractSet) else problems.append(tried)
    reached = {clause.front.id for one in sets for drawn in one.drafted for clause in drawn.clauses}
    own = {name for name, _ in found.clauses} - {name for name, _ in shipped_texts().clauses}
    problems += [
        f"No sample reaches the clause {name}; bring one that is approved and does." for name in sorted(own - reached)
    ]
    looked_at = f"{len(own)} clauses of its own in two languages, {len(sets)} sets drawn from samples"
    return Result(NAME, tuple(problems), looked_at)


def data_name(entry: EntryPoint) -> str:
    """The folder as the entry point names it."""
    return f"the folder {entry.value}"


def _read(entry: EntryPoint) -> PackageData:
    return read_package_data(entry, normalised(entry.dist.name) if entry.dist else "an unknown package")


def _tried(bench: Bench, texts: Texts, sample: Sample) -> Iterator[str | ContractSet]:
    """What is wrong with a sample, or the set drawn from it."""
    name, facts = sample
    try:
        application = products.application_from(facts)
    except products.InvalidApplication as error:
        yield f"The sample {name} cannot be read: {error}"
        return
    if application.request.product != bench.subject.slug:
        yield f"The sample {name} is for {application.request.product}; let it ask for {bench.subject.slug}."
        return
    on = application.request.applied_on
    decisions = products.decide(products.columns_of([application]), bench.offering, bench.scorecard, on=on)
    applicant = applicant_of(application)
    decision = products.explain(decisions, 0, decision_id="sample", digests={}, applicant=applicant)
    if decision.outcome is not products.Outcome.APPROVE or not PARTICULARS.exists():
        return
    given = invented_particulars(decided_on=on, purpose=application.request.purpose)
    try:
        yield draft(decision, facts, given, texts=texts)
    except DraftRefused as refusal:
        yield f"No contracts can be drawn from the sample {name}: {refusal}"
