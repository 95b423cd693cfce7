"""``kedai demo``: the examples and a generated population decided, their contracts drafted, all in one table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

import templates
from api import wiring
from api.cli.contracting import invented, write_files
from api.cli.failures import reported
from api.cli.inputs import settings
from api.cli.terminal import OUTCOME_STYLE, PARTY_MARK, console, money, percent
from api.clock import now
from api.contracts.drafting import draft_set
from api.examples import EXAMPLE_DAY, example_applications
from api.settings import Settings
from api.storage.repository import Repository
from api.underwriting import Underwriter
from products.explaining.answer import Cover, Decision, Outcome
from products.population import sample_applications

GENERATED: Final = 12
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Row:
    """One application of the demonstration: its applicant, its decision, and what became of its contracts."""

    applicant: str
    decision: Decision
    contracts: str


def run() -> None:
    """Decide, store, draft and print; safe to repeat."""
    with reported():
        use = settings()
        underwriter = wiring.underwriter(use)
        with closing(wiring.repository(use)) as repository:
            payloads = _payloads()
            steps = track(payloads, description="deciding and drafting", console=Console(stderr=True), transient=True)
            rows = [_row(underwriter, repository, use, payload) for payload in steps]
    screen = console()
    screen.print(_table(rows))
    approved = sum(row.decision.outcome is Outcome.APPROVE for row in rows)
    screen.print(
        f"{len(rows)} applications decided as of {EXAMPLE_DAY} and stored, {approved} approved; contracts in "
        f"{use.out_dir}/. All firms, parties and the score's training data are invented."
    )
    typer.echo("Loss shares: 行 bank, 担 guarantor, 省 province, 基 national fund, 政 local government.")


def _payloads() -> list[bytes]:
    generated = sample_applications(GENERATED, SEED)
    return [
        *(example.payload for example in example_applications()),
        *(json.dumps(application, ensure_ascii=False).encode() for application in generated),
    ]


def _row(underwriter: Underwriter, repository: Repository, use: Settings, payload: bytes) -> Row:
    decided = underwriter.decide(payload, moment=now(), on=EXAMPLE_DAY)
    repository.append(decided.application_row, decided.decision_row)
    contracts = "–"
    if decided.decision.outcome is Outcome.APPROVE:
        contracts = _draft(repository, use, decided.decision.id)
    return Row(applicant=decided.application_row.applicant_name, decision=decided.decision, contracts=contracts)


def _draft(repository: Repository, use: Settings, decision_id: str) -> str:
    try:
        drafted = draft_set(repository, decision_id, invented, moment=now())
    except templates.DraftRefused as refusal:
        return f"refused: {', '.join(sorted({gap.article for gap in refusal.gaps}))}"
    if drafted is None:
        raise LookupError(f"The decision {decision_id} was stored a moment ago and is not there.")
    return f"{len(write_files(drafted, use.out_dir)) - 1} files"


def _table(rows: Iterable[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    table.add_column("applicant", width=20, overflow="fold")
    for name in (
        "product",
        "outcome",
        "amount 元",
        "bound by",
        "score",
        "loss shares %",
        "fee tier",
        "loan rate",
        "all-in",
    ):
        table.add_column(name, no_wrap=True, justify="right" if name in ("amount 元", "score", "all-in") else "left")
    table.add_column("documents", overflow="fold")
    for row in rows:
        table.add_row(escape(row.applicant), *_figures(row.decision), escape(row.contracts), end_section=True)
    return table


def _figures(decision: Decision) -> tuple[str, ...]:
    style = OUTCOME_STYLE[decision.outcome]
    score, fee, price = decision.score, decision.fee, decision.price
    return (
        f"{decision.product}\n[dim]{decision.revision or 'own terms'}[/]",
        f"[{style}]{decision.outcome}[/]",
        money(decision.amount.considered),
        decision.amount.bound_by or "–",
        f"{score.points}\nband {escape(score.band)}" if score else "–",
        _shares(decision.cover),
        f"{escape(fee.tier)}\n{percent(fee.rate)}" if fee else "–",
        f"{percent(price.loan_rate)}\nLPR {price.spread_bp:+} bp" if price else "–",
        percent(price.all_in_rate, digits=4) if price else "–",
    )


def _shares(cover: Cover | None) -> str:
    """The parties' shares on two lines."""
    if cover is None:
        return "–"
    parts = [f"{PARTY_MARK[each.party]}{each.share * 100:.0f}" for each in cover.parties]
    return f"{' '.join(parts[:2])}\n{' '.join(parts[2:])}"
